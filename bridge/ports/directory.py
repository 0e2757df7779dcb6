"""Where the directory comes from: one port for files, LDAP, SCIM and the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bridge.domain.directory import Directory
from bridge.domain.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One complete, valid answer, with what is worth a warning. ``stamp`` changes when the content does. ``lost``
    counts, by group, the names of members that lead nowhere, where the source knows; ``until`` is when an account ends,
    or a first load (UTC), and it reads otherwise although nothing has changed. ``remarks`` are for whoever sets the
    source up: how it is understood, where that may be meant otherwise. ``early`` says that a first load is under way:
    nothing of it counts yet, and the warning says until when."""

    directory: Directory
    warnings: tuple[Problem, ...] = ()
    stamp: str = ""
    lost: Mapping[str, int] = field(default_factory=dict)
    until: datetime | None = None
    remarks: tuple[Problem, ...] = ()
    early: bool = False


class Drawer(Protocol):
    """Where a source keeps what it wants to find again when it reads the next time, in this process or another."""

    async def load(self) -> bytes | None:
        """What was saved last."""

    async def save(self, data: bytes) -> None:
        """Keep this in place of it."""


class DirectorySource(Protocol):
    """A partial or doubtful answer is never an answer: then it raises."""

    async def read(self) -> Reading:
        """Read everything.

        Raises ``InvalidInput`` with all problems of the content, ``ParvisError`` when the source cannot be reached.
        """
