"""Rooms whose creation ended halfway are told from all others, on the fake and on real Synapses."""

from bridge.adapters.matrix.creation import creation_body
from bridge.domain.rooms import MARKER, Membership
from tests.contracts.homeservers import World, room
from tests.support.synapse import BOT


async def begun(world: World, marker: str, *, version: str = "12") -> str:
    """What a homeserver leaves that dies before it writes the marker."""
    body = creation_body(room(marker, version=version))
    body["initial_state"] = [one for one in body["initial_state"] if one["type"] != MARKER]
    answer = await world.homeserver.request("POST", "/_matrix/client/v3/createRoom", body)
    return str(answer["room_id"])


async def inside(world: World, room_id: str) -> bool:
    """Whether the bot is in the room."""
    joined = await world.homeserver.request("GET", "/_matrix/client/v3/joined_rooms")
    return room_id in joined["joined_rooms"]


async def test_the_half_of_a_room_is_left_and_every_other_room_is_kept(world: World, version: str) -> None:
    marker, another = f"half-{version}-{id(world)}", f"another-{version}-{id(world)}"
    half, again = await begun(world, marker, version=version), await begun(world, marker, version=version)
    others = await begun(world, another, version=version)
    whole = await world.homeserver.create_room(room(marker, version=version))
    peopled = await begun(world, marker, version=version)
    ann = await world.person("ann")
    await world.homeserver.invite(peopled, ann)
    assert await world.homeserver.leave_unfinished(marker) == 2
    assert [await inside(world, one) for one in (half, again)] == [False, False]
    assert [await inside(world, one) for one in (others, whole, peopled)] == [True, True, True]
    assert (await world.homeserver.read_room(peopled)).members == {BOT: Membership.JOIN, ann: Membership.INVITE}
    assert await world.homeserver.leave_unfinished(marker) == 0


async def test_a_room_that_ever_held_somebody_else_is_kept(world: World) -> None:
    marker = f"held-{id(world)}"
    ann = await world.person("ann")
    half = await begun(world, marker)
    await world.homeserver.invite(half, ann)
    await world.homeserver.remove(half, ann)
    assert await world.homeserver.leave_unfinished(marker) == 0
    assert await inside(world, half)
