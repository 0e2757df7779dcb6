"""Which groups of a look wait for somebody's word, from what the store knows of rooms and people. For ``looking``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from bridge.domain.directory import Directory
from bridge.domain.findings import Finding
from bridge.domain.rooms import ActualRoom, Binding, RoomKind, RoomRef
from bridge.ports.pending import Pending
from bridge.rules.awaiting import NOTHING, Sameness, Seen, awaiting, compared, lost, namesakes
from bridge.rules.sameness import Same
from bridge.services.identities import doubt_of
from bridge.services.truth import Truth

NOBODY: Final = Seen(rooms={}, accounts={}, claimed={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What was ``found``, with what it was found from."""

    found: Sameness = NOTHING
    seen: Seen = field(default=NOBODY)

    def over(self, directory: Directory) -> Directory:
        """The directory without the groups that wait."""
        if not self.found.waiting:
            return directory
        return replace(directory, groups=awaiting(directory.groups, self.found, self.seen))

    def findings(self) -> tuple[Finding, ...]:
        """That they wait."""
        return tuple(self.found.findings())

    @property
    def stamp(self) -> str:
        """Another one when others wait, or stay for it; empty where nobody does."""
        pairs = [(one.old, one.new, sorted(self.seen.present(one.old))) for one in self.found.alike if one.waits]
        return sha256(str(pairs).encode()).hexdigest() if pairs else ""


def awaited(
    truth: Truth,
    governed: Directory,
    said: Same,
    *,
    read: Directory,
    doubts: Iterable[Pending],
    bindings: Mapping[RoomRef, Binding],
    actual: Mapping[RoomRef, ActualRoom],
    staff: frozenset[str],
) -> Awaited:
    """``truth`` is the reading with everybody's account as far as that is known, ``read`` the same as the directory has
    it, ``governed`` with all that is decided. ``staff`` are accounts that are nobody's."""
    rooms = {ref.id: actual.get(ref) for ref in bindings if ref.kind is RoomKind.GROUP}
    declared, settled = truth.directory.groups, governed.groups
    gone = lost(settled, truth.vanished, rooms.keys())
    known = {*truth.vanished, *said, *said.values()}
    came = [id_ for id_ in declared if id_ in settled and id_ not in known] if gone else ()
    if not (pairs := namesakes(declared, settled, gone, came)):
        return Awaited(found=Sameness(vanished=gone, said=said)) if gone or said else Awaited()
    accounts = {id_: person.user for id_, person in truth.directory.people.items() if person.user}
    guesses = {doubt.person: doubt.users[0] for doubt in map(doubt_of, doubts) if len(doubt.users) == 1}
    called = {id_: person.user for id_, person in read.people.items() if person.user}
    seen = Seen(rooms=rooms, accounts=accounts, claimed={**called, **guesses, **accounts}, staff=staff)
    alike = compared(pairs, declared, settled, seen)
    return Awaited(found=Sameness(vanished=gone, alike=alike, said=said), seen=seen)
