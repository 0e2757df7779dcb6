"""What planning looks at: desired and actual side by side, and who is who. Made once per plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.domain.desired import Desired, DesiredRoom
from bridge.domain.rooms import MARKER, ActualRoom, Binding, Membership, RoomKind, RoomRef, group_room
from bridge.domain.viewers import OPEN, Compartment
from bridge.planning.patience import ENDLESS, Patience
from bridge.rules.naming import plain_marker
from bridge.rules.state import Frame


class Unfit(StrEnum):
    """Why a bound room is left alone."""

    UNREAD = "unread"
    NOT_OURS = "not-ours"
    BOT_OUT = "bot-out"


@dataclass(slots=True)
class Line:
    """Puts users in order. Sorting everybody once serves all rooms that most employees belong to."""

    employees: frozenset[str]
    _sorted: list[str] = field(default_factory=list)

    def up(self, users: frozenset[str]) -> tuple[str, ...]:
        """``users``, sorted."""
        if len(users) * 8 < len(self.employees):
            return tuple(sorted(users))
        if not self._sorted:
            self._sorted = sorted(self.employees)
        employees = list(filter(users.__contains__, self._sorted))
        others = users - self.employees if len(employees) < len(users) else ()
        return tuple(sorted([*employees, *others]))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """``actual`` holds the rooms that are ours and that the bot is in; ``unfit`` says of the other bound rooms why they
    are left alone. ``room_ids`` and ``refs`` are the two directions of the bindings whose rooms exist. ``staff`` are
    the bot and the service users: never invited, never removed."""

    desired: Desired
    actual: Mapping[RoomRef, ActualRoom]
    unfit: Mapping[RoomRef, Unfit]
    bindings: Mapping[RoomRef, Binding]
    room_ids: Mapping[RoomRef, str]
    refs: Mapping[str, RoomRef]
    server_name: str
    staff: frozenset[str]
    line: Line
    patience: Patience = ENDLESS

    def frame(self, room: DesiredRoom, actual: ActualRoom) -> Frame:
        """What encoding this room's settings needs."""
        return frame_of(self.desired, room, actual, self.room_ids)


def frame_of(desired: Desired, room: DesiredRoom, actual: ActualRoom, room_ids: Mapping[RoomRef, str]) -> Frame:
    """What encoding this room's settings needs, for whoever compares a room as plans do."""
    return Frame(
        bot=desired.bot,
        room_version=actual.version,
        # A group that is no longer hidden says so in its room, which keeps the random mark that it began with.
        marker=actual.marker if room.hidden or room.let_go else plain_marker(room.ref),
        room_ids=room_ids,
        service_user=None if room.hidden else desired.service_user,
    )


def survey(
    desired: Desired,
    actual: Mapping[RoomRef, ActualRoom],
    bindings: Mapping[RoomRef, Binding],
    *,
    server_name: str,
    patience: Patience = ENDLESS,
) -> World:
    """The world of one plan."""
    room_ids = {ref: binding.room_id for ref, binding in bindings.items() if binding.room_id}
    fit: dict[RoomRef, ActualRoom] = {}
    unfit: dict[RoomRef, Unfit] = {}
    for ref in room_ids:
        fault = fault_of(bindings[ref], actual.get(ref), desired.bot)
        if fault is None:
            fit[ref] = actual[ref]
        else:
            unfit[ref] = fault
    return World(
        desired=desired,
        actual=fit,
        unfit=unfit,
        bindings=bindings,
        room_ids=room_ids,
        refs={room_id: ref for ref, room_id in room_ids.items()},
        server_name=server_name.lower(),
        line=Line(desired.employees),
        patience=patience,
        staff=desired.service_users | {desired.bot},
    )


def fault_of(binding: Binding, actual: ActualRoom | None, bot: str) -> Unfit | None:
    """Why a bound room is left alone, if it is. One that was hidden once may say its group's id instead of its mark."""
    if actual is None:
        return Unfit.UNREAD
    marks = {binding.marker, plain_marker(group_room(binding.of) if binding.of else binding.ref)}
    if (actual.room_id, actual.marker) != (binding.room_id, binding.marker) or mark_of(actual) not in marks:
        return Unfit.NOT_OURS
    return None if actual.members.get(bot) is Membership.JOIN else Unfit.BOT_OUT


def compartment_of(room: DesiredRoom) -> Compartment:
    """Hidden groups plan by themselves, everything else together."""
    return room.compartment


def compartment_of_binding(binding: Binding) -> Compartment:
    """The same for a room whose group the directory no longer knows: its marker tells whether it was hidden."""
    if binding.ref.kind is RoomKind.FORMER:
        return binding.of if binding.secret else OPEN
    plain = binding.ref.kind is not RoomKind.GROUP or binding.marker == plain_marker(binding.ref)
    return OPEN if plain else binding.ref.id


def mark_of(actual: ActualRoom) -> str:
    """What the room itself says whose it is: somebody may have changed it since."""
    content = actual.state.get((MARKER, ""))
    return actual.marker if content is None else str(content.get("group"))
