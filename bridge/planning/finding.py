"""What planning cannot put right and says instead: one finding for each, in the compartment that it belongs to."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from bridge.domain.desired import DesiredRoom
from bridge.domain.findings import Finding
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, Text, say
from bridge.domain.rooms import ActualRoom, Binding, RoomKind, RoomRef, group_of
from bridge.domain.viewers import OPEN, Compartment
from bridge.planning.peopling import banned
from bridge.planning.world import Unfit, World, compartment_of, compartment_of_binding
from bridge.rules.comparing import is_encrypted, is_federated
from bridge.rules.naming import plain_marker

FAULTS: Final = {
    Unfit.UNREAD: say("The room was never read, so it is left alone until it has been."),
    Unfit.NOT_OURS: say("The room no longer carries our marker, so it is not ours and is left alone."),
    Unfit.BOT_OUT: say("The bot is not in the room and can change nothing there: invite it again."),
}
ADDRESS_STAYS: Final = "address-stays"
VANISHED: Final = say("The directory no longer has it. Its room stays as it is until somebody archives it.")
TOO_CLOSED: Final = say(
    "The room was made for our server alone and now has members of a partner. That is fixed: a new room is needed."
)


def general_findings(world: World) -> Iterator[Finding]:
    """What the rules found about the directory, as far as no hidden group is concerned."""
    return (finding for finding in world.desired.findings if _compartment(world, finding.group) == OPEN)


def scattered_findings(world: World) -> Iterator[tuple[Compartment, Finding]]:
    """Findings that are not of one room at work: about hidden groups, rooms that are left alone, rooms left over."""
    for finding in world.desired.findings:
        compartment = _compartment(world, finding.group)
        if compartment != OPEN:
            yield compartment, finding
    rooms = world.desired.rooms
    for ref in world.bindings.keys() - rooms.keys():
        yield compartment_of_binding(world.bindings[ref]), _finding(world, "vanished", ref, VANISHED)
    for ref, fault in world.unfit.items():
        if ref in rooms and not (rooms[ref].let_go and fault is Unfit.BOT_OUT):
            yield compartment_of(rooms[ref]), _finding(world, fault, ref, FAULTS[fault])


def room_findings(world: World, room: DesiredRoom, actual: ActualRoom) -> Iterator[Finding]:
    """What is wrong with one room and stays so, whatever is planned."""
    if is_encrypted(actual) and not room.settings.encrypted:
        yield _finding(world, "encrypted", room.ref, _say_encrypted(room.ref.id))
    federated = is_federated(actual, room.settings)
    if not federated and any(server_of(user) != world.server_name for user in _outsiders(world, room)):
        yield _finding(world, "not-federated", room.ref, TOO_CLOSED)
    for user in banned(room, actual):
        yield Finding("banned", user, _say_banned(user), group_of(room.ref, world.bindings.get(room.ref)))

    stuck = world.patience.stuck.get(room.ref, frozenset())
    for alias in sorted(stuck.intersection(actual.aliases) - {room.settings.alias, *room.settings.old_aliases}):
        yield address_stays(room.ref, alias, world.bindings.get(room.ref))


def address_stays(ref: RoomRef, alias: str, binding: Binding | None) -> Finding:
    """The room has an alias that it must not have, and that the homeserver does not let us take away."""
    text = say(
        "Whoever guesses the address {alias} finds its room, and the homeserver does not let the bridge take it away."
        " Set homeserver.admin_token, with which the bridge does; or an administrator of the homeserver sends"
        " DELETE {path}. Whoever gave the address can also remove it in a client, in the settings of the room.",
        alias=alias,
        path=f"/_matrix/client/v3/directory/room/{quote(alias, safe='')}",
    )
    return Finding(ADDRESS_STAYS, alias, text, group_of(ref, binding))


def _outsiders(world: World, room: DesiredRoom) -> frozenset[str]:
    return room.members - world.desired.employees


def _say_encrypted(group: str) -> Message:
    return say(
        "The room is encrypted, which its group does not ask for. That cannot be switched off; to have a new room "
        "without encryption: {command}",
        command=Text(en=f"!group set {group} encrypted no", fr=f"!groupe régler {group} chiffrement non"),
    )


def _say_banned(user: str) -> Message:
    return say(
        "{user} belongs to the group and is banned from its room: lift the ban, or take them off the list.", user=user
    )


def _compartment(world: World, group_id: str | None) -> Compartment:
    room = world.desired.rooms.get(RoomRef(RoomKind.GROUP, group_id)) if group_id is not None else None
    return compartment_of(room) if room else OPEN


def _finding(world: World, kind: str, ref: RoomRef, text: Message) -> Finding:
    return Finding(str(kind), plain_marker(ref), text, group_of(ref, world.bindings.get(ref)))
