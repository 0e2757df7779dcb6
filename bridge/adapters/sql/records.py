"""What was meant and what became of it: the audit log and the runs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, insert, select, update
from sqlalchemy.sql.functions import count

from bridge.adapters.sql.backend import Run as Runner
from bridge.adapters.sql.tables import audit, runs
from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.vault import Vault
from bridge.ports.store import AuditEntry, Outcome, Run

DETAIL: Final = b"audit.detail"
OUTCOME: Final = b"audit.outcome"
COMPARTMENT: Final = b"audit.compartment"
RUN: Final = b"runs.run"
SUMMARY: Final = b"runs.summary"

_conclude: Final = (
    update(audit)
    .where(audit.c.id == bindparam("which"))
    .values(outcome=bindparam("became"), outcome_at=bindparam("when"), outcome_sealed=bindparam("told"))
)


class SqlAudit:
    """The audit log of one unit of work."""

    def __init__(self, run: Runner, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def intend(self, entries: Sequence[AuditEntry]) -> None:
        if rows := [self._row(entry) for entry in entries]:
            await self._run(lambda connection: connection.execute(insert(audit), rows))

    async def conclude(self, ids: Sequence[str], outcome: Outcome, *, at: datetime, detail: str = "") -> None:
        told = self._vault.seal(detail.encode(), OUTCOME)
        when = to_ms(at)
        if rows := [{"which": which, "became": str(outcome), "when": when, "told": told} for which in ids]:
            await self._run(lambda connection: connection.execute(_conclude, rows))

    async def unresolved(self) -> Sequence[AuditEntry]:
        return await self._read(select(audit).where(audit.c.outcome.is_(None)).order_by(audit.c.seq))

    async def recent(self, *, compartments: frozenset[str], limit: int, run: str | None = None) -> Sequence[AuditEntry]:
        of_them = select(audit).where(audit.c.compartment_index.in_(self._indexes(compartments)))
        if run is not None:
            of_them = of_them.where(audit.c.run == run)
        return await self._read(of_them.order_by(audit.c.seq.desc()).limit(limit))

    async def done(self, runs: Collection[str], *, compartments: frozenset[str]) -> Mapping[str, int]:
        query = (
            select(audit.c.run, count())
            .where(audit.c.run.in_(list(runs)), audit.c.compartment_index.in_(self._indexes(compartments)))
            .where(audit.c.outcome == str(Outcome.DONE))
            .group_by(audit.c.run)
        )
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return dict(map(tuple, rows))

    def _indexes(self, compartments: frozenset[str]) -> list[bytes]:
        return [self._vault.index(compartment, COMPARTMENT) for compartment in compartments]

    async def _read(self, query: Select[Any]) -> Sequence[AuditEntry]:
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._entry(row) for row in rows]

    def _row(self, entry: AuditEntry) -> dict[str, Any]:
        closed = entry.outcome is not None
        return {
            "id": entry.id,
            "at": to_ms(entry.at),
            "actor": entry.actor,
            "kind": entry.kind,
            "run": entry.run,
            "compartment_index": self._vault.index(entry.compartment, COMPARTMENT),
            "sealed": self._vault.put([entry.compartment, entry.detail], DETAIL),
            "outcome": None if entry.outcome is None else str(entry.outcome),
            "outcome_at": None if entry.outcome_at is None else to_ms(entry.outcome_at),
            "outcome_sealed": self._vault.seal(entry.outcome_detail.encode(), OUTCOME) if closed else None,
        }

    def _entry(self, row: Row[Any]) -> AuditEntry:
        compartment, detail = self._vault.get(row.sealed, DETAIL)
        told = b"" if row.outcome_sealed is None else self._vault.unseal(row.outcome_sealed, OUTCOME)
        return AuditEntry(
            id=row.id,
            at=from_ms(row.at),
            actor=row.actor,
            compartment=compartment,
            kind=row.kind,
            run=row.run,
            detail=detail,
            outcome=None if row.outcome is None else Outcome(row.outcome),
            outcome_at=from_ms_or_none(row.outcome_at),
            outcome_detail=told.decode(),
        )


class SqlRuns:
    """The runs of one unit of work."""

    def __init__(self, run: Runner, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def begin(self, run: Run) -> None:
        row = {
            "id": run.id,
            "origin": run.origin or None,
            "actor": run.actor,
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

    async def _one(self, query: Select[Any]) -> Run | None:
        row = await self._run(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._opened(row)

    def _opened(self, row: Row[Any]) -> Run:
        compartments, fingerprint, *groups = self._vault.get(row.sealed, RUN)
        return Run(
            id=row.id,
            origin=row.origin or "",
            actor=row.actor,
            compartments=tuple(compartments),
            fingerprint=fingerprint,
            groups=tuple(groups[0]) if groups else (),  # rows of before groups were kept hold none
            started_at=from_ms(row.started_at),
            finished_at=from_ms_or_none(row.finished_at),
            summary=None if row.summary_sealed is None else self._vault.get(row.summary_sealed, SUMMARY),
        )
