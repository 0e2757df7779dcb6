"""The directory from an LDAP server, as the port wants it: all of it or nothing. Made by the wiring."""

import asyncio
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.drafts import Fault, problems_of
from bridge.adapters.directory.entries import drafted
from bridge.adapters.directory.entry_names import names_of
from bridge.adapters.directory.files import faults_of
from bridge.adapters.directory.ldap_calls import Access, Raw, Session, session
from bridge.adapters.directory.ldap_marks import mark_of
from bridge.adapters.directory.ldap_values import entry_of
from bridge.adapters.directory.ldif_text import Entry
from bridge.adapters.directory.stamps import stamp_of
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.ports.clock import Clock
from bridge.ports.directory import Drawer, Reading

LARGE: Final = 3_000
"""People and groups from which on planning belongs into a process of its own (as for files)."""
WHOLE_AGAIN: Final = timedelta(hours=1)
"""After this long everything is read even of a server that says that nothing has changed: what the account may read is
nothing that it counts."""
MOST_RANGES: Final = 10_000
"""Parts of one attribute; a server that has more is going round in circles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for, and below which name."""

    base: str
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a server said: when it was read (UTC), whole, and the mark that it had just before."""

    mark: str
    at: datetime
    people: list[Entry]
    groups: list[Entry]

    def packed(self) -> bytes:
        """As bytes, for ``unpacked``."""
        return zlib.compress(msgspec.msgpack.encode(self), level=1)

    @staticmethod
    def unpacked(data: bytes) -> "Said":
        """The inverse of ``packed``."""
        return _said(zlib.decompress(data))


# Made here, before there are threads: msgspec dies where a second one decodes a class that a first one has it learn.
_said: Final = msgspec.msgpack.Decoder(Said).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapPlace:
    """Which server, and how it is to be understood. Can be sent to another process, to be read there."""

    access: Access
    people: Search
    groups: Search
    dialect: Dialect
    server_name: str

    def read(self, now: datetime, last: Said | None = None) -> tuple[Reading, Said]:
        """The whole reading, and what the server said for it; ``last`` is what it said for the reading before.

        Raises ``InvalidInput`` with all problems of the content, ``ParvisError`` when there is no whole answer.
        """
        with session(self.access) as open_session:
            return self.read_over(open_session, now, last)

    def read_over(self, server: Session, now: datetime, last: Said | None = None) -> tuple[Reading, Said]:
        """The same, over a connection. Nothing is read again of a server that says that nothing has changed."""
        told = mark_of(server, (self.people.base, self.groups.base))
        mark = f"{self._question()} {told}" if told else ""
        if last and mark and mark == last.mark and now < last.at + WHOLE_AGAIN:
            return self.understood(last, now), last
        said = self.said_by(server, now, mark)
        return self.understood(said, now, last), said

    def said_by(self, server: Session, now: datetime, mark: str = "") -> Said:
        """Everything that was asked for, not yet understood. Raises ``ParvisError`` when that is not all of it."""
        # Groups come first: who is added meanwhile is then in the next reading, whole.
        groups = list(_entries(server, self.groups, self.dialect.of_groups))
        people = list(_entries(server, self.people, self.dialect.of_people))
        return Said(mark=mark, at=now, people=people, groups=groups)

    def _question(self) -> str:
        """Another one when something else is asked for than before, or somebody else asks."""
        access, dialect = self.access, self.dialect
        asked = str(access), access.bind_dn, self.people, self.groups
        return sha256(repr((asked, sorted(dialect.of_people), sorted(dialect.of_groups))).encode()).hexdigest()

    def understood(self, said: Said, now: datetime, last: Said | None = None) -> Reading:
        """The reading that follows from what was said; raises as ``read`` does."""
        # Two searches are no snapshot: whoever is renamed in between is found again by the names of before.
        former = names_of(last.people, last.groups, self.dialect) if last else {}
        found = drafted(said.people, said.groups, self.dialect, self.server_name, now=now, former=former)
        if not found.people and found.without_login:
            message = say("Of {count} people below {base}, nobody has {attribute}, by which they sign in: is it"
                          " called so on this server, and may the account read it?", count=found.without_login,
                          base=self.people.base, attribute=" / ".join(self.dialect.login))  # fmt: skip
            raise ParvisError(message, kind=ErrorKind.REFUSED)
        if not found.people:
            message = say("{url} answers with nobody below {base}: may the account read it, does the filter fit, and"
                          " does the preset, for servers where people have {attribute}?", url=str(self.access),
                          base=self.people.base, attribute=" / ".join(self.dialect.id))  # fmt: skip
            raise ParvisError(message, kind=ErrorKind.REFUSED)
        directory = found.draft.directory()
        faults: list[Fault] = [*found.faults]
        faults += faults_of(found.draft, directory, self.server_name, circles_allowed=True)
        problems = problems_of(faults, lambda path: found.locate(str(self.access), path))
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        stamp = stamp_of(directory, found.lost)
        return Reading(directory=directory, warnings=problems, stamp=stamp, lost=found.lost)


@dataclass(slots=True, kw_only=True)
class LdapSource:
    """Reads a server, in another thread. Remembers what it said: here, or in a ``drawer`` where the process ends."""

    place: LdapPlace
    clock: Clock
    drawer: Drawer | None = None
    _last: Said | None = field(default=None, init=False)
    _rows: int = field(default=0, init=False)

    async def read(self) -> Reading:
        """As the port says."""
        last = self._last or await self._found()
        reading, said = await asyncio.to_thread(self.place.read, self.clock.now(), last)
        if self.drawer and said.mark and said is not last:
            await self.drawer.save(await asyncio.to_thread(said.packed))
        self._rows = len(reading.directory.people) + len(reading.directory.groups)
        # What is large is read by another process from now on, and would fill the memory of this one.
        self._last = None if self.is_large() else said
        return reading

    async def _found(self) -> Said | None:
        data = await self.drawer.load() if self.drawer else None
        return await asyncio.to_thread(Said.unpacked, data) if data else None

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
    # No name is said: the group may be hidden, and logs have more readers than the directory.
    message = say("A group has more members than its server gave us: this answer counts for nothing.")
    raise ParvisError(message, kind=ErrorKind.TEMPORARY)
