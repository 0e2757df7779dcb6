"""People are taken out of records wherever they stand, and nothing else is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.audit import ERASED, subjects
from bridge.rules.forgetting import Named, without, without_anybody

ANN = "@ann:corp.example"
BOB = "@bob:acme.example"
NAMED = Named(user=ANN, ids=frozenset({"7"}), texts=frozenset({"ann@corp.example", "Ann Martin"}))


@pytest.mark.parametrize(
    ("detail", "left"),
    [
        ({"check": {"user": ANN, "present": True}}, {"check": {"user": ERASED, "present": True}}),
        ({"room": "group/7", "version": "7"}, {"room": "group/7", "version": "7"}),
        ({"user": "7"}, {"user": ERASED}),
        ({"field": "owners", "before": ["7", "8"]}, {"field": "owners", "before": ["8"]}),
        ({"field": "created", "after": {"members": [ANN, "group:a"], "name": "A"}},
         {"field": "created", "after": {"members": ["group:a"], "name": "A"}}),
        ({"content": {"users": {ANN: 50, BOB: 100}}}, {"content": {"users": {ERASED: 50, BOB: 100}}}),
        ({"reason": f"invited by {ANN}."}, {"reason": f"invited by {ERASED}."}),
        ({"reason": "asked by ann martin, ANN@corp.example"}, {"reason": f"asked by {ERASED}, {ERASED}"}),
        ({"reason": f"of {ANN}.org and @joann:corp.example"}, {"reason": f"of {ANN}.org and @joann:corp.example"}),
        ({"added": [ANN, BOB]}, {"added": [ERASED, BOB]}),
    ],
)  # fmt: skip
def test_one_person_is_taken_out_and_nobody_else(detail: dict[str, Any], left: dict[str, Any]) -> None:
    assert without(NAMED, "decide", BOB, detail) == (BOB, left)
    assert NAMED.mentioned_in(detail) == (detail != left)
    assert not NAMED.mentioned_in(left)


def test_who_acted_is_taken_out_and_what_they_typed_too() -> None:
    detail = {"user": ANN, "group": "sales", "reason": "I sold it all"}
    assert without(NAMED, "request-refused", ANN, detail) == (
        ERASED,
        {"user": ERASED, "group": "sales", "reason": ERASED},
    )


@pytest.mark.parametrize(
    ("detail", "left"),
    [
        ({"field": "members", "before": ["7", "group:sales"], "after": [BOB]},
         {"field": "members", "before": ["group:sales"], "after": []}),
        ({"field": "visibility", "before": "public", "after": "hidden"},
         {"field": "visibility", "before": "public", "after": "hidden"}),
        ({"field": "created", "after": {"owners": ["7"], "partners": ["acme"]}},
         {"field": "created", "after": {"owners": [], "partners": ["acme"]}}),
        ({"reason": f"as {BOB} asked"}, {"reason": f"as {ERASED} asked"}),
        ({"user": "7", "group": "sales"}, {"user": ERASED, "group": "sales"}),
        ({"added": "group:sales", "room": "group/sales"}, {"added": "group:sales", "room": "group/sales"}),
    ],
)  # fmt: skip
def test_everybody_is_taken_out_and_what_was_done_stays(detail: dict[str, Any], left: dict[str, Any]) -> None:
    assert without_anybody("decide", ANN, detail) == (ERASED, left)
    assert without_anybody("decide", "command line", left) == ("command line", left)
    assert without_anybody("drift", "", left) == ("", left)


KEYS = st.sampled_from(["user", "before", "after", "room", "check", ANN, "members"])
json = st.recursive(
    st.sampled_from([ANN, BOB, "7", "", "group:7", f"by {ANN}", 3, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(detail=st.dictionaries(st.sampled_from(["user", "added", "reason", "after", "check"]), json))
def test_whatever_a_record_holds_nothing_finds_the_person_in_it_afterwards(detail: dict[str, Any]) -> None:
    actor, left = without(NAMED, "decide", ANN, detail)
    assert ANN not in repr((actor, left))
    assert not {f"person/{ANN}", "person/7"} & subjects(actor, "", left)
    assert without(NAMED, "decide", actor, left) == (actor, left)
    nobody = without_anybody("decide", ANN, detail)
    assert "@" not in repr(nobody)
    assert without_anybody("decide", *nobody) == nobody
