"""What somebody did by hand to a hidden group's room is told in that room, once, when undone, and nowhere else."""

from typing import Any, Final

import pytest

from bridge.domain.viewers import OPEN
from bridge.services.breaches import What
from bridge.services.showing import SETTINGS
from tests.bots.admin.watching import BOB, CLUB, LUC, as_bot, heard, in_status, let_in, mended, settled, watchman
from tests.world import BOT


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


def test_what_was_done_has_words_in_status() -> None:
    assert set(map(str, What)) <= set(SETTINGS)
