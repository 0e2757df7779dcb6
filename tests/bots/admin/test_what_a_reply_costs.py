"""From the homeserver's push to the finished event: how often a reply waits for the store and for the homeserver.

More than this shows in ``python -m bench.latency``, where a reply may take hardly longer than one of a service that
keeps nothing and asks nobody.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest

from bots.admin.bot import AdminBot
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.ports.bots import Handler
from bridge.ports.store import IncomingEvent
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.intake import Intake
from deploy.localnet.waiting import until
from tests.bots.admin.test_every_command import company
from tests.fakes.clock import FakeClock
from tests.services.household import Household, household
from tests.services.talking import bot_api
from tests.support.tallying import Tally
from tests.world import BOT, user

INES = user("ines")
UNITS_OF_WORK = 3
"""The claim, with the word that it may be sent from here on; after the reply, that it is; that the event is done."""
VIEWS = 4
"""What has arrived, the language, whether a glass is broken; after the reply, whether more has arrived."""


@dataclass
class Desk:
    """A conversation of two with the real messenger over the fake homeserver, behind intake and dispatch."""

    house: Household
    tally: Tally
    intake: Intake
    room_id: str
    said: int = 0

    async def ask(self, line: str) -> None:
        """Push a line and wait until nothing is left to do for it."""
        self.said += 1
        event_id = self.house.homeserver.people.say(INES, self.room_id, line)
        event = {
            "event_id": event_id,
            "room_id": self.room_id,
            "sender": INES,
            "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": line},
            "origin_server_ts": int(self.house.clock.now().timestamp() * 1000),
        }
        self.tally.begin()
        await self.intake.accept(str(self.said), [IncomingEvent(event_id, self.room_id, msgspec.json.encode(event))])
        await until(lambda: not self.house.store.data.inbox, seconds=10, pause=0.001)


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    house = household(company(), admins=frozenset({INES}))
    await house.settle()
    await house.settle()
    synapse = house.homeserver.synapse
    room_id = synapse.create(INES, {})
    synapse.invite(INES, room_id, BOT, None)
    house.homeserver.people.join(BOT, room_id)
    messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
    tally = Tally(house.store, house.homeserver)
    handlers: list[Handler] = [house.observer, AdminBot(bot_api(house, messenger), {})]
    # A clock that stands still, so that dispatch looks only when it is woken.
    dispatcher = Dispatcher(house.store, handlers, FakeClock(house.clock.now()))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dispatcher.run())
        yield Desk(house, tally, Intake(house.store, house.clock, dispatcher.arrived, ahead=dispatcher), room_id)
        await dispatcher.stop(within=1)


@pytest.mark.parametrize(
    ("line", "more_views"), [("!help", 0), ("!group list", 0), ("!group show sales", 1), ("!status", 1)]
)
async def test_a_reply_takes_one_claim_and_one_message(line: str, more_views: int) -> None:
    async with desk() as at:
        await at.ask("!help")  # the first one looks at the room, and finds more to look at
        assert "read room" in at.tally.calls
        await at.ask(line)
        assert at.tally.calls == ["send"]
        assert at.tally.store["unit of work"] == UNITS_OF_WORK
        assert at.tally.store["view"] <= VIEWS + more_views
