"""How the bot leaves rooms, and has them deleted: on the fake, and on Synapse with room versions 11 and 12."""

import pytest

from bridge.domain.errors import ErrorKind, HomeserverError
from tests.contracts.homeservers import World, room
from tests.localnet.talk import eventually
from tests.support.synapse import CORP


async def test_leaving_is_repeated_without_harm(world: World, version: str) -> None:
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, ann)
    assert await world.act(ann, "join", room_id)
    for _ in range(2):
        await world.homeserver.leave(room_id)
    with pytest.raises(HomeserverError):
        await world.homeserver.read_room(room_id)
    assert await world.act(ann, "leave", room_id)


async def test_leaving_a_room_that_never_was_is_harmless(world: World) -> None:
    await world.homeserver.leave(f"!nothing:{CORP}")


async def test_a_room_is_deleted_and_deleting_it_again_is_harmless(world: World, version: str) -> None:
    await world.homeserver.check_admin(frozenset())
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, ann)
    await world.homeserver.leave(room_id)
    for _ in range(2):
        await world.homeserver.delete_room(room_id)

    async def there() -> bool:
        try:
            await world.homeserver.published(room_id)
        except HomeserverError as error:
            return error.errcode != "M_NOT_FOUND"
        return True

    await eventually(there, lambda found: not found)
    await world.homeserver.delete_room(room_id)
    await world.homeserver.leave(room_id)


async def test_without_an_administrators_token_nothing_is_deleted(world: World, version: str) -> None:
    world.homeserver._admin = None
    room_id = await world.homeserver.create_room(room(version=version))
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.delete_room(room_id)
    assert caught.value.kind is ErrorKind.USAGE


async def test_a_known_room_with_the_same_marker_is_not_found_again(world: World, version: str) -> None:
    marker = f"twice-{version}-{id(world)}"
    first = await world.homeserver.create_room(room(marker, version=version))
    assert await world.homeserver.find_room(marker, besides={first}) is None
    second = await world.homeserver.create_room(room(marker, version=version))
    assert await world.homeserver.find_room(marker, besides={first}) == second


async def test_a_room_calls_no_alias_its_own_that_leads_elsewhere(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    alias = f"#grp_m{version}x{abs(hash(room_id))}:{CORP}"
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.set_state(room_id, "m.room.canonical_alias", "", {"alias": alias})
    assert caught.value.errcode == "M_BAD_ALIAS"
    await world.homeserver.add_alias(alias, room_id)
    await world.homeserver.set_state(room_id, "m.room.canonical_alias", "", {"alias": alias})
    state = (await world.homeserver.read_room(room_id)).state
    assert state["m.room.canonical_alias", ""] == {"alias": alias}
