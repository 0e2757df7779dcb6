"""What state events say, and how much of their oddness is survived."""

from typing import Any

import pytest

from bridge.adapters.matrix.reading import room_view, surroundings
from bridge.domain.errors import HomeserverError
from bridge.domain.rooms import Membership

BOT = "@bot:corp"


def member(user: str, membership: Any, *, sender: str | None = None, before: str | None = None) -> dict[str, Any]:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    return state("m.room.member", {"membership": membership}, user) | {"sender": sender or user, "unsigned": unsigned}


def state(kind: str, content: dict[str, Any], key: str = "") -> dict[str, Any]:
    return {"type": kind, "state_key": key, "content": content, "sender": BOT}


def test_a_room_without_a_version_is_of_the_first() -> None:
    assert room_view("!r", [member(BOT, "join"), state("m.room.create", {})], BOT).version == "1"


def test_who_took_back_a_knock_has_not_left() -> None:
    events = [member(BOT, "join"), member("@a:x", "leave", before="knock"), member("@b:x", "leave", before="join")]
    assert room_view("!r", events, BOT).left == {"@b:x"}


def test_an_odd_membership_counts_as_out() -> None:
    events = [member(BOT, "join"), member("@a:x", "jion"), member("@b:x", None)]
    assert room_view("!r", events, BOT).members == {BOT: Membership.JOIN}


@pytest.mark.parametrize("events", [[], [member(BOT, "leave")], [member(BOT, "invite")]])
def test_a_room_that_the_reader_is_not_in_is_refused(events: list[dict[str, Any]]) -> None:
    with pytest.raises(HomeserverError):
        room_view("!r", events, BOT)


def test_surroundings_have_the_defaults_of_the_specification() -> None:
    seen = surroundings("!r", [member(BOT, "join")], BOT)
    assert (seen.join_rule, seen.history, seen.encrypted, seen.allow) == ("invite", "shared", False, frozenset())


def test_surroundings_tell_who_may_come_in() -> None:
    allow = [{"type": "m.room_membership", "room_id": "!space"}, {"type": "odd"}, "odd", {"room_id": 7}]
    events = [
        member(BOT, "join"),
        member("@a:x", "invite"),
        state("m.room.join_rules", {"join_rule": "restricted", "allow": allow}),
        state("m.room.history_visibility", {"history_visibility": "joined"}),
        state("m.room.encryption", {}),
    ]
    seen = surroundings("!r", events, BOT)
    assert (seen.join_rule, seen.history, seen.encrypted, seen.allow) == (
        "restricted",
        "joined",
        True,
        frozenset({"!space"}),
    )
    assert seen.members == {BOT: Membership.JOIN, "@a:x": Membership.INVITE}
