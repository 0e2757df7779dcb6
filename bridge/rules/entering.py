"""Who may ask to be let into a group, and who answers. Pure; used by ``services.requests`` and what belongs to it."""

from collections.abc import Collection

from bridge.domain.directory import Group
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of


def may_ask(facts: Facts, user: str, group: Group) -> bool:
    """Whether the user is of the group's audience and could belong to it."""
    return user in facts.employees or partner_of(user, facts.belongs) in facts.admitted(group)


def answerers(facts: Facts, group_id: str, admins: Collection[str]) -> frozenset[str]:
    """Who is asked: the group's owners, else the administrators who work here."""
    return facts.owners.get(group_id) or facts.employees.intersection(admins)


def names_of(facts: Facts, user: str) -> tuple[str, ...]:
    """What else the user may be called among the members of a group."""
    person = facts.accounts.get(user)
    return (person.id,) if person else ()
