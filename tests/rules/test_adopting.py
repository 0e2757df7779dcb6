"""Who has power in a room that people made, and what stands in the way of governing it."""

from math import inf
from typing import Any

import pytest

from bridge.domain.rooms import ActualRoom, Content, Membership, group_room
from bridge.rules.adopting import Candidate, hindrance
from tests.world import BOT, AGroup, group, user

ANN, LUC, SERVICE = user("ann"), user("luc"), user("service")
CREATE, POWERS = ("m.room.create", ""), ("m.room.power_levels", "")


def candidate(
    levels: Content | None = None, *, version: str = "11", creator: str = ANN, inside: Any = (ANN, LUC), **create: Any
) -> Candidate:
    given: Content = {"users": {ANN: 100, BOT: 100}} if levels is None else levels
    return Candidate(
        room=ActualRoom(
            ref=group_room("sales"),
            room_id="!old",
            marker="sales",
            version=version,
            state={CREATE: create, POWERS: given} if given else {CREATE: create},
            members=dict.fromkeys((BOT, SERVICE, *inside), Membership.JOIN),
        ),
        creators=frozenset({creator}),
        bot=BOT,
        staff=frozenset({BOT, SERVICE}),
    )


def said(found: Candidate, of: AGroup | None = None) -> str:
    return str(hindrance((of or group("sales")).value, found) or "")


def test_people_of_power_100_agree_and_ours_do_not_count() -> None:
    found = candidate({"users": {ANN: 100, BOT: 100, SERVICE: 100, user("gone"): 100, LUC: 99}})
    assert found.people == {ANN, LUC}
    assert found.admins == {ANN}
    assert candidate({"users": {ANN: 50, LUC: 49, BOT: 100}}).admins == {ANN}
    assert candidate({"users": {ANN: 49, BOT: 100}}).admins == frozenset()


def test_nobody_lowers_who_is_not_below_them_not_even_those_who_left() -> None:
    assert candidate({"users": {ANN: 100, BOT: 100, user("gone"): 100, LUC: 99}}).equals == {ANN, user("gone")}
    assert candidate({"users": {ANN: 100, BOT: 101}}).equals == frozenset()


def test_without_levels_the_maker_has_all_the_power() -> None:
    found = candidate({})
    assert [found.level(ANN), found.level(BOT), *found.admins] == [100, 0, ANN]
    assert "power 100" in said(found)


@pytest.mark.parametrize(
    "levels",
    [
        {"users": {BOT: 99}},
        {"users": {BOT: 100}, "users_default": 100},
        {"users": {BOT: 100}, "events": {"m.room.name": 101}},
        {"users": {BOT: 100}, "state_default": 101},
        {"users": {BOT: "100"}},
        {"users": [BOT], "events": 5, "users_default": True},
    ],
)
def test_the_bot_has_to_reach_everything(levels: Content) -> None:
    assert not candidate(levels).governed
    assert "power 100" in said(candidate(levels))


def test_since_version_12_makers_stand_above_all() -> None:
    theirs = candidate({"users": {BOT: 100}}, version="12")
    assert [theirs.level(ANN), *theirs.equals] == [inf, ANN]
    assert "stays above everybody" in said(theirs)
    ours = candidate({"users": {ANN: 100}}, version="12", creator=BOT)
    assert (ours.governed, ours.equals, said(ours)) == (True, frozenset(), "")


@pytest.mark.parametrize("version", ["1", "8", "org.example.7"])
def test_old_rooms_lack_what_groups_need(version: str) -> None:
    assert "lack what groups need" in said(candidate(version=version))


def test_a_conversation_of_two_is_no_room_for_a_group() -> None:
    assert "Nobody is in that room but you" in said(candidate(inside=(ANN,)))
    assert said(candidate()) == ""


def test_encryption_fits_or_is_refused() -> None:
    found = candidate()
    secret = Candidate(
        room=ActualRoom(
            ref=found.room.ref,
            room_id="!old",
            marker="sales",
            version="11",
            state={**found.room.state, ("m.room.encryption", ""): {"algorithm": "m.megolm.v1.aes-sha2"}},
            members=found.room.members,
        ),
        creators=found.creators,
        bot=BOT,
        staff=found.staff,
    )
    assert "encrypted" in said(secret)
    assert said(secret, group("sales").having(encrypted=True)) == ""
    assert said(found, group("sales").having(encrypted=True)) == ""
