"""A store in memory, held to the same contract suite as the real ones; services are tested with it."""

import asyncio
import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bridge.domain.cards import Card, Entry, Filling
from bridge.domain.errors import StoreError
from bridge.domain.identities import Identity
from bridge.domain.mail import Posted
from bridge.domain.messages import say
from bridge.domain.onboarding import Progress, ProgressKey
from bridge.domain.partners import Guest, InviteCode, PartnerPolicy
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import ActualRoom, Binding, RoomRef
from bridge.domain.sending import Choices, Delivery, Opinion
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Claim, IncomingEvent, Run
from tests.fakes.store_activity import ActivityData, FakeActivity
from tests.fakes.store_cards import FakeCards
from tests.fakes.store_chains import FakeChains, FakeLink
from tests.fakes.store_digests import FakeDigests
from tests.fakes.store_identities import FakeIdentities
from tests.fakes.store_inbox import FakeInbox, Stored
from tests.fakes.store_letters import FakeLetters
from tests.fakes.store_onboarding import FakeOnboarding
from tests.fakes.store_partners import FakePartners
from tests.fakes.store_pending import FakePendingItems
from tests.fakes.store_policies import FakePolicies
from tests.fakes.store_records import FakeAudit, FakeLeases, FakeOutbox, FakePreferences, FakeRuns, FakeSnapshots
from tests.fakes.store_rooms import FakeRooms
from tests.fakes.store_scim import FakeScim, FakeScimTokens, Scimmed


@dataclass
class Data:
    """Everything that is stored. All values are frozen, so a copy of the containers is a copy of it all."""

    last: int = 0
    handled: int = 0
    transactions: dict[str, datetime] = field(default_factory=dict)
    remembered: dict[str, datetime] = field(default_factory=dict)
    inbox: dict[int, Stored] = field(default_factory=dict)
    bindings: dict[RoomRef, Binding] = field(default_factory=dict)
    projection: dict[RoomRef, ActualRoom] = field(default_factory=dict)
    read: set[RoomRef] = field(default_factory=set)
    audit: dict[str, AuditEntry] = field(default_factory=dict)
    links: dict[bytes, tuple[FakeLink, ...]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    outbox: dict[str, Claim] = field(default_factory=dict)
    preferences: dict[tuple[str, str], str] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    snapshots: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    pending_events: dict[str, tuple[str, str]] = field(default_factory=dict)
    awaited: dict[tuple[str, str], datetime] = field(default_factory=dict)
    forgiven: set[tuple[str, str]] = field(default_factory=set)
    """Who left a room (its id, the user) and is asked again like anybody."""
    forgotten: set[tuple[str, str]] = field(default_factory=set)
    """Those of them whom nothing names any more in a real store."""
    policies: dict[str, GroupPolicy] = field(default_factory=dict)
    policies_edition: int = 0
    partner_policies: dict[str, PartnerPolicy] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    codes: dict[str, InviteCode] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """Of codes: their ids by what people type."""
    partners_edition: int = 0
    onboarding: dict[ProgressKey, Progress] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    fillings: dict[str, Filling] = field(default_factory=dict)
    cards_edition: int = 0
    identities: dict[str, Identity] = field(default_factory=dict)
    identities_edition: int = 0
    digest_choices: dict[str, Choices] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    """By reader and week; opinions by the number of the item as well."""
    opinions: dict[tuple[str, str, int], Opinion] = field(default_factory=dict)
    activity: ActivityData = field(default_factory=ActivityData)
    letters: dict[tuple[str, str], Posted] = field(default_factory=dict)
    refused_addresses: dict[str, str] = field(default_factory=dict)
    scim: Scimmed = field(default_factory=Scimmed)

    def copied(self) -> "Data":
        return Data(**{name: copy.copy(value) for name, value in vars(self).items()})


class Access:
    """What the repositories of one unit of work reach the data through."""

    def __init__(self, data: Data, *, writes: bool) -> None:
        self._data = data
        self._writes = writes

    def read(self) -> Data:
        return self._data

    def write(self) -> Data:
        if not self._writes:
            raise StoreError(say("The database is read-only: nothing can be stored."))
        return self._data


class FakeUnitOfWork:
    """The repositories over one copy of the data."""

    def __init__(self, access: Access) -> None:
        self.inbox = FakeInbox(access)
        self.rooms = FakeRooms(access)
        self.audit = FakeAudit(access)
        self.chains = FakeChains(access)
        self.runs = FakeRuns(access)
        self.outbox = FakeOutbox(access)
        self.preferences = FakePreferences(access)
        self.leases = FakeLeases(access)
        self.snapshots = FakeSnapshots(access)
        self.pending = FakePendingItems(access)
        self.policies = FakePolicies(access)
        self.partners = FakePartners(access)
        self.onboarding = FakeOnboarding(access)
        self.cards = FakeCards(access)
        self.identities = FakeIdentities(access)
        self.digests = FakeDigests(access)
        self.activity = FakeActivity(access)
        self.letters = FakeLetters(access)
        self.scim = FakeScim(access)
        self.scim_tokens = FakeScimTokens(access)


class FakeStore:
    """A database that forgets when the test ends. ``failing`` makes every access raise it, until set to None."""

    def __init__(self) -> None:
        self.data = Data()
        self.failing: StoreError | None = None
        self.works = 0
        """How many units of work were saved."""
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[FakeUnitOfWork]:
        async with self._lock:
            self._fail()
            data = self.data.copied()
            yield FakeUnitOfWork(Access(data, writes=True))
            self._fail()
            self.data = data
            self.works += 1

    @asynccontextmanager
    async def view(self) -> AsyncIterator[FakeUnitOfWork]:
        self._fail()
        yield FakeUnitOfWork(Access(self.data.copied(), writes=False))

    async def accept(self, transaction_id: str, events: Sequence[IncomingEvent], now: datetime) -> int:
        async with self._lock:
            self._fail()
            data = self.data
            data.transactions[transaction_id] = now
            before = data.last
            for event in events:
                if event.event_id not in data.remembered:
                    data.remembered[event.event_id] = now
                    data.last += 1
                    data.inbox[data.last] = Stored(data.last, event, now)
            return data.last - before

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing
