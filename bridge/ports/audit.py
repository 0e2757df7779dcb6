"""The chains of the audit log: signed by the store as it writes, read again by ``services/proof``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.domain.audit import Head, Link
from bridge.domain.viewers import Compartment


class Signer(Protocol):
    """Signs with the audit key."""

    @property
    def public(self) -> bytes:
        """The public half of the key."""

    def sign(self, statement: bytes) -> bytes:
        """A signature that only this key makes."""

    def is_ours(self, statement: bytes, signature: bytes) -> bool:
        """Whether this key made the signature over this statement."""

    def made_by(self, public: bytes, statement: bytes, signature: bytes) -> bool:
        """The same of another key, by its public half; False when that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One chain by its opaque index. ``compartment`` is None when no record is left that opens and tells it."""

    index: bytes
    compartment: Compartment | None


class AuditChains(Protocol):
    """Reading the chains whole. Links come as they are stored, also where they are wrong."""

    async def keep(self, head: Head) -> None:
        """Put this in the place of the head of the same chain and day: the same end, signed with another key."""

    async def all(self) -> Sequence[Chain]:
        """Every chain of which there is anything: records, links or heads; in order of their indexes."""

    async def heads(self, chain: bytes) -> Sequence[Head]:
        """The ends of a chain as they were signed, the last of each day, shortest first."""

    async def links(self, chain: bytes, *, after: int, limit: int) -> Sequence[Link]:
        """Links with positions above ``after``, in their order."""

    async def stray(self, chain: bytes, *, told: int) -> int | None:
        """When the oldest record of which no link tells was written (milliseconds), if there is one. ``told`` is how
        many records links tell of: then nothing needs to be looked for where there are no more."""
