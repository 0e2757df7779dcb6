"""The directory as it counts: read from its source, compared with the last good reading, kept sealed in the store.

A reading that is known already, by its stamp, needs no comparison: then the large snapshot is not even loaded.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

import structlog

from bridge.domain.directory import Directory, GroupState
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Place, say
from bridge.domain.rooms import group_room
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource
from bridge.ports.store import Store
from bridge.rules.continuity import Accepted, Vanished, accept, reordered, with_vanished
from bridge.rules.doubting import DIRECTORY
from bridge.rules.sameness import finding_as, holding, known_as, vanished_as
from bridge.services import sources_read
from bridge.services.readings import Amendments, amendments_of, pack, pack_amendments, unpack, unpack_amendments
from bridge.services.renamed import renamed

log = structlog.get_logger()

SNAPSHOT: Final = "directory"
AMENDMENTS: Final = "directory-amendments"
"""Beside the snapshot: which reading it comes from, and what was added to that."""
EARLY: Final = "directory-early"
"""That a source's first load is under way: told to all administrators, as it says nothing of what is in it."""
GRACE: Final = timedelta(days=7)
"""How long a vanished group stays before it is archived, unless the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A directory to work with and what is to be said about how it was read.

    ``stamp`` is the same for equal directories; empty when that is not known. ``replaced`` are people who went all at
    once (``Accepted``). ``vanished`` are ids of groups that are there only because they were, ``since`` tells when a
    source was first without a group, by its id of before, be it there under another one (UTC). ``until`` is when it
    reads otherwise although nothing has changed (UTC).
    """

    directory: Directory
    findings: tuple[Finding, ...] = ()
    stamp: str = ""
    replaced: frozenset[str] = frozenset()
    vanished: frozenset[str] = frozenset()
    until: datetime | None = None
    since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What counts of one source after a reading: its directory, and beside it what vanished from it."""

    directory: Directory
    vanished: Mapping[str, Vanished] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stamp: str = ""
    replaced: frozenset[str] = frozenset()
    good: bool = True
    """Whether it is what was read just now, and not the last good reading."""
    until: datetime | None = None
    """When the source reads otherwise although nothing has changed (UTC)."""


class Keeper(Protocol):
    """The directory as it counts, from one source or several (``several``)."""

    async def read(self, *, keep: bool) -> Truth:
        """Read anew; with ``keep`` the reading counts from now on. Raises ``ParvisError`` without anything to go by."""

    async def last(self) -> Truth:
        """The last good reading; raises when there never was one."""


@dataclass(slots=True, kw_only=True)
class DirectoryKeeper:
    """Reads the directory. Keeps the last good answer in memory and, sealed, in the store; one that was only looked at
    since is remembered, in case that the next one is not good. ``name`` is the source's where there are several."""

    source: DirectorySource
    store: Store
    clock: Clock
    grace: timedelta = GRACE
    name: str = ""
    called: Place = DIRECTORY
    """How people are told where it comes from."""
    _last: Accepted | None = field(default=None, init=False)
    _amended: Amendments | None = field(default=None, init=False)
    _seen: tuple[Accepted, str] | None = field(default=None, init=False)
    _logged: str = field(default="", init=False)

    async def read(self, *, keep: bool) -> Truth:
        """As the protocol says; see ``hear``."""
        return await self._truth(await self.hear(keep=keep))

    async def last(self) -> Truth:
        """As the protocol says."""
        return await self._truth(await self.remembered())

    async def _truth(self, heard: Heard) -> Truth:
        (known,) = await as_known(self.store, [heard])
        return await truth_of(self.store, known, now=self.clock.now(), grace=self.grace)

    async def hear(self, *, keep: bool) -> Heard:
        """Read the source; with ``keep`` the reading counts from now on, else it is only looked at.

        A source that fails leaves the last good reading in force, also one that was only looked at, and says so;
        without one its error is raised. When it counts, others are told that it goes on (``sources_read``).
        """
        if not keep:
            return await self._hear(keep=False)
        good = False
        await sources_read.begin(self.store, self.name, self.clock.now())
        try:
            heard = await self._hear(keep=True)
            good = heard.good
        finally:
            await sources_read.end(self.store, self.name, self.clock.now(), good=good)
        return heard

    async def _hear(self, *, keep: bool) -> Heard:
        try:
            reading = await self.source.read()
        except ParvisError as error:
            if (last := await self._load()) is None:
                raise
            wrong = error.kind is ErrorKind.USAGE
            self._log(error, wrong=wrong)
            kind = "directory-unreadable" if wrong else "directory-unreached"
            finding = Finding(kind, self.name or "directory", _unreadable(self.name, error))
            seen, stamp = self._seen or (last, (await self._known()).stamp)
            if keep and seen is not last:
                await self._save(seen, stamp)
            return Heard(seen.directory, seen.vanished, (finding, *seen.findings), stamp, seen.replaced, good=False)
        self._logged = ""
        kind = EARLY if reading.early else "directory-warning"
        warnings = tuple(Finding(kind, str(one.spot), one.message) for one in reading.warnings)
        known = await self._known()
        if reading.stamp and reading.stamp == known.stamp:
            self._seen = None
            directory = self._last.directory if self._last else reordered(reading.directory, known.order)
            return Heard(directory, known.vanished, warnings, reading.stamp, known.replaced, until=reading.until)
        last, now = await self._load(), self.clock.now()
        accepted = accept(last, reading.directory, now=now, lost=reading.lost, source=self.called)
        stamp = "" if accepted.doubted or accepted.missing or accepted.odd else reading.stamp
        if not accepted.doubted:
            self._seen = (accepted, stamp)
            if keep:
                await self._save(accepted, stamp)
        findings = accepted.findings + warnings
        good = not accepted.doubted
        return Heard(
            accepted.directory, accepted.vanished, findings, stamp, accepted.replaced, good, until=reading.until
        )

    def _log(self, error: ParvisError, *, wrong: bool) -> None:
        """Once for each reason. What is wrong with the content may name what few may know: ``parvis check`` says it."""
        reason = error.detail if wrong else str(error.message)
        if reason != self._logged:
            log.warning("source unreadable", source=self.name or "directory", kind=str(error.kind), reason=reason)
            self._logged = reason

    async def remembered(self) -> Heard:
        """The last good reading; raises when there never was one."""
        if (last := await self._load()) is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return Heard(last.directory, last.vanished, (), (await self._known()).stamp, last.replaced)

    async def _known(self) -> Amendments:
        """Which reading is the last good one, when it was taken as it was, and what was added to it."""
        if self._amended is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(kept_as(AMENDMENTS, self.name))
            self._amended = unpack_amendments(kept[0]) if kept else Amendments()
        return self._amended

    async def _load(self) -> Accepted | None:
        if self._last is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(kept_as(SNAPSHOT, self.name))
            if kept is not None:
                self._last = await asyncio.to_thread(unpack, kept[0], await self._known())
        return self._last

    async def _save(self, accepted: Accepted, stamp: str) -> None:
        data = await asyncio.to_thread(pack, accepted)
        amendments = await asyncio.to_thread(pack_amendments, accepted, stamp)
        async with self.store.work() as work:
            await work.snapshots.save(kept_as(SNAPSHOT, self.name), data, at=self.clock.now())
            await work.snapshots.save(kept_as(AMENDMENTS, self.name), amendments, at=self.clock.now())
        self._last, self._amended = accepted, amendments_of(accepted, stamp)
        self._seen = None


async def truth_of(store: Store, heard: Heard, *, now: datetime, grace: timedelta) -> Truth:
    """With the groups that vanished, save those that a command retired and that have no room any more."""
    directory, findings, stamp = heard.directory, heard.findings, heard.stamp
    over = await ended(store) if heard.vanished else frozenset[str]()
    left = {id_: was for id_, was in heard.vanished.items() if id_ not in over and id_ not in directory.groups}
    directory, told = with_vanished(directory, left, now=now, grace=grace)
    stamp = _amended(stamp, directory, left) if stamp and left else stamp
    return Truth(directory, findings + told, stamp, heard.replaced, frozenset(left), heard.until, gone_since([heard]))


def gone_since(heard: Iterable[Heard]) -> dict[str, datetime]:
    """When sources were first without groups that they had, by the ids of before (UTC)."""
    return {id_: was.since for one in heard for id_, was in one.vanished.items()}


async def as_known(store: Store, heard: Sequence[Heard]) -> list[Heard]:
    """What sources said, with groups under the ids by which they are known here."""
    async with store.view() as view:
        said = await renamed(view)
    same = holding(said, [one.directory.groups for one in heard]) if said else {}
    if not same:
        return list(heard)
    mark = sha256(str(sorted(same.items())).encode()).hexdigest()
    return [
        replace(
            one,
            directory=known_as(one.directory, same),
            vanished=vanished_as(one.vanished, same),
            findings=tuple(finding_as(finding, same) for finding in one.findings),
            stamp=one.stamp and f"{one.stamp}={mark}",
        )
        for one in heard
    ]


async def ended(store: Store) -> frozenset[str]:
    """Groups that a command retired and that have no room any more."""
    async with store.view() as view:
        decided = await view.policies.all()
        bound = {binding.ref for binding in await view.rooms.bindings()}
    retired = {id_ for id_, policy in decided.items() if policy.values.get("state") == GroupState.RETIRED.value}
    return frozenset(id_ for id_ in retired if group_room(id_) not in bound)


def kept_as(what: str, source: str) -> str:
    """Under which name the store keeps the reading of a source."""
    return f"{what}/{source}" if source else what


def _unreadable(source: str, error: ParvisError) -> Message:
    if source:
        return say("The source {source} cannot be read, its last good reading stays in force: {reason}",
                   source=source, reason=error.message)  # fmt: skip
    return say("The directory cannot be read, its last good reading stays in force: {reason}", reason=error.message)


def _amended(stamp: str, directory: Directory, vanished: Mapping[str, Vanished]) -> str:
    """The stamp of a reading with groups that are not in it: another one when these are others, or are archived."""
    states = "\n".join(f"{id_} {directory.groups[id_].state}" for id_ in sorted(vanished))
    return f"{stamp}+{sha256(states.encode()).hexdigest()}"
