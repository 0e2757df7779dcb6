"""One look at what is known, directory and projection, and the plan that follows; asks no homeserver.

``Here`` does it in this process. The wiring has large worlds looked at elsewhere, by another ``Looker``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bridge.domain.identities import BY_THE_DIRECTORY, Strategies
from bridge.domain.policy import FilePolicy
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef
from bridge.planning.patience import Patience
from bridge.planning.plan import Brake
from bridge.planning.spacing import Spacing
from bridge.ports.store import Store, UnitOfWork
from bridge.rules.access import names_of
from bridge.rules.identifying import identified
from bridge.rules.mapping import mapped
from bridge.rules.sameness import counting, policy_as
from bridge.rules.settings import House
from bridge.rules.terms import staying_on
from bridge.services import drifts, intruders, stuck
from bridge.services.adopted import ADOPTING, agreed
from bridge.services.awaited import awaited
from bridge.services.doorstep import TURNED_AWAY, turned_away
from bridge.services.earlier import EARLIER, earlier
from bridge.services.governing import NOTHING, Decisions, Supposed
from bridge.services.grace import GRACE, grace_of
from bridge.services.identities import DOUBT, contested, doubtful, told_contested
from bridge.services.left_behind import LEFT, left_behind
from bridge.services.renamed import renamed
from bridge.services.ruling import PolicyKeeper, Rules
from bridge.services.spreading import SPREAD, drawn
from bridge.services.thinking import Question, think
from bridge.services.truth import Keeper, Truth
from bridge.services.world import Roster, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """How to look. With ``read`` the directory is read again, and with ``keep`` this reading counts; else the last
    good one serves. ``service_user`` is the account that joins people, if there is one; ``retains`` says that the
    homeserver deletes what is older than a room says. Invitations from before ``overdue`` waited too long, and
    aliases that are the main ones no more since before ``spent`` go. ``supposing`` are decisions that were not taken:
    what would be. What is ``urgent`` waits for no other look. Invitations to hidden rooms are spread over ``spread``,
    which begins ``now``."""

    today: date
    read: bool = True
    keep: bool = False
    service_user: str | None = None
    retains: bool = False
    overdue: datetime | None = None
    spent: datetime | None = None
    supposing: Supposed = NOTHING
    urgent: bool = False
    now: datetime | None = None
    spread: timedelta = timedelta()


class Looker(Protocol):
    """Looks, wherever that is."""

    async def look(self, errand: Errand) -> World:
        """The world as it is known. Raises ``ParvisError`` when there is nothing to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Looks in this process. Without ``policies`` there is no policy file, and there are no templates."""

    keeper: Keeper
    policies: PolicyKeeper | None = None
    store: Store
    house: House
    brake: Brake
    bot: str
    service_users: frozenset[str] = frozenset()
    strategies: Strategies = BY_THE_DIRECTORY

    async def look(self, errand: Errand) -> World:
        """As the protocol says; the event loop waits while this thinks."""
        truth = await self._truth(errand)
        rules = await self._rules(errand)
        async with self.store.view() as view:
            bindings = {binding.ref: binding for binding in await view.rooms.bindings()}
            actual = await view.rooms.actual()
            decided = await Decisions.kept(view)
            kept, spent = earlier(await view.pending.open(EARLIER), errand.spent)
            patience = Patience(
                overdue=await view.rooms.overdue(errand.overdue) if errand.overdue else {},
                refused=turned_away(await view.pending.open(TURNED_AWAY)),
                kept=kept,
                spent=spent,
                stuck=stuck.by_room(await view.pending.open(stuck.STUCK), by=errand.service_user, now=errand.now),
            )
            drifted = drifts.of_rooms(await view.pending.open(drifts.DRIFT))
            adopted = agreed(await view.pending.open(ADOPTING), bindings)
            intruding = intruders.seats(await view.pending.open(intruders.INTRUDER))
            graced = await view.pending.open(GRACE)
            left = await view.pending.open(LEFT)
            spacing = await _spacing(view, errand)
        rooms = {ref.id for ref in bindings if ref.kind is RoomKind.GROUP} if rules.policy.rules else frozenset[str]()
        async with self.store.view() as view:
            edition = await view.identities.edition()
            links = await view.identities.all() if edition else {}
            said = await renamed(view)
            doubts = await view.pending.open(DOUBT) if self.strategies.order else ()
        read = truth.directory
        held = contested(truth.replaced, links, read, doubts)
        patience = replace(patience, contested=held)
        people = identified(read, links, self.strategies)
        told = (*told_contested(held), *doubtful(doubts, people))
        truth = replace(truth, directory=people, findings=(*truth.findings, *told))
        policy = policy_as(rules.policy, counting(said, people.groups))
        found = mapped(people, policy, rooms)
        truth = replace(truth, directory=found.directory, findings=(*truth.findings, *found.findings))
        if errand.supposing:
            decided = decided.supposing(errand.supposing)
            truth = replace(truth, stamp="")
        own_server = self.house.server_name
        governed = decided.over(truth.directory, found.policy, own_server=own_server)
        waiting = awaited(
            truth, governed.directory, said, read=read, doubts=doubts, bindings=bindings, actual=actual,
            staff=self.service_users | {self.bot, errand.service_user or self.bot}, filed=policy.groups,
        )  # fmt: skip
        behind = left_behind(
            left, waiting, declared=truth.directory.groups, governed=governed.directory.groups, since=truth.since
        )
        waiting = waiting.with_those_left(behind.users)
        governed = replace(governed, directory=waiting.over(governed.directory))
        grace = grace_of(graced, governed.directory, actual, errand.today, own_server=own_server)
        governed = replace(governed, directory=grace.over(governed.directory))
        if errand.keep and not errand.supposing and (grace.new or grace.spent or behind.new or behind.spent):
            async with self.store.work() as work:  # before anything follows from it: who was in is not seen later
                await grace.keep(work)
                await behind.keep(work)
        unmet = () if errand.supposing else decided.unmet  # what is supposed is shown and not applied
        unasked = decided.followed.over(truth.directory, found.policy, own_server=own_server) if unmet else None
        answer = think(
            Question(
                directory=governed.directory,
                unasked=grace.over(waiting.over(unasked.directory)) if unasked else None,
                today=errand.today,
                house=replace(self.house, retains=errand.retains),
                bot=self.bot,
                service_users=self.service_users,
                service_user=errand.service_user,
                bindings=bindings,
                actual=actual,
                brake=self.brake,
                patience=patience,
                drifted=drifted | adopted.settings,
                asked_for=adopted.seats | intruding,
                spacing=spacing,
            )
        )
        known = (rules.stamp, decided.edition, edition, len(grace.items), errand.today, errand.service_user,
                 errand.retains, waiting.stamp)  # fmt: skip
        return World(
            facts=answer.facts,
            names=names_of(governed.directory),
            desired=answer.desired,
            bindings=bindings,
            joined=_joined(actual),
            plan=answer.plan,
            forgotten=answer.forgotten,
            unmet=unmet,
            findings=(
                *truth.findings,
                *waiting.findings(),
                *rules.findings,
                *governed.findings,
                *staying_on(answer.facts, errand.today),
            ),
            edition=" ".join(map(str, (truth.stamp, *known))) if truth.stamp else "",
            agreed=decided.agreed,
            sameness=waiting.found,
            until=truth.until,
        )

    async def _truth(self, errand: Errand) -> Truth:
        return await (self.keeper.read(keep=errand.keep) if errand.read else self.keeper.last())

    async def _rules(self, errand: Errand) -> Rules:
        if self.policies is None:
            return Rules(FilePolicy())
        return await self.policies.read(again=errand.read, keep=errand.keep)


async def _spacing(view: UnitOfWork, errand: Errand) -> Spacing | None:
    if not (errand.now and errand.spread):
        return None
    return Spacing(now=errand.now, over=errand.spread, drawn=drawn(await view.pending.open(SPREAD)))


def _joined(actual: Mapping[RoomRef, ActualRoom]) -> dict[RoomRef, Roster]:
    joined = Membership.JOIN
    return {
        ref: Roster.of([user for user, state in room.members.items() if state is joined])
        for ref, room in actual.items()
    }
