"""What goes wrong in a hidden room writes no line that a reader of logs could count, and shows in nobody's status."""

import pytest
from structlog.testing import capture_logs

from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.ports.store import IncomingEvent
from bridge.services.status import StatusReport
from tests.services.household import Household
from tests.services.test_drifts import settled, vandalise
from tests.world import user


async def changed(house: Household, name: str) -> None:
    vandalise(house, name, "m.room.topic", {"topic": "Mischief"})
    await house.hear()


@pytest.mark.parametrize(("name", "lines"), [("board", 0), ("news", 1)])
async def test_a_change_by_somebody_else_is_counted_in_the_log_where_it_is_open(name: str, lines: int) -> None:
    house = await settled()
    with capture_logs() as log:
        await changed(house, name)
    assert len([line for line in log if line["event"] == "somebody else changed a room of ours"]) == lines


@pytest.mark.parametrize(("viewer", "waiting"), [(alone(user("bob")), 1), (alone(user("ann")), 3), (COMMAND_LINE, 3)])
async def test_what_waits_in_a_hidden_room_is_in_the_status_of_its_members(viewer: Viewer, waiting: int) -> None:
    house = await settled()
    rooms = (house.room("news"), house.room("board"), house.room("board"), "!private")
    arrived = [IncomingEvent(f"$waits{number}", room, b"{}") for number, room in enumerate(rooms)]
    await house.store.accept("waits", arrived, house.clock.now())
    report = StatusReport(
        homeserver=house.homeserver,
        store=house.store,
        society=house.society,
        last=lambda: None,
        look=house.reconciler.look,
    )
    assert (await report.standing(viewer)).inbox.waiting == waiting  # without the question itself
