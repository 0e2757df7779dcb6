"""Suggested groups: for a reason, through the gate, and never because of anything hidden."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.directory import Directory, GroupState, JoinRequests, Person
from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import gather
from bridge.rules.suggesting import Because, Company, Suggestion, judge, newcomer
from tests.world import SERVER, TODAY, AGroup, directory, group, partner, user

ACME = partner("acme", servers=["acme.example"], sponsor="claire")


def employed(source: Directory, **departments: str) -> Directory:
    """With these people in these departments."""
    people = dict(source.people)
    for name, department in departments.items():
        known = people.get(name, Person(id=name, user=user(name)))
        people[name] = replace(known, department=department)
    return replace(source, people=people)


def suggested(source: Directory, who: str, viewer: Viewer | None = None) -> list[Suggestion]:
    """All suggestions, best first."""
    access = Access(gather(source, today=TODAY, server_name=SERVER))
    company = Company()
    company.take(access.facts.accounts.values())
    groups = sorted(source.groups)
    own = [one for one in groups if user(who) in access.facts.people_of(one)]
    return sorted(judge(access, newcomer(access, viewer or alone(user(who)), company, own), groups))


def reasons(source: Directory, who: str, viewer: Viewer | None = None) -> Mapping[str, tuple[Because, int]]:
    return {one.group_id: (one.because, one.people) for one in suggested(source, who, viewer)}


def company(*more: AGroup) -> Directory:
    """Ann has just come to sales."""
    source = directory(
        group("sales").public().members("luc", "eva", "tom"),
        group("pipeline").public().members("luc", "eva", "tom", "joe"),
        group("chess").public().members("joe", "kim", "luc"),
        group("deal").members("luc", "eva"),
        *more,
        partners=[ACME],
        people=["ann"],
    )
    return employed(source, ann="Sales", luc="Sales", eva="Sales", tom="Sales", joe="IT", kim="IT")


def test_groups_of_the_department_come_with_their_reason_the_one_of_its_name_first() -> None:
    assert [one.group_id for one in suggested(company(), "ann")] == ["sales", "pipeline"]
    assert reasons(company(), "ann") == {"sales": (Because.NAME, 0), "pipeline": (Because.DEPARTMENT, 3)}
    assert str(suggested(company(), "ann")[1].reason("Sales")) == "3 people of your department, Sales, are in it"


def test_people_one_works_with_are_those_of_the_same_small_groups_and_of_the_same_manager() -> None:
    team = company(group("project").members("ann", "joe", "kim"))
    assert reasons(team, "ann")["chess"] == (Because.COLLEAGUES, 2)
    managed = {name: replace(person, manager="luc") for name, person in company().people.items() if name != "luc"}
    source = replace(company(), people={**company().people, **managed})
    assert reasons(source, "ann")["chess"] == (Because.COLLEAGUES, 3)


def test_who_sits_in_an_invite_only_group_is_no_reason_to_those_outside_of_it() -> None:
    assert "deal" not in reasons(company(), "ann")


def test_what_one_is_in_or_cannot_come_into_is_not_suggested() -> None:
    crowd = ("luc", "eva", "tom")
    more = company(
        group("all").public().mandatory().members(*crowd),
        group("old").public().having(state=GroupState.ARCHIVED).members(*crowd),
        group("shut").public().having(requests=JoinRequests.NONE).members(*crowd),
        group("mine").public().members("ann", *crowd),
    )
    assert set(reasons(more, "ann")) == {"sales", "pipeline"}


def test_one_person_alone_is_no_reason() -> None:
    assert "club" not in reasons(company(group("club").public().members("luc", "zoe")), "ann")


def test_that_ones_manager_is_in_a_group_is_a_reason_unless_nearly_everybody_is() -> None:
    crowd = [f"p{number}" for number in range(600)]
    source = company(group("club").public().members("max", "zoe"), group("canteen").public().members("max", *crowd))
    source = replace(source, people={**source.people, "ann": replace(source.people["ann"], manager="max")})
    assert reasons(source, "ann")["club"] == (Because.MANAGER, 1)
    assert "canteen" not in reasons(source, "ann")
    assert str(suggested(source, "ann")[-1].reason("")) == "your manager is in it"


def test_a_group_of_nearly_everybody_is_suggested_to_nobody() -> None:
    crowd = [f"p{number}" for number in range(600)]
    assert "canteen" not in reasons(company(group("canteen").public().members("luc", "eva", *crowd)), "ann")


def test_a_partners_people_are_suggested_what_admits_them_and_nothing_else() -> None:
    bob, eve, mia = "bob:acme.example", "eve:acme.example", "mia:acme.example"
    more = company(
        group("project").admits("acme").members(bob, "luc", "eva"),
        group("forum").public().admits("acme").members(eve, mia, "joe"),
        group("support").public().admits("acme").members("luc", "eva", "joe"),
        group("inner").public().members("luc", "eva"),
    )
    found = reasons(more, bob)
    assert found == {"forum": (Because.COMPANY, 2), "support": (Because.COLLEAGUES, 2)}
    assert str(suggested(more, bob)[0].reason("")) == "2 people of your company are in it"


def test_in_a_shared_room_nothing_is_suggested_that_another_reader_may_not_know() -> None:
    bob = user("bob:acme.example")
    both = Viewer(asker=user("ann"), readers=frozenset({user("ann"), bob}), everyone=True)
    assert reasons(company(), "ann", both) == {}


people = st.sampled_from(["ann", "luc", "eva", "tom", "joe", "kim"])


@given(members=st.sets(people), owners=st.sets(people, max_size=1), who=people)
def test_a_hidden_group_changes_nothing_that_is_suggested_to_anybody_not_even_to_its_members(
    members: set[str], owners: set[str], who: str
) -> None:
    secret = group("sales-board").hidden().called("Sales").members(*sorted(members)).owners(*sorted(owners))
    assert suggested(company(secret), who) == suggested(company(), who)
