"""Applications of plans, so that a repeated command finds its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, insert, select, update

from bridge.adapters.sql.backend import Run as Runner
from bridge.adapters.sql.tables import runs
from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.vault import Vault
from bridge.domain.audit import ERASED
from bridge.ports.store import Run

RUN: Final = b"runs.run"
SUMMARY: Final = b"runs.summary"
ACTOR: Final = b"runs.actor"


def actor_values(vault: Vault, actor: str) -> dict[str, bytes | None]:
    """The columns that tell who applied: sealed, and found by an index where it was a person."""
    index = vault.index(actor, ACTOR) if actor.startswith("@") else None
    return {"actor_sealed": vault.seal(actor.encode(), ACTOR), "actor_index": index}


class SqlRuns:
    """The runs of one unit of work."""

    def __init__(self, run: Runner, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def begin(self, run: Run) -> None:
        row = {
            "id": run.id,
            "origin": run.origin or None,
            **self._actor(run.actor),
            "started_at": to_ms(run.started_at),
            "sealed": self._vault.put([run.compartments, run.fingerprint, run.groups], RUN),
        }
        await self._run(lambda connection: connection.execute(insert(runs), row))

    async def finish(self, run_id: str, *, at: datetime, summary: Mapping[str, Any]) -> None:
        values = {"finished_at": to_ms(at), "summary_sealed": self._vault.put(summary, SUMMARY)}
        change = update(runs).where(runs.c.id == run_id).values(values)
        await self._run(lambda connection: connection.execute(change))

    async def of_origin(self, origin: str) -> Run | None:
        return await self._one(select(runs).where(runs.c.origin == origin))

    async def get(self, run_id: str) -> Run | None:
        return await self._one(select(runs).where(runs.c.id == run_id))

    async def recent(self, *, limit: int, skip: int = 0) -> Sequence[Run]:
        query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id).limit(limit).offset(skip)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._opened(row) for row in rows]

    async def of_actor(self, actor: str) -> Sequence[Run]:
        query = select(runs).where(runs.c.actor_index == self._index(actor)).order_by(runs.c.started_at, runs.c.id)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._opened(row) for row in rows]

    async def erase_actors(self, *, actor: str | None = None, before: datetime | None = None) -> int:
        index = runs.c.actor_index
        change = update(runs).where(index.is_not(None) if actor is None else index == self._index(actor))
        if before is not None:
            change = change.where(runs.c.started_at < to_ms(before))
        return await self._run(lambda connection: connection.execute(change.values(self._actor(ERASED))).rowcount)

    def _actor(self, actor: str) -> dict[str, bytes | None]:
        return actor_values(self._vault, actor)

    def _index(self, actor: str) -> bytes:
        return self._vault.index(actor, ACTOR)

    async def _one(self, query: Select[Any]) -> Run | None:
        row = await self._run(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._opened(row)

    def _opened(self, row: Row[Any]) -> Run:
        compartments, fingerprint, *groups = self._vault.get(row.sealed, RUN)
        return Run(
            id=row.id,
            origin=row.origin or "",
            actor=self._vault.unseal(row.actor_sealed, ACTOR).decode(),
            compartments=tuple(compartments),
            fingerprint=fingerprint,
            groups=tuple(groups[0]) if groups else (),  # rows of before groups were kept hold none
            started_at=from_ms(row.started_at),
            finished_at=from_ms_or_none(row.finished_at),
            summary=None if row.summary_sealed is None else self._vault.get(row.summary_sealed, SUMMARY),
        )
