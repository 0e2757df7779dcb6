"""The directory from an LDAP server, as the port wants it: all of it or nothing. Made by the wiring."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.dn import DnKey
from bridge.adapters.directory.drafts import Fault, problems_of
from bridge.adapters.directory.entries import drafted
from bridge.adapters.directory.files import faults_of
from bridge.adapters.directory.ldap_calls import Access, Raw, Session, session
from bridge.adapters.directory.ldap_values import entry_of
from bridge.adapters.directory.ldif_text import Entry
from bridge.adapters.directory.stamps import stamp_of
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

LARGE: Final = 3_000
"""People and groups from which on planning belongs into a process of its own (as for files)."""
MOST_RANGES: Final = 10_000
"""Parts of one attribute; a server that has more is going round in circles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for, and below which name."""

    base: str
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapPlace:
    """Which server, and how it is to be understood. Can be sent to another process, to be read there."""

    access: Access
    people: Search
    groups: Search
    dialect: Dialect
    server_name: str

    def read(self, now: datetime, former: Mapping[DnKey, str]) -> tuple[Reading, Mapping[DnKey, str]]:
        """The whole reading, and what names stand for in it; ``former`` is that of the reading before.

        Raises ``InvalidInput`` with all problems of the content, ``ParvisError`` when there is no whole answer.
        """
        with session(self.access) as open_session:
            return self.read_over(open_session, now, former)

    def read_over(
        self, server: Session, now: datetime, former: Mapping[DnKey, str]
    ) -> tuple[Reading, Mapping[DnKey, str]]:
        """The same, over a connection. Groups come first: who is added meanwhile is then in the next reading, whole."""
        # Two searches are no snapshot: whoever is renamed in between is found again by ``former``.
        groups = list(_entries(server, self.groups, self.dialect.of_groups))
        people = list(_entries(server, self.people, self.dialect.of_people))
        found = drafted(people, groups, self.dialect, self.server_name, now=now, former=former)
        if not found.people:
            message = say("{url} answers with nobody below {base}: may the account read it, and does the filter fit?",
                          url=str(self.access), base=self.people.base)  # fmt: skip
            raise ParvisError(message, kind=ErrorKind.REFUSED)
        directory = found.draft.directory()
        faults: list[Fault] = [*found.faults]
        faults += faults_of(found.draft, directory, self.server_name, circles_allowed=True)
        problems = problems_of(faults, lambda path: found.locate(str(self.access), path))
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        stamp = stamp_of(directory, found.lost)
        return Reading(directory=directory, warnings=problems, stamp=stamp, lost=found.lost), found.names


@dataclass(slots=True, kw_only=True)
class LdapSource:
    """Reads a server, in another thread. Remembers what names stood for, in case that one changes while we read."""

    place: LdapPlace
    clock: Clock
    _former: Mapping[DnKey, str] = field(default_factory=dict, init=False)
    _rows: int = field(default=0, init=False)

    async def read(self) -> Reading:
        """As the port says."""
        reading, self._former = await asyncio.to_thread(self.place.read, self.clock.now(), self._former)
        self._rows = len(reading.directory.people) + len(reading.directory.groups)
        return reading

    def is_large(self) -> bool:
        """Whether the last reading was; before the first nobody knows."""
        return self._rows >= LARGE


def _entries(server: Session, search: Search, attributes: frozenset[str]) -> Iterator[Entry]:
    wanted = sorted(attributes)
    for dn, raw in server.search(search.base, search.filter, wanted):
        yield entry_of(dn, _whole(server, dn, raw))


def _whole(server: Session, dn: str, raw: Mapping[str, Sequence[bytes]]) -> Mapping[str, Sequence[bytes]]:
    """The attributes with all their values: Active Directory gives 1500 and says so (``member;range=0-1499``)."""
    ranged = [name for name in raw if ";range=" in name.lower()]
    if not ranged:
        return raw
    plain = {name: list(values) for name, values in raw.items() if name not in ranged}
    for name in ranged:
        plain[name.partition(";")[0]] = _all_ranges(server, dn, name, raw[name])
    return plain


def _all_ranges(server: Session, dn: str, name: str, first: Sequence[bytes]) -> list[bytes]:
    values = [*first]
    for _ in range(MOST_RANGES):
        attribute, _, span = name.lower().partition(";range=")
        if span.endswith("-*"):
            return values
        raw: Raw | None = server.entry(dn, [f"{attribute};range={len(values)}-*"])
        following = (
            next(((key, more) for key, more in raw[1].items() if ";range=" in key.lower()), None) if raw else None
        )
        if following is None:
            break
        name, more = following
        values += more
    message = say("{name} has more members than its server gave us: this answer counts for nothing.", name=dn)
    raise ParvisError(message, kind=ErrorKind.TEMPORARY)
