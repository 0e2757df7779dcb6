"""Odd readings are not believed at once: nobody is removed by them, and what is odd is said."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.directory import Directory
from bridge.rules.continuity import Accepted, accept
from bridge.rules.doubting import READINGS, SPAN
from tests.world import directory, group

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
STAFF = [f"p{number}" for number in range(100)]
TEN = STAFF[:10]
LOST: Mapping[str, int] = {}


def after(*readings: Directory | tuple[Directory, Mapping[str, int]], apart: timedelta = SPAN) -> Accepted:
    """What is accepted after these readings; with some comes how many names lead nowhere, by group."""
    last: Accepted | None = None
    for turn, reading in enumerate(readings):
        content, lost = reading if isinstance(reading, tuple) else (reading, LOST)
        last = accept(last, content, now=MONDAY + turn * apart, lost=lost, source="people.ldif")
    assert last is not None
    return last


def members(accepted: Accepted, name: str = "sales") -> tuple[str, ...]:
    return accepted.directory.groups[name].members


def told(accepted: Accepted) -> list[str]:
    return [str(finding.text) for finding in accepted.findings]


FULL = directory(group("sales").members(*TEN), group("deal").members("p1"), people=STAFF)
EMPTY = directory(group("sales"), group("deal").members("p1"), people=STAFF)


def test_a_group_that_is_suddenly_empty_keeps_its_members_until_several_readings_agree() -> None:
    for count in range(1, READINGS):
        held = after(FULL, *[EMPTY] * count)
        assert members(held) == tuple(TEN)
        assert [(one.kind, one.group) for one in held.findings] == [("group-doubted", "sales")]
    assert told(held) == [
        (
            "people.ldif suddenly names none of the 10 members of Sales: may they still be read? They stay until"
            " 3 readings in a row have said so."
        )
    ]
    believed = after(FULL, *[EMPTY] * READINGS)
    assert (members(believed), believed.findings, bool(believed.odd)) == ((), (), False)


def test_several_readings_within_a_moment_are_not_enough() -> None:
    assert members(after(FULL, *[EMPTY] * 20, apart=timedelta(seconds=1))) == tuple(TEN)


def test_one_good_reading_in_between_begins_the_count_again() -> None:
    assert members(after(FULL, EMPTY, EMPTY, FULL, EMPTY, EMPTY)) == tuple(TEN)


def test_few_members_may_all_leave_at_once_and_of_many_all_but_one() -> None:
    few = directory(group("sales").members("p1", "p2"), people=STAFF)
    assert members(after(few, EMPTY)) == ()
    assert members(after(FULL, directory(group("sales").members("p3"), people=STAFF))) == ("p3",)


def test_whoever_is_switched_off_leaves_an_emptied_group_at_once() -> None:
    off = directory(group("sales"), people=STAFF, gone=["p4"])
    assert "p4" not in members(after(FULL, off))


def test_members_whose_names_lead_nowhere_although_they_are_there_stay_until_several_readings_agree() -> None:
    renamed = directory(group("sales").members(*TEN[1:]), group("deal").members("p1"), people=STAFF), {"sales": 1}
    held = after(FULL, renamed, renamed)
    assert members(held) == tuple(TEN)
    assert told(held) == [
        (
            "In people.ldif, Sales has lost 1 member and names instead what leads nowhere. Who is lost stays until"
            " 3 readings in a row have said so."
        )
    ]
    assert members(after(FULL, renamed, renamed, renamed)) == tuple(TEN[1:])


def test_names_that_have_always_led_nowhere_hold_up_nobody() -> None:
    before = FULL, {"sales": 7}
    now = directory(group("sales").members(*TEN[1:]), people=STAFF), {"sales": 7}
    assert members(after(before, now)) == tuple(TEN[1:])


def test_who_is_gone_from_the_directory_explains_a_name_that_leads_nowhere() -> None:
    """Somebody left the company, their name stays in the group, and somebody else was taken out of it."""
    now = directory(group("sales").members(*TEN[2:]), people=STAFF[1:]), {"sales": 1}
    found = after(FULL, now)
    assert members(found) == ("p0", *TEN[2:])
    assert [finding.kind for finding in found.findings] == ["people-missing"]


def test_all_members_leading_nowhere_removes_nobody() -> None:
    gone = directory(group("sales"), group("deal"), people=STAFF), {"sales": 10, "deal": 1}
    held = after(FULL, gone, gone)
    assert (members(held), members(held, "deal")) == (tuple(TEN), ("p1",))


def test_a_group_inside_another_that_leads_nowhere_keeps_giving_its_members() -> None:
    nested = directory(group("all").members("group:sales"), group("sales").members(*TEN), people=STAFF)
    moved = directory(group("all"), people=STAFF), {"all": 1}
    assert members(after(nested, moved), "all") == ("group:sales",)


def test_a_tenth_of_the_company_that_vanishes_stays_until_several_readings_agree() -> None:
    fewer = directory(group("sales"), group("deal"), people=STAFF[10:]), {"sales": 10, "deal": 1}
    held = after(FULL, fewer, fewer)
    assert members(held) == tuple(TEN)
    assert len(held.directory.people) == 100
    assert told(held) == [
        (
            "10 people have vanished from people.ldif at once: can all of it be read? They stay until 3 readings"
            " in a row have said so."
        )
    ]
    believed = after(FULL, fewer, fewer, fewer)
    assert (members(believed), len(believed.directory.people)) == ((), 90)


def test_a_doubt_about_one_group_changes_no_other() -> None:
    both = directory(group("sales").members(*TEN), group("board").members(*TEN).hidden(), people=STAFF)
    emptied = directory(group("sales").members(*TEN[1:]), group("board").hidden(), people=STAFF)
    found = after(both, emptied)
    assert (members(found), members(found, "board")) == (tuple(TEN[1:]), tuple(TEN))
    assert [finding.group for finding in found.findings] == ["board"]


def test_members_whom_another_source_has_are_doubted_like_ones_own() -> None:
    elsewhere = Directory(groups=FULL.groups)
    emptied = Directory(groups=EMPTY.groups)
    assert members(after(elsewhere, emptied)) == tuple(TEN)


NAMES = st.sets(st.sampled_from(STAFF[:12]))
READING_OF = st.tuples(NAMES, NAMES, NAMES, st.integers(0, 3))


def company(drawn: tuple[set[str], set[str], set[str], int]) -> tuple[Directory, Mapping[str, int]]:
    """Two groups of some people, further people, and names in the first group that lead nowhere."""
    sales, board, others, lost = drawn
    groups = group("sales").members(*sorted(sales)), group("board").members(*sorted(board)).hidden()
    return directory(*groups, people=sorted(others | {"p99"})), {"sales": lost} if lost else {}


@given(st.lists(READING_OF, min_size=1, max_size=5), READING_OF)
def test_whatever_was_odd_is_believed_once_readings_agree_and_nobody_is_kept_for_ever(
    earlier: list[tuple[set[str], set[str], set[str], int]], last: tuple[set[str], set[str], set[str], int]
) -> None:
    found = after(*map(company, earlier), *[company(last)] * (READINGS + 2))
    said = company(last)[0]
    assert found.directory.people == said.people
    assert {name: set(members(found, name)) for name in said.groups} == {
        name: set(one.members) for name, one in said.groups.items()
    }
    assert (bool(found.odd), found.findings) == (False, ())


@given(READING_OF, READING_OF)
def test_nobody_enters_a_group_by_a_doubt(
    earlier: tuple[set[str], set[str], set[str], int], last: tuple[set[str], set[str], set[str], int]
) -> None:
    found = after(company(earlier), company(last))
    for name in ("sales", "board"):
        were, now = ({*company(one)[0].groups[name].members} for one in (earlier, last))
        assert now <= {*members(found, name)} <= were | now
