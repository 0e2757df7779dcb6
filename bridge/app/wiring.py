"""The composition root: the one place that builds adapters and services and joins them. Used by the command line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from bridge.adapters.matrix.accounts import ensure_registered
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.devices import MatrixDevices
from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.adapters.policies.source import PolicyFile, PolicyFileSource
from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.time import SystemChance, SystemClock
from bridge.app.apart.looking import Apart, BySize, Task, place_of
from bridge.app.bots import bot_user
from bridge.app.sources import sources_of
from bridge.config.settings import Config
from bridge.domain.directory import Visibility
from bridge.domain.policy import Creator
from bridge.planning.plan import Brake
from bridge.rules.glass import GlassLimits
from bridge.rules.settings import House
from bridge.services.applying.executor import Executor
from bridge.services.applying.pace import Pace
from bridge.services.keyless import Keyless
from bridge.services.looking import Here, Looker
from bridge.services.reconcile import Reconciler
from bridge.services.ruling import PolicyKeeper
from bridge.services.several import keeping
from bridge.services.verify import Verifier

IN_FLIGHT = 4
"""Calls under way at once: more only adds latency on one homeserver (MATRIX section 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Everything that planning and applying need, ready to use."""

    config: Config
    clock: SystemClock
    chance: SystemChance
    store: SqlStore
    calls: Calls
    homeserver: MatrixHomeserver
    messenger: MatrixMessenger
    rules: PolicyKeeper
    reconciler: Reconciler
    emergency: Executor
    """For what goes before everything else."""
    keyless: Keyless
    """Over all bots of the configuration."""

    async def prepare(self) -> None:
        """Reach the homeserver, make the bot's account, learn who joins people. Raises ``ParvisError``."""
        await ensure_registered(self.calls, self.homeserver.bot, display_name="Parvis")
        facts = (await self.reconciler.glance()).facts
        await self.homeserver.check_admin(facts.employees | facts.inactive.keys())
        await self.homeserver.learn_retention()


def rules_of(config: Config) -> PolicyFileSource:
    """Where the policy file and the templates come from."""
    return PolicyFileSource(PolicyFile(config.policies), SystemClock())


def creators_of(config: Config) -> dict[Visibility, Creator]:
    """Who may make groups by command."""
    creating = config.creating
    return {
        Visibility.PUBLIC: creating.public,
        Visibility.INVITE_ONLY: creating.invite_only,
        Visibility.HIDDEN: creating.hidden,
    }


def files_of(config: Config) -> dict[bool, str]:
    """The names of the policy file (True) and of the directory (False), for who is told that they count."""
    called = " / ".join(source.called for source in config.sources.values())
    return {False: called, **({True: config.policies.name} if config.policies else {})}


def glass_limits(config: Config) -> GlassLimits:
    """How often and for how long administrators may see hidden groups that are not theirs."""
    return GlassLimits(**config.safety.glass.model_dump())


AUTO: Final = "auto"
"""The administrators' room is one that the bridge makes and keeps."""


def keeper_of(config: Config, store: SqlStore, clock: SystemClock) -> PolicyKeeper:
    """The policy file as it counts."""
    return PolicyKeeper(source=rules_of(config), store=store, clock=clock)


def looker_of(config: Config, store: SqlStore, rules: PolicyKeeper, clock: SystemClock, bots: frozenset[str]) -> Looker:
    """Looks here, or in a process of its own while the directory is large."""
    sources = sources_of(config, clock, shelf=store)
    house = House(
        server_name=config.homeserver.server_name,
        language=config.language,
        alias_prefix=config.appservice.aliases,
        company_name=config.company,
        delete_let_go=config.lifecycle.delete_retired,
        admins=frozenset(config.admins) if config.admin_room == AUTO else frozenset(),
    )
    brake = Brake(**config.safety.model_dump(exclude={"glass"}))
    bot = bot_user(config)
    grace = config.lifecycle.archive_vanished
    here = Here(
        keeper=keeping(sources, store, clock, grace),
        policies=rules,
        store=store,
        house=house,
        brake=brake,
        bot=bot,
        service_users=bots,
        strategies=config.identities.strategies_now(),
    )
    apart = Apart(
        Task(
            places=tuple(place_of(source) for source in sources),
            policies=PolicyFile(config.policies),
            grace=grace,
            database=config.database.url,
            data_key=config.secrets.data_key.reveal(),
            house=house,
            brake=brake,
            bot=bot,
            service_users=bots,
            strategies=config.identities.strategies_now(),
        )
    )
    return BySize(here=here, apart=apart, large=lambda: any(source.large() for source in sources))


def signer_of(config: Config) -> AuditKeySigner:
    """Signs the ends of audit chains."""
    return AuditKeySigner(key_from_text(config.secrets.audit_key.reveal()))


@asynccontextmanager
async def database(config: Config) -> AsyncIterator[SqlStore]:
    """The store, opened and brought up to date; closed at the end."""
    sealer = DataKeySealer(key_from_text(config.secrets.data_key.reveal()))
    store = await open_store(config.database.url, sealer, signer_of(config))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def assembly(config: Config, *, bots: frozenset[str] = frozenset()) -> AsyncIterator[Assembly]:
    """Build everything; ``bots`` are the user ids of further bots, who may be in rooms."""
    clock, chance = SystemClock(), SystemChance()
    homeserver_config = config.homeserver
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(database(config))
        rules = keeper_of(config, store, clock)
        pace = Pace(IN_FLIGHT)
        token = config.appservice.as_token.reveal()
        calls = Calls(homeserver_config.address, token, clock=clock, observe=pace.heard)
        stack.push_async_callback(calls.close)
        bot = bot_user(config)
        homeserver = MatrixHomeserver(
            calls,
            server_name=homeserver_config.server_name,
            bot=bot,
            admin_token=homeserver_config.admin_token.reveal() if homeserver_config.admin_token else None,
        )
        messenger = MatrixMessenger(calls, store, bot)
        verifier = Verifier(homeserver=homeserver, store=store, clock=clock, at_once=IN_FLIGHT)
        keyless = Keyless(devices=MatrixDevices(calls), store=store, clock=clock, chance=chance, bots=bots | {bot})
        executor = Executor(
            homeserver=homeserver,
            messenger=messenger,
            store=store,
            verifier=verifier,
            clock=clock,
            chance=chance,
            language=config.language,
            room_version=homeserver_config.room_version,
            pace=pace,
            sealed=replace(keyless, bots=frozenset({bot})).go,
        )
        hurried = MatrixHomeserver(calls, server_name=homeserver_config.server_name, bot=bot, hurry=True)
        emergency = replace(
            executor,
            homeserver=hurried,
            verifier=replace(verifier, homeserver=hurried),
            pace=Pace(IN_FLIGHT, start=IN_FLIGHT),
            urgent=True,
        )
        reconciler = Reconciler(
            looker=looker_of(config, store, rules, clock, bots),
            store=store,
            homeserver=homeserver,
            verifier=verifier,
            executor=executor,
            clock=clock,
            timezone=ZoneInfo(config.timezone),
            invitations=config.lifecycle.withdraw_invitations,
            aliases=config.lifecycle.keep_aliases,
            spread=config.hidden.spread,
        )
        yield Assembly(
            config=config,
            clock=clock,
            chance=chance,
            store=store,
            calls=calls,
            homeserver=homeserver,
            messenger=messenger,
            rules=rules,
            reconciler=reconciler,
            emergency=emergency,
            keyless=keyless,
        )
