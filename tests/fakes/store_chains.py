"""The chains of the audit log in memory, signed with a key that everybody knows, and searching it."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from bridge.adapters.signing import AuditKeySigner
from bridge.adapters.sql.times import to_ms
from bridge.domain.audit import (
    BEGINNING,
    DAY,
    EVERYTHING,
    AuditFilter,
    Head,
    Link,
    Part,
    commitment,
    link_hash,
    statement,
    subjects,
    words_of,
)
from bridge.ports.audit import Chain
from bridge.ports.store import AuditEntry, AuditPage

if TYPE_CHECKING:
    from tests.fakes.store import Access, Data

SIGNER: Final = AuditKeySigner(bytes(32))


class FakeLink(NamedTuple):
    """A link, and the id of its record."""

    record: str
    part: Part
    at: int
    commitment: bytes
    hash: bytes


def append(data: "Data", entry: AuditEntry, part: Part, at: datetime | None = None) -> None:
    """One more link."""
    chain = _index(entry.compartment)
    links = data.links.get(chain, ())
    outcome = str(entry.outcome) if entry.outcome else None
    moment = to_ms(at or (entry.outcome_at if part is Part.OUTCOME else None) or entry.at)
    committed = _committed(entry, part)
    hash_ = link_hash(
        links[-1].hash if links else BEGINNING,
        chain,
        position=len(links) + 1,
        part=part,
        at=moment,
        words=words_of(part, entry.id, kind=entry.kind, run=entry.run, outcome=outcome),
        committed=committed,
    )
    data.links[chain] = (*links, FakeLink(entry.id, part, moment, committed, hash_))


class FakeChains:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def all(self) -> Sequence[Chain]:
        names = {entry.compartment for entry in self._access.read().audit.values()}
        return sorted((Chain(index=_index(name), compartment=name) for name in names), key=lambda one: one.index)

    async def heads(self, chain: bytes) -> Sequence[Head]:
        links = self._access.read().links.get(chain, ())
        heads = {link.at // DAY: self._head(chain, number, link) for number, link in enumerate(links, 1)}
        return sorted(heads.values(), key=lambda head: head.length)

    async def keep(self, head: Head) -> None:
        """Nothing: heads are signed as they are read."""

    async def links(self, chain: bytes, *, after: int, limit: int) -> Sequence[Link]:
        data = self._access.read()
        numbers = {id_: number for number, id_ in enumerate(data.audit, 1)}
        found = list(enumerate(data.links.get(chain, ()), 1))[after : after + limit]
        return [self._link(chain, position, link, numbers[link.record], data) for position, link in found]

    async def stray(self, chain: bytes, *, told: int) -> int | None:
        data = self._access.read()
        linked = {link.record for link in data.links.get(chain, ())}
        strays = [one for one in data.audit.values() if _index(one.compartment) == chain and one.id not in linked]
        return min((to_ms(one.at) for one in strays), default=None)

    def _link(self, chain: bytes, position: int, link: FakeLink, number: int, data: "Data") -> Link:
        entry, part = data.audit[link.record], link.part
        return Link(
            position=position,
            part=part,
            entry=number,
            at=link.at,
            commitment=link.commitment,
            hash=link.hash,
            signature=SIGNER.sign(statement(chain, position, link.hash, link.at)),
            record=entry.id,
            record_at=to_ms(entry.at),
            kind=entry.kind,
            run=entry.run,
            outcome=str(entry.outcome) if entry.outcome else None,
            outcome_at=to_ms(entry.outcome_at) if entry.outcome_at else None,
            opened=_committed(entry, part),
        )

    @staticmethod
    def _head(chain: bytes, length: int, link: FakeLink) -> Head:
        signature = SIGNER.sign(statement(chain, length, link.hash, link.at))
        return Head(chain=chain, length=length, hash=link.hash, at=link.at, signature=signature)


class FakeSearch:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def search(
        self,
        wanted: AuditFilter = EVERYTHING,
        *,
        compartments: frozenset[str] | None,
        limit: int,
        cursor: int | None = None,
        oldest_first: bool = False,
    ) -> AuditPage:
        found = [
            (number, one)
            for number, one in enumerate(self._access.read().audit.values())
            if (compartments is None or one.compartment in compartments)
            and wanted.wants(one.at, subjects(one.actor, one.compartment, one.detail))
        ]
        if not oldest_first:
            found.reverse()
        if cursor is not None:
            found = [(number, one) for number, one in found if (number > cursor if oldest_first else number < cursor)]
        page = found[:limit]
        return AuditPage(entries=[one for _, one in page], cursor=page[-1][0] if page and len(page) == limit else None)


def _index(compartment: str) -> bytes:
    return sha256(compartment.encode()).digest()


def _committed(entry: AuditEntry, part: Part) -> bytes:
    if part is Part.OUTCOME:
        return commitment(entry.outcome_detail.encode())
    return commitment(json.dumps(entry.detail, default=dict).encode(), entry.actor)
