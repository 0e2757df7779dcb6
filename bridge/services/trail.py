"""What led to a run and what it did, as far as a viewer may know of it. Called by ``undoing``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bridge.domain.rooms import RoomKind, RoomRef
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.ports.store import AuditEntry, Run, UnitOfWork
from bridge.rules.access import Access
from bridge.rules.reverting import PastDecision
from bridge.services.recalling import decisions
from bridge.services.unmaking import rooms_of
from bridge.services.world import World

PAGE: Final = 50
READ: Final = 2000
"""Entries of a run that are looked at one by one; a larger one was not led to by decisions about a few groups."""
FOLLOW_UPS: Final = 3
"""One decision may take several runs: what tightens is done at once, what opens waits for a word."""
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Trail:
    """One run and one viewer, who is cleared for ``compartments`` in the ``world`` as it is now."""

    access: Access
    viewer: Viewer
    world: World
    run: Run
    compartments: frozenset[Compartment]

    async def entries(self, view: UnitOfWork) -> list[AuditEntry]:
        """What the run did, of which the viewer may be told: a group that was open then may be hidden now."""
        found = await view.audit.recent(compartments=self.compartments, limit=READ, run=self.run.id)
        return [entry for entry in found if all(self._may_know(ref) for ref in rooms_of(entry))]

    def _may_know(self, ref: RoomRef) -> bool:
        if ref.kind is RoomKind.FORMER:
            binding = self.world.bindings.get(ref)
            return binding is not None and not binding.secret and self.access.may_know(self.viewer, binding.of)
        if ref.kind in (RoomKind.GROUP, RoomKind.SUBSPACE):
            return self.access.may_know(self.viewer, ref.id)
        return OPEN in self.compartments

    async def windows(self, view: UnitOfWork) -> Sequence[Sequence[PastDecision]]:
        """Decisions about the run's groups, newest first: those since the run before it, since the one before that …"""
        groups = frozenset(one for one in self.run.groups if self.access.may_govern(self.viewer, one))
        taken = [one for one in await self._decisions(view, groups) if self._led(one, groups)]
        if not taken:
            return ((),)
        concerned = frozenset(one.group for one in taken)
        earlier = await self._earlier(view, concerned)
        return [
            [one for one in taken if one.at > ([*earlier[one.group], *[BEGINNING] * FOLLOW_UPS])[back]]
            for back in range(FOLLOW_UPS)
        ]

    async def _decisions(self, view: UnitOfWork, groups: frozenset[str]) -> Sequence[PastDecision]:
        """Of groups that were hidden once, what happened then stays inside, but for the decision that ended it."""
        once_hidden = await decisions(view, groups - self.compartments)
        ended = [one for one in once_hidden if one.field == "visibility"]
        return sorted((*await decisions(view, self.compartments), *ended), key=lambda one: one.at, reverse=True)

    def _led(self, one: PastDecision, groups: frozenset[str]) -> bool:
        return one.group in groups and one.at <= self.run.started_at

    async def _earlier(self, view: UnitOfWork, groups: frozenset[str]) -> Mapping[str, list[datetime]]:
        """When the runs before this one began that changed rooms of each group, newest first."""
        found: dict[str, list[datetime]] = {group: [] for group in groups}
        skip = 0
        while page := await view.runs.recent(limit=PAGE, skip=skip):
            for run in page:
                if (run.started_at, run.id) < (self.run.started_at, self.run.id):
                    for group in groups.intersection(run.groups):
                        found[group].append(run.started_at)
            if all(len(times) >= FOLLOW_UPS for times in found.values()):
                break
            skip += len(page)
        return found
