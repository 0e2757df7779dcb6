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


async def asked_in_and_given_up() -> Household:
    """The bridge asked Luc in, and the directory took him off since: that is known, and not done yet."""
    house = await settled()
    house.source.directory = company("luc")
    await house.settle()
    house.source.directory = company()
    house._see(await house.reconciler.look(keep=True))
    return house


def catches_up(house: Household) -> None:
    """From a homeserver that brings what it could not bring before nobody hears what was before (seen with Synapse)."""
    for event in house.homeserver.synapse.room(house.room("comex")).timeline:
        event["unsigned"] = {}


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


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_accepts_an_invitation_of_ours_too_late_is_put_out_and_accused_of_nothing(*, before: bool) -> None:
    house = await asked_in_and_given_up()
    await house.hear()
    house.homeserver.people.accept_everything([LUC])
    if not before:
        catches_up(house)
    await mended(house)
    assert LUC not in house.members("comex")
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]


@pytest.mark.parametrize("world", [True, False], ids=["as the directory is by now", "as nothing is known yet"])
async def test_an_invitation_of_ours_that_is_heard_of_late_was_not_made_by_hand(*, world: bool) -> None:
    house = await asked_in_and_given_up()
    house.homeserver.people.accept_everything([LUC])
    if not world:
        house.start()
    await mended(house)
    assert LUC not in house.members("comex")
    assert heard(house) == []
    assert not [one for one in house.store.data.pending.values() if one.kind == BREACH]


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_is_let_in_by_hand_a_moment_after_a_run_put_them_out_is_named(*, before: bool) -> None:
    house = await asked_in_and_given_up()
    await house.settle()
    assert LUC not in house.members("comex")
    await house.clock.advance(1)
    let_in(house, LUC)
    if not before:
        catches_up(house)
    await mended(house)
    [said] = heard(house)
    assert said.startswith(f"{LUC} was in this room without belonging to its group")


@pytest.mark.parametrize("before", [True, False], ids=["what was before is told", "is not told"])
async def test_who_walks_in_while_the_room_is_open_is_named(*, before: bool) -> None:
    house = await settled()
    as_bot(house, "m.room.join_rules", {"join_rule": "public"})
    house.homeserver.synapse.room(house.room("comex")).join(LUC)
    if not before:
        catches_up(house)
    await mended(house)
    assert [one for one in heard(house) if one.startswith(f"{LUC} was in this room")]


OPENED: Final = "opened this room to people who are not invited"
READ: Final = "opened what is said in this room"


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("m.room.join_rules", {"join_rule": "public"}, OPENED),
        ("m.room.join_rules", {"join_rule": ["invite"]}, OPENED),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}, READ),
        ("m.room.history_visibility", {"history_visibility": []}, READ),
        ("m.room.history_visibility", {"history_visibility": {"joined": True}}, READ),
        ("m.room.history_visibility", {}, READ),
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
