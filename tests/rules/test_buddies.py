"""Buddies: from volunteers who work here, balanced, near where there is a choice."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bridge.rules.buddies import AT_ONCE, buddy_for
from bridge.rules.facts import Facts, gather
from tests.world import SERVER, TODAY, directory, partner, user, users


def people(*names: str, gone: Iterable[str] = (), **fields: Mapping[str, Any]) -> Facts:
    """These employees; keywords give fields of one of them."""
    source = directory(people=names, gone=gone, partners=[partner("acme", sponsor="ann")])
    changed = {name: replace(source.people[name], **values) for name, values in fields.items()}
    source = replace(source, people={**source.people, **changed})
    return gather(source, today=TODAY, server_name=SERVER)


def test_whoever_has_fewest_accompanies_the_next() -> None:
    facts = people("new", "ann", "bea")
    assert buddy_for(facts, user("new"), users("ann", "bea"), {user("ann"): 1}) == user("bea")


def test_of_those_with_equally_few_language_counts_before_department_and_time_zone() -> None:
    facts = people(
        "new", "ann", "bea",
        new={"language": "fr", "department": "Sales", "timezone": "Europe/Paris"},
        ann={"language": "fr"},
        bea={"language": "en", "department": "Sales", "timezone": "Europe/Paris"},
    )  # fmt: skip
    assert buddy_for(facts, user("new"), users("ann", "bea"), {}) == user("ann")


def test_nobody_accompanies_themselves_or_their_own_people_or_from_elsewhere_or_after_they_left() -> None:
    facts = people("new", "boss", gone=["old"], new={"manager": "boss"})
    volunteers = users("new", "boss", "old", "bob:acme.example")
    assert buddy_for(facts, user("new"), volunteers, {}) is None


def test_people_of_partners_have_a_sponsor_and_no_buddy() -> None:
    assert buddy_for(people("ann"), user("bob:acme.example"), users("ann"), {}) is None


def test_many_arrivals_are_spread_evenly_and_nobody_has_more_than_they_can_look_after() -> None:
    names = [f"new{number:03d}" for number in range(100)]
    facts = people(*names, "ann", "bea", "cid")
    burdens: Counter[str] = Counter()
    for name in names:
        chosen = buddy_for(facts, user(name), users("ann", "bea", "cid"), burdens)
        if chosen is not None:
            burdens[chosen] += 1
            assert max(burdens.values()) - min(burdens[one] for one in users("ann", "bea", "cid")) <= 1
    assert burdens == dict.fromkeys(users("ann", "bea", "cid"), AT_ONCE)
