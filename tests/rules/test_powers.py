"""Who may do what in a room: owners keep order, and nothing that decides visibility is in anybody's hands."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.domain.desired import RoomSettings
from bridge.rules.powers import ANSWERS, GOVERNED, LENT, powers_tighten, same_powers
from bridge.rules.settings import BOT as BOT_LEVEL
from bridge.rules.settings import STAFF
from bridge.rules.state import Frame, power_levels
from tests.world import BOT, users

JOINER, ZOE, MAX = "@joiner:corp.example", "@zoe:corp.example", "@max:corp.example"
ELEVEN = Frame(bot=BOT, room_version="11", marker="deal", room_ids={}, service_user=JOINER)
TWELVE = replace(ELEVEN, room_version="12")
ROOM = RoomSettings(name="Deal", owners=users("zoe"), moderators=users("max", "zoe"), invite_power=60)


def test_everything_that_decides_visibility_is_the_bots_alone() -> None:
    content = power_levels(ROOM, ELEVEN)
    assert all(content["events"][kind] == BOT_LEVEL for kind in GOVERNED)
    assert content["state_default"] == BOT_LEVEL
    assert content["users_default"] == 0


def test_owners_stand_above_moderators_and_both_below_the_bot() -> None:
    assert power_levels(ROOM, ELEVEN)["users"] == {BOT: 100, ZOE: 60, MAX: 50, JOINER: 60}


def test_moderators_keep_order_and_owners_invite_as_well() -> None:
    content = power_levels(ROOM, ELEVEN)
    taken = {key: content[key] for key in ("kick", "ban", "redact", "invite")}
    assert taken == {"kick": 50, "ban": 50, "redact": 50, "invite": 60}
    assert content["events"]["m.room.pinned_events"] <= 50
    assert 50 < content["events"]["m.room.avatar"] <= 60


def test_creators_are_not_named_where_they_are_above_all_levels() -> None:
    content = power_levels(ROOM, TWELVE)
    assert BOT not in content["users"]
    assert content["events"]["m.room.tombstone"] == 150


def test_no_human_reaches_the_bots_level() -> None:
    for version in (ELEVEN, TWELVE):
        for settings in (ROOM, replace(ROOM, owners=ROOM.owners | {BOT}), replace(ROOM, moderators=users("parvis"))):
            levels = power_levels(settings, version)["users"]
            assert all(level <= STAFF for who, level in levels.items() if who != BOT)


@pytest.mark.parametrize("invite", [75, 100])
def test_where_partners_are_admitted_or_nobody_may_know_owners_cannot_invite(invite: int) -> None:
    content = power_levels(replace(ROOM, invite_power=invite), ELEVEN)
    assert content["invite"] == content["users"][JOINER] == invite
    assert content["users"][ZOE] < content["invite"]


def test_what_is_pinned_in_a_hidden_room_stays_pinned() -> None:
    content = power_levels(replace(ROOM, told_name="Board"), TWELVE)
    assert {content["events"][kind] for kind in LENT} == {BOT_LEVEL}


def test_nobody_chats_in_a_space() -> None:
    assert power_levels(replace(ROOM, space=True, owners_post=True), ELEVEN)["events_default"] == 100


def test_where_owners_alone_post_everybody_may_react_and_take_it_back() -> None:
    content = power_levels(replace(ROOM, owners_post=True), TWELVE)
    assert content["events_default"] == 50
    assert {content["events"][kind] for kind in ANSWERS} == {0}


def test_a_silent_room_is_read_and_nothing_else() -> None:
    content = power_levels(replace(ROOM, silent=True, owners_post=True), TWELVE)
    assert content["events_default"] == content["invite"] == BOT_LEVEL
    assert not [kind for kind, level in content["events"].items() if level < BOT_LEVEL]


def test_homeservers_may_add_keys_to_power_levels_that_mean_nothing() -> None:
    wanted = power_levels(ROOM, ELEVEN)
    assert same_powers(wanted, {**wanted, "historical": 100})
    assert not same_powers(wanted, {**wanted, "users": {}})


NAMED = {BOT: 100, ZOE: 60, MAX: 50, JOINER: 60}


@pytest.mark.parametrize(
    ("change", "tightens"),
    [
        ({"users": {**NAMED, "@eve:corp.example": 100}}, True),
        ({"users": {**NAMED, MAX: 60}}, True),
        ({"users": {BOT: 100}}, False),
        ({"users": {**NAMED, ZOE: 50}}, False),
        ({"invite": 0}, True),
        ({"invite": 100}, False),
        ({"events": {}, "state_default": 0}, True),
        ({"events": {}}, False),
    ],
)
def test_taking_power_away_need_not_wait_and_giving_does(change: dict[str, Any], tightens: bool) -> None:
    wanted = power_levels(ROOM, ELEVEN)
    assert powers_tighten({**wanted, **change}, wanted) is tightens


def test_to_let_owners_alone_post_gives_nobody_anything() -> None:
    everybody, owners = power_levels(ROOM, ELEVEN), power_levels(replace(ROOM, owners_post=True), ELEVEN)
    silent = power_levels(replace(ROOM, silent=True), ELEVEN)
    assert powers_tighten(everybody, owners)
    assert powers_tighten(owners, silent)
    assert not powers_tighten(owners, everybody)
    assert not powers_tighten(silent, owners)
