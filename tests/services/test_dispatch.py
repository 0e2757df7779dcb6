"""Stored events reach the handlers: in order, again after failures, and whatever else goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bridge.ports.bots import Handler
from bridge.ports.store import Claim, IncomingEvent
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.intake import Intake
from deploy.localnet.waiting import until
from tests.fakes.clock import FakeClock
from tests.services.handlers import Failing, Gate, Recorder
from tests.services.inbox import Inbox, make_event


class Bridge:
    """Intake and dispatch over one inbox."""

    def __init__(self, inbox: Inbox, handlers: Sequence[Handler], clock: FakeClock, deadline: float) -> None:
        self.inbox, self.clock = inbox, clock
        self.dispatcher = Dispatcher(inbox, handlers, clock, jitter=lambda: 0.0, deadline=deadline)
        self._intake = Intake(inbox, clock, self.dispatcher.arrived)
        self._transactions = 0

    async def push(self, *events: IncomingEvent) -> int:
        self._transactions += 1
        return await self._intake.accept(str(self._transactions), events)


@asynccontextmanager
async def running(
    *handlers: Handler, inbox: Inbox | None = None, clock: FakeClock | None = None, deadline: float = 10
) -> AsyncIterator[Bridge]:
    bridge = Bridge(inbox or Inbox(), handlers, clock or FakeClock(), deadline)
    async with asyncio.TaskGroup() as group:
        group.create_task(bridge.dispatcher.run())
        yield bridge
        await bridge.dispatcher.stop(within=0.05)


async def soon(ready: Callable[[], bool]) -> None:
    await until(ready, seconds=10, pause=0.001)


async def test_events_of_a_room_are_handled_in_order_and_then_finished() -> None:
    seen = Recorder()
    async with running(seen) as bridge:
        assert await bridge.push(*(make_event(n) for n in range(50))) == 50
        await soon(lambda: len(bridge.inbox.finished) == 50)
    assert seen.seen == [f"${n}" for n in range(50)] == bridge.inbox.finished


async def test_rooms_are_handled_in_parallel_but_not_all_at_once() -> None:
    gate = Gate({f"!{n}" for n in range(40)})
    async with running(gate) as bridge:
        await bridge.push(*(make_event(n, f"!{n % 40}") for n in range(80)))
        await soon(lambda: gate.most == 16)
        gate.open.set()
        await soon(lambda: len(bridge.inbox.finished) == 80)
    assert gate.most == 16


async def test_a_room_whose_handler_waits_does_not_hold_up_another() -> None:
    gate = Gate({"!slow"})
    async with running(gate) as bridge:
        await bridge.push(*(make_event(n, "!slow") for n in range(3)), make_event(3, "!quick"))
        await soon(lambda: bridge.inbox.finished == ["$3"])
        gate.open.set()
        await soon(lambda: len(bridge.inbox.finished) == 4)


async def test_a_room_with_thousands_of_events_does_not_shut_out_the_others_and_keeps_its_order() -> None:
    gate = Gate({"!slow"})
    async with running(gate) as bridge:
        await bridge.push(*(make_event(n, "!slow") for n in range(1200)), make_event(1200, "!quick"))
        await bridge.clock.advance(1)
        await soon(lambda: bridge.inbox.finished == ["$1200"])
        gate.open.set()
        await soon(lambda: len(bridge.inbox.finished) == 1201)
    assert gate.seen == ["$1200", *(f"${n}" for n in range(1200))]


async def test_events_that_nobody_wants_are_finished_together() -> None:
    async with running(Recorder(wanted=lambda event: event.type == "m.room.member")) as bridge:
        await bridge.push(*(make_event(n) for n in range(200)))
        await soon(lambda: len(bridge.inbox.finished) == 200)
    assert bridge.inbox.works == 1


async def test_a_failing_event_blocks_nothing_comes_back_and_is_then_handled() -> None:
    failing = Failing({"$0"}, times=2)
    async with running(failing) as bridge:
        await bridge.push(*(make_event(n) for n in range(3)))
        await soon(lambda: bridge.inbox.finished == ["$1", "$2"])
        for attempt, seconds in ((1, 1), (2, 5)):
            await soon(lambda attempt=attempt: bridge.inbox.entries["$0"].attempts == attempt)  # type: ignore[misc]
            assert (await bridge.dispatcher.status()).retrying == 1
            await bridge.clock.advance(seconds)
        await soon(lambda: bridge.inbox.finished == ["$0", "$1", "$2"])
    assert failing.seen.count("$0") == 3


async def test_an_event_that_always_fails_is_set_aside_and_visible() -> None:
    failing = Failing({"$0"})
    async with running(failing) as bridge:
        await bridge.push(make_event(0))
        while not bridge.inbox.aside:
            await bridge.clock.advance(5)
        status = await bridge.dispatcher.status()
    assert (status.set_aside, status.waiting, status.retrying) == (1, 0, 0)
    assert bridge.inbox.aside == {"$0": "failing: RuntimeError"}, "the error's text may quote the message"
    assert failing.seen == ["$0"] * 6


async def test_another_handler_still_sees_what_one_cannot_handle() -> None:
    other = Recorder("other")
    async with running(Failing({"$0"}), other) as bridge:
        await bridge.push(make_event(0))
        await soon(lambda: other.seen == ["$0"])


@pytest.mark.parametrize("error", [asyncio.CancelledError(), KeyError("x"), TimeoutError()])
async def test_whatever_a_handler_raises_the_others_events_go_on(error: BaseException) -> None:
    async with running(Failing({"$0"}, error=error)) as bridge:
        await bridge.push(make_event(0), make_event(1))
        await soon(lambda: bridge.inbox.finished == ["$1"] and bridge.inbox.entries["$0"].attempts == 1)


async def test_a_handler_that_hangs_is_stopped_at_its_deadline_and_counts_as_failed() -> None:
    gate = Gate({"!a"})
    async with running(gate, deadline=0.01) as bridge:
        await bridge.push(make_event(0))
        await soon(lambda: bridge.inbox.entries["$0"].attempts == 1)


@pytest.mark.parametrize(
    "payload", [b"7", b"{", b"[" * 100_000, b'{"event_id":"$0"}', make_event(0, content=None).payload, b'{"a":"\xff"}']
)
async def test_what_cannot_be_read_as_an_event_is_set_aside_at_once(payload: bytes) -> None:
    seen = Recorder()
    async with running(seen) as bridge:
        await bridge.push(IncomingEvent("$odd", "!a", payload), make_event(1))
        await soon(lambda: bridge.inbox.finished == ["$1"] and bool(bridge.inbox.aside))
    assert seen.seen == ["$1"]


async def test_events_left_by_an_earlier_run_are_dispatched_and_due_ones_tried_again() -> None:
    inbox, clock = Inbox(), FakeClock()
    await inbox.accept("old", [make_event(0), make_event(1)], clock.now())
    async with inbox.work() as work:
        await work.inbox.postpone(1, until=clock.now() + timedelta(seconds=30), error="")
    async with running(Recorder(), inbox=inbox, clock=clock):
        await soon(lambda: inbox.finished == ["$1"])
        await clock.advance(41)
        await soon(lambda: inbox.finished == ["$0", "$1"])


async def test_when_the_store_fails_nothing_is_lost_and_dispatch_goes_on_afterwards() -> None:
    gate = Gate({"!a"})
    async with running(gate) as bridge:
        await bridge.push(make_event(0))
        await soon(lambda: gate.inside == ["!a"])
        bridge.inbox.out_of_order = True
        gate.open.set()
        await soon(lambda: bridge.dispatcher.missing() == ("store",))
        bridge.inbox.out_of_order = False
        await bridge.clock.advance(1)
        await soon(lambda: bridge.inbox.finished == ["$0"] and not bridge.dispatcher.missing())
    assert gate.seen == ["$0"]


async def test_stopping_gives_handlers_their_time_and_leaves_the_rest_for_the_next_run() -> None:
    gate = Gate({"!a"})
    async with running(gate) as bridge:
        await bridge.push(make_event(0), make_event(1))
        await soon(lambda: gate.inside == ["!a"])
        gate.open.set()
    assert bridge.inbox.finished == ["$0"]
    assert list(bridge.inbox.entries) == ["$1"]
    assert bridge.dispatcher.missing() == ("dispatch",)


async def test_stopping_does_not_wait_for_a_handler_that_hangs() -> None:
    gate = Gate({"!a"})
    async with running(gate) as bridge:
        await bridge.push(make_event(0))
        await soon(lambda: gate.inside == ["!a"])
    assert bridge.inbox.entries["$0"].attempts == 0, "being stopped is no failure"


async def test_what_was_set_aside_is_purged_after_two_weeks() -> None:
    async with running(Recorder()) as bridge:
        await bridge.push(IncomingEvent("$odd", "!a", b"7"))
        await soon(lambda: bool(bridge.inbox.aside))
        bridge.clock.set(bridge.clock.now() + timedelta(days=15))
        bridge.dispatcher.arrived(0)
        await soon(lambda: not bridge.inbox.aside)


async def test_claims_of_sent_messages_are_forgotten_with_the_events_that_they_answered() -> None:
    async with running(Recorder()) as bridge:
        now = bridge.clock.now()
        async with bridge.inbox.work() as work:
            for key, room in (("sent", "!a"), ("open", "!a")):
                await work.outbox.claim(
                    Claim(key=key, sender="@b", room_id=room, event_type="t", content={}, claimed_at=now)
                )
            await work.outbox.sent("sent", "$1")
        bridge.clock.set(now + timedelta(days=31))
        bridge.dispatcher.arrived(0)
        await soon(lambda: set(bridge.inbox.data.outbox) == {"open"})
