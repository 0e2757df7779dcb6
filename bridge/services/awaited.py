"""Which groups of a look wait for somebody's word, from what the store knows of rooms and people. For ``looking``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from bridge.domain.directory import Directory, Group
from bridge.domain.findings import Finding
from bridge.domain.rooms import ActualRoom, Binding, RoomKind, RoomRef
from bridge.ports.pending import Pending
from bridge.rules.awaiting import (
    NOTHING,
    Sameness,
    awaiting,
    compared,
    lost,
    namesakes,
)
from bridge.rules.facts import is_hidden
from bridge.rules.replacing import UNFILED, Filed, unpaired
from bridge.rules.sameness import Same
from bridge.rules.seeing import Seen, serving
from bridge.services.identities import doubt_of
from bridge.services.truth import Truth

NOBODY: Final = Seen(rooms={}, accounts={}, claimed={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What was ``found``, with what it was found from."""

    found: Sameness = NOTHING
    seen: Seen = field(default=NOBODY)

    def with_those_left(self, users: Mapping[str, frozenset[str]]) -> "Awaited":
        """The same where these may stay in the rooms of groups whose source was replaced, by id of group."""
        return replace(self, seen=replace(self.seen, stayed=users)) if users else self

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
        alone = self.found.unpaired
        stay = [(one, sorted(self.seen.present(one))) for one in sorted(alone.left)]
        waits = (pairs, sorted(alone.held), stay)
        return sha256(str(waits).encode()).hexdigest() if any(waits) else ""


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
    filed: Filed = UNFILED,
) -> Awaited:
    """``truth`` is the reading with everybody's account as far as that is known, ``read`` the same as the directory has
    it, ``governed`` with all that is decided. ``staff`` are accounts that are nobody's. ``filed`` is what the policy
    file says of groups that it names."""
    rooms = {ref.id: actual.get(ref) for ref in bindings if ref.kind is RoomKind.GROUP}
    declared, settled = truth.directory.groups, governed.groups
    gone = lost(settled, truth.vanished, rooms.keys())
    known = {*truth.vanished, *said, *said.values()}
    came = [id_ for id_ in declared if id_ in settled and id_ not in known] if gone else []
    if not came:
        return Awaited(found=Sameness(vanished=gone, said=said)) if gone or said else Awaited()
    pairs = namesakes(declared, settled, gone, came)
    paired = {one for pair in pairs for one in pair if not any(is_hidden(settled[other]) for other in pair)}
    alone = unpaired(
        {id_: settled[id_] for id_ in declared if id_ in settled}, gone - paired,
        [id_ for id_ in came if id_ not in paired], rooms=rooms.keys(), since=truth.since,
    )  # fmt: skip
    some = pairs or alone.left
    seen = _seen(truth, settled, rooms, read=read, doubts=doubts, staff=staff) if some else NOBODY
    alike = compared(pairs, declared, settled, seen, filed)
    found = Sameness(vanished=gone, alike=alike, unpaired=alone, said=said)
    held = {id_: settled[id_] for id_ in found.waiting}
    leading = {id_: seen.leading(id_) for id_ in gone}
    return Awaited(found=replace(found, held=held, leading=leading), seen=seen)


def _seen(
    truth: Truth,
    settled: Mapping[str, Group],
    rooms: Mapping[str, ActualRoom | None],
    *,
    read: Directory,
    doubts: Iterable[Pending],
    staff: frozenset[str],
) -> Seen:
    accounts = {id_: person.user for id_, person in truth.directory.people.items() if person.user}
    guesses = {doubt.person: doubt.users[0] for doubt in map(doubt_of, doubts) if len(doubt.users) == 1}
    called = {id_: person.user for id_, person in read.people.items() if person.user}
    claimed = {**called, **guesses, **accounts}
    shown = [room for id_, room in rooms.items() if id_ in settled and not is_hidden(settled[id_])]
    joining = serving(shown, {*claimed.values(), *called.values()})
    return Seen(rooms=rooms, accounts=accounts, claimed=claimed, staff=staff | joining)
