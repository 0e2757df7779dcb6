"""What was meant and what became of it: the audit log of one unit of work, each writing a link of a chain."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.sql.functions import count

from bridge.adapters.sql.backend import Run as Runner
from bridge.adapters.sql.chain import Chains, Step
from bridge.adapters.sql.tables import audit, audit_subjects
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.values import chain_of, entry_of, mark, marks, row_of, sealed_actor, sealed_told, sealed_values
from bridge.adapters.sql.vault import Vault
from bridge.domain.audit import EVERYTHING, AuditFilter, Part, subjects, words_of
from bridge.domain.viewers import Compartment
from bridge.ports.store import AuditEntry, AuditPage, Outcome

AT_ONCE: Final = 500
"""Ids in one question: SQLite takes some thousands."""

_conclude: Final = (
    update(audit)
    .where(audit.c.seq == bindparam("which"))
    .values(outcome=bindparam("became"), outcome_at=bindparam("when"), outcome_sealed=bindparam("told"))
)
_replace: Final = (
    update(audit)
    .where(audit.c.seq == bindparam("which"))
    .values(actor_sealed=bindparam("who"), sealed=bindparam("anew"))
)
_newest: Final = select(func.coalesce(func.max(audit.c.seq), 0))
_add: Final = insert(audit)
_add_subjects: Final = insert(audit_subjects)
_by_id: Final = select(audit.c.seq, audit.c.id, audit.c.compartment_index).where(
    audit.c.id.in_(bindparam("ids", expanding=True))
)
_open_by_id: Final = _by_id.where(audit.c.outcome.is_(None))


class SqlAudit:
    """The audit log of one unit of work."""

    def __init__(self, run: Runner, vault: Vault, chains: Chains) -> None:
        self._run = run
        self._vault = vault
        self._chains = chains

    async def intend(self, entries: Sequence[AuditEntry]) -> None:
        if entries:
            await self._run(lambda connection: self._intend(connection, entries))

    async def conclude(self, ids: Sequence[str], outcome: Outcome, *, at: datetime, detail: str = "") -> None:
        if ids:
            await self._run(lambda connection: self._conclude(connection, ids, outcome, to_ms(at), detail))

    async def erase(self, entries: Sequence[AuditEntry], *, at: datetime) -> None:
        if entries:
            await self._run(lambda connection: self._erase(connection, entries, to_ms(at)))

    async def get(self, ids: Sequence[str]) -> Sequence[AuditEntry]:
        found: dict[str, AuditEntry] = {}
        for some in _some(list(dict.fromkeys(ids))):
            found |= {one.id: one for one in await self._read(select(audit).where(audit.c.id.in_(some)))}
        return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]

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

    async def search(
        self,
        wanted: AuditFilter = EVERYTHING,
        *,
        compartments: frozenset[Compartment] | None,
        limit: int,
        cursor: int | None = None,
        oldest_first: bool = False,
    ) -> AuditPage:
        seq = audit.c.seq
        query = select(audit).order_by(seq if oldest_first else seq.desc()).limit(limit)
        if cursor is not None:
            query = query.where(seq > cursor if oldest_first else seq < cursor)
        rows = await self._run(lambda connection: self._found(connection, query, wanted, compartments))
        # A mark of 64 bits may be somebody else's too.
        entries = [entry for row in rows if _wants(wanted, entry := entry_of(self._vault, row))]
        return AuditPage(entries=entries, cursor=rows[-1].seq if len(rows) == limit else None)

    def _intend(self, connection: Connection, entries: Sequence[AuditEntry]) -> None:
        seq: int = connection.execute(_newest).scalar_one()
        numbered = list(enumerate(entries, seq + 1))
        rows, steps = [], []
        for number, entry in numbered:
            row, values, told = row_of(self._vault, entry, number)
            rows.append(row)
            steps += steps_of(row, values, told)
        connection.execute(_add, rows)
        keep_subjects(connection, self._vault, numbered)
        self._chains.append(connection, steps)

    def _conclude(self, connection: Connection, ids: Sequence[str], outcome: Outcome, at: int, detail: str) -> None:
        rows, steps = [], []
        for seq, id_, chain in _known(connection, _open_by_id, ids):
            told, committed = sealed_told(self._vault, detail)
            rows.append({"which": seq, "became": str(outcome), "when": at, "told": told})
            words = words_of(Part.OUTCOME, id_, outcome=str(outcome))
            steps.append(Step(chain, seq, Part.OUTCOME, at, words, committed))
        if rows:
            connection.execute(_conclude, rows)
            self._chains.append(connection, steps)

    def _erase(self, connection: Connection, entries: Sequence[AuditEntry], at: int) -> None:
        by_id = {entry.id: entry for entry in entries}
        rows, steps, numbered = [], [], []
        for seq, id_, chain in _known(connection, _by_id, list(by_id)):
            entry = by_id[id_]
            sealed, committed = sealed_values(self._vault, entry.compartment, entry.actor, entry.detail)
            rows.append({"which": seq, "who": sealed_actor(self._vault, entry.actor), "anew": sealed})
            steps.append(Step(chain, seq, Part.ERASURE, at, words_of(Part.ERASURE, id_), committed))
            numbered.append((seq, entry))
        if not rows:
            return
        connection.execute(_replace, rows)
        for some in _some([row["which"] for row in rows]):
            connection.execute(delete(audit_subjects).where(audit_subjects.c.entry.in_(some)))
        keep_subjects(connection, self._vault, numbered)
        self._chains.append(connection, steps)

    def _found(
        self,
        connection: Connection,
        query: Select[Any],
        wanted: AuditFilter,
        compartments: frozenset[Compartment] | None,
    ) -> Sequence[Row[Any]]:
        if compartments is None and wanted.about:
            compartments = frozenset(self._all_compartments(connection))
        if compartments is not None:
            query = query.where(audit.c.compartment_index.in_(self._indexes(compartments)))
        for subject in wanted.about:
            found = [mark(self._vault, compartment, one) for one in subject for compartment in compartments or ()]
            entries = select(audit_subjects.c.entry).where(audit_subjects.c.subject_mark.in_(found))
            query = query.where(audit.c.seq.in_(entries))
        if wanted.since is not None:
            query = query.where(audit.c.at >= to_ms(wanted.since))
        if wanted.until is not None:
            query = query.where(audit.c.at < to_ms(wanted.until))
        return connection.execute(query).fetchall()

    def _all_compartments(self, connection: Connection) -> Iterator[Compartment]:
        """Of all records: the compartments of groups that are gone, too."""
        last = select(func.max(audit.c.seq)).group_by(audit.c.compartment_index)
        for row in connection.execute(select(audit).where(audit.c.seq.in_(last))):
            yield entry_of(self._vault, row).compartment

    def _indexes(self, compartments: frozenset[str]) -> list[bytes]:
        return [chain_of(self._vault, compartment) for compartment in compartments]

    async def _read(self, query: Select[Any]) -> Sequence[AuditEntry]:
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [entry_of(self._vault, row) for row in rows]


def keep_subjects(connection: Connection, vault: Vault, numbered: Iterable[tuple[int, AuditEntry]]) -> None:
    """So that entries are found by whom and what they are about."""
    rows = [
        {"subject_mark": one, "entry": number}
        for number, entry in numbered
        for one in marks(vault, entry.actor, entry.compartment, entry.detail)
    ]
    if rows:
        connection.execute(_add_subjects, rows)


def steps_of(row: Mapping[str, Any], values: bytes, told: bytes | None) -> list[Step]:
    """The links of a new record: itself, and its outcome when it has one."""
    chain, seq = row["compartment_index"], row["seq"]
    words = words_of(Part.RECORD, row["id"], kind=row["kind"], run=row["run"])
    steps = [Step(chain, seq, Part.RECORD, row["at"], words, values)]
    if told is not None:
        words = words_of(Part.OUTCOME, row["id"], outcome=row["outcome"])
        steps.append(Step(chain, seq, Part.OUTCOME, row["outcome_at"], words, told))
    return steps


def _wants(wanted: AuditFilter, entry: AuditEntry) -> bool:
    return wanted.wants(entry.at, subjects(entry.actor, entry.compartment, entry.detail))


def _known(connection: Connection, query: Select[Any], ids: Sequence[str]) -> Iterator[tuple[int, str, bytes]]:
    """Seq, id and chain of those of these entries that there are, in the order of ``ids``."""
    for some in _some(list(dict.fromkeys(ids))):
        rows = {row[1]: row for row in connection.execute(query, {"ids": some})}
        yield from (rows[id_] for id_ in some if id_ in rows)


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """So many at a time as one question takes."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
