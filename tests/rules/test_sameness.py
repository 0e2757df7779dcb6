"""Groups that come back under other ids: known by the ids of before once it is said, and without a room until then."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.domain.directory import Directory, GroupState, Visibility
from bridge.domain.findings import Finding
from bridge.domain.mapping import Condition, MappingRule
from bridge.domain.messages import say
from bridge.domain.policy import FilePolicy
from bridge.domain.rooms import ActualRoom, Membership, group_room
from bridge.rules.awaiting import Sameness, awaiting, compared, lost, namesakes
from bridge.rules.continuity import Vanished
from bridge.rules.sameness import Same, counting, finding_as, holding, known_as, policy_as, vanished_as
from bridge.rules.seeing import Seen, serving
from tests.world import AGroup, directory, group, user

SAME = {"n-sales": "sales", "n-emea": "emea", "own": "own"}
DAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_group_goes_by_its_id_of_before_wherever_it_is_named() -> None:
    read = directory(
        group("n-sales").members("ann", "group:n-emea", "group:other", "bob:acme.example"),
        group("n-emea").having(parent="n-sales").members("bob"),
        group("other").members("bob"),
    )
    same = holding(SAME, [read.groups])
    known = known_as(read, same)
    assert same == {"n-sales": "sales", "n-emea": "emea"}
    assert list(known.groups) == ["sales", "emea", "other"]
    assert known.groups["sales"].members == ("ann", "group:emea", "group:other", "@bob:acme.example")
    assert (known.groups["emea"].id, known.groups["emea"].parent) == ("emea", "sales")
    assert known.groups["other"] is read.groups["other"]


def test_where_one_source_has_both_these_are_two_groups_and_two_sources_may_name_one() -> None:
    assert holding(SAME, [{"sales", "n-sales"}, {"n-emea"}]) == {"n-emea": "emea"}
    assert holding({**SAME, "k-sales": "sales"}, [{"k-sales", "n-sales"}]) == {"n-emea": "emea", "k-sales": "sales"}
    assert holding(SAME, [{"sales"}, {"n-sales"}]) == {"n-sales": "sales", "n-emea": "emea"}


def test_one_that_vanishes_again_is_the_one_of_before_as_it_was_last() -> None:
    sales, newer = group("sales").members("ann").value, group("n-sales").members("bob").value
    gone = {"n-sales": Vanished(newer, DAY), "sales": Vanished(sales, DAY)}
    assert vanished_as(gone, SAME) == {"sales": Vanished(replace(newer, id="sales"), DAY)}


def test_what_is_told_of_it_is_told_of_the_group_that_it_is() -> None:
    text = say("There is no room for it yet.")
    assert finding_as(Finding("doubted", "n-sales", text, "n-sales"), SAME) == Finding(
        "doubted", "sales", text, "sales"
    )
    assert finding_as(Finding("doubted", "directory", text), SAME).group is None


def test_the_policy_file_may_name_it_by_either_id_and_the_one_of_before_counts_more() -> None:
    policy = FilePolicy(groups={"sales": {"digest": False}, "n-sales": {"digest": True, "language": "fr"}, "deal": {}})
    assert policy_as(policy, {"n-sales": "sales"}).groups == {
        "sales": {"digest": False, "language": "fr"},
        "deal": {},
    }
    assert policy_as(policy, {"other": "emea"}) == policy


def test_wherever_the_policy_file_names_a_group_both_ids_lead_to_it() -> None:
    policy = FilePolicy(
        groups={
            "emea": {"parent": "n-sales", "members": ["ann", "group:n-sales", "group:sales", "n-sales"]},
            "n-emea": {"parent": "other"},
        },
        rules=(
            MappingRule(when=Condition(id=("n-sal*", "x"))),
            MappingRule(when=Condition(id=("sales",))),
            MappingRule(when=Condition(name=("n-sales",))),
        ),
    )
    known = policy_as(policy, {"n-sales": "sales", "n-emea": "emea"})
    assert known.groups == {"emea": {"parent": "sales", "members": ["ann", "group:sales", "n-sales"]}}
    assert [rule.when.id for rule in known.rules] == [("n-sal*", "x", "sales"), ("sales",), ()]


def test_one_that_its_source_has_beside_the_one_of_before_keeps_what_is_said_of_it() -> None:
    assert counting({**SAME, "k-sales": "sales"}, {"sales", "n-sales", "emea"}) == {
        "n-emea": "emea",
        "k-sales": "sales",
    }


def room(group_id: str, *inside: str, owner: str = "") -> ActualRoom:
    levels = {"users": {user(owner): 60}} if owner else {}
    return ActualRoom(
        ref=group_room(group_id),
        room_id=f"!{group_id}",
        marker="",
        version="12",
        state={("m.room.power_levels", ""): levels},
        members={user(name): Membership.JOIN for name in inside},
    )


def seen(read: Directory, *rooms: ActualRoom) -> Seen:
    users = {id_: person.user for id_, person in read.people.items()}
    return Seen(rooms={one.ref.id: one for one in rooms}, accounts=users, claimed=users)


def found(read: Directory, *rooms: ActualRoom, vanished: tuple[str, ...] = ("sales",), **said: str) -> Sameness:
    return of(read, seen(read, *rooms), vanished, said)


def of(read: Directory, known: Seen, vanished: tuple[str, ...] = ("sales",), said: Same | None = None) -> Sameness:
    said = said or {}
    gone = lost(read.groups, vanished, known.rooms)
    came = [one for one in read.groups if one not in vanished and one not in said]
    pairs = namesakes(read.groups, read.groups, gone, came)
    return Sameness(vanished=gone, alike=compared(pairs, read.groups, read.groups, known), said=said)


def called(id_: str, *members: str, name: str = "Équipe  Sales") -> AGroup:
    return group(id_).called(name).members(*members)


def said_so(of: AGroup) -> AGroup:
    """A group whose source says its visibility."""
    return of.having(declared=frozenset({"visibility"}))


NFD = "E\u0301QUIPE Sales"
"""The same name as other systems write it."""


def test_a_group_called_like_one_that_vanished_waits_and_is_likely_the_same() -> None:
    read = directory(called("sales", "ann"), called("n-sales", "ann", "bob", "cleo", name=NFD), called("x", name="X"))
    same = found(read, room("sales", "ann", "bob", "dan"))
    (one,) = same.alike
    assert (one.old, one.new, one.here, one.same, one.others) == ("sales", "n-sales", 3, 2, 1)
    assert same.waiting == {"n-sales"}
    assert same.vanished == {"sales"}
    assert same.likely() == (one,)
    (told,) = same.findings()
    assert (told.kind, told.group) == ("groups-awaited", None)
    assert "parvis group same" in str(told.text)


@pytest.mark.parametrize(
    ("groups", "rooms"),
    [
        ((called("n-sales", "ann").public(),), (room("sales", "ann"),)),
        ((called("n-sales", "ann"), called("m-sales", "ann")), (room("sales", "ann"),)),
        ((called("n-sales", "bob"),), (room("sales", "ann", "bob", "cleo"),)),
        ((called("n-sales", "ann"),), (room("sales", "ann"), room("n-sales", "ann"))),
    ],
    ids=["another visibility", "two of the name", "mostly other people", "a room of its own"],
)
def test_what_something_speaks_against_is_listed_and_not_guessed(
    groups: tuple[AGroup, ...], rooms: tuple[ActualRoom, ...]
) -> None:
    same = found(directory(called("sales", "ann", "cleo"), *groups), *rooms)
    assert {one.new for one in same.alike} == {one.value.id for one in groups}
    assert same.likely() == ()


def test_nobody_waits_for_a_group_of_another_visibility_nor_for_one_that_is_archived_or_has_no_room() -> None:
    opened = directory(called("sales", "ann").hidden(), said_so(called("n-sales", "ann")))
    assert not found(opened, room("sales", "ann")).waiting, "what is hidden changes nothing for others"
    over = directory(called("sales", "ann").having(state=GroupState.ARCHIVED), called("n-sales", "ann"))
    again = found(over, room("sales", "ann"))
    assert (again.waiting, len(again.likely())) == (frozenset(), 1)
    assert found(directory(called("sales"), called("n-sales"))).alike == ()
    assert found(opened, room("sales", "ann"), vanished=()).alike == ()
    closed = directory(called("sales", "ann"), called("n-sales", "ann").hidden())
    assert not found(closed, room("sales", "ann")).waiting, "nor does it where a source hides whatever it does not say"


def test_a_public_group_waits_for_a_source_that_says_no_visibility_and_is_likely_the_same() -> None:
    same = found(directory(said_so(called("sales", "ann").public()), called("n-sales", "ann")), room("sales", "ann"))
    assert same.waiting == {"n-sales"}
    (one,) = same.likely()
    assert (one.visibility, one.becomes) == (Visibility.PUBLIC, Visibility.INVITE_ONLY)
    declared = directory(called("sales", "ann").public(), said_so(called("n-sales", "ann")))
    again = found(declared, room("sales", "ann"))
    assert (again.waiting, again.likely()) == (frozenset(), ()), "this source says it otherwise"


def test_what_a_source_does_not_say_opens_nothing_unasked() -> None:
    opened = found(directory(called("sales", "ann"), called("n-sales", "ann").public()), room("sales", "ann"))
    assert opened.waiting == {"n-sales"}
    assert opened.likely() == ()
    read = directory(
        said_so(called("sales", "ann").hidden()), called("n-sales", "ann"), group("all").members("group:n-sales")
    )
    shown = found(read, room("sales", "ann"))
    assert shown.waiting == {"n-sales"}
    assert shown.likely() == ()
    assert [one.group for one in shown.findings()] == ["sales"]
    assert awaiting(read.groups, shown, seen(read))["all"].members == ()


def test_what_commands_said_of_the_visibility_goes_on_where_the_new_source_says_none() -> None:
    read = directory(called("sales", "ann"), called("n-sales", "ann"))
    governed = {**read.groups, "sales": called("sales", "ann").public().having(decided=frozenset({"visibility"})).value}
    (one,) = compared([("sales", "n-sales")], read.groups, governed, seen(read, room("sales", "ann")))
    assert (one.waits, one.becomes) == (True, Visibility.PUBLIC)


def test_a_room_whose_group_nobody_knows_any_more_may_be_named_and_is_like_nothing() -> None:
    same = found(directory(called("n-sales", "ann")), room("lost", "ann"), vanished=("lost",))
    assert same.vanished == {"lost"}
    assert same.alike == ()


@pytest.mark.parametrize(("by", "likely"), [("decided", True), ("ruled", False)])
def test_who_was_hidden_by_decision_alone_is_not_shown_by_another_source_that_knows_nothing_of_it(
    by: str, likely: bool
) -> None:
    read = directory(called("sales", "ann"), called("n-sales", "ann"), group("all").members("group:n-sales", "bob"))
    said = {one: frozenset({"visibility"} if one == by else ()) for one in ("decided", "ruled")}
    governed = {**read.groups, "sales": called("sales", "ann").hidden().having(**said).value}
    pairs = namesakes(read.groups, governed, ["sales"], ["n-sales"])
    same = Sameness(alike=compared(pairs, read.groups, governed, seen(read, room("sales", "ann"))))
    assert same.waiting == {"n-sales"}
    assert [one.group for one in same.findings()] == ["sales"]
    assert awaiting(governed, same, seen(read))["all"].members == ("bob",)
    assert bool(same.likely()) is likely, "what a rule says of the one of before may not fit the new one"


def test_one_that_is_said_to_be_another_waits_no_more() -> None:
    read = directory(called("sales", "ann"), called("own", "ann"))
    assert found(read, room("sales", "ann"), own="own").alike == ()


def test_a_hidden_one_is_told_of_to_those_who_may_know_the_one_of_before_alone() -> None:
    read = directory(called("sales", "ann").hidden(), called("n-sales", "ann").hidden())
    (told,) = found(read, room("sales", "ann")).findings()
    assert (told.kind, told.group) == ("group-awaited", "sales")


def test_who_is_in_both_stays_in_the_room_and_owner_of_it_while_the_group_waits() -> None:
    sales = called("sales").having(owners=("gone",), members=("gone",))
    read = directory(sales, called("n-sales", "ann", "bob", "cleo").owners("ann", "bob"))
    inside = room("sales", "ann", "bob", owner="ann")
    same = found(read, inside)
    groups = awaiting(read.groups, same, seen(read, inside))
    assert list(groups) == ["sales"]
    assert (groups["sales"].members, groups["sales"].owners) == (("gone", "ann", "bob"), ("gone", "ann"))


def test_who_belongs_to_a_group_that_waits_still_belongs_to_those_that_name_it() -> None:
    read = directory(
        called("sales", "ann"),
        called("n-sales", "ann", "bob"),
        group("all").members("group:n-sales"),
        group("below").having(parent="n-sales"),
    )
    inside = room("sales", "ann")
    groups = awaiting(read.groups, found(read, inside), seen(read, inside))
    assert (groups["all"].members, groups["below"].parent) == (("ann", "bob"), "")


def test_without_accounts_nobody_is_taken_for_anybody_and_people_of_partners_are() -> None:
    waits = called("n-sales", "ann", "bob:acme.example")
    read = directory(called("sales"), waits)
    inside = room("sales", "ann", "bob:acme.example")
    unknown = Seen(rooms={"sales": inside}, accounts={}, claimed={"ann": user("ann")})
    same = of(read, unknown)
    assert (same.alike[0].same, len(same.likely())) == (2, 1)
    groups = awaiting(read.groups, same, unknown)
    assert groups["sales"].members == (user("bob:acme.example"),)


def test_the_visibility_of_a_pair_is_told() -> None:
    read = directory(called("sales"), called("n-sales").hidden())
    (one,) = of(read, Seen(rooms={"sales": None}, accounts={}, claimed={})).alike
    assert (one.visibility, one.becomes) == (Visibility.INVITE_ONLY, Visibility.HIDDEN)


def test_the_account_that_joins_people_is_in_the_levels_of_all_rooms_and_nobodys() -> None:
    sales, cafe = room("sales", "ann", owner="service"), room("cafe", owner="service")
    assert serving([sales, cafe, None], ()) == {user("service")}
    assert serving([sales, cafe], {user("service")}) == frozenset()
    assert serving([sales, room("cafe", owner="ann")], ()) == frozenset()
    assert serving([None], ()) == frozenset()
