"""A plan in chat: ``!apply`` with its fingerprint and ✅ under it are the same, and neither does what was not shown."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.admin.commands.plans import plan_commands, plan_question
from bots.kit.commands import CONFIRM_WITHIN
from bots.kit.people import People
from bots.kit.table import CommandTable
from bots.kit.talk import Talk
from bridge.domain.document import document, paragraph
from bridge.domain.messages import say
from tests.bots.kit.conversation import CATALOGUES, said, tap
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, Killed, household
from tests.services.talking import refusals
from tests.world import BOT, directory, group, user

INES = user("ines")


class Chat:
    """Inès alone with a bot that plans and applies for a company."""

    def __init__(self, house: Household, messenger: FakeMessenger | None = None) -> None:
        self.house, self.messenger = house, messenger or FakeMessenger(BOT)
        self.messenger.room("!dm", INES)
        self.clock = FakeClock(house.clock.now())
        society = house.society
        self.talk = Talk(
            name="admin",
            messenger=self.messenger,
            store=house.store,
            table=CommandTable(plan_commands(house.plans)),
            people=People(
                viewer_of=society.viewer_of,
                roles_of=society.roles_of,
                language_of=society.language_of,
                admits=society.admits,
                is_own=society.is_own,
            ),
            translator=CATALOGUES,
            clock=self.clock,
            hello=document(paragraph(say("Hello."))),
            refuse=refusals(house, self.messenger).note,
            questions=[plan_question(house.plans)],
        )

    async def ask(self, line: str, event_id: str) -> Mapping[str, Any]:
        """What the bot replies."""
        event = said(line, sender=INES, event_id=event_id)
        await self.talk.handle(replace(event, sent_at=self.clock.now()))
        return self.reply(event_id)

    async def tap(self, emoji: str, on: str, event_id: str) -> None:
        """A reaction on the reply to ``on``."""
        event = tap(emoji, self._sent(on), room="!dm", sender=INES, event_id=event_id)
        await self.talk.handle(replace(event, sent_at=self.clock.now()))

    def reply(self, event_id: str) -> Mapping[str, Any]:
        return self.messenger.events[self._sent(event_id)]

    def status(self, event_id: str) -> str:
        return str(self.reply(event_id)["io.parvis.reply"]["status"])

    def _sent(self, event_id: str) -> str:
        return self.messenger.claims[f"reply:{BOT}:{event_id}:1"]


def company(*more: str) -> Household:
    return household(directory(group("sales").public().owners("claire").members("claire", *more)))


@pytest.fixture
async def chat() -> Chat:
    house = company()
    house.world = await house.reconciler.look()
    return Chat(house)


def runs(chat: Chat) -> list[str]:
    """What asked for each run."""
    return [run.origin for run in chat.house.store.data.runs.values()]


async def test_a_tap_under_the_plan_applies_it(chat: Chat) -> None:
    planned = await chat.ask("plan", "$plan")
    assert planned["io.parvis.reply"]["status"] == "confirm"
    await chat.tap("✅", "$plan", "$tap")
    applied = chat.reply("$tap")["io.parvis.reply"]
    assert (applied["command"], applied["status"]) == ("apply", "ok")
    assert runs(chat) == ["$tap"]
    assert (await chat.house.reconciler.look()).plan.empty


async def test_the_command_with_the_fingerprint_does_the_same(chat: Chat) -> None:
    planned = await chat.ask("plan", "$plan")
    await chat.ask(f"apply {planned['io.parvis.reply']['reference']}", "$apply")
    assert chat.status("$apply") == "ok"
    assert runs(chat) == ["$apply"]


async def test_what_the_command_has_done_a_tap_does_not_do_again(chat: Chat) -> None:
    planned = await chat.ask("plan", "$plan")
    await chat.ask(f"apply {planned['io.parvis.reply']['reference']}", "$apply")
    await chat.tap("✅", "$plan", "$tap")
    assert chat.status("$tap") == "ok"
    assert runs(chat) == ["$apply"]


async def test_a_tap_after_the_world_moved_shows_the_new_plan_which_can_be_confirmed_in_turn(chat: Chat) -> None:
    await chat.ask("plan", "$plan")
    chat.house.source.directory = company("luc").source.directory
    await chat.tap("✅", "$plan", "$tap")
    assert chat.status("$tap") == "confirm"
    assert chat.reply("$tap")["body"].startswith("Something has changed since this plan was shown.")
    assert runs(chat) == []
    await chat.tap("✅", "$tap", "$second")
    assert chat.status("$second") == "ok"
    assert runs(chat) == ["$second"]


@pytest.mark.parametrize("line", ["apply", "apply zzzzzzzzzz"])
async def test_what_was_only_shown_does_not_happen_by_itself(chat: Chat, line: str) -> None:
    house = chat.house
    await house.settle()
    house.source.directory = company("luc").source.directory
    await chat.ask(line, "$apply")
    assert chat.status("$apply") == "confirm"
    await house.reconciler.settle(read=False)
    assert not (await house.reconciler.look()).plan.empty


async def test_a_tap_too_late_shows_the_plan_again(chat: Chat) -> None:
    await chat.ask("plan", "$plan")
    chat.clock.set(chat.clock.now() + CONFIRM_WITHIN + timedelta(seconds=1))
    await chat.tap("✅", "$plan", "$tap")
    assert chat.status("$tap") == "confirm"
    assert runs(chat) == []


async def test_who_administers_no_more_confirms_nothing(chat: Chat) -> None:
    await chat.ask("plan", "$plan")
    chat.house.society.admins = frozenset()
    chat.house.world = await chat.house.reconciler.look()
    await chat.tap("✅", "$plan", "$tap")
    assert runs(chat) == []
    assert len(chat.messenger.sent) == 1


async def test_no_leaves_everything_as_it_was(chat: Chat) -> None:
    await chat.ask("plan", "$plan")
    await chat.tap("❌", "$plan", "$tap")
    await chat.tap("✅", "$plan", "$again")
    assert runs(chat) == []
    assert chat.messenger.bodies[-1] == "Cancelled: nothing was changed."


async def test_a_tap_that_is_handled_again_after_it_was_done_says_and_does_nothing_new(chat: Chat) -> None:
    await chat.ask("plan", "$plan")
    await chat.tap("✅", "$plan", "$tap")
    before = list(chat.messenger.claims)
    await Chat(chat.house, chat.messenger).tap("✅", "$plan", "$tap")
    assert runs(chat) == ["$tap"]
    assert list(chat.messenger.claims) == before


async def confirmed(chat: Chat, *, dies_at: int = 0) -> bool:
    """A plan is shown and tapped; whether the process died over it."""
    await chat.ask("plan", "$plan")
    chat.house.fuse.steps, chat.house.fuse.at = 0, dies_at
    with suppress(Killed, BaseExceptionGroup):
        await chat.tap("✅", "$plan", "$tap")
    return 0 < dies_at <= chat.house.fuse.steps


@pytest.mark.slow
async def test_a_confirmation_that_a_crash_interrupted_anywhere_is_done_once_and_told_of_once(chat: Chat) -> None:
    """The repeated tap comes at once, while what the dead process held is still held."""
    await confirmed(chat)
    steps, busy = chat.house.fuse.steps, "Another application of a plan is running"
    for step in range(1, steps + 1):
        house = company()
        house.world = await house.reconciler.look()
        before = Chat(house)
        assert await confirmed(before, dies_at=step), step
        house.start()
        house.world = await house.reconciler.look()
        after = Chat(house, before.messenger)
        await after.tap("✅", "$plan", "$tap")
        assert after.reply("$tap")["io.parvis.reply"]["command"] == "apply", step
        assert busy not in after.reply("$tap")["body"], step
        assert runs(after) == ["$tap"], step
        house.clock.set(house.clock.now() + timedelta(minutes=1))  # a run that was interrupted is nobody's then
        await house.settle()
        assert (await house.reconciler.look()).plan.empty, step


async def test_a_tap_while_somebody_else_applies_waits_its_turn(chat: Chat) -> None:
    house = chat.house
    await chat.ask("plan", "$plan")
    async with house.store.work() as work:
        await work.leases.take("apply", "somebody else", now=house.clock.now(), seconds=1000)

    async def the_other_ends(_: float) -> None:
        async with house.store.work() as work:
            await work.leases.release("apply", "somebody else")

    house.clock.before_sleep = the_other_ends
    await chat.tap("✅", "$plan", "$tap")
    assert chat.status("$tap") == "ok"
    assert runs(chat) == ["$tap"]


async def test_who_waited_for_an_application_that_does_not_end_is_told(chat: Chat) -> None:
    house = chat.house
    await chat.ask("plan", "$plan")
    async with house.store.work() as work:
        await work.leases.take("apply", "somebody else", now=house.clock.now(), seconds=1000)
    await chat.tap("✅", "$plan", "$tap")
    assert "Another application of a plan is running" in chat.reply("$tap")["body"]
    assert runs(chat) == []


async def test_a_plan_with_nothing_to_do_asks_for_nothing(chat: Chat) -> None:
    await chat.house.settle()
    await chat.ask("plan", "$plan")
    assert chat.status("$plan") == "ok"
    assert chat.messenger.reactions == []
