"""A company with a hidden group, and the one who watches over its room, for tests of what is done there by hand."""

from typing import Any, Final

from bots.admin.watchman import Watchman
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.directory import Directory
from bridge.services.drifts import TOLD, lately, told
from tests.services.household import Household, household
from tests.services.talking import CATALOGUES
from tests.world import BOT, SERVER, directory, group, user

ANN, BOB, LUC = map(user, ("ann", "bob", "luc"))
CLUB: Final = f"#zclub:{SERVER}"


def company(*more: str) -> Directory:
    return directory(
        group("news").members("ann", "bob", "luc"), group("comex").hidden().owners("ann").members("ann", "bob", *more)
    )


async def settled(*, joins_directly: bool = False) -> Household:
    """A company at work whose members have come."""
    house = household(company(), joins_directly=joins_directly)
    for _ in range(2):
        await house.settle()
        house.homeserver.people.accept_everything([ANN, BOB, LUC])
        await house.hear()
    await house.settle()
    return house


def watchman(house: Household) -> Watchman:
    """Of a new process."""
    messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
    speaker = Speaker(messenger=messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock)
    return Watchman(speaker=speaker, society=house.society)


def as_bot(house: Household, kind: str, content: dict[str, Any], key: str = "") -> None:
    """By whoever holds the token of the application service."""
    house.homeserver.synapse.room(house.room("comex")).write(BOT, kind, key, content)


def let_in(house: Household, who: str) -> None:
    room = house.homeserver.synapse.room(house.room("comex"))
    room.invite(BOT, who, None)
    room.join(who)


async def mended(house: Household) -> None:
    """The bridge hears of it, looks, and tells, twice, so that what is told twice shows."""
    await house.hear()
    for _ in range(2):
        await house.settle()
        await house.hear()
        await watchman(house).tell()


def heard(house: Household, name: str = "comex") -> list[str]:
    """What is said in a room besides its name."""
    timeline = house.homeserver.synapse.rooms[house.room(name)].timeline
    bodies = [str(event["content"].get("body")) for event in timeline if event["type"] == "m.room.message"]
    return [body for body in bodies if not body.startswith("This room belongs to")]


async def in_status(house: Household, compartment: str) -> list[str]:
    async with house.store.view() as view:
        entries = await lately(view, {compartment}, house.clock.now() - TOLD)
    assert house.world
    return [str(finding.text) for finding in told(entries, house.world.facts)]
