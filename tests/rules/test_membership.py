"""Expanding nested groups into the people who belong to them."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.domain.directory import Directory
from bridge.rules.facts import gather
from bridge.rules.membership import circles, expand
from tests.support.proving import examples
from tests.world import SERVER, TODAY, directory, group, partner, users


def members(source: Directory, group_id: str, today: date = TODAY) -> frozenset[str]:
    return gather(source, today=today, server_name=SERVER).members[group_id]


def test_members_of_nested_groups_belong_to_the_outer_one() -> None:
    world = directory(
        group("all").members("ann", "group:team"),
        group("team").members("bob", "group:core"),
        group("core").members("cat"),
    )
    assert members(world, "all") == users("ann", "bob", "cat")
    assert members(world, "team") == users("bob", "cat")


def test_groups_in_a_circle_have_the_same_members() -> None:
    world = directory(
        group("a").members("ann", "group:b"),
        group("b").members("bob", "group:c"),
        group("c").members("group:a", "group:d"),
        group("d").members("dan"),
    )
    assert members(world, "a") == members(world, "b") == members(world, "c") == users("ann", "bob", "dan")
    assert members(world, "d") == users("dan")


def test_a_group_that_contains_itself_is_harmless() -> None:
    assert members(directory(group("a").members("ann", "group:a")), "a") == users("ann")


def test_inactive_people_belong_to_nothing() -> None:
    assert members(directory(group("a").members("ann", "bob").owners("bob"), gone=["bob"]), "a") == users("ann")


def test_nesting_deeper_than_python_recurses_is_expanded() -> None:
    chain = [group(f"g{n}").members(f"group:g{n + 1}") for n in range(5000)]
    assert members(directory(*chain, group("g5000").members("ann")), "g0") == users("ann")


def test_an_employee_may_be_named_by_user_id() -> None:
    assert members(directory(group("a").members("ann", f"bob:{SERVER}"), people=["bob"]), "a") == users("ann", "bob")


def test_partner_members_count_where_their_partner_is_admitted_and_nowhere_else() -> None:
    world = directory(
        group("deal").members("ann", "kim:acme.example").admits("acme"),
        group("outer").members("group:deal"),
        partners=[partner("acme")],
    )
    assert members(world, "deal") == users("ann", "kim:acme.example")
    assert members(world, "outer") == users("ann")


def test_the_last_day_of_an_agreement_is_the_last_day_of_its_people() -> None:
    world = directory(group("deal").members("kim:acme.example").admits("acme"), partners=[partner("acme", until=TODAY)])
    assert members(world, "deal") == users("kim:acme.example")
    assert members(world, "deal", today=date(2026, 11, 23)) == frozenset()


def test_owners_have_a_seat_without_being_members() -> None:
    facts = gather(directory(group("deal").members("ann").owners("zoe")), today=TODAY, server_name=SERVER)
    assert facts.members["deal"] == users("ann")
    assert facts.people_of("deal") == users("ann", "zoe")


@settings(max_examples=examples(100), deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_expanding_equals_walking_the_graph(edges: list[tuple[int, int]]) -> None:
    others: dict[str, list[str]] = {}
    for source, target in edges:
        others.setdefault(str(source), []).append(f"group:{target}")
    expanded = {str(number): frozenset({f"@{number}"}) for number in range(10)}
    expand(expanded, others)
    for number in range(10):
        assert expanded[str(number)] == {f"@{reached}" for reached in reachable(str(number), others)}


def reachable(start: str, others: Mapping[str, list[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for reference in others.get(waiting.pop(), ()):
            target = reference.removeprefix("group:")
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def test_circles_come_after_what_they_point_to() -> None:
    order = [sorted(circle) for circle in circles({"a": ["b"], "b": ["c", "a"], "c": ["d"]})]
    assert order == [["c"], ["a", "b"]]
