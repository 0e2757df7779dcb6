"""Appending to the chains of the audit log: links, their hashes, a signed head. Called by ``audit`` inside its jobs."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.sql.functions import max as highest

from bridge.adapters.sql.tables import audit_heads, audit_links
from bridge.adapters.sql.upserts import upsert
from bridge.domain.audit import BEGINNING, BROKEN_OFF, DAY, Words, link_hash, statement
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say
from bridge.ports.audit import Signer

_last: Final = select(highest(audit_links.c.position)).where(audit_links.c.chain == bindparam("which"))
_head: Final = (
    select(audit_heads.c.length, audit_heads.c.hash, audit_heads.c.at, audit_heads.c.signature, _last.scalar_subquery())
    .where(audit_heads.c.chain == bindparam("which"))
    .order_by(audit_heads.c.length.desc())
    .limit(1)
)
_add: Final = insert(audit_links)


class Step(NamedTuple):
    """What a new link is to say."""

    chain: bytes
    entry: int
    part: int
    at: int
    words: Words
    commitment: bytes


class End(NamedTuple):
    """Where a chain ends: its length and last hash."""

    length: int
    hash: bytes


class Chains:
    """Appends with the audit key; without one, writing to the audit log is refused. One for each store."""

    def __init__(self, signer: Signer | None) -> None:
        self._signer = signer
        self._ours: dict[bytes, tuple[Any, ...]] = {}
        """Heads that this process signed, by chain: their signatures need not be checked again."""

    def append(self, connection: Connection, steps: Iterable[Step]) -> None:
        """Add links in this order; each chain gets one new head. Raises ``StoreError`` without a key."""
        if self._signer is None:
            raise StoreError(
                say("Without the audit key nothing can be written to the audit log."), kind=ErrorKind.USAGE
            )
        by_chain: dict[bytes, list[Step]] = {}
        for step in steps:
            by_chain.setdefault(step.chain, []).append(step)
        for chain, added in by_chain.items():
            rows = _linked(added, self._end(connection, chain, self._signer))
            last = rows[-1]
            said = (last["position"], last["hash"], last["at"])
            last["signature"] = self._signer.sign(statement(chain, *said))
            head = dict(zip(("length", "hash", "at", "signature"), (*said, last["signature"]), strict=True))
            connection.execute(_add, rows)
            upsert(connection, audit_heads, [{"chain": chain, "day": last["at"] // DAY, **head}])
            self._ours[chain] = tuple(head.values())

    def _end(self, connection: Connection, chain: bytes, signer: Signer) -> End:
        """What the next link follows: never something that is not signed, so that nothing is signed after the fact."""
        asked = {"which": chain}
        found = connection.execute(_head, asked).one_or_none()
        if found is None:
            last = connection.execute(_last, asked).scalar() or 0
            return End(last, BROKEN_OFF if last else BEGINNING)
        length, hash_, at, signature, last = found
        # Links beyond the head are a fault, which must neither be covered by new ones nor stop the bridge.
        end = max(last or 0, length)
        known = (length, hash_, at, signature) == self._ours.get(chain)
        if known or signer.is_ours(statement(chain, length, hash_, at), signature):
            return End(end, hash_)
        return End(end, BROKEN_OFF)


def _linked(steps: Sequence[Step], end: End) -> list[dict[str, Any]]:
    """The rows of new links."""
    rows, (position, previous) = [], end
    for chain, entry, part, at, words, committed in steps:
        position += 1
        previous = link_hash(previous, chain, position=position, part=part, at=at, words=words, committed=committed)
        rows.append(
            {
                "chain": chain,
                "position": position,
                "entry": entry,
                "part": part,
                "at": at,
                "commitment": committed,
                "hash": previous,
                "signature": None,
            }
        )
    return rows
