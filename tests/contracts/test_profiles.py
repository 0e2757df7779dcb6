"""Profile fields of people of ours (MSC4133), written by the homeserver's administrator: on the fake and on Synapse."""

import pytest

from bridge.adapters.matrix.profiles import MatrixProfiles
from bridge.domain.errors import HomeserverError
from tests.contracts.homeservers import FakeWorld, World, room
from tests.support.synapse import BOT


@pytest.fixture
def version() -> str:
    """Rooms do not matter here."""
    return "12"


@pytest.fixture
async def profiles(world: World) -> MatrixProfiles:
    await world.homeserver.check_admin(frozenset())
    return MatrixProfiles(world.calls, BOT, admin_token=world.admin_token)


async def claire(world: World) -> str:
    """In a room with the bot: elsewhere nobody may read her profile."""
    user, room_id = await world.person("claire"), await world.homeserver.create_room(room())
    await world.homeserver.invite(room_id, user)
    assert await world.act(user, "join", room_id)
    if isinstance(world, FakeWorld):
        world.synapse.names[user] = "claire"
    return user


async def test_fields_of_all_shapes_are_written_read_and_removed(world: World, profiles: MatrixProfiles) -> None:
    user = await claire(world)
    before = await profiles.read(user)
    for name, value in (("m.tz", "Europe/Paris"), ("io.parvis.languages", ["fr", "en"])):
        for _ in range(2):
            await profiles.write(user, name, value)
    assert await profiles.read(user) == {**before, "m.tz": "Europe/Paris", "io.parvis.languages": ["fr", "en"]}
    for _ in range(2):
        await profiles.remove(user, "m.tz")
    assert await profiles.read(user) == {**before, "io.parvis.languages": ["fr", "en"]}


async def test_without_an_admin_token_nobodys_profile_is_written(world: World) -> None:
    profiles = MatrixProfiles(world.calls, BOT)
    assert not profiles.writes
    with pytest.raises(HomeserverError):
        await profiles.write(await claire(world), "m.tz", "Europe/Paris")
