"""What bots reach: the services over an assembly, made once, and the bots that get them. Called by ``running``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bridge.adapters.charts import PillowCharts
from bridge.adapters.formats import WorldFormats
from bridge.adapters.language import Catalogues
from bridge.adapters.matrix.conversations import MatrixConversations
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.adapters.ranking.source import shipped_weights
from bridge.adapters.schedule import CronSchedule
from bridge.app.bots import Named, bot_user, called_by
from bridge.app.carding import Carding
from bridge.app.identifying import identifying_of, linking_of
from bridge.app.judging import wrong_with_bot
from bridge.app.mailing import mailing_of
from bridge.app.probing import watch_of
from bridge.app.wiring import AUTO, Assembly, creators_of, files_of, glass_limits, signer_of
from bridge.domain.directory import Directory
from bridge.domain.errors import InputError
from bridge.domain.problems import InvalidInput
from bridge.services.adminroom import AdminRoom
from bridge.services.approvals import Approvals
from bridge.services.auditing import Auditing
from bridge.services.botapi import Bot, BotApi
from bridge.services.cards.desk import CardDesk
from bridge.services.containing import Containing
from bridge.services.declared_out import DeclaredOut
from bridge.services.digests.asking import Asking
from bridge.services.digests.digests import Digests
from bridge.services.digests.gathering import Gatherer
from bridge.services.glass import Glass
from bridge.services.groups import Groups
from bridge.services.partnerships import Partnerships
from bridge.services.plans import Plans
from bridge.services.policies import Policies
from bridge.services.proof import Proof
from bridge.services.refusals import Refusals
from bridge.services.requests import Requests
from bridge.services.rounds import Rounds
from bridge.services.society import Society
from bridge.services.status import StatusReport
from bridge.services.tidying import Tidying
from bridge.services.undoing import Undoing
from bridge.services.watch import Watch
from bridge.services.welcoming import Welcoming

GUIDE: Final = "welcome"
"""The localpart of the bot that goes through their cards with people."""
EDITOR: Final = "digest"
"""The localpart of the bot that sends the weekly digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """How services tell others what happened: ``changed`` that the world is to be looked at, ``contained`` that a
    partner is out and other work goes on. ``far_rounds`` are for what waits for homeservers of others."""

    watch: Watch
    rounds: Rounds
    slow_rounds: Rounds
    far_rounds: Rounds
    changed: Callable[[], None]
    contained: Callable[[], None]


class Doors:
    """``plans`` and ``containing`` are at work by themselves, and stopped at the end; so are the connections of
    ``mailing``, which is None where there is no mail. ``secrecy`` checks by schedule."""

    def __init__(self, parts: Assembly, users: frozenset[str], signals: Signals) -> None:
        self._parts = parts
        self._signals = signals
        self._society = self._make_society(users)
        self.mailing = mailing_of(parts.config, self._society, parts.clock)
        self.plans = Plans(reconciler=parts.reconciler, society=self._society, store=parts.store, watch=signals.watch)
        self.containing = Containing(
            store=parts.store,
            reconciler=parts.reconciler,
            executor=parts.emergency,
            clock=parts.clock,
            chance=parts.chance,
            ended=signals.contained,
        )
        self._requests = self._make_requests()
        self._policies = self._make_policies()
        self.linking = linking_of(parts, self._directory, users, signals.changed)
        if identifying := identifying_of(parts, self._directory, users, signals.changed):
            signals.slow_rounds.add(identifying.go)
        declared = DeclaredOut(containing=self.containing, society=self._society)
        signals.rounds.add(declared.go)
        signals.rounds.add(self.containing.go)
        tidying = Tidying(
            store=parts.store,
            requests=self._requests,
            approvals=Approvals(policies=self._policies),
            clock=parts.clock,
        )
        signals.rounds.add(tidying.go)
        signals.rounds.add(parts.keyless.go)
        self.secrecy = watch_of(parts, self._policies)
        signals.slow_rounds.add(self.secrecy.go)

    def bots(self, classes: Sequence[Named]) -> list[Bot]:
        """The bots of the configuration, in its order: the first answers for all in rooms that they share. Raises
        ``InvalidInput`` where one of them does not take its part of the configuration."""
        parts, config, signals = self._parts, self._parts.config, self._signals
        translator = Catalogues.load(zone=parts.reconciler.timezone)
        partnerships, glass, cards = self._make_partnerships(), self._make_glass(), self._make_cards(classes)
        carding = Carding(parts, self._society, signals.rounds)
        carding.go_round(cards.views.shelf)
        digests = self._make_digests()
        undoing, auditing, status = self._make_undoing(), self._make_auditing(), self._make_status()
        bots, welcoming = list[Bot](), Welcoming()
        for number, (one, settings) in enumerate(classes):
            messenger = self._messenger(one)
            refusals = Refusals(store=parts.store, messenger=messenger, clock=parts.clock, rounds=signals.far_rounds)
            signals.far_rounds.add(refusals.go)
            api = BotApi(
                messenger=messenger,
                keeper=MatrixMessenger(parts.calls, parts.store, bot_user(config)),
                translator=translator,
                clock=parts.clock,
                schedule=CronSchedule(),
                chance=parts.chance,
                society=self._society,
                groups=Groups(society=self._society, server_name=config.homeserver.server_name),
                plans=self.plans,
                undoing=undoing,
                auditing=auditing,
                secrecy=self.secrecy,
                admin_room=AdminRoom(store=parts.store, chosen="" if config.admin_room == AUTO else config.admin_room),
                policies=self._policies,
                partnerships=partnerships,
                glass=glass,
                cards=cards,
                card_office=carding.office(bot_user(config, one.localpart)),
                charts=PillowCharts(),
                status=status,
                mailing=self.mailing,
                requests=self._requests,
                linking=self.linking,
                digests=digests,
                welcoming=welcoming,
                rounds=signals.rounds,
                slow_rounds=signals.slow_rounds,
                refusals=refusals,
                company=config.company or config.homeserver.server_name,
                leader=bot_user(config, classes[0][0].localpart),
                editor=self._named(classes, EDITOR),
                folder=config.file.parent,
                leads=number == 0,
            )
            try:
                bots.append(one(api, settings))
            except InputError as error:
                raise InvalidInput(wrong_with_bot(config, number, error)) from error
        return bots

    def _directory(self) -> Directory | None:
        last = self._signals.watch.last
        return last.world.facts.directory if last and last.world else None

    def _messenger(self, bot: type[Bot]) -> MatrixMessenger:
        parts = self._parts
        user = bot_user(parts.config, bot.localpart)
        return MatrixMessenger(parts.calls, parts.store, user, called=called_by(bot, self._society))

    def _named(self, classes: Sequence[Named], localpart: str) -> str:
        """The user id of the bot with this localpart; empty where none is configured."""
        return next((bot_user(self._parts.config, localpart) for one, _ in classes if one.localpart == localpart), "")

    def _make_society(self, users: frozenset[str]) -> Society:
        config, watch = self._parts.config, self._signals.watch
        return Society(
            store=self._parts.store,
            world=lambda: watch.last.world if watch.last else None,
            server_name=config.homeserver.server_name,
            admins=frozenset(config.admins),
            ours=users,
            default_language=config.language,
        )

    def _make_digests(self) -> Digests:
        parts = self._parts
        return Digests(
            society=self._society,
            gatherer=Gatherer(store=parts.store, weights=shipped_weights()),
            asking=Asking(conversations=MatrixConversations(parts.homeserver), clock=parts.clock),
            clock=parts.clock,
        )

    def _make_undoing(self) -> Undoing:
        parts = self._parts
        return Undoing(
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            gate=self._society.gate,
            critical=frozenset(parts.config.critical),
        )

    def _make_auditing(self) -> Auditing:
        parts = self._parts
        proof = Proof(store=parts.store, signer=signer_of(parts.config))
        return Auditing(society=self._society, proof=proof, timezone=parts.reconciler.timezone)

    def _make_status(self) -> StatusReport:
        parts, watch = self._parts, self._signals.watch
        return StatusReport(
            homeserver=parts.homeserver,
            store=parts.store,
            society=self._society,
            last=lambda: watch.last,
            look=parts.reconciler.look,
            sources=tuple(parts.config.sources),
            clock=parts.clock,
        )

    def _make_requests(self) -> Requests:
        parts = self._parts
        return Requests(
            store=parts.store,
            society=self._society,
            homeserver=parts.homeserver,
            clock=parts.clock,
            chance=parts.chance,
            changed=self._signals.changed,
            heeded=self._signals.watch.heed,
            lasts=parts.config.lifecycle.expire_requests,
        )

    def _make_policies(self) -> Policies:
        parts, config = self._parts, self._parts.config
        return Policies(
            society=self._society,
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            changed=self._signals.changed,
            heeded=self._signals.watch.heed,
            creators=creators_of(config),
            files=files_of(config),
            rules=parts.rules,
            critical=frozenset(config.critical),
            approval_lasts=config.lifecycle.expire_approvals,
        )

    def _make_partnerships(self) -> Partnerships:
        parts = self._parts
        return Partnerships(
            society=self._society,
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            changed=self._signals.changed,
            heeded=self._signals.watch.heed,
            files=files_of(parts.config),
            urgent=self.containing.begin,
        )

    def _make_glass(self) -> Glass:
        parts = self._parts
        return Glass(
            store=parts.store,
            society=self._society,
            clock=parts.clock,
            chance=parts.chance,
            changed=self._signals.rounds.wake,
            limits=glass_limits(parts.config),
        )

    def _make_cards(self, classes: Sequence[Named]) -> CardDesk:
        parts = self._parts
        guide = self._named(classes, GUIDE)
        return CardDesk.of(
            self._society, WorldFormats(), parts.clock, parts.chance, zone=parts.reconciler.timezone, guide=guide
        )
