"""The store: one unit of work at a time, repositories per kind of data. "Not found" is a value.

Nothing here knows SQL; the contract suite (tests/contracts) holds every implementation to these words.
All methods raise ``StoreError`` and nothing else of the driver's.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from bridge.domain.audit import EVERYTHING, AuditFilter
from bridge.domain.rooms import Content
from bridge.domain.viewers import Compartment
from bridge.ports.activity import Activity
from bridge.ports.audit import AuditChains
from bridge.ports.belongings import Leases, Preferences, Snapshots
from bridge.ports.cards import Cards
from bridge.ports.digests import Digests
from bridge.ports.identities import Identities
from bridge.ports.mail import Letters
from bridge.ports.onboarding import Onboarding
from bridge.ports.partners import Partners
from bridge.ports.pending import PendingItems
from bridge.ports.rooms import Policies, Rooms
from bridge.ports.scim import ScimResources, ScimTokens


class IncomingEvent(msgspec.Struct, frozen=True, gc=False):
    """An event as it arrived: ``payload`` is its JSON, untouched. A struct, because a flood makes 100,000 a second."""

    event_id: str
    room_id: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """A stored event that is not handled yet; ``seq`` is the order of arrival."""

    seq: int
    event_id: str
    room_id: str
    payload: bytes
    attempts: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """``handled`` counts since the store was made; ``oldest`` is when the oldest waiting event arrived."""

    waiting: int
    retrying: int
    set_aside: int
    handled: int
    oldest: datetime | None


class Inbox(Protocol):
    """Events stored and not yet handled, and the memory of those handled (so that none is taken twice)."""

    async def waiting(self, *, after: int, limit: int) -> Sequence[InboxEntry]:
        """Events never tried, with ``seq`` above ``after``, in order of arrival."""

    async def due(self, now: datetime, limit: int) -> Sequence[InboxEntry]:
        """Events that failed and whose time to try again has come, oldest first."""

    async def finish(self, seqs: Iterable[int], now: datetime) -> None:
        """Handled: the payload is deleted in this unit of work."""

    async def postpone(self, seq: int, *, until: datetime, error: str) -> None:
        """Failed once more: counts the attempt. ``error`` is for the log and for status, without contents."""

    async def set_aside(self, seq: int, *, now: datetime, error: str) -> None:
        """Failed for good: kept sealed until purged, visible in status."""

    async def counts(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        """How much there is of each kind, in rooms (by id) that are ``counted``; ``handled`` is of all rooms."""

    async def purge(self, *, now: datetime, set_aside_for: timedelta, remember_for: timedelta) -> int:
        """Forget what was set aside longer than ``set_aside_for`` ago, and ids older than ``remember_for``: a count."""


class Outcome(StrEnum):
    """What became of an intention."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One decision or effect. ``detail`` is sealed; ``compartment`` is empty or a hidden group's id."""

    id: str
    at: datetime
    actor: str
    compartment: str
    kind: str
    run: str
    detail: Mapping[str, Any]
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    outcome_detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries found, and where to go on (None: there are no more)."""

    entries: Sequence[AuditEntry]
    cursor: int | None


class AuditLog(Protocol):
    """Intentions and their outcomes. Whatever is written becomes a link of a chain (``AuditChains``)."""

    async def intend(self, entries: Sequence[AuditEntry]) -> None:
        """Store intentions (outcome None) or facts (outcome set), in order."""

    async def conclude(self, ids: Sequence[str], outcome: Outcome, *, at: datetime, detail: str = "") -> None:
        """What became of them. An outcome once stored stays."""

    async def erase(self, entries: Sequence[AuditEntry], *, at: datetime) -> None:
        """Replace actor and detail of known entries by these, from which somebody was taken out, with the salt that
        what was there is committed to. The chain tells that it was done, and still verifies."""

    async def get(self, ids: Sequence[str]) -> Sequence[AuditEntry]:
        """Those of these entries that there are, as they are now, in the order of ``ids``."""

    async def unresolved(self) -> Sequence[AuditEntry]:
        """Intentions without outcome, oldest first: after a crash they are resolved by looking at the room."""

    async def recent(self, *, compartments: frozenset[str], limit: int, run: str | None = None) -> Sequence[AuditEntry]:
        """The newest entries of these compartments, newest first: all, those of one run, or with an empty ``run`` those
        that belong to none, which are decisions."""

    async def done(self, runs: Collection[str], *, compartments: frozenset[str]) -> Mapping[str, int]:
        """How many entries of these compartments are done, by run; runs without any are absent."""

    async def search(
        self,
        wanted: AuditFilter = EVERYTHING,
        *,
        compartments: frozenset[Compartment] | None,
        limit: int,
        cursor: int | None = None,
        oldest_first: bool = False,
    ) -> AuditPage:
        """Entries of these compartments (None: of all) that the filter wants, at most ``limit``, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One application of a plan. ``id`` is random; ``origin`` (a command's event id, or "") is unique when given.

    ``groups`` are ids of those whose rooms it was to change.
    """

    id: str
    origin: str
    actor: str
    compartments: tuple[str, ...]
    fingerprint: str
    started_at: datetime
    groups: tuple[str, ...] = ()
    finished_at: datetime | None = None
    summary: Mapping[str, Any] | None = None


class Runs(Protocol):
    """Runs, so that a repeated command finds its own."""

    async def begin(self, run: Run) -> None: ...

    async def finish(self, run_id: str, *, at: datetime, summary: Mapping[str, Any]) -> None: ...

    async def of_origin(self, origin: str) -> Run | None: ...

    async def get(self, run_id: str) -> Run | None: ...

    async def recent(self, *, limit: int, skip: int = 0) -> Sequence[Run]:
        """The newest runs but for the ``skip`` newest, newest first."""

    async def of_actor(self, actor: str) -> Sequence[Run]:
        """The runs that somebody asked for, oldest first."""

    async def erase_actors(self, *, actor: str | None = None, before: datetime | None = None) -> int:
        """Take people (of all user ids, or this one) out of runs (of all, or those that began before then): a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message that is to be sent once.

    ``event_id`` is set when it is known to be sent; ``tried`` when an attempt may have taken effect.
    """

    key: str
    sender: str
    room_id: str
    event_type: str
    content: Content
    claimed_at: datetime
    tried: bool = False
    event_id: str | None = None


class Outbox(Protocol):
    """Claims of messages."""

    async def claim(self, claim: Claim) -> Claim:
        """Store the claim, or give the one stored under its key (whose content then counts). What is given says whether
        an attempt was made before; from now on the message may have been sent."""

    async def sent(self, key: str, event_id: str) -> None:
        """It was; content and type are deleted."""

    async def withdraw(self, key: str) -> None:
        """It was refused, certainly and for good: as if it had never been claimed."""

    async def get(self, key: str) -> Claim | None:
        """The claim as it is stored."""

    async def open_claims(self) -> Sequence[Claim]:
        """Claims not known to be sent, oldest first."""

    async def purge(self, before: datetime) -> int:
        """Forget sent claims older than ``before``."""


class UnitOfWork(Protocol):
    """Everything that happens together or not at all."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def rooms(self) -> Rooms: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def chains(self) -> AuditChains: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def pending(self) -> PendingItems: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def partners(self) -> Partners: ...
    @property
    def onboarding(self) -> Onboarding: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def scim(self) -> ScimResources: ...
    @property
    def scim_tokens(self) -> ScimTokens: ...


class Store(Protocol):
    """The database of one bridge. Several processes may share it."""

    def work(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that writes: saved when the block ends, undone when it raises.

        Serialised: keep it short, and never wait for the network inside.
        """

    def view(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A consistent reading; writing through it is an error."""

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent], now: datetime) -> int:
        """Store one transaction whole, in one unit of work; gives how many events were new.

        A known event id is passed over, also when asked twice at once, so that a repeated transaction stores nothing.
        The transaction's id alone does not tell: homeservers may begin to count again at 1 after a restart.
        """
