"""From one reading of the directory to the next: silence never means "nobody".

An empty answer is doubted, and whoever has merely vanished stays for one more good reading with what they belonged to;
only ``active: false`` removes at once (DESIGN section 5, INTERFACE section 4).
"""

from dataclasses import dataclass, replace

from bridge.domain.directory import Directory, Group
from bridge.domain.findings import Finding
from bridge.domain.messages import say, say_n


@dataclass(frozen=True, slots=True)
class Accepted:
    """The directory to work with, and who is missing from the reading for the first time."""

    directory: Directory
    missing: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    doubted: bool = False


def accept(last: Directory | None, missing_before: frozenset[str], reading: Directory) -> Accepted:
    """What follows from a new good reading, given the directory accepted last and who was missing then already."""
    if last is None:
        return Accepted(reading)
    if (last.people and not reading.people) or (last.groups and not reading.groups):
        finding = Finding(
            "directory-empty",
            "directory",
            say("The directory answered with nobody or no group at all; the last good reading stays in force."),
        )
        return Accepted(last, missing_before, (finding,), doubted=True)
    gone = last.people.keys() - reading.people.keys()
    missing = frozenset(person for person in gone if last.people[person].active and person not in missing_before)
    if not missing:
        return Accepted(reading)
    finding = Finding(
        "people-missing",
        "directory",
        say_n(
            "{count} person has vanished from the directory and is removed if the next reading agrees.",
            "{count} people have vanished from the directory and are removed if the next reading agrees.",
            len(missing),
        ),
    )
    return Accepted(_with_missing(last, reading, missing), missing, (finding,))


def _with_missing(last: Directory, reading: Directory, missing: frozenset[str]) -> Directory:
    """The reading, plus the missing people and what they belonged to."""
    people = {**reading.people, **{person: last.people[person] for person in sorted(missing)}}
    groups = {name: _kept(last.groups.get(name), group, missing) for name, group in reading.groups.items()}
    return Directory(people, groups, reading.partners)


def _kept(before: Group | None, now: Group, missing: frozenset[str]) -> Group:
    if before is None:
        return now
    members = tuple(one for one in before.members if one in missing and one not in now.members)
    owners = tuple(one for one in before.owners if one in missing and one not in now.owners)
    if not members and not owners:
        return now
    return replace(now, members=now.members + members, owners=now.owners + owners)
