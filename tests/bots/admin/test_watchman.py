"""What somebody did by hand to a hidden group's room is told in that room, once, when undone, and nowhere else."""

from typing import Any, Final

import pytest

from bots.admin.watchman import Watchman
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.directory import Directory
from bridge.domain.viewers import OPEN
from bridge.services.breaches import BREACH, TELL_WITHIN
from bridge.services.drifts import TOLD, lately, told
from tests.services.household import Household, Killed, household
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


async def test_who_was_let_in_by_hand_is_named_to_the_members_once_and_to_nobody_else() -> None:
    house = await settled()
    rooms = set(house.homeserver.synapse.rooms)
    let_in(house, LUC)
    await mended(house)
    assert LUC not in house.members("comex")
    [said] = heard(house)
    assert said.startswith(f"{LUC} was in this room without belonging to its group")
    assert "token of the application service" in said
    assert heard(house, "news") == []
    assert set(house.homeserver.synapse.rooms) == rooms, "no conversation was begun"
    assert await in_status(house, "comex") == [f"{LUC} was in Comex without belonging to its group, and is out again."]
    assert await in_status(house, OPEN) == []


async def test_nothing_is_told_while_they_are_in() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await watchman(house).tell()
    assert heard(house) == []


async def test_who_was_only_invited_by_hand_is_put_out_and_named_too() -> None:
    house = await settled()
    house.homeserver.synapse.room(house.room("comex")).invite(BOT, LUC, None)
    looks = house.changes
    await house.hear()
    assert house.changes > looks, "the bridge looks, although its own account invited"
    await mended(house)
    [said] = heard(house)
    assert said.startswith(f"{LUC} was invited to this room without belonging to its group")


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("m.room.join_rules", {"join_rule": "public"}, "opened this room to people who are not invited"),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}, "opened what is said in this room"),
    ],
)
async def test_a_room_that_was_opened_with_the_bots_token_is_told_of(
    kind: str, content: dict[str, Any], words: str
) -> None:
    house = await settled()
    as_bot(house, kind, content)
    await mended(house)
    [said] = heard(house)
    assert said.startswith(f"Somebody in my name {words}")
    [line] = await in_status(house, "comex")
    assert line.startswith(f"{BOT} changed this in Comex")


async def test_who_opened_it_with_power_of_their_own_is_named_and_kept_once() -> None:
    house = await settled()
    room = house.homeserver.synapse.room(house.room("comex"))
    room.append(BOB, "m.room.join_rules", {"join_rule": "public"}, "")
    await mended(house)
    [said] = heard(house)
    assert said.startswith(f"{BOB} opened this room")
    assert len(await in_status(house, "comex")) == 1


async def test_a_room_that_was_published_and_named_is_told_of() -> None:
    house = await settled(joins_directly=True)
    synapse, room_id = house.homeserver.synapse, house.room("comex")
    synapse.published.add(room_id)
    synapse.aliases[CLUB] = (room_id, BOB)
    for _ in range(2):
        await house.reconciler.settle(verify=True)
        await watchman(house).tell()
    assert sorted(one.partition(" (")[0] for one in heard(house)) == [
        f"This room had the address {CLUB}",
        "This room stood in the room directory",
    ]
    assert room_id not in synapse.published
    assert CLUB not in synapse.aliases


async def test_an_address_that_stays_is_told_with_its_remedy_once() -> None:
    house = await settled()
    house.homeserver.synapse.aliases[CLUB] = (house.room("comex"), BOB)
    for _ in range(3):
        await house.reconciler.settle(verify=True)
        await watchman(house).tell()
    [said] = heard(house)
    assert said.startswith("This room has an address that somebody gave it.")
    assert "homeserver.admin_token" in said


async def test_who_belongs_there_by_now_was_not_let_in_by_hand() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    house.source.directory = company("luc")
    await mended(house)
    assert heard(house) == []
    assert house.store.data.pending
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH and not one.settled]


async def test_what_the_bridge_does_by_itself_is_none() -> None:
    house = await settled()
    for members in (("luc",), ()):
        house.source.directory = company(*members)
        await house.settle()
        house.homeserver.people.accept_everything([LUC])
        await mended(house)
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]


async def test_what_is_not_undone_in_a_week_is_let_be() -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.clock.advance(TELL_WITHIN.total_seconds())
    await mended(house)
    assert heard(house) == []


@pytest.mark.parametrize("at", range(1, 10))
async def test_whatever_dies_it_is_told_once(at: int) -> None:
    house = await settled()
    let_in(house, LUC)
    await house.hear()
    await house.settle()
    house.fuse.steps, house.fuse.at = 0, at
    try:
        await watchman(house).tell()
    except Killed:
        house.start()
        house.world = await house.reconciler.look()
    house.fuse.at = 0
    for _ in range(2):
        await watchman(house).tell()
    assert len(heard(house)) == 1
    assert len(await in_status(house, "comex")) == 1
