"""What a file says before it has been judged, and what is wrong with it: readers make drafts, checks judge them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from bridge.domain.directory import Directory, Group, Person
from bridge.domain.messages import Message, Place, say
from bridge.domain.partners import Partner
from bridge.domain.problems import Problem, Spot
from bridge.files.trees import Path, path_text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at ``path`` (``("groups", 3, "members", 0)``) or, when ``warning``, one thing to think about.
    ``other`` is the row that the message calls ``{other}``: where it stands, only ``Locate`` knows."""

    path: Path
    message: Message
    warning: bool = False
    other: Path = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows in the order of the file. A row that could not be understood has an empty id, and is judged no further."""

    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)

    def directory(self) -> Directory:
        """The rows by id; meaningful once no fault was found."""
        return Directory(
            people={person.id: person for person in self.people},
            groups={group.id: group for group in self.groups},
            partners={partner.id: partner for partner in self.partners},
        )


Locate: TypeAlias = Callable[[Path], Spot]
"""Tells where in the file a path of a draft is."""


def problems_of(faults: list[Fault], locate: Locate) -> tuple[Problem, ...]:
    """The faults with their places in the file."""
    return tuple(Problem(locate(fault.path), _message(fault, locate), fault.warning) for fault in faults)


def _message(fault: Fault, locate: Locate) -> Message:
    if not fault.other:
        return fault.message
    spot = locate(fault.other)
    other: Place = spot.path or path_text(fault.other)
    if spot.line:  # of a table the line is all there is to say
        line = say("line {line}", line=spot.line)
        other = say("{place} (line {line})", place=spot.path, line=spot.line) if spot.path else line
    return replace(fault.message, places={**fault.message.places, "other": other})
