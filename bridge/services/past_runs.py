"""The last runs as a viewer may see them: which groups, who decided what they followed, how much. For ``undoing``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bridge.domain.viewers import Compartment, Viewer
from bridge.ports.store import Run, Store
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.reverting import PastDecision
from bridge.services.recalling import decisions
from bridge.services.trail import PAGE
from bridge.services.undone import PastRun

LISTED: Final = 10
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


async def past_runs(store: Store, access: Access, viewer: Viewer) -> Sequence[PastRun]:
    """The last runs of which the viewer may see a part, newest first."""
    compartments = access.compartments(viewer)
    found: list[Run] = []
    skip = 0
    async with store.view() as view:
        while len(found) <= LISTED and (page := await view.runs.recent(limit=PAGE, skip=skip)):
            found += [run for run in page if compartments.intersection(run.compartments)]
            skip += len(page)
        done = await view.audit.done([run.id for run in found[:LISTED]], compartments=compartments)
        taken = await decisions(view, compartments)
    hindsight = _Hindsight(access, viewer, compartments, found[: LISTED + 1], taken)
    return [hindsight.told(run, done) for run in found[:LISTED]]


def seen(run: Run, done: Mapping[str, int], facts: Facts) -> PastRun:
    """A run by itself."""
    return PastRun(id=run.id, at=run.started_at, actor=called(facts, run.actor), changes=done.get(run.id, 0))


@dataclass(frozen=True, slots=True)
class _Hindsight:
    """``runs`` and the decisions that were ``taken``, both newest first, for one viewer."""

    access: Access
    viewer: Viewer
    compartments: Collection[Compartment]
    runs: Sequence[Run]
    taken: Sequence[PastDecision]

    def told(self, run: Run, done: Mapping[str, int]) -> PastRun:
        facts = self.access.facts
        groups = [one for one in run.groups if self._may_tell(one, run)]
        deciders = (one.by for group in groups for one in self._led(group, run))
        return PastRun(
            id=run.id,
            at=run.started_at,
            actor=called(facts, run.actor),
            changes=done.get(run.id, 0),
            groups=tuple(facts.directory.groups[one].name for one in groups),
            deciders=tuple(called(facts, who) for who in dict.fromkeys(deciders)),
        )

    def _may_tell(self, group: str, run: Run) -> bool:
        """What happened in a group while it was hidden stays with those who may know of that."""
        was_hidden = group in run.compartments
        return self.access.may_know(self.viewer, group) and (not was_hidden or group in self.compartments)

    def _led(self, group: str, run: Run) -> Sequence[PastDecision]:
        """What was decided about the group since the run before; of the oldest known run nothing is believed."""
        earlier = [one.started_at for one in self.runs if group in one.groups and one.started_at < run.started_at]
        since = max(earlier, default=BEGINNING if len(self.runs) <= LISTED else self.runs[-1].started_at)
        return [one for one in self.taken if one.group == group and since < one.at <= run.started_at and one.by]
