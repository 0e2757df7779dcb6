from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bridge.domain.directory import Directory, GroupState
from bridge.rules.continuity import Accepted, accept, reordered, with_vanished
from tests.world import directory, group, partner

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


def after(*readings: Directory) -> Accepted:
    """What is accepted after these readings, one each day."""
    last: Accepted | None = None
    for day, reading in enumerate(readings):
        last = accept(last, reading, now=MONDAY + timedelta(days=day))
    assert last is not None
    return last


ALL = directory(group("sales").members("ann", "bob"), group("deal").members("ann"))


def test_an_empty_answer_is_doubted_and_leaves_everything() -> None:
    found = after(ALL, Directory())
    assert (found.directory, found.doubted) == (ALL, True)
    assert [finding.kind for finding in found.findings] == ["directory-empty"]


def test_whoever_vanished_stays_for_one_more_reading_in_their_place() -> None:
    without = directory(group("sales").members("zoe", "bob"), group("deal"))
    once = after(ALL, without)
    assert once.directory.groups["sales"].members == ("ann", "bob", "zoe")
    assert "ann" in once.directory.people
    twice = after(ALL, without, without)
    assert twice.directory.groups["sales"].members == ("bob", "zoe")
    assert "ann" not in twice.directory.people


def test_whoever_was_made_again_is_somebody_else_and_inherits_nothing() -> None:
    again = directory(group("sales").members("bob"), group("deal"), people=["ann2"])
    people = {**again.people, "ann2": replace(again.people["ann2"], user=ALL.people["ann"].user)}
    once = after(ALL, replace(again, people=people))
    assert (once.directory.groups["sales"].members, "ann" in once.directory.people) == (("bob",), False)


def test_who_went_all_at_once_is_remembered_until_they_are_back() -> None:
    others = directory(group("sales").members("ann2", "bob2"), group("deal").members("ann2"))
    replaced = after(ALL, others)
    assert replaced.replaced == {"ann", "bob"}
    assert after(ALL, others, others, others).replaced == {"ann", "bob"}
    assert after(ALL, others, ALL).replaced == frozenset()


def test_who_went_while_others_stayed_is_not_taken_for_somebody_under_another_id() -> None:
    one = directory(group("sales").members("bob", "ann2"), group("deal").members("ann2"))
    assert after(ALL, one).replaced == frozenset()


def test_members_keep_their_order_and_newcomers_come_last() -> None:
    now = directory(group("sales").members("carl", "bob", "ann"), group("deal").members("ann"))
    found = after(ALL, now)
    assert found.directory.groups["sales"].members == ("ann", "bob", "carl")
    assert found.directory.groups["deal"] is now.groups["deal"]
    assert reordered(now, found.order) == found.directory


def test_a_vanished_group_is_archived_after_the_time_of_grace_and_comes_back_with_the_directory() -> None:
    without = directory(group("sales").members("ann", "bob"))
    found = after(ALL, without, without)
    since = MONDAY + timedelta(days=1)
    early, told = with_vanished(found.directory, found.vanished, now=since + WEEK - timedelta(1), grace=WEEK)
    assert early.groups["deal"] == ALL.groups["deal"]
    assert "archived on 2026-12-01" in str(told[0].text)
    assert told[0].group == "deal"
    late, _ = with_vanished(found.directory, found.vanished, now=since + WEEK, grace=WEEK)
    assert late.groups["deal"].state is GroupState.ARCHIVED
    back = after(ALL, without, directory(group("sales").members("ann", "bob"), group("deal").members("bob", "ann")))
    assert not back.vanished
    assert back.directory.groups["deal"].members == ("ann", "bob")


def test_a_vanished_group_refers_to_nothing_that_is_gone() -> None:
    deal = (
        group("deal")
        .members("ann", "bob", "group:sales", "group:gone", "eve:acme.example")
        .owners("ann")
        .admits("acme")
    )
    all_there = directory(deal, group("gone"), group("sales").members("bob"), partners=[partner("acme")])
    left = directory(group("sales").members("bob"))
    found = after(all_there, left, left)
    people = replace(found, vanished={"deal": found.vanished["deal"]})
    whole, _ = with_vanished(people.directory, people.vanished, now=MONDAY, grace=WEEK)
    deal_now = whole.groups["deal"]
    assert (deal_now.members, deal_now.owners, deal_now.partners) == (
        ("bob", "group:sales", "@eve:acme.example"),
        (),
        (),
    )


def test_whoever_leaves_for_good_is_in_no_group_that_vanished_either() -> None:
    without = directory(group("sales").members("bob"), people=["ann"])
    assert after(ALL, without).vanished["deal"].group.members == ("ann",)
    gone = directory(group("sales").members("bob"))
    assert after(ALL, without, gone).vanished["deal"].group.members == ("ann",)
    assert after(ALL, without, gone, gone).vanished["deal"].group.members == ()
