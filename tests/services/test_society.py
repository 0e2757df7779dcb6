"""Who reads an answer along: people, never the accounts of the bridge itself."""

from bridge.adapters.matrix.messenger import MatrixMessenger
from tests.services.household import household
from tests.world import BOT, directory, group, user


async def test_the_account_that_joins_people_is_no_reader_in_the_rooms_where_it_sits() -> None:
    house = household(directory(group("sales").public().members("ann")), joins_directly=True)
    for _ in range(2):  # the world that a pass found is the one before it
        await house.settle()
    messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
    surroundings = await messenger.surroundings(house.room("sales"))
    assert house.homeserver.service_user in surroundings.members

    viewer = await house.society.viewer_of(surroundings, user("ann"))
    seen = await house.groups.find(viewer, "sales")

    assert viewer.readers == {user("ann")}
    assert seen is not None
    assert seen.members == 1
