"""The audit trail of a run: meant in one unit of work, done or failed in the next, together with what it changed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bridge.domain.errors import HomeserverError
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork

Note: TypeAlias = Callable[[UnitOfWork], Awaitable[None]]
"""Writes down what an action changed, in the unit of work that stores its outcome."""


async def nothing(_work: UnitOfWork) -> None:
    """For actions that change nothing that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Writes the trail of one run on behalf of ``actor`` (a user id, or empty for Parvis itself)."""

    store: Store
    clock: Clock
    chance: Chance
    run: str
    actor: str

    async def mean(self, kind: str, compartment: str, details: Sequence[Mapping[str, Any]]) -> list[str]:
        """Store intentions, one per detail; gives their ids."""
        entries = [
            AuditEntry(
                id=self.chance.token(),
                at=self.clock.now(),
                actor=self.actor,
                compartment=compartment,
                kind=kind,
                run=self.run,
                detail=detail,
            )
            for detail in details
        ]
        async with self.store.work() as work:
            await work.audit.intend(entries)
        return [entry.id for entry in entries]

    async def conclude(
        self, *, done: Sequence[str], failed: Mapping[str, HomeserverError], note: Note = nothing
    ) -> None:
        """Store outcomes together with what changed. A failure of unknown fate stays open: the room will tell."""
        now = self.clock.now()
        async with self.store.work() as work:
            await note(work)
            await work.audit.conclude(done, Outcome.DONE, at=now)
            for entry, error in failed.items():
                if error.certain:
                    detail = error.errcode or str(error.status)
                    await work.audit.conclude([entry], Outcome.FAILED, at=now, detail=detail)

    async def record(
        self, kind: str, compartment: str, detail: Mapping[str, Any], act: Callable[[], Awaitable[Note]]
    ) -> None:
        """Store the intention, act, store the outcome with what ``act`` gives to note. Raises what ``act`` raises."""
        (entry,) = await self.mean(kind, compartment, [detail])
        try:
            note = await act()
        except HomeserverError as error:
            await self.conclude(done=(), failed={entry: error})
            raise
        await self.conclude(done=[entry], failed={}, note=note)
