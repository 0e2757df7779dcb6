"""What the doctor learns of a directory source. Found by ``adapters/directory``, judged by ``rules.doctor.sources``."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from bridge.domain.directory import Directory
from bridge.domain.errors import ParvisError
from bridge.domain.messages import Message, say_n
from bridge.domain.problems import InvalidInput


class Step(StrEnum):
    """Where a source failed, one step after the other."""

    CONNECT = "connect"
    TLS = "certificate"
    BIND = "bind"
    READ = "read"


class Trust(StrEnum):
    """What a server's certificate is worth."""

    GOOD = "good"
    ENDED = "ended"
    EARLY = "early"
    """It counts from a later day on."""
    OTHER_HOST = "other host"
    OTHER_AUTHORITY = "other authority"
    """Nobody whom we trust has signed it."""
    REFUSED = "refused"
    """There is no TLS for another reason."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """From when until when it counts (UTC), and for which hosts."""

    since: datetime
    until: datetime
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handshake:
    """How TLS began; ``reason`` is the end of a sentence. The certificate where it was shown."""

    trust: Trust
    certificate: Certificate | None = None
    reason: Message | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PemFile:
    """A file with certificates that the configuration names by ``key``, and what is wrong with it as a file."""

    key: str
    path: str
    certificates: tuple[Certificate, ...] = ()
    trouble: Message | None = None
    exposed: bool = False
    """Other users of the machine read a private key."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a reading holds."""

    people: int
    active: int
    groups: int
    memberships: int

    @classmethod
    def of(cls, directory: Directory) -> Self:
        """Of a directory."""
        people, groups = directory.people.values(), directory.groups.values()
        return cls(len(people), sum(one.active for one in people), len(groups), sum(len(one.members) for one in groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """``name`` is the source's among several, ``place`` where it is. ``failed`` says at which step ``error`` happened;
    ``problems`` counts what is written wrongly; ``missing`` is the configuration's key for a file that is not there.

    ``before`` are the counts of the last good reading, ``lost`` the names of members that lead nowhere. ``absent``
    are attributes that no entry has, by the key of the configuration that names them. ``ahead`` is how many seconds
    its clock is before ours, where it tells. ``look`` is a line for a shell that shows the same from outside.
    ``waiting`` says why what is there does not count yet; ``tokens`` counts those of SCIM that are good. Unless it is
    ``alone``, groups may come from another source.
    """

    name: str = ""
    place: str
    files: tuple[PemFile, ...] = ()
    handshake: Handshake | None = None
    failed: Step | None = None
    error: Message | None = None
    problems: int = 0
    missing: str = ""
    counts: Counts | None = None
    before: Counts | None = None
    lost: int = 0
    absent: tuple[tuple[str, str], ...] = ()
    ahead: float | None = None
    look: str = ""
    waiting: Message | None = None
    tokens: int | None = None
    alone: bool = True

    def unread(self, error: ParvisError) -> Self:
        """The same where it cannot be read: of several things that are wrong the first, and how many more there are."""
        problems = error.problems if isinstance(error, InvalidInput) else ()
        told, more = error.message, len(problems) - 1
        if more > 0:
            first = problems[0]
            told = say_n("{spot}: {problem} There is {count} more.", "{spot}: {problem} There are {count} more.", more,
                         spot=str(first.spot), problem=first.message)  # fmt: skip
        return replace(self, failed=Step.READ, error=told, problems=len(problems))
