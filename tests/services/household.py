"""Services joined up over fakes, as wiring joins them over the real things; may be killed and started again."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bridge.adapters.formats import WorldFormats
from bridge.adapters.matrix.calls import Request
from bridge.adapters.matrix.conversations import MatrixConversations
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.adapters.ranking.source import shipped_weights
from bridge.domain.directory import Directory
from bridge.domain.errors import ParvisError
from bridge.domain.events import Event
from bridge.domain.problems import Problem
from bridge.domain.rooms import Membership
from bridge.planning.plan import Brake
from bridge.ports.directory import Reading
from bridge.rules.settings import House
from bridge.services.applying.executor import Executor
from bridge.services.approvals import Approvals
from bridge.services.auditing import Auditing
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.office import CardOffice
from bridge.services.containing import Containing
from bridge.services.digests.asking import Asking
from bridge.services.digests.digests import Digests
from bridge.services.digests.gathering import Gatherer
from bridge.services.doorkeeper import Doorkeeper
from bridge.services.glass import Glass
from bridge.services.groups import Groups
from bridge.services.looking import Here
from bridge.services.observe import Observer
from bridge.services.partnerships import Partnerships
from bridge.services.plans import Plans
from bridge.services.policies import Policies
from bridge.services.proof import Proof
from bridge.services.reconcile import Reconciler
from bridge.services.requests import Requests
from bridge.services.rounds import Rounds
from bridge.services.society import Society
from bridge.services.tidying import Tidying
from bridge.services.truth import DirectoryKeeper
from bridge.services.undoing import Undoing
from bridge.services.verify import Verifier
from bridge.services.watch import Watch
from bridge.services.world import World
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.media import FakeMedia, FakePictures
from tests.fakes.store import FakeStore, FakeUnitOfWork
from tests.fakes.store_chains import SIGNER
from tests.fakes.synapse import Go
from tests.world import BOT, SERVER, user

GUIDE = f"@parvis_welcome:{SERVER}"
"""The bot that goes through their cards with people."""
DIGEST = f"@parvis_digest:{SERVER}"
"""The bot that writes to them once a week."""


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it happens, not even ``except Exception``."""


@dataclass
class Fuse:
    """Counts the steps of a process and ends it at step ``at``, after which it takes none; 0 lets it live."""

    at: int = 0
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if 0 < self.at <= self.steps:
            raise Killed


class MortalStore(FakeStore):
    """May be killed before and after every commit."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self.fuse = fuse

    @asynccontextmanager
    async def work(self) -> AsyncIterator[FakeUnitOfWork]:
        self.fuse.step()
        async with super().work() as work:
            yield work
        self.fuse.step()


@dataclass
class Source:
    """A directory that the test writes by hand."""

    directory: Directory
    error: ParvisError | None = None
    readings: int = 0
    before_reading: Callable[[], None] = lambda: None
    until: Callable[[], datetime | None] = lambda: None
    early: tuple[Problem, ...] = ()
    """Why nothing of it counts yet."""

    async def read(self) -> Reading:
        self.readings += 1
        self.before_reading()
        if self.error:
            raise self.error
        stamp = str(id(self.directory))
        return Reading(
            directory=self.directory, stamp=stamp, until=self.until(), warnings=self.early, early=bool(self.early)
        )


@dataclass
class Household:
    """One company: what outlives a crash, and the services, which do not."""

    source: Source
    joins_directly: bool = False
    brake: Brake = field(default_factory=Brake)
    admins: frozenset[str] = frozenset({user("ines")})
    aliases: str = "grp_"
    spread: timedelta = timedelta()
    fuse: Fuse = field(default_factory=Fuse)
    heard: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.clock = FakeClock(eager=True)
        self.chance = FakeChance()
        self.store = MortalStore(self.fuse)
        self.media = FakeMedia()
        self.homeserver = FakeHomeserver(clock=self.clock, joins_directly=self.joins_directly)
        self._make_mortal()
        self.start()

    def _make_mortal(self) -> None:
        synapse = self.homeserver.synapse

        async def once(request: Request, go: Go) -> Any:
            self.fuse.step()
            given = await go(request)
            self.fuse.step()
            return given

        synapse.intercept(once)

    def start(self) -> None:
        """A new process, which nothing kills: fresh services over the same store and homeserver."""
        self.fuse.at = 0
        homeserver, store = self.homeserver, self.store
        verifier = Verifier(homeserver=homeserver, store=store, clock=self.clock)
        self.reconciler = Reconciler(
            looker=Here(
                keeper=DirectoryKeeper(source=self.source, store=store, clock=self.clock),
                store=store,
                house=House(server_name=SERVER, alias_prefix=self.aliases),
                brake=self.brake,
                bot=BOT,
            ),
            store=store,
            homeserver=homeserver,
            verifier=verifier,
            executor=Executor(
                homeserver=homeserver,
                messenger=MatrixMessenger(homeserver.calls, store, BOT),
                store=store,
                verifier=verifier,
                clock=self.clock,
                chance=self.chance,
                language="en",
            ),
            clock=self.clock,
            timezone=ZoneInfo("UTC"),
            spread=self.spread,
        )
        self.watch = Watch(
            reconciler=self.reconciler, clock=self.clock, every=self.clock.now() - self.clock.now(), seen=self._see
        )
        self.world: World | None = None
        self.society = Society(
            store=store,
            world=lambda: self.world,
            server_name=SERVER,
            admins=self.admins,
            ours=frozenset({BOT, GUIDE, DIGEST}),
            default_language="en",
        )
        self.groups = Groups(society=self.society, server_name=SERVER)
        self.plans = Plans(reconciler=self.reconciler, society=self.society, store=store, watch=self.watch)
        self.undoing = Undoing(
            store=store, reconciler=self.reconciler, clock=self.clock, chance=self.chance, gate=self.society.gate
        )
        self.auditing = Auditing(society=self.society, proof=Proof(store=store, signer=SIGNER))
        self.digests = Digests(
            society=self.society,
            gatherer=Gatherer(store=store, weights=shipped_weights()),
            asking=Asking(conversations=MatrixConversations(homeserver), clock=self.clock),
            clock=self.clock,
        )
        self.changes = 0
        self.requests = Requests(
            store=store,
            society=self.society,
            homeserver=homeserver,
            clock=self.clock,
            chance=self.chance,
            changed=self._change,
        )
        self.policies = Policies(
            society=self.society,
            store=store,
            reconciler=self.reconciler,
            clock=self.clock,
            chance=self.chance,
            changed=self._change,
        )
        self.containing = Containing(
            store=store,
            reconciler=self.reconciler,
            executor=replace(self.reconciler.executor, urgent=True),
            clock=self.clock,
            chance=self.chance,
            ended=self._change,
        )
        self.partnerships = Partnerships(
            society=self.society,
            store=store,
            reconciler=self.reconciler,
            clock=self.clock,
            chance=self.chance,
            changed=self._change,
            files={False: "directory.yaml"},
        )
        self.glass = Glass(
            store=store, society=self.society, clock=self.clock, chance=self.chance, changed=self._change
        )
        self.cards = CardDesk.of(
            self.society, WorldFormats(), self.clock, self.chance, zone=ZoneInfo("Europe/Paris"), guide=GUIDE
        )
        self.card_office = CardOffice.of(
            self.society, self.media, FakePictures(), self.clock, self.chance, publishes=True, wake=self._change
        )
        self.tidying = Tidying(
            store=store, requests=self.requests, approvals=Approvals(policies=self.policies), clock=self.clock
        )
        self.rounds = Rounds(clock=self.clock, errands=[self.tidying.go])
        self.observer = Observer(
            store,
            bot=BOT,
            clock=self.clock,
            wake=self._change,
            doorkeeper=Doorkeeper(clock=self.clock, chance=self.chance, bot=BOT, admins=self.admins),
            news=self._change,
        )

    def _see(self, world: World) -> None:
        self.world = world
        self.observer.knows(world)

    def _change(self) -> None:
        self.changes += 1

    async def settle(self) -> World:
        """One pass; gives the world that it found."""
        world, _, _ = await self.reconciler.settle()
        self._see(world)
        return world

    async def hear(self) -> None:
        """The observer is told of everything that happened in our rooms since it was last told."""
        for room_id in [one.room_id or "" for one in self.store.data.bindings.values()]:
            for raw in list(self.homeserver.synapse.rooms[room_id].timeline):
                if raw["event_id"] not in self.heard:
                    self.heard.add(raw["event_id"])
                    await self.observer.handle(event_of(room_id, raw))

    def members(self, group_id: str) -> dict[str, Membership]:
        """Who is or may come in the room of a group, as the homeserver has it, without the bot and service accounts."""
        room_id = self.room(group_id)
        inside = self.homeserver.synapse.inside(room_id)
        return {
            one: Membership(state)
            for one, state in inside.items()
            if one not in {BOT, self.homeserver.service_user} and state in {"join", "invite"}
        }

    def room(self, group_id: str) -> str:
        """The room of a group by what the store knows."""
        return next(one.room_id or "" for one in self.store.data.bindings.values() if one.ref.id == group_id)


def event_of(room_id: str, raw: Mapping[str, Any]) -> Event:
    """An event of the fake homeserver as the observer gets it."""
    return Event(
        id=raw["event_id"],
        room_id=room_id,
        sender=raw["sender"],
        type=raw["type"],
        content=raw["content"],
        state_key=raw.get("state_key"),
        sent_at=datetime.fromtimestamp(raw["origin_server_ts"] / 1000, UTC),
        unsigned=raw["unsigned"],
    )


def household(directory: Directory, **options: Any) -> Household:
    """A company with this directory."""
    return Household(Source(directory), **options)
