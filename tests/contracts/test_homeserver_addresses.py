"""Addresses that somebody gave a room by hand, outside the names that our registration reserves."""

import pytest

from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.homeserver import RESERVED
from tests.contracts.homeservers import World, room
from tests.support.synapse import BOT, CORP


async def given_by_hand(world: World, version: str) -> tuple[str, str]:
    """A room with the service account in it, and the address that it was given."""
    await world.homeserver.check_admin(frozenset())
    service = world.homeserver.service_user
    assert service is not None
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, service)
    await world.homeserver.join_directly(room_id, service)
    alias = f"#zclub{version}x{abs(hash(room_id))}:{CORP}"
    await world.address(room_id, alias)
    assert await world.homeserver.aliases(room_id) == (alias,)
    return room_id, alias


async def test_the_service_account_takes_away_an_address_that_was_given_by_hand(world: World, version: str) -> None:
    room_id, alias = await given_by_hand(world, version)
    await world.homeserver.remove(room_id, world.homeserver.service_user or "")
    for _ in range(2):
        await world.homeserver.remove_alias(alias)
    assert await world.homeserver.aliases(room_id) == ()


async def test_without_it_such_an_address_stays_although_the_bot_rules_the_room(world: World, version: str) -> None:
    room_id, alias = await given_by_hand(world, version)
    powerless = MatrixHomeserver(world.calls, server_name=CORP, bot=BOT)
    with pytest.raises(HomeserverError, match="does not let the bridge take away the address") as caught:
        await powerless.remove_alias(alias)
    assert (caught.value.kind, caught.value.errcode, caught.value.certain) == (ErrorKind.REFUSED, RESERVED, True)
    assert await world.homeserver.aliases(room_id) == (alias,)


async def test_the_bot_gives_no_address_outside_its_names(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.add_alias(f"#club{version}x{abs(hash(room_id))}:{CORP}", room_id)
    assert (caught.value.kind, caught.value.errcode) == (ErrorKind.REFUSED, RESERVED)


async def test_nobody_else_takes_away_an_address_of_ours(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    alias = f"#grp_n{version}x{abs(hash(room_id))}:{CORP}"
    await world.homeserver.add_alias(alias, room_id)
    administrator = world.calls.owner(world.admin_token, "homeserver.admin_token")
    with pytest.raises(HomeserverError) as caught:
        await administrator.call("remove alias", "DELETE", f"/_matrix/client/v3/directory/room/{alias}")
    assert caught.value.errcode == RESERVED
    assert await world.homeserver.aliases(room_id) == (alias,)
