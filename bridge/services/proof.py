"""Proof that the audit log is as it was written: chain by chain, against our own heads and those that witnesses kept.

For the command line, which checks everything, and for chat, where a viewer's own compartments are checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bridge.domain.audit import Head
from bridge.domain.handover import Handover
from bridge.domain.viewers import Compartment
from bridge.ports.audit import Chain, Signer
from bridge.ports.store import Store, UnitOfWork
from bridge.rules.chain import Fault, FaultKind, Walk
from bridge.services.keyring import Keyring, handovers_in

PAGE: Final = 2000
"""Links read and checked in one go: some milliseconds."""
UNLOCATED: Final = frozenset({FaultKind.REWRITTEN, FaultKind.CUT, FaultKind.BEYOND, FaultKind.FOREIGN})
"""Faults of ends: signatures within the chain tell where it began."""

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What checking one chain found. ``compartment`` is None when nothing tells it any more; ``records`` counts those
    up to the fault."""

    chain: bytes
    compartment: Compartment | None
    records: int
    fault: Fault | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Checks chains; ``signer`` holds the audit key."""

    store: Store
    signer: Signer
    further: Sequence[Handover] = ()
    """Handovers that are not stored yet."""

    async def verify(
        self,
        *,
        compartments: frozenset[Compartment] | None = None,
        witnesses: Sequence[Head] = (),
        progress: Report = lambda _links: None,
    ) -> Sequence[Checked]:
        """Check the chains of these compartments (None: every chain) as they stand at one moment, and those of which
        nothing but a witness tells any more. ``progress`` is told how many links are checked."""
        async with self.store.view() as view:
            chains = list(await view.chains.all())
            known, witnessed = {chain.index for chain in chains}, {head.chain for head in witnesses}
            chains += [Chain(index=index, compartment=None) for index in sorted(witnessed - known)]
            if compartments is not None:
                chains = [
                    chain
                    for chain in chains
                    if chain.compartment in compartments or (chain.compartment is None and chain.index in witnessed)
                ]
            chains.sort(key=lambda chain: chain.compartment or "")
            keys = Keyring.of(self.signer, (*await handovers_in(view), *self.further))
            check = _Check(view, keys, witnesses, progress)
            return [await check.chain(chain) for chain in chains]

    async def heads(self, compartments: frozenset[Compartment] | None = None) -> Sequence[Head]:
        """The ends of these chains (None: of all) as they are now, to be kept by witnesses."""
        async with self.store.view() as view:
            chains = [one for one in await view.chains.all() if compartments is None or one.compartment in compartments]
            return [heads[-1] for chain in chains if (heads := await view.chains.heads(chain.index))]

    async def handovers(self) -> Sequence[Handover]:
        """The changes of the audit key that count, newest first."""
        async with self.store.view() as view:
            return Keyring.of(self.signer, await handovers_in(view)).handovers


@dataclass(slots=True)
class _Check:
    view: UnitOfWork
    keys: Keyring
    witnesses: Sequence[Head]
    progress: Report
    links: int = 0

    async def chain(self, chain: Chain) -> Checked:
        kept = [one for one in self.witnesses if one.chain == chain.index]
        heads = [*await self.view.chains.heads(chain.index), *kept]
        good = [head for head in heads if self.keys.is_good(head)]
        foreign = [head for head in heads if head not in good and not self.keys.is_moot(head)]
        good += self.keys.vouched(chain.index)
        walk = Walk(chain=chain.index, heads=good, breaks=self.keys.breaks(chain.index))
        fault = await self._walked(walk)
        agreed = max((head.length for head in good if head.length <= walk.position), default=0)
        if foreign and (fault is None or fault.kind in UNLOCATED):
            first = min(foreign, key=lambda head: head.length)
            fault = Fault(kind=FaultKind.FOREIGN, position=first.length, at=first.at)
        if fault is not None and fault.kind in UNLOCATED:
            fault = await self._located(chain.index, fault, agreed)
        return Checked(chain=chain.index, compartment=chain.compartment, records=walk.records, fault=fault)

    async def _walked(self, walk: Walk) -> Fault | None:
        while links := await self.view.chains.links(walk.chain, after=walk.position, limit=PAGE):
            for link in links:
                if fault := walk.take(link):
                    return fault
            self.links += len(links)
            self.progress(self.links)
        if fault := walk.end():
            return fault
        stray = await self.view.chains.stray(walk.chain, told=walk.records)
        return None if stray is None else Fault(kind=FaultKind.ADDED, position=walk.position + 1, at=stray)

    async def _located(self, chain: bytes, fault: Fault, agreed: int) -> Fault:
        """Narrow the place down: behind the last link that we signed, before the first that somebody else did."""
        good, read, at = agreed, agreed, fault.at
        while links := await self.view.chains.links(chain, after=read, limit=PAGE):
            for link in links:
                read = link.position
                if link.signature is None:
                    continue
                if not self.keys.is_link_good(chain, read, link.hash, link.at, link.signature):
                    return replace(fault, position=good + 1, at=at, until=read)
                good, at = read, link.at
        return fault if good == read else replace(fault, position=good + 1, at=at, until=read)
