"""From one reading of the directory to the next: silence never means "nobody".

An empty answer is doubted, and what is odd about a reading is believed after several (``doubting``). Whoever has merely
vanished stays for one more good reading with what they belonged to; only ``active: false`` removes at once (DESIGN
section 5, INTERFACE section 4). A group that has vanished stays as it was last declared, and is archived after a time
of grace, until the directory has it again. Members keep their order: who was there before stands before who came later.
Called by ``services.truth``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bridge.domain.directory import GROUP_REFERENCE, Directory, Group, GroupState
from bridge.domain.findings import Finding
from bridge.domain.messages import DayOf, Place, say, say_n
from bridge.rules.doubting import DIRECTORY, READINGS, Oddities, groups_doubted, people_doubted
from bridge.rules.forgetting import PEOPLE


@dataclass(frozen=True, slots=True)
class Vanished:
    """A group as it was last declared, and when a reading was first without it (UTC)."""

    group: Group
    since: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """What counts after a reading: the directory, without the groups that vanished, and these beside it.

    ``missing`` are the people who were not in the reading and are still kept. ``order`` tells the members of groups
    that the reading has in another order. ``odd`` is what was not believed yet. ``replaced`` are ids of people who went
    all at once, as when another source takes the place of theirs: some of them may be there under other ids.
    """

    directory: Directory
    missing: frozenset[str] = frozenset()
    vanished: Mapping[str, Vanished] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    doubted: bool = False
    odd: Oddities = field(default_factory=Oddities)
    replaced: frozenset[str] = frozenset()


def accept(
    last: Accepted | None,
    reading: Directory,
    *,
    now: datetime,
    lost: Mapping[str, int] | None = None,
    source: Place = DIRECTORY,
) -> Accepted:
    """What follows from a new good reading, given what was accepted last. ``lost`` counts, by group, the names in it
    that lead nowhere; ``source`` is what the reading comes from, for people."""
    lost = lost or {}
    if last is None:
        return Accepted(reading, odd=Oddities(lost=lost))
    before = last.directory
    if (before.people and not reading.people) or (before.groups and not reading.groups):
        text = say("The directory answered with nobody or no group at all; the last good reading stays in force.")
        return replace(last, findings=(Finding("directory-empty", "directory", text),), doubted=True)
    gone = before.people.keys() - reading.people.keys()
    # Whoever was made again is somebody else: what the former one belonged to is not theirs.
    taken = {person.user for person in reading.people.values() if person.user} if gone else frozenset[str]()
    leaving = frozenset(one for one in gone if before.people[one].active and before.people[one].user not in taken)
    many = people_doubted(last.odd.people, len(leaving), len(before.people), now)
    missing = leaving if many else leaving - last.missing
    replaced = last.replaced - reading.people.keys()
    if many or before.people.keys().isdisjoint(reading.people):
        replaced |= frozenset(one for one in gone if before.people[one].active)
    were = {**{id_: was.group for id_, was in last.vanished.items()}, **before.groups}
    doubt = groups_doubted(last.odd, Directory(before.people, were), reading, lost, now=now, source=source)
    groups = {
        id_: _continued(were.get(id_), group, missing | doubt.held.get(id_, frozenset()))
        for id_, group in reading.groups.items()
    }
    changed = {id_: group for id_, group in groups.items() if group is not reading.groups[id_]}
    went = before.groups.keys() - reading.groups.keys()
    vanished = {id_: was for id_, was in last.vanished.items() if id_ not in reading.groups}
    vanished |= {id_: Vanished(before.groups[id_], now) for id_ in sorted(went)}
    people = {**reading.people, **{person: before.people[person] for person in sorted(missing)}} if missing else None
    return Accepted(
        directory=Directory(people or reading.people, groups if changed else reading.groups, reading.partners),
        missing=missing,
        vanished={id_: _without(gone - missing, was) for id_, was in vanished.items()},
        order={id_: group.members for id_, group in changed.items()},
        findings=(*_told_missing(len(missing), source if many else ""), *doubt.findings),
        odd=Oddities(many, doubt.groups, doubt.lost),
        replaced=replaced,
    )


def reordered(reading: Directory, order: Mapping[str, tuple[str, ...]]) -> Directory:
    """The reading again, with the order of members that was found when it was accepted."""
    if not order:
        return reading
    groups = {id_: replace(reading.groups[id_], members=members) for id_, members in order.items()}
    return Directory(reading.people, {**reading.groups, **groups}, reading.partners)


def with_vanished(
    directory: Directory, vanished: Mapping[str, Vanished], *, now: datetime, grace: timedelta
) -> tuple[Directory, tuple[Finding, ...]]:
    """The directory with the groups that vanished from it, archived once the time of grace is over."""
    if not vanished:
        return directory, ()
    known = {*directory.groups, *vanished}
    groups = {id_: _remaining(was, directory, known, now=now, grace=grace) for id_, was in vanished.items()}
    findings = tuple(_told_vanished(groups[id_], vanished[id_].since + grace) for id_ in sorted(groups))
    return Directory(directory.people, {**directory.groups, **groups}, directory.partners), findings


def _without(left: Collection[str], was: Vanished) -> Vanished:
    """A vanished group without people who have left for good: it is kept as it was, and they are not to be."""
    kept = {name: tuple(one for one in getattr(was.group, name) if one not in left) for name in PEOPLE}
    if not left or all(len(people) == len(getattr(was.group, name)) for name, people in kept.items()):
        return was
    return replace(was, group=_having(was.group, kept))


def _having(group: Group, people: Mapping[str, Any]) -> Group:
    return replace(group, **people)


def _continued(before: Group | None, now: Group, missing: frozenset[str]) -> Group:
    """The group with its members in their order, and with those who are missing for the first time."""
    if before is None:
        return now
    members = _in_order(before.members, now.members, missing)
    owners = (*now.owners, *(one for one in before.owners if one in missing and one not in now.owners))
    if members == now.members and len(owners) == len(now.owners):
        return now
    return replace(now, members=members, owners=owners)


def _in_order(before: tuple[str, ...], now: tuple[str, ...], missing: frozenset[str]) -> tuple[str, ...]:
    if before == now:
        return now
    stay, known = missing.union(now), set(before)
    return (*(one for one in before if one in stay), *(one for one in now if one not in known))


def _remaining(was: Vanished, directory: Directory, groups: Iterable[str], *, now: datetime, grace: timedelta) -> Group:
    """A vanished group, without what has vanished since from around it."""
    group, known = was.group, directory.people
    return replace(
        group,
        owners=tuple(one for one in group.owners if one in known),
        moderators=tuple(one for one in group.moderators if one in known or one.startswith("@")),
        delegates=tuple(one for one in group.delegates if one in known),
        members=tuple(one for one in group.members if one in known or _leads_on(one, groups)),
        parent=group.parent if group.parent in groups else "",
        partners=tuple(one for one in group.partners if one in directory.partners),
        moderating=tuple(one for one in group.moderating if one in directory.partners),
        state=GroupState.ARCHIVED if now >= was.since + grace else group.state,
    )


def _leads_on(member: str, groups: Iterable[str]) -> bool:
    """Whether a member that is no person's id is still there: a group, or a user of some partner."""
    if member.startswith(GROUP_REFERENCE):
        return member.removeprefix(GROUP_REFERENCE) in groups
    return member.startswith("@")


def _told_missing(count: int, doubted: Place) -> Iterator[Finding]:
    if doubted:
        text = say(
            "{count} people have vanished from {source} at once: can all of it be read? They stay until {readings}"
            " readings in a row have said so.",
            count=count, source=doubted, readings=READINGS,
        )  # fmt: skip
        yield Finding("people-doubted", "directory", text)
    elif count:
        text = say_n(
            "{count} person has vanished from the directory and is removed if the next reading agrees.",
            "{count} people have vanished from the directory and are removed if the next reading agrees.",
            count,
        )
        yield Finding("people-missing", "directory", text)


def _told_vanished(group: Group, end: datetime) -> Finding:
    if group.state is GroupState.ARCHIVED:
        text = say("{group} has vanished from the directory and is archived.", group=group.name or group.id)
    else:
        text = say(
            "{group} has vanished from the directory; it is archived on {day} unless it comes back.",
            group=group.name or group.id,
            day=DayOf(end),
        )
    return Finding("group-vanished", group.id, text, group.id)
