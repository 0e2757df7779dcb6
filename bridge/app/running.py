"""``parvis run``: the bridge with its bots, from the first connection to an orderly end."""

import asyncio
import signal
from collections.abc import Sequence
from typing import Final

import structlog

from bridge.adapters.appservice.server import InboundServer
from bridge.adapters.matrix.accounts import ensure_registered
from bridge.adapters.matrix.messenger import resend_open
from bridge.adapters.matrix.pinging import ask_for_ping
from bridge.adapters.settling import trace_of
from bridge.app.bots import Named, bot_classes, names_of, users_of
from bridge.app.doors import Doors, Signals
from bridge.app.mailing import pages_of
from bridge.app.memory import settle_memory
from bridge.app.provisioning import scim_doors
from bridge.app.sources import watched_files
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.ports.bots import Handler
from bridge.services.activity.keeping import Keeping
from bridge.services.activity.past import Past
from bridge.services.activity.recording import Recorder
from bridge.services.beacon import Beacon
from bridge.services.counting import Counting
from bridge.services.dispatching.dispatch import Dispatcher
from bridge.services.doorkeeper import Doorkeeper
from bridge.services.intake import Intake
from bridge.services.lookout import Lookout
from bridge.services.nudging import Nudge
from bridge.services.observe import Observer
from bridge.services.pointing import Pointing
from bridge.services.retention import Retention
from bridge.services.rounds import Rounds
from bridge.services.watch import Watch
from bridge.services.world import World

STOP_WITHIN: Final = 6.0
"""Seconds for handlers under way when the end is asked for; with the three of the endpoint it stays below ten."""
RESEND_EVERY: Final = 15.0
REACH_EVERY: Final = 2.0
PING_EVERY: Final = 30.0
"""Seconds between attempts to be reached by the homeserver, until one succeeds."""


log = structlog.get_logger()


async def run(config: Config) -> None:
    """Run until SIGTERM or SIGINT. Raises ``ParvisError`` for what cannot work however long one waits."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    users = users_of(config)
    async with assembly(config, bots=users) as parts:
        await Bridge(parts, bot_classes(config), users).live(stopping)


class Bridge:
    """The running whole: endpoint, dispatcher, watch and bots around an assembly."""

    def __init__(self, parts: Assembly, classes: Sequence[Named], users: frozenset[str]) -> None:
        config = parts.config
        self._parts = parts
        self._users = users
        self._rounds = Rounds(clock=parts.clock)
        self._slow_rounds = Rounds(clock=parts.clock)
        self._far_rounds = Rounds(clock=parts.clock)
        self._observer = Observer(
            parts.store,
            bot=parts.homeserver.bot,
            clock=parts.clock,
            wake=self._wake,
            doorkeeper=Doorkeeper(
                clock=parts.clock,
                chance=parts.chance,
                bot=parts.homeserver.bot,
                admins=frozenset(config.admins),
                lasts=config.lifecycle.expire_requests,
            ),
            news=self._rounds.wake,
        )
        self._watch = Watch(
            reconciler=parts.reconciler,
            clock=parts.clock,
            every=min(source.every for source in config.sources.values()),
            seen=self._seen,
        )
        signals = Signals(
            watch=self._watch,
            rounds=self._rounds,
            slow_rounds=self._slow_rounds,
            far_rounds=self._far_rounds,
            changed=self._changed,
            contained=self._contained,
        )
        self._doors = Doors(parts, users, signals)
        ours = users | {parts.homeserver.bot}
        self._recorder = Recorder(clock=parts.clock, ours=ours)
        self._pointing = Pointing(
            parts.store,
            ours=ours,
            clock=parts.clock,
            news=self._rounds.wake,
            redactor=parts.messenger if config.hidden.redact_links else None,
        )
        handlers: list[Handler] = [self._observer, self._pointing, *self._doors.bots(classes)]
        keeping = config.retention
        self._dispatcher = Dispatcher(
            parts.store,
            handlers,
            parts.clock,
            keeper=self._recorder,
            set_aside_for=keeping.set_aside,
            remember_for=keeping.answered,
        )
        self._rounds.add(Retention(store=parts.store, clock=parts.clock, names=keeping.names).go)
        self._rounds.add(Keeping(store=parts.store, clock=parts.clock, lasts=keeping.activity).go)
        past = Past(
            homeserver=parts.homeserver,
            store=parts.store,
            clock=parts.clock,
            ours=self._recorder.ours,
            lasts=keeping.activity,
        )
        self._slow_rounds.add(past.go)
        intake = Intake(parts.store, parts.clock, self._dispatcher.arrived, ahead=self._dispatcher)
        hs_token = config.appservice.hs_token.reveal()
        self._nudge = Nudge(clock=parts.clock, wake=self._read)
        files = watched_files(config)
        self._lookout = Lookout(clock=parts.clock, trace=lambda: trace_of(files), wake=self._read)
        doors = [*pages_of(self._doors.mailing), *scim_doors(parts, self._nudge)]
        self._counting = Counting()
        self._beacon = Beacon(
            homeserver=parts.homeserver, store=parts.store, clock=parts.clock, ping=self._ask_for_ping
        )
        self._server = InboundServer(
            hs_token=hs_token,
            intake=intake,
            health=self._dispatcher,
            doors=doors,
            counting=self._counting,
            refuses=self._beacon.refuses,
            disturbed=self._beacon.disturbed,
            secrecy=lambda: self._doors.secrecy.standing,
        )

    def _wake(self) -> None:
        self._watch.wake()

    def _read(self) -> None:
        self._watch.wake(read=True)

    def _seen(self, world: World) -> None:
        self._observer.knows(world)
        self._recorder.knows(world)
        self._pointing.knows(world)
        self._counting.knows(world)
        self._rounds.wake()
        self._slow_rounds.wake()

    def _changed(self) -> None:
        self._watch.wake()
        self._rounds.wake()

    def _contained(self) -> None:
        """Other work had to step aside, and goes on."""
        self._watch.wake(read=True)
        self._rounds.wake()

    async def live(self, stopping: asyncio.Event) -> None:
        """Listen first, so that nothing pushed is refused; then do everything else until ``stopping``."""
        listen = self._parts.config.appservice.listen
        await self._server.start(listen.host, listen.port)
        settle_memory()
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(self._dispatch()), tasks.create_task(self._reach_and_watch())]
                await stopping.wait()
                log.info("stopping")
                await self._dispatcher.stop(within=STOP_WITHIN)
                await self._doors.plans.stop()
                await self._doors.containing.stop()
                for task in work:
                    task.cancel()
        finally:
            await self._server.stop()
            if self._doors.mailing is not None:
                await self._doors.mailing.close()

    async def _dispatch(self) -> None:
        """Only once it is known who may see what: until then answers would be wrong, and events wait safely."""
        await self._watch.known()
        await self._dispatcher.run()

    async def _reach_and_watch(self) -> None:
        """Wait for the homeserver as long as it takes, then look at rooms and send what a crash left unsent."""
        parts, told = self._parts, ""
        while True:
            try:
                await parts.prepare()
                names = names_of(parts.config)
                for user in sorted(self._users - {parts.homeserver.bot}):
                    await ensure_registered(parts.calls, user, display_name=names.get(user, ""))
                break
            except ParvisError as error:
                if error.kind is not ErrorKind.TEMPORARY:
                    raise
                if (reason := str(error.message)) != told:
                    log.warning("waiting for the homeserver", reason=reason)
                told = reason
                await parts.clock.sleep(REACH_EVERY)
        log.info("the homeserver answers", bot=parts.homeserver.bot)
        await self._lookout.begin()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch.run())
            tasks.create_task(self._lookout.run())
            tasks.create_task(self._nudge.run())
            tasks.create_task(self._rounds.run())
            tasks.create_task(self._slow_rounds.run())
            tasks.create_task(self._far_rounds.run())
            tasks.create_task(self._resend())
            tasks.create_task(self._be_reached())

    async def _resend(self) -> None:
        """Until nothing is left that a crash left unsent; a store or homeserver in trouble is asked again."""
        waiting = True
        while waiting:
            try:
                waiting = await resend_open(self._parts.calls, self._parts.store) > 0
            except StoreError as error:
                log.warning("unsent messages wait for the store", reason=str(error), detail=error.detail)
            if waiting:
                await self._parts.clock.sleep(RESEND_EVERY)

    async def _be_reached(self) -> None:
        """Have the homeserver push what it kept for us now rather than at its next attempt; tell once why it cannot.
        Then see to it that nothing stays behind."""
        parts, told = self._parts, ""
        while True:
            try:
                await self._ask_for_ping()
            except ParvisError as error:
                if (reason := str(error.message)) != told:
                    log.warning("the homeserver cannot reach us", reason=reason, detail=error.detail)
                told = reason
            else:
                break
            await parts.clock.sleep(PING_EVERY)
        await self._beacon.run()

    async def _ask_for_ping(self) -> None:
        parts = self._parts
        await ask_for_ping(parts.calls, parts.homeserver.bot, parts.config.appservice.id)
