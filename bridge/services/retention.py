"""People are taken out of what is old: records of the audit log, and who asked for runs. An errand of the rounds.

What was done to which group stays, and the chains verify. Where it stands is stored with what it did, so that a large
log is gone through once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bridge.domain.viewers import OPEN
from bridge.ports.clock import Clock
from bridge.ports.store import AuditEntry, Store, UnitOfWork
from bridge.rules.forgetting import without_anybody
from bridge.services.erasing import KIND

EVERY: Final = timedelta(hours=6)
LETTERS: Final = timedelta(weeks=8)
"""For how long it is known what became of somebody's letter: longer than anybody would send it again or ask for it."""
AT_ONCE: Final = 50
"""Records in one unit of work: others wait for it, some twenty milliseconds."""
PAGES: Final = 20
"""Units of work in one round: the other errands wait for them."""
NOBODY: Final = ""
PLACE: Final = "retention.audit"
"""What is kept for nobody in particular: behind which record everything is still to be gone through."""
KEPT: Final = frozenset({KIND})
"""Kinds of records that name nobody: a statement that somebody was erased holds a word for them."""
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Retention:
    """``names``: for how long people stand in what was done."""

    store: Store
    clock: Clock
    names: timedelta
    _next: datetime = field(default=BEGINNING, init=False)

    async def go(self) -> None:
        """Some of it; once everything is done, nothing for some hours. Raises ``StoreError``: then it rests, too."""
        now = self.clock.now()
        if now < self._next:
            return
        self._next = now + EVERY
        before = now - self.names
        async with self.store.work() as work:
            await work.runs.erase_actors(before=before)
            await work.letters.purge(now - LETTERS)
        records = 0
        for _ in range(PAGES):
            async with self.store.work() as work:
                changed, more = await self._some(work, before)
            records += changed
            if not more:
                break
        else:
            self._next = now
        if records:
            log.info("people were taken out of old records", records=records)

    async def _some(self, work: UnitOfWork, before: datetime) -> tuple[int, bool]:
        """How many records of a page were changed that are not hidden, and whether there are more pages."""
        place = await work.preferences.get(NOBODY, PLACE)
        page = await work.audit.search(
            compartments=None, limit=AT_ONCE, cursor=int(place) if place else None, oldest_first=True
        )
        old = [entry for entry in page.entries if entry.at < before and entry.outcome is not None]
        changed = [after for entry in old if (after := _without_anybody(entry)) != entry]
        if changed:
            await work.audit.erase(changed, at=self.clock.now())
        # What has no outcome yet is resolved by what it names, so it is waited for.
        if page.cursor is None or len(old) < len(page.entries):
            return _open(changed), False
        await work.preferences.put(NOBODY, PLACE, str(page.cursor))
        return _open(changed), True


def _open(entries: Sequence[AuditEntry]) -> int:
    return sum(entry.compartment == OPEN for entry in entries)


def _without_anybody(entry: AuditEntry) -> AuditEntry:
    if entry.kind in KEPT:
        return entry
    actor, detail = without_anybody(entry.kind, entry.actor, entry.detail)
    return replace(entry, actor=actor, detail=detail)
