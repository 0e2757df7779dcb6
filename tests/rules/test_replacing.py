"""A source that was replaced at once: what is new in it waits, hidden groups count for nothing, and what is lost is
told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.mapping import Origin
from bridge.rules.awaiting import Sameness
from bridge.rules.replacing import Unpaired, becoming, lost, unpaired
from tests.world import AGroup, group

DAY = datetime(2026, 11, 23, tzinfo=UTC)
GONE = {"sales": DAY, "cafe": DAY}


def found(*came: AGroup, gone: dict[str, datetime] | None = None, more: tuple[AGroup, ...] = ()) -> Unpaired:
    """What is found where Sales was said to be the same, nobody said what became of Café, and these came."""
    groups = {one.value.id: one.value for one in (group("sales"), group("cafe"), *came, *more)}
    rooms = {"sales", "cafe", *(one.value.id for one in more)}
    new = [one.value.id for one in came]
    return unpaired(groups, frozenset({"cafe"}), new, rooms=rooms, since=GONE if gone is None else gone)


def test_what_is_new_where_all_went_at_once_waits_whatever_it_is_called() -> None:
    alone = found(group("n-cafe"), group("n-deal").hidden())
    assert alone == Unpaired(
        gone=frozenset({"cafe"}),
        fresh=frozenset({"n-cafe"}),
        held=frozenset({"n-cafe", "n-deal"}),
        left=frozenset({"cafe"}),
    )


@pytest.mark.parametrize(
    "gone", [{"cafe": DAY}, {"sales": DAY - timedelta(days=9), "cafe": DAY}], ids=["one stayed", "one went before"]
)
def test_nobody_waits_where_one_of_the_source_stayed_and_that_they_come_is_told(gone: dict[str, datetime]) -> None:
    alone = found(group("n-cafe"), gone=gone)
    assert (alone.fresh, alone.held) == (frozenset({"n-cafe"}), frozenset())
    (told,) = Sameness(unpaired=alone).findings()
    assert (told.kind, told.group) == ("groups-unclaimed", None)
    assert "1 new one gets a room of its own" in str(told.text)


def test_hidden_groups_neither_hold_nor_release_anybody_and_are_not_counted() -> None:
    with_hidden = found(group("n-cafe"), more=(group("deal").hidden(),))
    assert with_hidden == found(group("n-cafe"))
    assert found(group("n-deal").hidden()).fresh == frozenset()
    assert list(Sameness(unpaired=found(group("n-deal").hidden())).findings()) == []


def test_another_source_waits_for_nothing_of_this_one() -> None:
    other = group("n-cafe").having(origin=Origin(source="projects"))
    assert found(other).held == frozenset()


def test_who_is_archived_holds_nobody() -> None:
    groups: dict[str, Group] = {
        one: group(one).having(state=GroupState.ARCHIVED).value for one in ("sales", "cafe")
    } | {"new": group("new").value}
    none = unpaired(groups, frozenset({"sales", "cafe"}), ["new"], rooms={"sales", "cafe"}, since=GONE)
    assert (none.gone, none.held) == (frozenset(), frozenset())


def test_how_many_wait_is_told_to_those_who_run_the_bridge() -> None:
    (told,) = Sameness(unpaired=found(group("n-cafe"), group("n-more"))).findings()
    assert "2 new ones get no rooms until the command line says" in str(told.text)


def declaring(one: AGroup, *fields: str) -> Group:
    return replace(one.value, declared=frozenset(fields))


def test_what_the_source_of_now_does_not_say_is_lost_unless_the_policy_file_says_it() -> None:
    was = declaring(group("emea").having(parent="sales").public(), "parent", "visibility", "name", "members", "digest")
    now = declaring(group("n-emea").having(parent=""), "name", "members")
    assert lost(was, now, ()) == {"parent": "sales", "visibility": "public"}
    assert lost(was, now, {"parent"}) == {"visibility": "public"}
    assert lost(was, declaring(group("n-emea").having(parent=""), "parent"), ()) == {"visibility": "public"}


@pytest.mark.parametrize(
    ("was", "now", "filed", "then"),
    [
        (group("a").hidden(), group("b").having(declared=frozenset({"visibility"})), {"visibility": "hidden"}, "b"),
        (group("a").hidden(), group("b"), {"visibility": "hidden"}, "hidden"),
        (group("a").public().having(decided=frozenset({"visibility"})), group("b"), {}, "public"),
        (group("a").public(), group("b"), {}, "b"),
    ],
    ids=["the new source says it", "the policy file says it of the one of before", "commands did", "nobody"],
)
def test_how_visible_it_will_be_is_what_the_strongest_says(
    was: AGroup, now: AGroup, filed: dict[str, str], then: str
) -> None:
    expected = now.value.visibility if then == "b" else Visibility(then)
    assert becoming(was.value, now.value, dict(filed)) is expected
