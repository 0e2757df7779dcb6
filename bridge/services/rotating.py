"""Putting a new audit key in the place of the old one, so that history stays provable. For ``parvis audit rotate``.

The bridge must not run meanwhile: it would go on signing with the key that it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bridge.domain.audit import EPOCH, Head, said_by
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.handover import LOST, Handover, LastWord, stated, stored
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.ports.audit import Signer
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.rules.chain import FaultKind
from bridge.services.keyring import HANDOVERS, handovers_in
from bridge.services.proof import Checked, Proof

KIND: Final = "audit-key"
"""Of the entry that tells of it in the log itself."""
BREAKS: Final = frozenset({FaultKind.ALTERED})
"""How a link looks that follows nothing, until it is known why."""
MOST_BREAKS: Final = 10
"""As often may the bridge have been started with one key or another before somebody rotates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotating:
    """``proof`` holds the new key, ``old`` signs with the one before, None when it is lost."""

    store: Store
    proof: Proof
    old: Signer | None
    clock: Clock
    chance: Chance

    async def go(self, *, actor: str) -> Sequence[Checked]:
        """State the handover, and put the new key's signature to the end of every chain, in one unit of work. Gives
        what was found on the way; where something is wrong nothing was done. Raises ``InputError`` when there is
        nothing to do, ``ParvisError`` when the log is being written to meanwhile."""
        new = self.proof.signer
        if self.old is not None and self.old.public == new.public:
            raise InputError(
                say("The audit key in the configuration is still the old one: put the new one there first.")
            )
        handover = await self._planned()
        checked = await replace(self.proof, further=(handover,)).verify()
        for _ in range(MOST_BREAKS):
            broken = {one.chain: one.fault.position for one in checked if one.fault and one.fault.kind in BREAKS}
            if not broken:
                break
            handover = await self._broken_off(handover, broken)
            checked = await replace(self.proof, further=(handover,)).verify()
        if any(one.fault for one in checked):
            return checked
        async with self.store.work() as work:
            await self._take_over(work, handover, actor)
        return checked

    async def _planned(self) -> Handover:
        """Of every chain as it ends now."""
        async with self.store.view() as view:
            chains = await view.chains.all()
            ends = [heads[-1] for chain in chains if (heads := await view.chains.heads(chain.index))]
        return self._signed(
            Handover(
                old=self.old.public if self.old else LOST,
                new=self.proof.signer.public,
                at=round((self.clock.now() - EPOCH).total_seconds() * 1000),
                ends=tuple(LastWord(chain=one.chain, length=one.length, hash=one.hash, at=one.at) for one in ends),
            )
        )

    async def _broken_off(self, handover: Handover, broken: dict[bytes, int]) -> Handover:
        """The old key counts up to the first break, behind which the new one had signed already."""
        ends = []
        async with self.store.view() as view:
            for end in handover.ends:
                position = broken.get(end.chain)
                if position is None:
                    ends.append(end)
                    continue
                breaks = tuple(sorted({*end.breaks, position}))
                found = await view.chains.links(end.chain, after=breaks[0] - 2, limit=1) if breaks[0] > 1 else ()
                before = [(link.position, link.hash, link.at) for link in found] or [(0, b"", 0)]
                length, last, at = before[0]
                ends.append(LastWord(chain=end.chain, length=length, hash=last, at=at, breaks=breaks))
        return self._signed(replace(handover, ends=tuple(ends)))

    def _signed(self, handover: Handover) -> Handover:
        said = stated(handover)
        old = self.old.sign(said) if self.old else b""
        return replace(handover, old_signature=old, new_signature=self.proof.signer.sign(said))

    async def _take_over(self, work: UnitOfWork, handover: Handover, actor: str) -> None:
        now, signer = self.clock.now(), self.proof.signer
        for end in handover.ends:
            if end.breaks:
                continue  # the new key signs there already
            heads = await work.chains.heads(end.chain)
            if (heads[-1].length, heads[-1].hash) != (end.length, end.hash):
                raise ParvisError(
                    say("Somebody writes to the audit log: stop the bridge first."), kind=ErrorKind.CONFLICT
                )
            head = Head(chain=end.chain, length=end.length, hash=end.hash, at=end.at, signature=b"")
            await work.chains.keep(replace(head, signature=signer.sign(said_by(head))))
        await work.snapshots.save(HANDOVERS, stored((*await handovers_in(work), handover)), at=now)
        entry = AuditEntry(
            id=self.chance.token(),
            at=now,
            actor=actor,
            compartment=OPEN,
            kind=KIND,
            run=KIND,
            detail={"lost": handover.lost},
            outcome=Outcome.DONE,
            outcome_at=now,
        )
        await work.audit.intend([entry])
