"""``!undo`` and ``!why`` typed at the bot: listed, shown, confirmed by word or tap, done once, in both languages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.directory import MembershipMode
from bridge.domain.viewers import alone
from tests.bots.kit.conversation import said, tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, Killed, household
from tests.services.talking import bot_api
from tests.world import BOT, AGroup, directory, group, user

CLAIRE, INES, LUC = user("claire"), user("ines"), user("luc")


class Chat:
    """Inès, who administers, alone with the bot."""

    def __init__(self, house: Household, messenger: FakeMessenger | None = None) -> None:
        self.house, self.messenger = house, messenger or FakeMessenger(BOT)
        self.messenger.room("!dm", INES)
        self.bot = AdminBot(bot_api(house, self.messenger), {})

    async def ask(self, line: str, event_id: str) -> Mapping[str, Any]:
        event = said(line, sender=INES, event_id=event_id)
        await self.bot.handle(replace(event, sent_at=self.house.clock.now()))
        return self.reply(event_id)

    async def tap(self, on: str, event_id: str) -> None:
        event = tap("✅", self._sent(on), room="!dm", sender=INES, event_id=event_id)
        await self.bot.handle(replace(event, sent_at=self.house.clock.now()))

    def reply(self, event_id: str) -> Mapping[str, Any]:
        return self.messenger.events[self._sent(event_id)]

    def envelope(self, event_id: str) -> Mapping[str, Any]:
        return dict(self.reply(event_id)["io.parvis.reply"])

    def _sent(self, event_id: str) -> str:
        return self.messenger.claims[f"reply:{BOT}:{event_id}:1"]


async def decided(house: Household) -> str:
    """Claire adds Luc to the project, the rooms follow; gives the run."""
    proposal = await house.policies.propose(alone(CLAIRE), "project", {"members": [LUC]})
    assert proposal is not None
    await house.policies.take(proposal, actor=CLAIRE, origin="$decided")
    await house.settle()
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    house.world = await house.reconciler.look()
    (run, *_) = await house.undoing.runs(alone(INES), house.world)
    return run.id


@pytest.fixture
async def chat() -> Chat:
    project = AGroup(replace(group("project").owners("claire").value, membership=MembershipMode.OWNERS))
    house = household(directory(project, people=["ines", "luc"]))
    await house.settle()
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    return Chat(house)


async def test_runs_are_listed_and_undoing_one_is_shown_and_confirmed_by_a_tap(chat: Chat) -> None:
    run = await decided(chat.house)
    listed = await chat.ask("undo", "$list")
    assert run in listed["body"]
    shown = await chat.ask(f"undo {run}", "$show")
    assert chat.envelope("$show")["status"] == "confirm"
    assert f"no longer among its members: {LUC}" in shown["body"]
    assert f"!undo {run} {chat.envelope('$show')['reference']}" in shown["body"]
    assert LUC in chat.house.members("project")
    await chat.tap("$show", "$tap")
    assert (chat.envelope("$tap")["command"], chat.envelope("$tap")["status"]) == ("undo", "ok")
    assert LUC not in chat.house.members("project")
    assert (await chat.house.reconciler.look()).plan.empty


async def test_the_fingerprint_does_the_same_and_another_one_nothing(chat: Chat) -> None:
    run = await decided(chat.house)
    await chat.ask(f"undo {run} aaaaaaaaaa", "$wrong")
    assert chat.envelope("$wrong")["status"] == "confirm"
    assert chat.reply("$wrong")["body"].startswith("This is not the fingerprint")
    assert LUC in chat.house.members("project")
    await chat.ask(f"undo {run} {chat.envelope('$wrong')['reference']}", "$right")
    assert chat.envelope("$right")["status"] == "ok"
    assert LUC not in chat.house.members("project")


async def test_a_tap_after_something_was_decided_since_shows_how_it_is_now(chat: Chat) -> None:
    run = await decided(chat.house)
    await chat.ask(f"undo {run}", "$show")
    proposal = await chat.house.policies.propose(alone(CLAIRE), "project", {"members": [INES]})
    assert proposal is not None
    await chat.house.policies.take(proposal, actor=CLAIRE, origin="$meanwhile")
    await chat.tap("$show", "$tap")
    assert chat.envelope("$tap")["status"] in {"confirm", "ok"}
    assert chat.house.store.data.policies["project"].values["members"] == [INES]


async def test_an_unknown_run_is_nothing_that_can_be_shown(chat: Chat) -> None:
    assert (await chat.ask("undo nosuchrun", "$1"))["body"] == "I know nothing by this name that I can show here."
    assert chat.envelope("$1") == {"command": "undo", "status": "denied", "reference": None}


@pytest.mark.parametrize("step", [4, 6, 8, 10, 14])
async def test_a_confirmation_that_a_crash_interrupted_is_finished_and_not_done_again(chat: Chat, step: int) -> None:
    house, run = chat.house, await decided(chat.house)
    await chat.ask(f"undo {run}", "$show")
    house.fuse.at = house.fuse.steps + step
    with pytest.raises((Killed, BaseExceptionGroup)):
        await chat.tap("$show", "$tap")
    house.start()
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    house.world = await house.reconciler.look()
    after = Chat(house, chat.messenger)
    await after.tap("$show", "$tap")
    assert after.envelope("$tap")["command"] == "undo"
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    await house.settle()
    assert LUC not in house.members("project")
    undone = [one for one in house.store.data.audit.values() if one.detail.get("undoes") == run]
    assert len(undone) == 1
    assert (await house.reconciler.look()).plan.empty


async def test_why_is_answered_about_others_and_about_oneself(chat: Chat) -> None:
    await decided(chat.house)
    told = await chat.ask(f"why {LUC} project", "$1")
    assert f"{LUC} was added to the group. (by {CLAIRE} on " in told["body"]
    assert (await chat.ask("why project", "$2"))["body"].startswith(f"Project – {INES} is not in the room.")
    assert (await chat.ask("why nothing", "$3"))["body"] == "I know nothing by this name that I can show here."
    await chat.ask(f"why {LUC}", "$4")
    assert chat.envelope("$4")["status"] == "usage"


async def test_french_names_and_words(chat: Chat) -> None:
    run = await decided(chat.house)
    await chat.house.society.choose_language(INES, "fr")
    assert "Ce qui a été appliqué en dernier" in (await chat.ask("annuler", "$1"))["body"]
    assert f"ne figure plus parmi ses membres\u00a0: {LUC}" in (await chat.ask(f"annuler {run}", "$2"))["body"]
    assert "a été ajouté au groupe." in (await chat.ask(f"pourquoi {LUC} project", "$3"))["body"]
