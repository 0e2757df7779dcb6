"""A partner from the first word to the proof of removal, as one story on three federating homeservers.

Each step stands in detail in a file of its own: ``test_partner_by_command``, ``test_way_in``, ``test_inside``,
``test_two_partners``, ``test_renewing``, ``test_parting``. Their homeserver is down when the first of them is invited.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import pytest
import pytest_asyncio

from deploy.demo.bot import Answer, Conversation
from deploy.demo.people import Person, following
from tests.e2e.journeys import at_work, seen, told
from tests.e2e.test_confirming import tap
from tests.e2e.test_inside import invite, plate, present
from tests.e2e.test_renewing import day
from tests.e2e.test_way_in import POLICIES, called, enters
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@sam~:corp.test", name: Sam, language: en}
groups:
  - {id: deal, name: Project Zephyr, owners: ["1"], members: ["1"]}
  - {id: sales, name: Sales, visibility: public, owners: ["1"], members: ["1"]}
"""


@dataclass(frozen=True)
class Story:
    """The company, and who talks with the bot alone. People of other servers come to their clients later."""

    company: Company
    alone: dict[str, Conversation]
    stack: AsyncExitStack

    def person(self, name: str) -> Person:
        return self.company.people[name]

    async def ask(self, name: str, line: str) -> Answer:
        return await self.alone[name].ask(line)

    async def works(self, name: str, line: str) -> Answer:
        """The line is done; what was decided before counts after a moment."""
        return await eventually(lambda: self.ask(name, line), lambda answer: answer.status == "ok", 90)

    async def inside(self) -> set[str]:
        rooms = await self.company.rooms()
        return await present(self.company, rooms["deal"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(park: Park) -> AsyncIterator[Story]:
    company = park.company(DIRECTORY, policies="policies.yaml", directory={"every": "1s"})
    (company.folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    await company.hire("claire", "ines", "sam")
    await company.hire("bob", "zoe", server=ACME)
    await company.hire("mallory", server=STRANGER)
    names = ("claire", "ines", "sam")
    async with at_work(company, *names), AsyncExitStack() as stack:
        for room in ("Project Zephyr", "Sales"):
            await enters(company.people["claire"], room)
        alone = {name: await Conversation.open(company.people[name], company.bot) for name in names}
        yield Story(company, alone, stack)


async def test_a_partner_is_agreed_upon_and_its_sponsor_and_a_group_are_named(story: Story) -> None:
    sam = story.person("sam").user_id
    await story.works("sam", "!partner add Acme SA --servers acme.test --kind reseller")
    await story.works("ines", "!partner set acme-sa state active --yes")
    await story.works("claire", "!partner grant acme-sa deal --yes")
    shown = await story.ask("ines", "!partner show acme-sa")
    assert "Project Zephyr" in shown.text
    assert "Sam" in shown.text or sam in shown.text


async def test_who_is_invited_while_their_server_is_down_is_invited_when_it_returns(story: Story) -> None:
    acme, bob = story.company.network[ACME], story.person("bob")
    await acme.stop()
    invited = await story.works("sam", f"!invite {bob.user_id} deal --yes")
    assert "the invitation waits" in invited.text or "goes out as soon as it can" in invited.text
    listed = await story.ask("sam", "!invitations")
    assert bob.user_id in listed.text
    assert "has not come" in listed.text
    await acme.start()
    await story.stack.enter_async_context(following(*(story.person(name) for name in ("bob", "zoe", "mallory"))))
    talk = await called(bob, story.company.bot)
    await told(bob, talk, "Keep it to yourself.")
    assert bob.invitation("Project Zephyr") is None
    assert (await Conversation(bob, talk).ask("accept")).status == "ok"
    await enters(bob, "Project Zephyr")


async def test_both_sides_speak_where_it_is_said_who_reads_along(story: Story) -> None:
    claire, bob = story.person("claire"), story.person("bob")
    deal = (await story.company.rooms())["deal"]
    await claire.say(deal, "Welcome, Bob")
    await told(bob, deal, "Welcome, Bob")
    await bob.say(deal, "Thank you, Claire")
    await told(claire, deal, "Thank you, Claire")
    for reader in (claire, bob):
        await eventually(lambda reader=reader: plate(reader, deal), lambda text: "Acme SA" in text, 60)  # type: ignore[misc]
    asked = await Conversation.open(bob, story.company.bot)
    assert "Acme SA" in (await asked.ask("!partner list")).text


async def test_a_code_leads_in_and_a_stranger_stays_out(story: Story) -> None:
    shown = await story.works("sam", "!invite acme-sa --code --uses 1 deal")
    [code] = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown.text)
    zoe, mallory, claire = story.person("zoe"), story.person("mallory"), story.person("claire")
    talk = await Conversation.open(zoe, story.company.bot)
    assert "on behalf of Acme SA" in (await talk.ask(code)).text
    await told(zoe, talk.room_id, "Keep it to yourself.")
    await talk.ask("yes")
    await enters(zoe, "Project Zephyr")

    refused = await story.ask("sam", f"!invite {mallory.user_id} deal --yes")
    assert "stranger.test belongs to no partner" in refused.text
    rooms = await story.company.rooms()
    await invite(claire, rooms["sales"], mallory.user_id)
    await told(claire, story.alone["claire"].room_id, "does not count")
    await eventually(lambda: present(story.company, rooms["sales"]), lambda found: mallory.user_id not in found, 90)
    for room_id in (rooms["sales"], rooms["deal"]):
        assert (await mallory.join(room_id, via="corp.test")).status == 403


async def test_the_sponsor_is_asked_before_the_agreement_is_over_and_renews_it_by_a_tap(story: Story) -> None:
    sam, talk = story.person("sam"), story.alone["sam"].room_id
    await story.works("sam", f"!partner extend acme-sa {day(1).isoformat()} --yes")
    card = await told(sam, talk, "The agreement with Acme SA ends on")
    await tap(sam, talk, card["event_id"], "✅")
    await told(sam, talk, "The agreement with Acme SA runs until")


async def test_suspended_everybody_is_out_and_resumed_each_comes_back_by_themselves(story: Story) -> None:
    theirs = {story.person(name).user_id for name in ("bob", "zoe")}
    sam, bob = story.person("sam"), story.person("bob")
    assert theirs <= await story.inside()
    assert (await story.ask("sam", "!partner suspend acme-sa --yes --reason a breach")).status == "ok"
    receipt = str((await told(sam, story.alone["sam"].room_id, "Verified at"))["content"]["body"])
    assert "a breach" in receipt
    assert not theirs & await story.inside()
    deal = (await story.company.rooms())["deal"]
    assert (await story.company.state(deal))["m.room.server_acl", ""]["allow"] == ["corp.test"]
    await seen(bob, "that he is out", lambda: deal not in bob.joined)

    await story.works("sam", "!partner resume acme-sa --yes")
    await enters(bob, "Project Zephyr")
    await bob.say(deal, "Back again")
    await told(story.person("claire"), deal, "Back again")
    waiting = await story.ask("sam", "!partner receipt acme-sa")
    assert story.person("zoe").user_id in waiting.text


async def test_ended_the_receipt_and_the_evidence_say_what_the_servers_say(story: Story) -> None:
    bob, sam = story.person("bob"), story.person("sam")
    assert (await story.ask("sam", "!partner end acme-sa --yes")).status == "ok"
    await told(sam, story.alone["sam"].room_id, "The agreement with Acme SA has ended.")
    assert not {user for user in await story.inside() if user.endswith(ACME)}
    evidence = (await story.ask("sam", "!partner evidence acme-sa")).text
    assert f"{bob.user_id} – Project Zephyr: from" in evidence
    assert "terms 1 accepted" in evidence

    async def left_to_do() -> int:
        return (await story.company.parvis("plan")).code

    await eventually(left_to_do, lambda code: code == 0, 90)
