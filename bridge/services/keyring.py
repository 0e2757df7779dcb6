"""The audit keys that count, now and before: whose signatures are ours, where a chain may begin anew. For ``proof``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bridge.domain.audit import Head, said_by, statement
from bridge.domain.handover import Handover, restored, stated
from bridge.ports.audit import Signer
from bridge.ports.store import UnitOfWork

HANDOVERS: Final = "audit-handovers"
"""The snapshot under which the store keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """``handovers`` lead from the present key back, newest first, each stated by the keys that it names."""

    signer: Signer
    handovers: Sequence[Handover] = ()

    @classmethod
    def of(cls, signer: Signer, kept: Sequence[Handover]) -> "Keyring":
        """With those of the handovers (oldest first) that lead to the present key; whoever can write to the database
        could have put others there."""
        trail, key = [], signer.public
        for one in reversed(kept):
            said = stated(one)
            agreed = one.lost or signer.made_by(one.old, said, one.old_signature)
            if one.new == key and agreed and signer.made_by(one.new, said, one.new_signature):
                trail.append(one)
                key = one.old
        return cls(signer=signer, handovers=tuple(trail))

    def is_good(self, head: Head) -> bool:
        """Whether a key that counted then signed the head."""
        return self._signed(said_by(head), head.signature, head.chain, head.length)

    def is_link_good(self, chain: bytes, position: int, last: bytes, at: int, signature: bytes) -> bool:
        """The same of a link's signature."""
        return self._signed(statement(chain, position, last, at), signature, chain, position)

    def is_moot(self, head: Head) -> bool:
        """Whether it was signed at a time of which the key is lost: such a head says nothing, for or against."""
        return any(one.lost and head.length <= one.length(head.chain) for one in self.handovers)

    def vouched(self, chain: bytes) -> Sequence[Head]:
        """Where the chain had come to when keys changed, as the new key vouches for it."""
        return [
            Head(chain=chain, length=end.length, hash=end.hash, at=end.at, signature=one.new_signature)
            for one in self.handovers
            for end in one.ends
            if end.chain == chain and end.length
        ]

    def breaks(self, chain: bytes) -> frozenset[int]:
        """The links that follow nothing, and why is known."""
        ends = (end for one in self.handovers for end in one.ends if end.chain == chain)
        return frozenset(position for end in ends for position in end.breaks)

    def _signed(self, said: bytes, signature: bytes, chain: bytes, length: int) -> bool:
        if self.signer.is_ours(said, signature):
            return True
        before = (one for one in self.handovers if not one.lost and length <= one.length(chain))
        return any(self.signer.made_by(one.old, said, signature) for one in before)


async def handovers_in(view: UnitOfWork) -> Sequence[Handover]:
    """Those that the store keeps, oldest first."""
    kept = await view.snapshots.load(HANDOVERS)
    return restored(kept[0]) if kept else ()
