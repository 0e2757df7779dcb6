"""Erasing a person: what would go and what stays, why it may not be done yet, doing it, and the proof without the data.

Called by ``app/person``. Repeatable and safe against a kill between any two lines: records are taken out some at a
time, how many is counted with them, and everything else goes in one last unit of work together with the statement.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bridge.domain.audit import ERASED, AuditFilter
from bridge.domain.audit import person as subject
from bridge.domain.messages import Message
from bridge.domain.rooms import Membership
from bridge.domain.viewers import OPEN, Compartment
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.rules.facts import Facts
from bridge.rules.forgetting import Named, without
from bridge.services.cards.rights import forget
from bridge.services.erasable import left, obstacles, undecided, uninvited, unused, unwritten, what_stays
from bridge.services.person import Dossier, asks_about, decided_with, is_theirs, written_with
from bridge.services.readings import changed_amendments
from bridge.services.truth import AMENDMENTS, kept_as
from bridge.services.undone import COMMAND_LINE

KIND: Final = "person-erased"
PROGRESS: Final = "records"
BETWEEN: Final = "\0"
AT_ONCE: Final = 200
"""Records in one unit of work: others wait for it, some tens of milliseconds."""

WORDS: Final = frozenset(map(str, Membership))
Commit = Callable[[str], str]
"""A keyed hash of a text: without the data key nobody can try names against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """That somebody was erased, as the audit log keeps it. ``token`` stands for them, ``records`` counts those of what
    is open that they were taken out of."""

    id: str
    at: datetime
    token: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What erasing somebody would do. With ``obstacles`` it is not done. ``begun`` was cut short before its end."""

    dossier: Dossier
    obstacles: tuple[Message, ...] = ()
    stays: tuple[Message, ...] = ()
    begun: bool = False
    earlier: tuple[Statement, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to erase."""
        one = self.dossier
        carded = one.card is not None or one.history or one.wrote
        return not (self.begun or any(self.erasable) or one.guest or carded or one.activity or one.letters
                    or one.identities)  # fmt: skip

    @property
    def erasable(self) -> tuple[int, int, int, int, int, int]:
        """How many records, decisions, choices, questions, runs and rooms that they are out of."""
        one = self.dossier
        out = sum(word not in WORDS for word in one.rooms.values())
        return len(one.records), len(one.decisions), len(one.choices), len(one.questions), len(one.runs), out


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """``commit`` is keyed with the data key."""

    store: Store
    clock: Clock
    chance: Chance
    commit: Commit
    sources: tuple[str, ...] = ("",)
    """The names of the directory's sources, whose last good readings are kept."""

    async def foresee(self, facts: Facts, dossier: Dossier) -> Foreseen:
        """What would be done. ``dossier`` is the command line's, who may know everything. Raises ``StoreError``."""
        token = self.token(dossier.named.user)
        async with self.store.view() as view:
            begun = bool(await view.preferences.of_user(token))
            wanted = AuditFilter(about=(frozenset({subject(token)}),))
            said = await view.audit.search(wanted, compartments=frozenset({OPEN}), limit=AT_ONCE)
        return Foreseen(
            dossier=dossier,
            obstacles=tuple(obstacles(dossier)),
            stays=tuple(what_stays(facts, dossier)),
            begun=begun,
            earlier=tuple(_statement(entry) for entry in said.entries if entry.kind == KIND),
        )

    async def erase(self, foreseen: Foreseen) -> Statement:
        """Do it, whatever the obstacles: the caller judges. What was written meanwhile needs another time."""
        named = foreseen.dossier.named
        ids = [entry.id for entry in foreseen.dossier.records]
        for start in range(0, len(ids), AT_ONCE):
            await self._take_out(named, ids[start : start + AT_ONCE])
        async with self.store.work() as work:
            counts = await self._counted(work, named)
            await _forget(work, named, self.clock.now(), self.sources)
            await work.preferences.forget(self.token(named.user))
            said = [self._said(named, compartment, count) for compartment, count in sorted(counts.items())]
            await work.audit.intend(said)
        return next(_statement(entry) for entry in said if entry.compartment == OPEN)

    def token(self, user: str, compartment: Compartment = OPEN) -> str:
        """What stands for an erased person: another word in each compartment, so that it ties nothing together."""
        return f"{ERASED}-{self.commit(compartment + BETWEEN + user)[:32]}"

    async def _take_out(self, named: Named, ids: list[str]) -> None:
        async with self.store.work() as work:
            # Read again: somebody else may have erased in them since.
            entries = [one for one in await work.audit.get(ids) if named.mentioned_in(one.actor, one.detail)]
            if not entries:
                return
            counts = await self._counted(work, named)
            for entry in entries:
                counts[entry.compartment] = counts.get(entry.compartment, 0) + 1
            await work.audit.erase([_without(named, entry) for entry in entries], at=self.clock.now())
            await work.preferences.put(self.token(named.user), PROGRESS, json.dumps(counts))

    async def _counted(self, work: UnitOfWork, named: Named) -> dict[Compartment, int]:
        """How many records they were taken out of by now, by compartment."""
        kept = await work.preferences.get(self.token(named.user), PROGRESS)
        return {OPEN: 0, **json.loads(kept or "{}")}

    def _said(self, named: Named, compartment: Compartment, records: int) -> AuditEntry:
        now = self.clock.now()
        return AuditEntry(
            id=self.chance.token(),
            at=now,
            actor=COMMAND_LINE,
            compartment=compartment,
            kind=KIND,
            run="",
            detail={"user": self.token(named.user, compartment), "records": records},
            outcome=Outcome.DONE,
            outcome_at=now,
        )


async def _forget(work: UnitOfWork, named: Named, now: datetime, sources: Collection[str]) -> None:
    """Everything but the audit log."""
    await work.preferences.forget(named.user)
    await work.rooms.forget_person(named.user)
    await work.runs.erase_actors(actor=named.user)
    await work.pending.remove([item.key for item in await work.pending.all() if asks_about(named, item)])
    for policy in (await work.policies.all()).values():
        if decided_with(named, policy):
            await work.policies.put(undecided(named, policy))
    await _uninvite(work, named)
    await _uncard(work, named, now)
    await _unlead(work, named)
    await work.activity.forget(named.user)
    await work.letters.forget(named.user)
    await work.digests.forget(named.user)
    links = (await work.identities.all()).values()
    if known := [one.person for one in links if is_theirs(named, one)]:
        await work.identities.remove(known)
    for name in (kept_as(AMENDMENTS, source) for source in sources):
        kept = await work.snapshots.load(name)
        if kept and (changed := changed_amendments(kept[0], lambda group: left(named, group))):
            await work.snapshots.save(name, changed, at=now)


async def _uninvite(work: UnitOfWork, named: Named) -> None:
    """The proof that somebody accepted terms goes with them; what is kept of others stays."""
    if await work.partners.guest(named.user) is not None:
        await work.partners.remove_guest(named.user)
    for guest in (await work.partners.guests()).values():
        if (told := uninvited(named, guest)) != guest:
            await work.partners.put_guest(told)
    for code in await work.partners.codes():
        if (kept := unused(named, code)) != code:
            await work.partners.put_code(kept)


async def _uncard(work: UnitOfWork, named: Named, now: datetime) -> None:
    """Their card with its history; what is written about others stays, without them."""
    await forget(work, named.user, now)
    for entries in (await work.cards.histories()).values():
        for entry in entries:
            if written_with(named, entry):
                await work.cards.put_entry(unwritten(named, entry))


async def _unlead(work: UnitOfWork, named: Named) -> None:
    """Where they are in their welcome; whom they accompany is accompanied by nobody."""
    await work.onboarding.forget(named.user)
    for progress in await work.onboarding.all():
        if progress.buddy == named.user:
            await work.onboarding.put(replace(progress, buddy=""))


def _without(named: Named, entry: AuditEntry) -> AuditEntry:
    actor, detail = without(named, entry.kind, entry.actor, entry.detail)
    return replace(entry, actor=actor, detail=detail)


def _statement(entry: AuditEntry) -> Statement:
    return Statement(id=entry.id, at=entry.at, token=entry.detail["user"], records=int(entry.detail["records"]))
