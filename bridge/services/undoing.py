"""Undoing a run: the decisions by command that led to it are taken back, and a plan follows as from any decision.

What directory, policy file or repair asked for cannot be undone here, for the next look would do it again; it is said
why. So undoing converges: rooms become what is decided then. Undoing is a decision too, and can be undone.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.messages import Message, say
from bridge.domain.policy import Critical, GroupPolicy, Value
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.planning.plan import Plan
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store
from bridge.rules.access import Access
from bridge.rules.critical import critical_in
from bridge.rules.facts import is_hidden
from bridge.rules.reverting import PastDecision, revert
from bridge.services.decided import NotAllowed
from bridge.services.doorstep import for_the_first_time
from bridge.services.governing import Supposed
from bridge.services.past_partners import decided_about_partners
from bridge.services.past_runs import past_runs, seen
from bridge.services.recalling import DECIDE
from bridge.services.reconcile import Reconciler
from bridge.services.trail import READ, Trail
from bridge.services.undone import COMMAND_LINE, PastRun, Undo, difference
from bridge.services.unmaking import keys_of, rooms_of, still_stands, taken_back
from bridge.services.world import World

NOTHING: Final = Plan.of(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """``gate`` judges who may see what in a world; ``critical`` decisions are not taken back by one person alone."""

    store: Store
    reconciler: Reconciler
    clock: Clock
    chance: Chance
    gate: Callable[[World], Access]
    critical: frozenset[Critical] = frozenset()

    async def runs(self, viewer: Viewer, world: World) -> Sequence[PastRun]:
        """The last runs of which the viewer may see a part, newest first."""
        return await past_runs(self.store, self.gate(world), viewer)

    async def show(self, viewer: Viewer, run_id: str) -> Undo | None:
        """What undoing this run would be. None alike when there is none and when it is not for this viewer."""
        world = await self.reconciler.look()
        access = self.gate(world)
        compartments = access.compartments(viewer)
        async with self.store.view() as view:
            run = await view.runs.get(run_id.strip().lower())
            if run is None or not compartments.intersection(run.compartments):
                return None
            trail = Trail(access, viewer, world, run, compartments)
            entries = await trail.entries(view)
            windows = await trail.windows(view)
            policies = await view.policies.all()
            refs = {ref for entry in entries for ref in rooms_of(entry)}
            actual = await view.rooms.actual(refs)
            done = await view.audit.done([run.id], compartments=compartments)
            partners = await decided_about_partners(view, access, viewer, run)
        standing = [entry for entry in entries if still_stands(entry, actual)]
        nothing = Undo(
            run=seen(run, done, world.facts),
            now=world,
            then=world,
            plan=NOTHING,
            unseen=max(0, done.get(run.id, 0) - READ),
            partners=partners,
        )
        for number, taken in enumerate(windows):
            undo = await self._suppose(nothing, taken, policies, compartments)
            keys = keys_of(undo.plan)
            if (number == 0 and taken) or any(taken_back(entry, keys) for entry in standing):
                return replace(undo, stays=_reasons(entry for entry in standing if not taken_back(entry, keys)))
        return replace(nothing, stays=_reasons(standing))

    async def _suppose(
        self,
        nothing: Undo,
        taken: Sequence[PastDecision],
        policies: Mapping[str, GroupPolicy],
        compartments: Collection[Compartment],
    ) -> Undo:
        """The world as it would be without these decisions."""
        groups = dict.fromkeys(one.group for one in taken)
        found = {id_: revert(_values(policies, id_), [one for one in taken if one.group == id_]) for id_ in groups}
        kept = tuple(one for reverted in found.values() for one in reverted.kept)
        changed = {id_: reverted for id_, reverted in found.items() if reverted.back}
        if not changed:
            return replace(nothing, kept=kept)
        now = self.clock.now()
        supposed = tuple(
            replace(policies.get(id_) or GroupPolicy(group=id_, at=now), values=reverted.values)
            for id_, reverted in changed.items()
        )
        then = await self.reconciler.glance(read=False, supposing=Supposed(groups=supposed))
        # Whoever may know of a group now is shown what becomes of it, also where that hides it from them.
        seen = frozenset(compartments) | changed.keys()
        return replace(
            nothing,
            then=then,
            plan=difference(then.plan.seen_by(seen), nothing.now.plan.seen_by(seen)),
            back=tuple(one for reverted in changed.values() for one in reverted.back),
            kept=kept,
        )

    async def take_back(self, undo: Undo, *, actor: str, origin: str) -> None:
        """Store what is decided then, once per ``origin``. Rooms follow when the plan is applied, or at a look."""
        self._refuse_critical(undo, actor)
        now = self.clock.now()
        async with self.store.work() as work:
            if not await for_the_first_time(work, _once(origin), now):
                return
            for group_id in dict.fromkeys(one.group for one in undo.back):
                known = await work.policies.get(group_id) or GroupPolicy(group=group_id, at=now)
                reverted = revert(known.values, [one for one in undo.back if one.group == group_id])
                policy = known.deciding(reverted.values, by=actor, at=now)
                await work.policies.put(policy)
                await work.audit.intend(self._entries(undo, known, policy, origin))

    def _refuse_critical(self, undo: Undo, actor: str) -> None:
        """What takes a second person is decided by its own command, which asks for one. Raises ``NotAllowed``."""
        was, now = undo.now.facts.directory.groups, undo.then.facts.directory.groups
        for group_id in dict.fromkeys(one.group for one in undo.back if one.group in was and one.group in now):
            if actor != COMMAND_LINE and critical_in(was[group_id], now[group_id]) & self.critical:
                message = say("To undo this takes a second person: say what {group} is to be, and I ask for one.",
                              group=was[group_id].name)  # fmt: skip
                raise NotAllowed(message)

    def _entries(self, undo: Undo, known: GroupPolicy, policy: GroupPolicy, origin: str) -> list[AuditEntry]:
        """One decision for each field that is another then. What is hidden, or was, stays in its compartment."""
        worlds = (undo.now, undo.then)
        secret = any(_is_secret(world.facts.directory.groups.get(policy.group)) for world in worlds)
        sides = (("before", known.values), ("after", policy.values))
        entries: list[AuditEntry] = []
        for name in sorted({one.field for one in undo.back if one.group == policy.group}):
            told = {side: values[name] for side, values in sides if name in values}
            entries.append(
                AuditEntry(
                    id=self.chance.token(),
                    at=policy.at,
                    actor=policy.by,
                    compartment=policy.group if secret else OPEN,
                    kind=DECIDE,
                    run="",
                    detail={"group": policy.group, "field": name, "origin": origin, "undoes": undo.run.id, **told},
                    outcome=Outcome.DONE,
                    outcome_at=policy.at,
                )
            )
        return entries

    async def begun(self, origin: str) -> bool:
        """Whether this command has taken decisions back before, if it is repeated after a crash."""
        async with self.store.view() as view:
            return await view.pending.get(_once(origin)) is not None


def _values(policies: Mapping[str, GroupPolicy], group_id: str) -> Mapping[str, Value]:
    return policies[group_id].values if group_id in policies else {}


def _reasons(entries: Iterable[AuditEntry]) -> tuple[tuple[Message, int], ...]:
    """Why things were done, each with how often, the most frequent first."""
    counted = Counter(str(entry.detail.get("reason", "")) for entry in entries)
    return tuple((_sentence(text), count) for text, count in counted.most_common() if text)


def _sentence(text: str) -> Message:
    """A sentence of ours as it was kept in English, which is translated again; it has no places left to fill."""
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _is_secret(group: Group | None) -> bool:
    return group is not None and is_hidden(group)


def _once(origin: str) -> str:
    return f"undo:{origin}"
