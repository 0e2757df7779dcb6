"""Who of the volunteers accompanies a newcomer: whoever has fewest to look after, then whoever is nearest. Pure;
called when somebody arrives.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bridge.domain.directory import Person
from bridge.rules.facts import Facts

AT_ONCE: Final = 5
"""Newcomers whom one volunteer looks after at a time: with more nobody is helped."""


def buddy_for(facts: Facts, user: str, volunteers: Iterable[str], burdens: Mapping[str, int]) -> str | None:
    """The user id of the buddy of an employee; None where nobody is free, and for whoever is no employee: people of
    partners have a sponsor.

    ``burdens`` tells how many each volunteer looks after now. Who has left, or leads the newcomer, is none: one asks a
    buddy what one does not ask a manager.
    """
    newcomer = facts.accounts.get(user)
    if newcomer is None:
        return None
    manager = facts.account_of(newcomer.manager) if newcomer.manager else None
    free = {one for one in volunteers if one in facts.employees and one not in (user, manager)}
    ranked = ((burdens.get(one, 0), *_distance(newcomer, facts.accounts[one]), one) for one in free)
    least = min(ranked, default=None)
    return least[-1] if least is not None and least[0] < AT_ONCE else None


def _distance(newcomer: Person, volunteer: Person) -> tuple[bool, bool, bool]:
    """What they do not share: language, department, time zone; it decides among those with equally few."""
    pairs = (
        (newcomer.language, volunteer.language),
        (newcomer.department, volunteer.department),
        (newcomer.timezone, volunteer.timezone),
    )
    one, two, three = (not mine or mine != theirs for mine, theirs in pairs)
    return one, two, three
