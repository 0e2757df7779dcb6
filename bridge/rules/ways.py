"""By which way somebody belongs to a group: named there, or in a group that is nested in it. Used by ``reasons``."""

from collections.abc import Iterator

from bridge.domain.directory import Group
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.membership import nested_in


def way_into(facts: Facts, group_id: str, user: str) -> tuple[str, ...] | None:
    """The ids of the nested groups that lead from a group to the one that names ``user``: empty when it does so itself,
    None when no way does. The shortest one; hidden groups give nobody, so none leads through them."""
    names = names_of(facts, user)
    groups = facts.directory.groups
    ways: list[tuple[str, ...]] = [()]
    seen = {group_id}
    for way in ways:
        group = groups[way[-1] if way else group_id]
        if names.intersection(group.members):
            return way
        for inner in _inner(group, facts):
            if inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return None


def names_of(facts: Facts, user: str) -> frozenset[str]:
    """How groups name a user: by user id, and by their id in the directory while they are active."""
    person = facts.accounts.get(user)
    return frozenset({user, person.id}) if person else frozenset({user})


def _inner(group: Group, facts: Facts) -> Iterator[str]:
    groups = facts.directory.groups
    return (one for one in nested_in(group.members) if one in groups and not is_hidden(groups[one]))
