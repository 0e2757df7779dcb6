"""``!partner end`` where it is critical: a second administrator has to agree; to suspend waits for nobody. And what who
proposed a partner is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.partners import PartnerState
from bridge.domain.policy import Critical
from bridge.domain.rooms import ADMIN_ROOM, Binding
from bridge.services.containing import CONTAINMENT
from bridge.services.declared_out import DeclaredOut
from tests.bots.admin.asking import Asking, body, status
from tests.bots.admin.heralding import telling
from tests.bots.kit.conversation import tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import household
from tests.services.talking import bot_api
from tests.world import BOT, directory, group, partner, user

ADMINS = ("ines", "omar")
OFFICE = "!office"
END = '!partner end acme --yes --reason "They broke it"'


class Company(Asking):
    """Sam answers for Acme; administrators have a room."""

    @classmethod
    async def made(cls, *, critical: bool = True, office: bool = True, admins: tuple[str, ...] = ADMINS) -> "Company":
        source = directory(
            group("deal").owners("luc").members("luc", "bob:acme.example").admits("acme"),
            partners=[partner("acme", sponsor="sam"), partner("globex", sponsor="sam")],
            people=(*ADMINS, "eve"),
        )
        house, messenger = household(source, admins=frozenset(map(user, admins))), FakeMessenger(BOT)
        house.policies = replace(house.policies, critical=frozenset({Critical.END_PARTNER} if critical else ()))
        await house.settle()
        await house.settle()
        if office:
            house.store.data.bindings[ADMIN_ROOM] = Binding(ref=ADMIN_ROOM, marker="m", room_id=OFFICE)
            messenger.room(OFFICE, *map(user, admins))
        for name in (*ADMINS, "sam", "eve", "luc"):
            messenger.direct[user(name)] = messenger.room(f"!{name}", user(name))
        return cls(house, AdminBot(bot_api(house, messenger), {}), messenger)

    async def rounds(self) -> None:
        """People are told, who is to be out goes, and rooms follow."""
        assert await self.house.rounds.go()
        async with self.house.store.view() as view:
            for item in await view.pending.open(CONTAINMENT):
                await self.house.containing.contain(item)
        await self.house.settle()
        assert await self.house.rounds.go()

    def read(self, room: str) -> str:
        """All that stands in a room."""
        return "\n".join(content["body"] for room_id, content in self.messenger.sent if room_id == room)

    def handle(self) -> str:
        """What the cards say to type."""
        [item] = [one for one in self.house.store.data.pending.values() if one.kind == "ending"]
        return item.key.removeprefix("ending:")

    async def answers(self, emoji: str, *, by: str) -> Mapping[str, Any]:
        """A reaction on the card in the administrators' room."""
        self.asked += 1
        pending = self.house.store.data.pending_events
        card = next(event for event, found in pending.items() if found == (f"ending:{self.handle()}", OFFICE))
        return await self._heard(tap(emoji, card, room=OFFICE, sender=user(by), event_id=f"$asked{self.asked}"))

    def is_(self, state: PartnerState) -> bool:
        """Whether that has become of Acme."""
        assert self.house.world is not None
        return self.house.world.facts.directory.partners["acme"].state is state


async def test_the_end_waits_for_a_second_administrator_and_is_done_once() -> None:
    chat = await Company.made()
    first = await chat.ask("!partner end acme", by="sam")
    assert "A second administrator has to agree, too." in body(first)
    assert status(await chat.tap("✅", by="sam")) == "held"
    await chat.rounds()
    assert chat.is_(PartnerState.ACTIVE)
    assert "@sam:corp.example wants to end the agreement with Acme." in chat.read(OFFICE)
    assert chat.handle() in body(await chat.ask("!approval", by="omar"))
    await chat.answers("✅", by="omar")
    chat.asked -= 1
    await chat.answers("✅", by="omar")
    await chat.rounds()
    assert chat.is_(PartnerState.ENDED)
    assert user("bob:acme.example") not in chat.house.members("deal")
    assert chat.read("!sam").count("The end of the agreement with Acme is agreed to") == 1
    assert "The agreement with Acme has ended." in chat.read("!sam"), "the receipt"
    entries = [one for one in chat.house.store.data.audit.values() if one.kind in ("approval-asked", "partner-decide")]
    assert [one.actor for one in entries] == [user("sam"), user("sam")]
    assert entries[-1].detail["approved"] == user("omar")


@pytest.mark.parametrize("line", ["!partner suspend acme --yes", "!partner suspendre acme --oui"])
async def test_to_suspend_waits_for_nobody(line: str) -> None:
    chat = await Company.made()
    assert status(await chat.ask(line, by="sam")) == "ok"
    await chat.rounds()
    assert chat.is_(PartnerState.SUSPENDED)
    assert status(await chat.ask(END, by="sam")) == "held", "to end it for good still does"


async def test_what_is_not_critical_ends_at_once() -> None:
    chat = await Company.made(critical=False)
    assert status(await chat.ask(END, by="sam")) == "ok"
    await chat.rounds()
    assert chat.is_(PartnerState.ENDED)


async def test_an_administrator_needs_another_one_and_nobody_else_counts() -> None:
    chat = await Company.made()
    assert status(await chat.ask(END)) == "held"
    await chat.rounds()
    unknown = body(await chat.ask("!approval give zzzzzzzzzz", by="sam"))
    for other in ("ines", "sam", "eve"):
        assert body(await chat.ask(f"!approval give {chat.handle()}", by=other)) == unknown
    assert await chat.answers("✅", by="ines") == {}
    assert chat.is_(PartnerState.ACTIVE)


async def test_without_a_second_administrator_it_is_refused_at_once() -> None:
    chat = await Company.made(admins=("ines",))
    refused = await chat.ask(END)
    assert (status(refused), "To suspend the partner waits for nobody" in body(refused)) == ("error", True)


async def test_a_refusal_is_told_with_its_reason_to_who_asked() -> None:
    chat = await Company.made(office=False)
    await chat.ask(END, by="sam")
    await chat.rounds()
    assert "They broke it" in chat.read("!ines")
    assert "They broke it" in chat.read("!omar")
    assert status(await chat.ask(f"!approval refuse {chat.handle()} talk first", by="omar")) == "ok"
    await chat.rounds()
    assert "was not agreed to, so nothing is done" in chat.read("!sam")
    assert "talk first" in chat.read("!sam")
    assert "refused" in chat.read("!ines")
    assert chat.is_(PartnerState.ACTIVE)


async def test_silence_ends_the_question_and_not_the_agreement() -> None:
    chat = await Company.made()
    await chat.ask(END, by="sam")
    await chat.rounds()
    await chat.house.clock.advance(timedelta(days=8).total_seconds())
    await chat.rounds()
    assert "Nobody has answered in time" in chat.read("!sam")
    assert "not answered in time" in chat.read(OFFICE)
    assert chat.is_(PartnerState.ACTIVE)


async def test_what_was_suspended_meanwhile_is_not_ended_by_an_old_word() -> None:
    chat = await Company.made()
    await chat.ask(END, by="sam")
    await chat.ask("!partner suspend acme --yes", by="sam")
    await chat.rounds()
    assert "Something has changed" in body(await chat.answers("✅", by="omar"))
    await chat.rounds()
    assert chat.is_(PartnerState.SUSPENDED)
    assert "something had changed meanwhile" in chat.read("!sam")


async def test_who_proposed_a_partner_is_told_that_an_administrator_agreed() -> None:
    chat = await Company.made()
    await chat.ask("!partner add Initech --servers initech.example --yes", by="eve")
    await chat.rounds()
    assert "Initech" not in chat.read("!sam")
    assert status(await chat.ask("!partner set initech state active --yes")) == "ok"
    await chat.rounds()
    await chat.rounds()
    assert chat.read("!eve").count("Initech, which you proposed, is agreed to") == 1


async def test_who_proposed_a_partner_is_told_that_it_was_refused_and_why() -> None:
    chat = await Company.made()
    await chat.ask("!partner add Initech --servers initech.example --yes", by="eve")
    await chat.rounds()
    assert status(await chat.ask('!partner end initech --yes --reason "not them"')) == "ok", "a refusal ends nothing"
    await chat.rounds()
    assert "Initech, which you proposed, was not agreed to" in chat.read("!eve")
    assert "not them" in chat.read("!eve")


async def test_administrators_are_told_once_of_a_partner_that_is_proposed() -> None:
    proposed = replace(partner("initech", sponsor="ann"), state=PartnerState.PROPOSED)
    told = await telling(directory(group("sales").owners("ann"), partners=[proposed], people=ADMINS))
    for _ in range(2):
        await told.herald.tell()
    [bulletin] = [one for one in told.bodies() if "proposes the partner Initech" in one]
    assert "on initech.example" in bulletin
    assert "agree by “!partner set initech state active”, or refuse by “!partner end initech”." in bulletin


async def test_the_receipt_of_what_the_directory_suspends_is_for_administrators_and_the_sponsor() -> None:
    chat = await Company.made()
    source = chat.house.source.directory
    acme = replace(source.partners["acme"], state=PartnerState.SUSPENDED, declared=frozenset({"state"}))
    chat.house.source.directory = replace(source, partners={**source.partners, "acme": acme})
    chat.house.world = await chat.house.reconciler.look(keep=True)
    await DeclaredOut(containing=chat.house.containing, society=chat.house.society).go()
    await chat.house.containing.stop()
    for _ in range(2):
        await chat.rounds()
    for room in (OFFICE, "!sam"):
        assert chat.read(room).count("Acme is suspended.") == 1
        assert "The directory says so" in chat.read(room)
    assert "Acme" not in chat.read("!eve")


async def test_who_suspended_a_partner_is_told_that_it_was_resumed_before_that_was_finished() -> None:
    chat = await Company.made()
    await chat.ask("!partner suspend acme --yes", by="sam")
    await chat.house.containing.stop()
    chat.house.world = await chat.house.reconciler.look(keep=True)
    assert status(await chat.ask("!partner resume acme --yes")) == "ok"
    for _ in range(2):
        await chat.rounds()
    assert chat.read("!sam").count("Shutting Acme out was taken back before it was finished") == 1
