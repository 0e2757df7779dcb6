"""Who is told how far somebody is: those who look after them, alone with the bot, and never of anything hidden."""

from dataclasses import replace

import pytest

from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import gather
from bridge.rules.looking_after import Care, carers
from tests.world import SERVER, TODAY, directory, group, partner, user

BOB = user("bob:acme.example")


@pytest.fixture
def access() -> Access:
    source = directory(
        group("sales").owners("olga").members("ann", "bob:acme.example").admits("acme"),
        group("board").hidden().owners("max").members("ann"),
        partners=[partner("acme", sponsor="claire"), partner("globex", sponsor="zoe")],
        people=["boss", "ines"],
    )
    people = {**source.people, "ann": replace(source.people["ann"], manager="boss")}
    facts = gather(replace(source, people=people), today=TODAY, server_name=SERVER)
    return Access(facts, admins=frozenset({user("ines")}))


def test_hints_go_to_the_manager_or_to_who_answers_for_the_partner(access: Access) -> None:
    assert carers(access.facts, user("ann")) == (user("boss"),)
    assert carers(access.facts, BOB) == (user("claire"),)
    assert carers(access.facts, user("boss")) == ()
    assert carers(access.facts, "@eve:nowhere.example") == ()


def test_managers_sponsors_owners_and_administrators_follow_their_own_people_and_nobody_else(access: Access) -> None:
    def followers(of: str) -> set[str]:
        asking = ["ann", "boss", "claire", "ines", "max", "olga", "zoe"]
        return {name for name in asking if Care(access, alone(user(name))).follows(of)}

    assert followers(user("ann")) == {"ann", "boss", "ines", "max", "olga"}
    assert followers(BOB) == {"claire", "ines", "olga"}


def test_where_others_read_along_nothing_is_told(access: Access) -> None:
    both = Viewer(asker=user("boss"), readers=frozenset({user("boss"), user("ann")}))
    assert not Care(access, both).follows(user("ann"))


def test_of_a_path_about_a_hidden_group_nobody_hears_but_the_person(access: Access) -> None:
    heard = {
        name for name in ("ann", "boss", "ines", "max") if Care(access, alone(user(name))).hears(user("ann"), "board")
    }
    assert heard == {"ann"}
    assert Care(access, alone(user("boss"))).hears(user("ann"), "sales")
    assert Care(access, alone(user("boss"))).hears(user("ann"), "")
    assert not Care(access, alone(user("boss"))).hears(user("ann"), "no-such-group")
