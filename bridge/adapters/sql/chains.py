"""The chains of the audit log, read to be checked: links beside the records that they tell of."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, select, union

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import audit, audit_heads, audit_links
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.values import TOLD, chain_of, committed, committed_record, opened_values
from bridge.adapters.sql.vault import Vault
from bridge.domain.audit import DAY, Head, Link, Part
from bridge.domain.errors import StoreError
from bridge.ports.audit import Chain

_links: Final = (
    select(
        audit_links.c.position,
        audit_links.c.part,
        audit_links.c.entry,
        audit_links.c.at,
        audit_links.c.commitment,
        audit_links.c.hash,
        audit_links.c.signature,
        audit.c.id,
        audit.c.at,
        audit.c.kind,
        audit.c.run,
        audit.c.outcome,
        audit.c.outcome_at,
        audit.c.actor_sealed,
        audit.c.sealed,
        audit.c.outcome_sealed,
    )
    .outerjoin(audit, and_(audit.c.seq == audit_links.c.entry, audit.c.compartment_index == audit_links.c.chain))
    .where(audit_links.c.chain == bindparam("which"), audit_links.c.position > bindparam("after"))
    .order_by(audit_links.c.position)
    .limit(bindparam("most"))
)
_indexes: Final = union(
    select(audit.c.compartment_index.label("chain")), select(audit_links.c.chain), select(audit_heads.c.chain)
)
_some_records: Final = select(audit.c.sealed).where(audit.c.compartment_index == bindparam("which")).limit(20)
_records: Final = select(func.count()).where(audit.c.compartment_index == bindparam("which"))
_untold: Final = select(func.min(audit.c.at)).where(
    audit.c.compartment_index == bindparam("which"),
    audit.c.seq.not_in(select(audit_links.c.entry).where(audit_links.c.chain == bindparam("which"))),
)


class SqlChains:
    """The chains as one unit of work sees them."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def all(self) -> Sequence[Chain]:
        return await self._run(self._all)

    async def heads(self, chain: bytes) -> Sequence[Head]:
        query = select(audit_heads).where(audit_heads.c.chain == chain).order_by(audit_heads.c.length)
        rows = await self._run(lambda connection: connection.execute(query).mappings().fetchall())
        return [Head(**{name: value for name, value in row.items() if name != "day"}) for row in rows]

    async def keep(self, head: Head) -> None:
        fields = ("chain", "length", "hash", "at", "signature")
        row = {name: getattr(head, name) for name in fields} | {"day": head.at // DAY}
        await self._run(lambda connection: upsert(connection, audit_heads, [row]))

    async def links(self, chain: bytes, *, after: int, limit: int) -> Sequence[Link]:
        asked = {"which": chain, "after": after, "most": limit}
        # Opened where the rows are read, away from the event loop wherever the database is.
        return await self._run(lambda connection: [self._link(row) for row in connection.execute(_links, asked)])

    async def stray(self, chain: bytes, *, told: int) -> int | None:
        asked = {"which": chain}

        def look(connection: Connection) -> int | None:
            if connection.execute(_records, asked).scalar_one() <= told:
                return None
            return connection.execute(_untold, asked).scalar()

        return await self._run(look)

    def _all(self, connection: Connection) -> list[Chain]:
        indexes = sorted(row.chain for row in connection.execute(_indexes))
        return [Chain(index=index, compartment=self._compartment(connection, index)) for index in indexes]

    def _compartment(self, connection: Connection, index: bytes) -> str | None:
        for sealed in connection.execute(_some_records, {"which": index}).scalars():
            try:
                compartment, _ = opened_values(self._vault, sealed)
            except StoreError:
                continue  # somebody altered it, which the check will tell
            if chain_of(self._vault, compartment) == index:
                return compartment
        return None

    def _link(self, row: Any) -> Link:
        *link, actor, sealed, told = row
        opened = None
        if link[7] is not None:
            outcome = link[1] == Part.OUTCOME
            opened = committed(self._vault, told, TOLD) if outcome else committed_record(self._vault, sealed, actor)
        return Link._make((*link, opened))
