"""Events that somebody waits for are told to handlers before they are stored, and their 200 lets the reply go first."""

import asyncio

from bridge.domain.events import Event
from bridge.ports.store import IncomingEvent
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.dispatching.headstart import FEW, SECONDS
from bridge.services.intake import Intake
from deploy.localnet.waiting import until
from tests.fakes.clock import FakeClock
from tests.services.handlers import Gate, Recorder
from tests.services.inbox import Inbox, make_event


class Desk:
    """Intake before dispatch; what ``push`` returns is when the 200 would go out."""

    def __init__(self, handler: Recorder) -> None:
        self.handler, self.inbox, self.clock = handler, Inbox(), FakeClock()
        self.dispatcher = Dispatcher(self.inbox, [handler], self.clock)
        self._intake = Intake(self.inbox, self.clock, self.dispatcher.arrived, ahead=self.dispatcher)
        self._transactions = 0

    async def __aenter__(self) -> "Desk":
        self._running = asyncio.create_task(self.dispatcher.run())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.dispatcher.stop(within=0.05)
        await self._running

    async def push(self, *events: IncomingEvent) -> None:
        self._transactions += 1
        new = await self._intake.accept(str(self._transactions), events)
        await self._intake.head_start(events, new=new)


class Early(Recorder):
    """Remembers what was stored when it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox: Inbox | None = None
        self.stored: list[bool] = []

    def expect(self, event: Event) -> bool:
        assert self.inbox is not None
        self.stored.append(event.id in self.inbox.entries)
        return super().expect(event)


class Odd(Recorder):
    """Breaks when told."""

    def expect(self, event: Event) -> bool:
        raise RuntimeError(event.id)


async def test_a_handler_is_told_before_the_event_is_stored_and_has_handled_it_before_the_200() -> None:
    handler = Early()
    async with Desk(handler) as desk:
        handler.inbox = desk.inbox
        await desk.push(make_event(1))
        assert handler.stored == [False]
        assert handler.seen == ["$1"]


async def test_a_200_waits_no_longer_than_a_moment() -> None:
    async with Desk(gate := Gate({"!a"})) as desk:
        pushed = asyncio.create_task(desk.push(make_event(1)))
        await until(lambda: gate.most == 1, seconds=10, pause=0.001)
        await desk.clock.advance(SECONDS / 2)
        assert not pushed.done()
        await desk.clock.advance(SECONDS)
        await pushed
        gate.open.set()


async def test_an_event_that_is_known_holds_nothing_up() -> None:
    async with Desk(Recorder()) as desk:
        await desk.push(make_event(1))
        await desk.push(make_event(1))
        assert desk.handler.seen == ["$1"]


async def test_a_flood_is_stored_and_acknowledged_first() -> None:
    async with Desk(handler := Recorder()) as desk:
        await desk.push(*(make_event(number) for number in range(FEW + 1)))
        assert handler.expected == handler.seen == []
        await until(lambda: len(handler.seen) == FEW + 1, seconds=10, pause=0.001)


async def test_what_has_to_wait_for_others_in_its_room_is_not_told_before() -> None:
    async with Desk(gate := Gate({"!a"})) as desk:
        first = asyncio.create_task(desk.push(make_event(1)))
        await until(lambda: gate.most == 1, seconds=10, pause=0.001)
        await desk.push(make_event(2))
        assert gate.expected == ["$1"]
        gate.open.set()
        await first


async def test_what_is_no_event_or_breaks_a_handler_is_stored_all_the_same() -> None:
    async with Desk(odd := Odd()) as desk:
        await desk.push(IncomingEvent("$odd", "!a", b"7"), make_event(1))
        await until(lambda: odd.seen == ["$1"] and list(desk.inbox.aside) == ["$odd"], seconds=10, pause=0.001)
