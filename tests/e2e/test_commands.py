"""Talking to the bot from real clients: who sees what, in rooms and alone with it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from deploy.demo.bot import Answer, Conversation
from tests.e2e.journeys import SECRET_WORDS, at_work, seen, staffed
from tests.localnet.talk import eventually
from tests.support.company import Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Talks:
    """The company at work, and each person's conversation with the bot alone."""

    company: Company
    rooms: dict[str, str]
    alone: dict[str, Conversation]

    async def ask(self, name: str, line: str) -> Answer:
        """Ask the bot alone."""
        return await self.alone[name].ask(line)

    async def ask_in(self, group: str, name: str, line: str) -> Answer:
        """Ask the bot in a group's room."""
        return await Conversation(self.company.people[name], self.rooms[group]).ask(line)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talks(park: Park) -> AsyncIterator[Talks]:
    """Claire is in the hidden group, Inès administers and is in none, Ann is an employee."""
    company = await staffed(park, service=True)
    company.directory.write_text(company.directory.read_text().replace('members: ["1", "2"]', 'members: ["1", "3"]'))
    names = ("claire", "ines", "ann", "bob")
    async with at_work(company, *names):
        claire, bob = company.people["claire"], company.people["bob"]
        await seen(claire, "the deal", lambda: claire.room("deal"))
        await seen(bob, "the invitation", lambda: bob.invitation("Project Zephyr"))
        rooms = await company.rooms()
        await bob.accept(rooms["deal"])
        yield Talks(
            company=company,
            rooms=rooms,
            alone={name: await Conversation.open(company.people[name], company.bot) for name in names},
        )


def betrays(text: str) -> list[str]:
    return [word for word in SECRET_WORDS if word in text.casefold()]


async def test_everybody_is_greeted_and_gets_the_help_of_what_they_may_run(talks: Talks) -> None:
    ann = talks.company.people["ann"]
    hello = await seen(ann, "a greeting", lambda: ann.joined[talks.alone["ann"].room_id].messages)
    assert hello[0]["content"]["msgtype"] == "m.text"
    employee, admin = (await talks.ask("ann", "help")).text, (await talks.ask("ines", "!help")).text
    assert "group list" in employee
    assert "apply" not in employee
    assert "apply" in admin
    assert "status" in admin


async def test_replies_carry_the_envelope_that_machines_read(talks: Talks) -> None:
    asked = await talks.ask("ann", "!group list")
    assert asked.content["msgtype"] == "m.notice"
    assert asked.content["io.parvis.reply"] == {"command": "group list", "status": "ok", "reference": None}
    assert asked.content["m.relates_to"]["m.in_reply_to"]["event_id"].startswith("$")
    assert (await talks.ask("ann", "!group show")).status == "usage"
    assert (await talks.ask("ann", "!language klingon")).status == "usage"


async def test_unknown_and_not_cleared_are_the_same_to_the_last_byte(talks: Talks) -> None:
    hidden = await talks.ask("ann", "!group show comex")
    unknown = await talks.ask("ann", "!group show xomec")
    assert hidden.own_words | {"io.parvis.claim": ""} == unknown.own_words | {"io.parvis.claim": ""}
    assert hidden.status == "denied"
    assert (await talks.ask("claire", "!group show comex")).status == "ok"
    for line in ("!plan comex", "!plan xomec"):
        assert (await talks.ask("ines", line)).status == "denied"


async def test_a_hidden_group_is_listed_to_its_member_alone_and_never_in_company(talks: Talks) -> None:
    assert betrays((await talks.ask("claire", "!group list")).text)
    for name in ("ann", "ines", "bob"):
        assert not betrays((await talks.ask(name, "!group list")).text), name
    shared = await talks.ask_in("sales", "claire", "!group list")
    assert not betrays(shared.text)
    assert "Ventes" in shared.text
    assert (await talks.ask_in("sales", "claire", "!group show comex")).status == "denied"


async def test_who_reads_along_decides_and_not_who_asks(talks: Talks) -> None:
    before_partner = (await talks.ask_in("deal", "claire", "!group list")).text
    assert "Project Zephyr" in before_partner
    assert "Partner corner" in before_partner
    assert "Ventes" not in before_partner
    alone = (await talks.ask("bob", "!group list")).text
    assert "Project Zephyr" in alone
    assert "Sales" not in alone
    assert "Ventes" not in alone


async def test_from_the_moment_when_somebody_comes_into_a_conversation_nothing_hidden_is_said(talks: Talks) -> None:
    claire, ann = talks.company.people["claire"], talks.company.people["ann"]
    conversation = await Conversation.open(claire, talks.company.bot)
    for _ in range(2):  # the second time, the bot knows who is there
        assert betrays((await conversation.ask("!group list")).text)
    path = f"/_matrix/client/v3/rooms/{conversation.room_id}/invite"
    (await claire.ask("POST", path, body={"user_id": ann.user_id})).ok("inviting Ann")
    assert not betrays((await conversation.ask("!group list")).text)
    (await ann.join(conversation.room_id)).ok("Ann accepting")
    assert not betrays((await conversation.ask("!group list")).text)
    leaving = f"/_matrix/client/v3/rooms/{conversation.room_id}/leave"
    (await ann.ask("POST", leaving, body={})).ok("Ann leaving")
    assert betrays((await conversation.ask("!group list")).text)


async def test_an_administrator_who_is_not_cleared_counts_no_hidden_group(talks: Talks) -> None:
    status = await talks.ask("ines", "!status")
    assert "4, of which 4 with a room" in status.text
    assert not betrays(status.text)
    for line in ("!status", "!apply"):
        assert (await talks.ask("ann", line)).own_words.keys() == (await talks.ask("ann", "!weather")).own_words.keys()
        assert (await talks.ask("ann", line)).text == (await talks.ask("ann", "!weather")).text


async def test_a_plan_is_shown_confirmed_and_applied(talks: Talks) -> None:
    company, text = talks.company, talks.company.directory.read_text(encoding="utf-8")
    for group in ('["1", "@bob', '["1", "3"]}\npartners'):
        text = text.replace(group, group.replace('"1"', '"1", "4"'))
    company.directory.write_text(text, encoding="utf-8")
    planned = await talks.ask("ines", "!plan")
    assert planned.status == "confirm"
    assert "let in Ann" in planned.text
    assert not betrays(planned.text)
    assert "\n\n1 change in 1 room" in planned.text
    wrong = await talks.ask("ines", "!apply aaaaaaaaaa")
    assert wrong.status == "confirm"
    applied = await talks.ask("ines", f"!apply {planned.reference}")
    assert applied.status == "ok"
    ann = company.people["ann"]
    await seen(ann, "the deal", lambda: talks.rooms["deal"] in ann.joined)
    again = await talks.ask("ines", "!plan")
    assert (again.status, again.reference) == ("ok", None)


async def test_french_names_and_words_for_who_wants_them(talks: Talks) -> None:
    assert "groupe liste" in (await talks.ask("claire", "!aide")).text
    assert "Ventes" in (await talks.ask("claire", "!groupe liste")).text
    chosen = await talks.ask("ann", "!langue français")
    assert chosen.text == "Entendu, en français."
    assert "Ventes" in (await talks.ask("ann", "!groups")).text
    assert (await talks.ask("ann", "!langue en")).text == "All right, in English."
    assert "Sales" in (await talks.ask("ann", "groupes")).text
    assert (await talks.ask("ines", "!état")).status == "ok"
    assert (await talks.ask("ines", "!appliquer")).status == "ok"


async def test_a_stranger_gets_no_conversation(talks: Talks) -> None:
    mallory = talks.company.people["mallory"]
    body = {"invite": [talks.company.bot], "is_direct": True, "preset": "private_chat"}
    room = (await mallory.ask("POST", "/_matrix/client/v3/createRoom", body=body)).ok("creating")["room_id"]
    path = f"/_matrix/client/v3/rooms/{room}/state/m.room.member/{talks.company.bot}"

    async def refused() -> bool:
        return bool((await mallory.ask("GET", path)).ok("the bot's membership")["membership"] == "leave")

    await eventually(refused, bool)
