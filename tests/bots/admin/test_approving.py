"""Decisions that wait for somebody else's word, as they read in chat: cards, answers, outcomes; and who learns what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory, GroupState, Visibility
from bridge.domain.policy import Creator, Critical
from bridge.domain.rooms import ADMIN_ROOM, Binding
from bridge.services.policies import APPROVAL_LASTS, CREATORS
from tests.bots.admin.asking import Asking, body, status
from tests.bots.kit.conversation import tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import household
from tests.services.talking import bot_api
from tests.world import BOT, directory, group, user

ADMINS = ("ines", "omar")
OFFICE = "!office"
ALL = frozenset(Critical)


def company() -> Directory:
    return directory(
        group("trade").having(delegates=("dora",)),
        group("sales").owners("luc", "zoe").members("luc", "zoe", "ann").having(parent="trade"),
        group("legal").owners("ann").members("ann"),
        group("board").hidden().owners("claire", "hugo").members("claire", "hugo", "ann"),
        group("vault").hidden().owners("ann").members("ann"),
        people=ADMINS,
    )


class Company(Asking):
    """A company whose administrators have a room of their own."""

    @classmethod
    async def made(cls, *, critical: frozenset[Critical] = ALL, office: bool = True, **creators: Creator) -> "Company":
        house = household(company(), admins=frozenset(map(user, ADMINS)))
        wanted = {**CREATORS, **{Visibility(name.replace("_", "-")): who for name, who in creators.items()}}
        house.policies = replace(house.policies, critical=critical, creators=wanted)
        house.tidying = replace(house.tidying, approvals=replace(house.tidying.approvals, policies=house.policies))
        house.rounds.errands[:] = [house.tidying.go]
        messenger = FakeMessenger(BOT)
        await house.settle()
        await house.settle()
        if office:
            house.store.data.bindings[ADMIN_ROOM] = Binding(ref=ADMIN_ROOM, marker="m", room_id=OFFICE)
            messenger.room(OFFICE, *map(user, ADMINS))
        for name in ("ann", "claire", "dora", "eve", "hugo", "ines", "luc", "omar", "zoe"):
            messenger.direct[user(name)] = messenger.room(f"!{name}", user(name))
        return cls(house, AdminBot(bot_api(house, messenger), {}), messenger)

    async def rounds(self) -> None:
        """People are told, and rooms follow."""
        assert await self.house.rounds.go()
        await self.house.settle()

    def read(self, room: str) -> str:
        """The last thing that stands in a room."""
        return str(next(content["body"] for room_id, content in reversed(self.messenger.sent) if room_id == room))

    def rooms_told(self, since: int = 0) -> set[str]:
        """Where anything was said."""
        return {room_id for room_id, _ in self.messenger.sent[since:]}

    def handle(self) -> str:
        """What the cards say to type."""
        [item] = [one for one in self.house.store.data.pending.values() if one.kind == "approval"]
        return item.key.removeprefix("approval:")

    async def answers(self, emoji: str, *, by: str, room: str) -> Mapping[str, Any]:
        """A reaction on the card in that room."""
        self.asked += 1
        shown = (f"approval:{self.handle()}", room)
        cards = [event for event, found in self.house.store.data.pending_events.items() if found == shown]
        event = tap(emoji, cards[-1], room=room, sender=user(by), event_id=f"$asked{self.asked}")
        return await self._heard(event)

    def state(self, group_id: str) -> GroupState | None:
        """What has become of a group."""
        assert self.house.world is not None
        found = self.house.world.facts.directory.groups.get(group_id)
        return found.state if found else None

    async def entries(self, compartment: str = "") -> list[tuple[str, str, Mapping[str, Any]]]:
        """The audit log of a compartment, oldest first."""
        async with self.house.store.view() as view:
            found = await view.audit.recent(compartments=frozenset({compartment}), limit=99)
        kinds = ("decide", "approval")
        return [(one.kind, one.actor, one.detail) for one in reversed(found) if one.kind.startswith(kinds)]


async def test_what_is_critical_waits_for_a_second_person_and_is_done_once() -> None:
    chat = await Company.made()
    asked = await chat.ask('!group retire sales --yes --reason "we moved on"', by="luc")
    assert (status(asked), "This takes a second person" in body(asked)) == ("held", True)
    await chat.rounds()
    assert chat.state("sales") is GroupState.ACTIVE
    card = chat.read(OFFICE)
    assert "@luc:corp.example wants this for Sales: The group is retired." in card
    assert "we moved on" in card
    assert await chat.answers("✅", by="omar", room=OFFICE)
    await chat.rounds()
    assert chat.state("sales") is GroupState.RETIRED
    assert "is agreed to and done" in chat.read("!luc")
    assert "accepted" in chat.read(OFFICE)
    told = await chat.entries()
    assert [(kind, actor) for kind, actor, _ in told] == [("approval-asked", user("luc")), ("decide", user("luc"))]
    assert told[-1][2]["approved"] == user("omar")


async def test_a_confirmed_decision_waits_as_well() -> None:
    chat = await Company.made()
    assert status(await chat.ask("!group retire sales", by="luc")) == "confirm"
    assert status(await chat.tap("✅", by="luc")) == "held"
    assert chat.state("sales") is GroupState.ACTIVE


async def test_what_is_not_marked_as_critical_is_done_at_once() -> None:
    chat = await Company.made(critical=frozenset())
    assert status(await chat.ask("!group retire sales --yes", by="luc")) == "ok"
    assert not [one for one in chat.house.store.data.pending.values() if one.kind == "approval"]


async def test_the_other_owner_has_a_card_too_and_a_delegate_answers_by_command() -> None:
    chat = await Company.made()
    await chat.ask("!group archive sales --yes", by="luc")
    await chat.rounds()
    assert "wants this for Sales" in chat.read("!zoe")
    waiting = body(await chat.ask("!approval", by="dora"))
    assert f"!approval give {chat.handle()}" in waiting
    assert f"!approval refuse {chat.handle()}" in waiting
    assert status(await chat.ask(f"!approval give {chat.handle()}", by="dora")) == "ok"
    await chat.rounds()
    assert chat.state("sales") is GroupState.ARCHIVED
    assert "answered this request before" in body(await chat.ask(f"!approval refuse {chat.handle()}", by="zoe"))


async def test_nobody_gives_the_word_to_themselves_nor_without_the_right() -> None:
    chat = await Company.made()
    await chat.ask("!group archive legal --yes", by="ines")
    await chat.rounds()
    assert await chat.answers("✅", by="ines", room=OFFICE) == {}
    unknown = body(await chat.ask("!approval give zzzzzzzzzz", by="luc"))
    for who in ("ines", "luc"):
        assert body(await chat.ask(f"!approval give {chat.handle()}", by=who)) == unknown
    assert chat.state("legal") is GroupState.ACTIVE


async def test_a_refusal_is_told_with_its_reason_and_nothing_is_done() -> None:
    chat = await Company.made()
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.rounds()
    assert status(await chat.ask(f"!approval refuse {chat.handle()} wait for spring", by="ines")) == "ok"
    await chat.rounds()
    assert chat.state("sales") is GroupState.ACTIVE
    assert "wait for spring" in chat.read("!luc")
    assert (await chat.entries())[-1][:2] == ("approval-refused", user("ines"))


async def test_silence_ends_it_and_an_answer_comes_too_late() -> None:
    chat = await Company.made()
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.rounds()
    await chat.house.clock.advance((APPROVAL_LASTS + timedelta(seconds=1)).total_seconds())
    assert "time to answer this is over" in body(await chat.ask(f"!approval give {chat.handle()}", by="ines"))
    await chat.rounds()
    await chat.rounds()
    assert chat.state("sales") is GroupState.ACTIVE
    assert "Nobody has answered in time" in chat.read("!luc")
    assert "not answered in time" in chat.read(OFFICE)
    assert [kind for kind, _, _ in await chat.entries()] == ["approval-asked", "approval-expired"]


async def test_silence_alone_ends_it() -> None:
    chat = await Company.made()
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.rounds()
    await chat.house.clock.advance((APPROVAL_LASTS + timedelta(seconds=1)).total_seconds())
    await chat.rounds()
    await chat.rounds()
    assert "Nobody has answered in time" in chat.read("!luc")


async def test_when_the_world_has_moved_on_nothing_is_done() -> None:
    chat = await Company.made(critical=frozenset({Critical.RETIRE}))
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.ask("!group archive sales --yes", by="zoe")
    await chat.rounds()
    assert "Something has changed" in body(await chat.answers("✅", by="omar", room=OFFICE))
    await chat.rounds()
    assert chat.state("sales") is GroupState.ARCHIVED
    assert "something had changed meanwhile" in chat.read("!luc")


async def test_who_lost_the_right_meanwhile_decides_nothing() -> None:
    chat = await Company.made(critical=frozenset({Critical.RETIRE}))
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.ask("!group owner sales @luc:corp.example --remove --yes", by="zoe")
    await chat.rounds()
    await chat.ask(f"!approval give {chat.handle()}", by="ines")
    await chat.rounds()
    assert chat.state("sales") is GroupState.ACTIVE


async def test_a_repeated_answer_takes_it_once() -> None:
    chat = await Company.made()
    await chat.ask("!group retire sales --yes", by="luc")
    await chat.rounds()
    await chat.answers("✅", by="omar", room=OFFICE)
    chat.asked -= 1
    await chat.answers("✅", by="omar", room=OFFICE)
    await chat.rounds()
    assert [kind for kind, _, _ in await chat.entries()] == ["approval-asked", "decide"]
    assert "is agreed to and done" in chat.read("!luc")


async def test_to_delegate_takes_a_second_person_where_it_is_critical_and_to_take_it_back_does_not() -> None:
    chat = await Company.made()
    assert status(await chat.ask("!group delegate legal @luc:corp.example --yes", by="ines")) == "held"
    await chat.rounds()
    assert "delegates: +@luc:corp.example" in chat.read(OFFICE)
    assert status(await chat.ask(f"!approval give {chat.handle()}", by="omar")) == "ok"
    await chat.rounds()
    assert status(await chat.ask("!group archive legal --yes", by="luc")) == "held"
    assert status(await chat.ask("!group undelegate legal @luc:corp.example --yes", by="ines")) == "ok"


async def test_about_a_hidden_group_only_its_owners_are_asked_and_each_alone() -> None:
    chat = await Company.made()
    before = len(chat.messenger.sent)
    assert status(await chat.ask("!group visibility board invite-only --yes", by="claire")) == "held"
    await chat.rounds()
    assert chat.rooms_told(before) == {"!claire", "!hugo"}
    assert "wants this for Board" in chat.read("!hugo")
    unknown = body(await chat.ask("!approval give zzzzzzzzzz"))
    assert body(await chat.ask(f"!approval give {chat.handle()}")) == unknown
    assert "Nothing waits" in body(await chat.ask("!approval"))
    chat.messenger.room(OFFICE, user("hugo"), *map(user, ADMINS))
    assert body(await chat.ask(f"!approval give {chat.handle()}", by="hugo", room=OFFICE)) == unknown
    await chat.answers("✅", by="hugo", room="!hugo")
    await chat.rounds()
    assert chat.house.world is not None
    assert chat.house.world.facts.directory.groups["board"].visibility is Visibility.INVITE_ONLY
    assert await chat.entries() == []
    assert [kind for kind, _, _ in await chat.entries("board")] == ["approval-asked", "decide"]


async def test_where_nobody_else_may_decide_it_is_refused_at_once() -> None:
    chat = await Company.made()
    refused = await chat.ask("!group visibility vault invite-only --yes", by="ann")
    assert (status(refused), "there is nobody" in body(refused)) == ("error", True)


async def test_who_may_not_make_a_group_asks_administrators_in_their_room() -> None:
    chat = await Company.made(public=Creator.ADMINS)
    asked = await chat.ask('!group create Chess --visibility public --reason "we play"', by="ann")
    assert "made by administrators alone. I have asked them" in body(asked)
    await chat.rounds()
    card = chat.read(OFFICE)
    assert "@ann:corp.example asks to make the group Chess." in card
    assert "we play" in card
    await chat.answers("✅", by="ines", room=OFFICE)
    await chat.rounds()
    assert "about Chess is agreed to and done" in chat.read("!ann")
    assert "Chess" in body(await chat.ask("!group show chess", by="ann"))
    assert "@ann" in body(await chat.ask("!group show chess", by="luc"))


async def test_without_a_room_of_their_own_administrators_are_asked_one_by_one() -> None:
    chat = await Company.made(office=False, public=Creator.ADMINS)
    await chat.ask("!group create Chess --visibility public", by="ann")
    await chat.rounds()
    assert "asks to make the group Chess" in chat.read("!ines")
    assert "asks to make the group Chess" in chat.read("!omar")


async def test_where_others_read_along_in_the_room_it_is_not_asked_there() -> None:
    chat = await Company.made(public=Creator.ADMINS)
    chat.messenger.room(OFFICE, user("ines"), "@mallory:evil.example")
    before = len(chat.messenger.sent)
    await chat.ask("!group create Chess --visibility public", by="ann")
    await chat.rounds()
    assert chat.rooms_told(before) == {"!ann", "!ines", "!omar"}


async def test_a_wish_for_a_hidden_group_keeps_its_name_and_its_outcome_with_who_asks() -> None:
    chat = await Company.made()
    before = len(chat.messenger.sent)
    await chat.ask("!group create Falcon --visibility hidden --reason merger", by="ann")
    await chat.rounds()
    assert chat.rooms_told(before) == {"!ann", "!ines", "!omar"}
    assert "@ann:corp.example asks to make a hidden group. Its name stays with them." in chat.read("!ines")
    await chat.answers("✅", by="ines", room="!ines")
    await chat.rounds()
    assert "Falcon" in body(await chat.ask("!group show falcon", by="ann"))
    closed = chat.read("!omar")
    assert "answered" in closed
    words = [str(content) for room_id, content in chat.messenger.sent[before:] if room_id != "!ann"]
    assert not [one for one in words if "alcon" in one]
    assert await chat.entries() == []


@pytest.mark.parametrize("emoji", ["✅", "❌"])
async def test_other_administrators_cannot_tell_how_a_wish_for_a_hidden_group_ended(emoji: str) -> None:
    chat = await Company.made()
    await chat.ask("!group create Falcon --visibility hidden", by="ann")
    await chat.rounds()
    await chat.answers(emoji, by="ines", room="!ines")
    await chat.rounds()
    assert chat.read("!omar") == "* @ann:corp.example asked for your word. – answered"
    assert "answered this request before" in body(await chat.ask(f"!approval give {chat.handle()}", by="omar"))


async def test_a_wish_is_answered_alike_whether_a_hidden_group_has_that_name_or_not() -> None:
    told = []
    for name in ("Board", "Brand"):
        chat = await Company.made()
        asked = await chat.ask(f"!group create {name} --visibility hidden", by="luc")
        await chat.rounds()
        told.append((body(asked), status(asked), chat.read("!ines").replace(chat.handle(), "handle")))
    assert told[0] == told[1]


async def test_a_delegate_makes_groups_below_their_own_as_administrators_do_save_hidden_ones() -> None:
    chat = await Company.made(public=Creator.ADMINS, invite_only=Creator.ADMINS)
    assert status(await chat.ask("!group create Fair --parent trade", by="dora")) == "ok"
    await chat.rounds()
    assert "Trade" in body(await chat.ask("!group show fair", by="dora"))
    assert status(await chat.ask("!group create Beside", by="dora")) == "held"
    chat = await Company.made()
    assert status(await chat.ask("!group create Deep --parent trade --visibility hidden", by="dora")) == "held"
