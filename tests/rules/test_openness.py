"""What is no more open than either of two states."""

import pytest

from bridge.rules.openness import Entrance, Fence, entrance_of, fence_of, history_tightens, narrower_entrance

INVITE, PUBLIC, KNOCK = Entrance("invite"), Entrance("public"), Entrance("knock")


def through(*rooms: str) -> Entrance:
    return Entrance("restricted", frozenset(rooms))


@pytest.mark.parametrize(
    ("was", "wanted", "between"),
    [
        (PUBLIC, INVITE, INVITE),
        (INVITE, PUBLIC, INVITE),
        (PUBLIC, through("!a"), through("!a")),
        (through("!a"), PUBLIC, through("!a")),
        (through("!a", "!b"), through("!b", "!c"), through("!b")),
        (through("!a"), through("!b"), INVITE),
        (KNOCK, through("!a"), INVITE),
        (KNOCK, PUBLIC, KNOCK),
        (Entrance("knock_restricted", frozenset({"!a"})), through("!a"), through("!a")),
        (Entrance("of the future"), PUBLIC, INVITE),
    ],
)
def test_between_two_join_rules_only_those_come_in_whom_both_let_in(
    was: Entrance, wanted: Entrance, between: Entrance
) -> None:
    assert narrower_entrance(was, wanted) == between


@pytest.mark.parametrize(
    "content", [{"join_rule": "restricted", "allow": "odd"}, {"join_rule": "restricted", "allow": [1, {}]}]
)
def test_odd_join_rules_let_nobody_in(content: dict[str, object]) -> None:
    assert entrance_of(content) == Entrance("restricted")


def test_history_of_unknown_kind_counts_as_open() -> None:
    assert history_tightens({"history_visibility": "of the future"}, "shared")
    assert history_tightens({}, "joined")
    assert not history_tightens({"history_visibility": "joined"}, "shared")


def test_without_an_acl_every_server_takes_part_and_with_an_odd_one_none() -> None:
    assert fence_of(None).lets_in("evil.example")
    assert not fence_of({}).lets_in("corp.example")
    assert not fence_of({"allow": "*"}).lets_in("corp.example")


def test_an_acl_matches_by_globs_and_denies_first() -> None:
    fence = Fence(allow=("*.example", "c?rp.test"), deny=("evil.example",))
    assert fence.lets_in("acme.example")
    assert fence.lets_in("corp.test")
    assert not fence.lets_in("evil.example")
    assert not fence.lets_in("example")
