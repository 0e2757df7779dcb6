"""Whether a chain of the audit log is as it was written, and where it first is not. Pure; called by ``services/proof``.

Links are taken in their order, one by one, so that a chain of any length is checked in little memory.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.domain.audit import BEGINNING, BROKEN_OFF, Head, Link, Part, link_hash, words_of


class FaultKind(StrEnum):
    """What is wrong at a place."""

    MISSING = "missing"
    """A link that stood here is gone."""
    GONE = "gone"
    """The link is here, its record is gone, or stands in another compartment."""
    ALTERED = "altered"
    """The record or the link does not say what it said."""
    ADDED = "added"
    """A record is told of twice, or by no link at all."""
    REWRITTEN = "rewritten"
    """Links follow one another, but are not those that were signed."""
    CUT = "cut"
    """The chain ends before the end that was signed."""
    BEYOND = "beyond"
    """The chain goes on after the last end that was signed."""
    FOREIGN = "foreign"
    """The end was signed with another key, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first fault of a chain: at link ``position`` (from 1), or somewhere from there to ``until``.

    ``at`` is the time of the link, or of the last good one before it (milliseconds; None at the beginning).
    """

    kind: FaultKind
    position: int
    at: int | None
    until: int | None = None


@dataclass(slots=True, kw_only=True)
class Walk:
    """The check of one chain. ``heads`` are those with good signatures, ours and those that witnesses kept; ``breaks``
    the links that follow nothing since the audit key was replaced there."""

    chain: bytes
    heads: Collection[Head]
    breaks: Collection[int] = ()
    position: int = 0
    records: int = 0
    at: int | None = None
    _previous: bytes = BEGINNING
    _entry: int = 0
    _signed: Mapping[int, frozenset[bytes]] = field(init=False)
    _changed: dict[int, Fault] = field(default_factory=dict)
    """Records whose values are not what their link commits to, until an erasure explains it."""
    _unsaid: dict[int, Fault] = field(default_factory=dict)
    """Records with an outcome of which no link has told yet."""

    def __post_init__(self) -> None:
        lengths = {head.length for head in self.heads}
        self._signed = {
            length: frozenset(head.hash for head in self.heads if head.length == length) for length in lengths
        }

    def take(self, link: Link) -> Fault | None:
        """The next link of the chain; gives the first fault, after which nothing more is to be taken."""
        position, part = link.position, link.part
        if position != self.position + 1:
            return Fault(kind=FaultKind.MISSING, position=self.position + 1, at=self.at)
        if link.record is None:
            return self._fault(FaultKind.GONE, link)
        previous = BROKEN_OFF if position in self.breaks else self._previous
        words = words_of(part, link.record, kind=link.kind, run=link.run, outcome=link.outcome)
        expected = link_hash(
            previous, self.chain, position=position, part=part, at=link.at, words=words, committed=link.commitment
        )
        if link.hash != expected:
            return self._fault(FaultKind.ALTERED, link)
        if fault := self._told(link):
            return fault
        if position in self._signed and self._signed[position] != {link.hash}:
            return self._fault(FaultKind.REWRITTEN, link)
        self.position, self.at, self._previous = position, link.at, link.hash
        return None

    def end(self) -> Fault | None:
        """After the last link."""
        left = [*self._changed.values(), *self._unsaid.values()]
        if left:
            return min(left, key=lambda fault: fault.position)
        farthest = max(self._signed, default=0)
        if farthest > self.position:
            return Fault(kind=FaultKind.CUT, position=self.position + 1, at=self.at, until=farthest)
        if farthest < self.position:
            return Fault(kind=FaultKind.BEYOND, position=farthest + 1, at=self.at, until=self.position)
        return None

    def _told(self, link: Link) -> Fault | None:
        """What the link tells of its record, beside the record."""
        entry, altered = link.entry, self._fault(FaultKind.ALTERED, link)
        if link.part == Part.OUTCOME:
            said = self._unsaid.pop(entry, None) is not None
            return None if said and link.outcome_at == link.at and link.opened == link.commitment else altered
        if link.part == Part.RECORD:
            # The store numbers records as they come, so a record told of twice goes back.
            if entry <= self._entry:
                return self._fault(FaultKind.ADDED, link)
            self._entry, self.records = entry, self.records + 1
            if link.record_at != link.at:
                return altered
            if link.outcome is not None:
                self._unsaid[entry] = altered
        if link.opened == link.commitment:
            self._changed.pop(entry, None)
        else:
            self._changed[entry] = altered
        return None

    @staticmethod
    def _fault(kind: FaultKind, link: Link) -> Fault:
        return Fault(kind=kind, position=link.position, at=link.at)
