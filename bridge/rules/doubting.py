"""What in a reading is too odd to be believed at once: a group that is suddenly empty, members whose names lead nowhere
though they are still there, a tenth of the company gone. Called by ``continuity``; judges each group by itself alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.directory import Directory, Group
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Place, say, say_n

READINGS: Final = 3
"""How many readings in a row have to be odd in the same way until they are believed."""
SPAN: Final = timedelta(minutes=10)
"""And for how long: events may have the directory read several times within a second."""
EMPTIED: Final = 3
"""Members of a group that do not all leave at once; below that many they do, every day."""
MANY: Final = 5
MANY_SHARE: Final = 0.1
"""So many people, and at least this share of all, do not vanish at once."""

DIRECTORY: Final = say("the directory")


@dataclass(frozen=True, slots=True)
class Odd:
    """Since when (UTC) readings have been odd in one way, and how many so far."""

    since: datetime
    readings: int = 1

    def holds(self, now: datetime) -> bool:
        """Whether what they say is not believed yet."""
        return self.readings < READINGS or now < self.since + SPAN


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is doubted at present. ``lost`` tells how many names in a group lead nowhere, as of the last reading in
    which nothing was odd about it; None when no reading has told yet."""

    people: Odd | None = None
    groups: Mapping[str, Odd] = field(default_factory=dict)
    lost: Mapping[str, int] | None = None

    def __bool__(self) -> bool:
        return self.people is not None or bool(self.groups)


@dataclass(frozen=True, slots=True)
class Doubted:
    """Who is kept in which group in spite of the reading, what is doubted from now on, and what is to be said."""

    held: Mapping[str, frozenset[str]]
    groups: Mapping[str, Odd]
    lost: Mapping[str, int]
    findings: tuple[Finding, ...]


def people_doubted(last: Odd | None, gone: int, before: int, now: datetime) -> Odd | None:
    """Whether so many of the people who were there ``before`` vanish that it is not believed yet."""
    if gone < MANY or gone < before * MANY_SHARE:
        return None
    odd = _again(last, now)
    return odd if odd.holds(now) else None


def groups_doubted(
    last: Oddities,
    before: Directory,
    reading: Directory,
    lost: Mapping[str, int],
    *,
    now: datetime,
    source: Place = DIRECTORY,
) -> Doubted:
    """Judge every group of a reading against what it was; ``lost`` counts the names in it that lead nowhere."""
    # Whom the directory never had is somebody of a partner, or of another source.
    known = before.people.keys() | reading.people.keys()
    there = frozenset(id_ for id_, person in reading.people.items() if person.active)
    held: dict[str, frozenset[str]] = {}
    doubts: dict[str, Odd] = {}
    counts = dict(lost)
    findings: list[Finding] = []
    for id_, group in reading.groups.items():
        was = before.groups.get(id_)
        if was is None or was.members == group.members:
            continue
        gone = frozenset(was.members).difference(group.members)
        out = frozenset(one for one in gone if one in there or one not in known)
        absent = sum(1 for one in gone if one in known and one not in reading.people)
        former = lost.get(id_, 0) if last.lost is None else last.lost.get(id_, 0)
        reason = _oddity(was, group, out, lost.get(id_, 0) - former - absent, source)
        odd = _again(last.groups.get(id_), now) if reason else None
        if reason and odd and odd.holds(now):
            held[id_], doubts[id_], counts[id_] = out, odd, former
            findings.append(Finding("group-doubted", id_, reason, id_))
    return Doubted(held, doubts, {id_: count for id_, count in counts.items() if count}, tuple(findings))


def _again(last: Odd | None, now: datetime) -> Odd:
    return Odd(last.since, last.readings + 1) if last else Odd(now)


def _oddity(was: Group, now: Group, out: frozenset[str], unexplained: int, source: Place) -> Message | None:
    """Why it is not believed that these leave; None when it is. ``unexplained``: new names that lead nowhere."""
    if not out:
        return None
    if not now.members and len(was.members) >= EMPTIED:
        return say(
            "{source} suddenly names none of the {count} members of {group}: may they still be read? They stay until"
            " {readings} readings in a row have said so.",
            source=source, count=len(was.members), group=was.name or was.id, readings=READINGS,
        )  # fmt: skip
    if unexplained > 0:
        return say_n(
            "In {source}, {group} has lost {count} member and names instead what leads nowhere. Who is lost stays"
            " until {readings} readings in a row have said so.",
            "In {source}, {group} has lost {count} members and names instead what leads nowhere. Who is lost stays"
            " until {readings} readings in a row have said so.",
            len(out),
            source=source, group=was.name or was.id, readings=READINGS,
        )  # fmt: skip
    return None
