"""Invitations that a bot refuses: once the inviter's homeserver has kept them, whatever dies or is silent meanwhile."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.rooms import Membership
from bridge.services.refusals import AT_ONCE, LASTS, REFUSAL, SETTLES, Refusals
from bridge.services.rounds import Rounds
from tests.fakes.clock import START, FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore

STRANGER: Final = "@eve:elsewhere.example"
MANY: Final = 50


@dataclass
class Door:
    """One bot's, to which strangers come."""

    store: FakeStore = field(default_factory=FakeStore)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.refusals = Refusals(
            store=self.store, messenger=self.messenger, clock=self.clock, rounds=Rounds(clock=self.clock)
        )

    async def invited(self, room: str) -> None:
        self.messenger.room(room, STRANGER, bot=Membership.INVITE)
        await self.refusals.note(
            Event(
                id=f"$to-{room}",
                room_id=room,
                sender=STRANGER,
                type="m.room.member",
                content={"membership": "invite"},
                state_key=self.messenger.user_id,
                sent_at=START,
            )
        )

    async def go(self) -> None:
        """One round, for as long as it waits."""
        going = asyncio.create_task(self.refusals.go())
        await self.clock.advance(SETTLES.total_seconds())
        await going

    def waiting(self) -> list[str]:
        return [one.room_id for one in self.store.data.pending.values() if one.kind == REFUSAL]

    def open(self) -> Mapping[str, object]:
        return self.messenger.rooms


async def test_an_invitation_is_refused_after_its_homeserver_kept_it_and_no_sooner() -> None:
    door = Door()
    await door.invited("!a")
    assert door.clock.slept == []  # whoever handles the event waits for nothing
    going = asyncio.create_task(door.refusals.go())
    await door.clock.advance(SETTLES.total_seconds() / 2)
    assert door.messenger.calls == []
    await door.clock.advance(SETTLES.total_seconds() / 2)
    await going
    assert (door.messenger.calls, door.open(), door.waiting()) == (["leave"], {}, [])


async def test_many_wait_together() -> None:
    door = Door()
    for number in range(MANY):
        await door.invited(f"!{number}")
    await door.go()
    assert (len(door.clock.slept), door.open(), door.waiting()) == (1, {}, [])
    assert AT_ONCE < MANY


async def test_what_was_noted_is_refused_by_the_next_process_and_by_the_bot_that_was_invited() -> None:
    door = Door()
    await door.invited("!a")
    other = Door(store=door.store, clock=door.clock, messenger=FakeMessenger("@welcome:corp.example"))
    await other.go()
    assert (other.messenger.calls, door.waiting()) == ([], ["!a"])
    later = Door(store=door.store, clock=door.clock, messenger=door.messenger)
    await later.go()
    assert (door.messenger.calls, door.waiting()) == (["leave"], [])


async def test_where_nobody_answers_it_is_tried_again_for_a_day() -> None:
    door = Door()
    await door.invited("!a")
    for _ in range(2):
        door.messenger.faults = [HomeserverError(say("Silent."), kind=ErrorKind.TEMPORARY)]
        await door.go()
        assert door.waiting() == ["!a"]
    await door.clock.advance(LASTS.total_seconds())
    await door.go()
    assert (door.messenger.calls, door.waiting()) == (["leave"] * 2, [])


async def test_what_the_homeserver_refuses_for_good_is_forgotten() -> None:
    door = Door()
    await door.invited("!a")
    door.messenger.faults = [HomeserverError(say("No."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")]
    await door.go()
    assert door.waiting() == []


async def test_a_room_into_which_somebody_else_has_let_the_bot_meanwhile_is_not_left() -> None:
    door = Door()
    await door.invited("!a")
    await door.messenger.join("!a")
    await door.go()
    assert (door.messenger.calls, door.waiting()) == (["join"], [])
