"""What happens in hidden groups' rooms moves no number that a scraper of metrics reads."""

from collections.abc import Callable, Sequence

import aiohttp
import pytest

from bridge.adapters.appservice.server import InboundServer
from bridge.domain.viewers import OPEN
from bridge.ports.store import InboxCounts
from bridge.services.counting import Counting
from bridge.services.intake import Intake
from tests.fakes.clock import FakeClock
from tests.services.inbox import Inbox, make_event

TOKEN = "homeserver-token-of-more-than-32-characters"
SALES, HIDDEN, PRIVATE = "!sales", "!hidden", "!private"


class Running:
    """An endpoint that knows of a visible room and a hidden one; of others it knows nothing."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        counting = Counting()
        counting.knows_rooms({SALES: OPEN, HIDDEN: "quartz"})
        intake = Intake(self.inbox, FakeClock(), lambda _: None)
        self.server = InboundServer(hs_token=TOKEN, intake=intake, health=self, counting=counting)
        self._pushed = 0

    async def status(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        async with self.inbox.view() as view:
            return await view.inbox.counts(counted)

    def missing(self) -> Sequence[str]:
        return ()

    async def push(self, *rooms: str) -> int:
        """One transaction with an event in each of these rooms."""
        self._pushed += 1
        payloads = [make_event(100 * self._pushed + n, room).payload for n, room in enumerate(rooms)]
        path = f"/_matrix/app/v1/transactions/{self._pushed}"
        return (await self._ask("PUT", path, b'{"events": [' + b", ".join(payloads) + b"]}"))[0]

    async def metrics(self) -> list[str]:
        """The page without what follows from how long something took."""
        lines = (await self._ask("GET", "/metrics"))[1].splitlines()
        return [line for line in lines if not line.startswith("parvis_transaction_seconds_") or "_count" in line]

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        url, headers = f"http://127.0.0.1:{self.server.port}{path}", {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.request(method, url, data=body, headers=headers) as answer:
            return answer.status, "\n".join(
                line
                for line in (await answer.text()).splitlines()
                if "_created{" not in line and "_created " not in line
            )


async def pages(*transactions: Sequence[str], out_of_order: bool = False) -> list[str]:
    """The metrics after these transactions, by the rooms of their events."""
    running = Running()
    await running.server.start("127.0.0.1", 0)
    try:
        running.inbox.out_of_order = out_of_order
        for rooms in transactions:
            assert await running.push(*rooms) == (503 if out_of_order else 200)
        running.inbox.out_of_order = False
        return await running.metrics()
    finally:
        await running.server.stop()


@pytest.mark.parametrize("out_of_order", [False, True], ids=["stored", "not stored"])
async def test_events_in_a_hidden_room_move_no_number(out_of_order: bool) -> None:
    bare = await pages([SALES], [SALES, SALES], out_of_order=out_of_order)
    hidden = [HIDDEN], [SALES], [HIDDEN, HIDDEN], [SALES, HIDDEN, SALES]
    assert await pages(*hidden, out_of_order=out_of_order) == bare
    assert await pages([SALES], out_of_order=out_of_order) != bare


async def test_a_room_that_nobody_knows_yet_adds_to_no_sum() -> None:
    """A hidden one may have been made a moment ago. What waits there is shown: it is so for a moment only."""
    sums = [line for line in await pages([PRIVATE], [PRIVATE]) if not line.startswith("parvis_inbox{")]
    assert sums == [line for line in await pages() if not line.startswith("parvis_inbox{")]
    assert 'parvis_inbox{state="waiting"} 2.0' in await pages([PRIVATE], [PRIVATE])
