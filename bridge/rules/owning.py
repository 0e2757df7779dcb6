"""Who owns, moderates and administers a group, and who owns it once all its owners are gone. Called by ``facts``.

The last-owner rule: a group whose owners are all gone is given to the owners of the nearest group above it that has
some; a hidden one to whoever has belonged to it longest, because nobody outside may be told of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.directory import Directory, Group, GroupState, Visibility
from bridge.domain.findings import Finding
from bridge.domain.messages import Text, say
from bridge.rules.lineage import Lineage
from bridge.rules.partners import partner_of


@dataclass(frozen=True, slots=True)
class Owning:
    """User ids by group. ``heirs`` tells of groups that the last-owner rule gave away which group their owners come
    from: the group itself, where it is the longest-standing member."""

    owners: Mapping[str, frozenset[str]]
    moderators: Mapping[str, frozenset[str]]
    delegates: Mapping[str, frozenset[str]]
    heirs: Mapping[str, str]
    findings: tuple[Finding, ...]


def owning(
    directory: Directory,
    *,
    user_of: Mapping[str, str],
    employees: frozenset[str],
    members: Mapping[str, frozenset[str]],
    lineage: Lineage,
    belongs: Mapping[str, str],
) -> Owning:
    """Owners, moderators and delegates of all groups. ``user_of`` translates ids of active people, ``members`` are
    expanded, ``belongs`` tells the partners of those who have a seat."""
    groups = directory.groups.values()
    owners = {one.id: found for one in groups if one.owners and (found := _seated(one.owners, user_of, employees))}
    moderators = {
        one.id: found
        for one in groups
        if one.moderators
        and (found := _seated(one.moderators, user_of, employees) | _from_partners(one, members[one.id], belongs))
    }
    delegates = {
        one.id: found for one in groups if one.delegates and (found := _seated(one.delegates, user_of, employees))
    }
    bereft = [one for one in groups if one.owners and one.id not in owners and one.state is not GroupState.RETIRED]
    given: dict[str, frozenset[str]] = {}
    heirs: dict[str, str] = {}
    for group in bereft:
        if group.visibility is Visibility.HIDDEN:
            found = _eldest(group, user_of, members[group.id] & employees)
            source = group.id if found else ""
        else:
            source = next((above for above in lineage.ancestors(group.id) if above in owners), "")
            found = owners.get(source, frozenset())
        if source:
            given[group.id], heirs[group.id] = found, source
    called = {id_: group.name or group.id for id_, group in directory.groups.items()} if bereft else {}
    findings = (_told(group, heirs.get(group.id), given, called) for group in sorted(bereft, key=lambda one: one.id))
    return Owning(owners | given if given else owners, moderators, delegates, heirs, tuple(findings))


def _seated(names: Sequence[str], user_of: Mapping[str, str], employees: frozenset[str]) -> frozenset[str]:
    """The active people among these ids of people and employees' user ids."""
    found = frozenset(filter(None, map(user_of.get, names)))
    return found if len(found) == len(names) else found | employees.intersection(names)


def _from_partners(group: Group, members: frozenset[str], belongs: Mapping[str, str]) -> frozenset[str]:
    """The members among its moderators who are of partners that may moderate it."""
    if not group.moderating:
        return frozenset()
    return frozenset(one for one in group.moderators if one in members and partner_of(one, belongs) in group.moderating)


def _eldest(group: Group, user_of: Mapping[str, str], among: frozenset[str]) -> frozenset[str]:
    """Who has belonged to the group longest: groups list their members in that order. Of those who belong to it through
    another group nobody knows, so they come last, in the order of their names."""
    listed = (user for one in group.members if (user := user_of.get(one, one)) in among)
    return frozenset(filter(None, [next(listed, min(among, default=""))]))


def _told(
    group: Group, source: str | None, given: Mapping[str, frozenset[str]], called: Mapping[str, Text | str]
) -> Finding:
    name = called[group.id]
    if source is None:
        text = say("All owners of {group} are gone and nobody takes their place: name another.", group=name)
        return Finding("ownerless", group.id, text, group.id)
    if source == group.id:
        text = say(
            "All owners of {group} are gone. {user} has belonged to it longest and owns it until another is named.",
            group=name,
            user=next(iter(given[source])),
        )
    else:
        text = say(
            "All owners of {group} are gone. The owners of {parent} own it until another is named.",
            group=name,
            parent=called[source],
        )
    return Finding("owners-gone", group.id, text, group.id)
