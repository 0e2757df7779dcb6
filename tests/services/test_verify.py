"""Reading rooms whole: what happens meanwhile is not lost."""

from typing import Any

from bridge.adapters.matrix.calls import Request
from bridge.domain.rooms import group_room
from tests.fakes.synapse import Go
from tests.services.household import household
from tests.world import directory, group


async def test_what_happens_while_a_room_is_read_is_not_overwritten_by_what_was_before() -> None:
    """The event has been handled by the time the reading is stored, and would not come again."""
    house = household(directory(group("sales").public().members("claire")))
    await house.settle()
    synapse, room_id = house.homeserver.synapse, house.room("sales")

    async def once(request: Request, go: Go) -> Any:
        if request.verb in ("read publication", "read aliases"):
            synapse.rooms[room_id].state["m.room.name", ""]["content"] = {"name": "Drifted"}
            async with house.store.work() as work:
                await work.rooms.note_state(room_id, ("m.room.name", ""), {"name": "Drifted"})
        return await go(request)

    synapse.intercept(once)
    await house.reconciler.verifier.verify([group_room("sales")])
    assert house.store.data.projection[group_room("sales")].content("m.room.name") == {"name": "Drifted"}


async def test_rooms_just_made_are_not_asked_whether_they_are_listed_unless_they_were_listed() -> None:
    house = household(
        directory(group("sales").public().members("claire"), group("news").listed(), group("deal").members("claire"))
    )
    asked: list[str] = []
    synapse = house.homeserver.synapse

    async def once(request: Request, go: Go) -> Any:
        if request.verb in ("read publication", "read aliases"):
            asked.append(request.verb)
        return await go(request)

    synapse.intercept(once)
    await house.settle()
    # Of the listed one alone: each write is read back, and so is the room as a whole.
    assert sorted(asked) == ["read aliases"] * 2 + ["read publication"] * 2
    assert house.store.data.projection[group_room("news")].published
    assert not house.store.data.projection[group_room("deal")].published
