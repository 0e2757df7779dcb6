"""Where rooms can be found: children of spaces, aliases, the room directory."""

from collections.abc import Collection, Iterator
from typing import Final

from bridge.domain.desired import DesiredRoom
from bridge.domain.messages import say
from bridge.domain.rooms import ActualRoom, RoomKind, RoomRef
from bridge.planning.actions import LinkChild, Phase, Publish, SetAlias
from bridge.planning.world import World
from bridge.rules.state import CHILD, is_child, same_child

AUDIENCE: Final = say("The spaces of those who may know the group list its room.")
IN_PLACE: Final = say("Spaces list other spaces first and then rooms, by name, and recommend public groups.")
MOVED: Final = say("The group has another place among the spaces now.")
NOT_LISTED: Final = say("A space lists only groups that all its members may know.")
LISTED: Final = say("The group is listed, so anyone on the federation can read its name and member count.")
UNLISTED: Final = say("Only public groups that are listed stand in the room directory and have an alias.")
OVER: Final = say("A room has one alias; one that it had before stays beside it for a while only.")

ROOMS: Final = frozenset({RoomKind.GROUP, RoomKind.FORMER})
EVERYBODYS: Final = frozenset({RoomKind.COMPANY_SPACE, RoomKind.SUBSPACE})
"""Spaces that all employees may enter: to be listed in one or in another of them is equally open."""


def links(world: World, room: DesiredRoom, actual: ActualRoom | None) -> Iterator[LinkChild]:
    """The spaces that should list the room and do not, or not at its place."""
    order, suggested = room.settings.order, room.settings.suggested
    for parent in room.settings.parents:
        space = world.actual.get(parent)
        if space is None and parent in world.room_ids:
            continue
        was = space.content(CHILD, actual.room_id) if space and actual else {}
        if same_child(was, world.server_name, order=order, suggested=suggested):
            continue
        listed = is_child(was)
        yield LinkChild(
            ref=room.ref,
            parent=parent,
            present=True,
            order=order,
            suggested=suggested,
            reason=IN_PLACE if listed else AUDIENCE,
            # What a new space lists is there before anybody is: a homeserver that joins in the moment in which
            # something is written is not told of it until the next event there (seen with Synapse).
            phase=Phase.SET if listed or space is None else Phase.LOOSEN,
        )


def stray_links(world: World) -> Iterator[LinkChild]:
    """Rooms of ours in spaces of ours that should not list them. Children that are not ours are left alone."""
    rooms = world.desired.rooms
    for parent, space in world.actual.items():
        if parent.kind in ROOMS:
            continue
        for (event_type, child), content in space.state.items():
            if event_type != CHILD or not is_child(content):
                continue
            ref = world.refs.get(child)
            if ref is None or ref not in rooms or parent in rooms[ref].settings.parents:
                continue
            # The space of a group that is hidden now ends in silence: what it listed need not know.
            if not (parent in rooms and rooms[parent].hidden and rooms[parent].compartment != rooms[ref].compartment):
                yield from _unlink(rooms[ref], parent, ends=parent in rooms and rooms[parent].let_go)


def _unlink(room: DesiredRoom, parent: RoomRef, *, ends: bool) -> Iterator[LinkChild]:
    """A room that only moves is never without a place: it loses the old one last, or with the space itself."""
    if parent.kind not in EVERYBODYS or EVERYBODYS.isdisjoint(other.kind for other in room.settings.parents):
        yield LinkChild(ref=room.ref, parent=parent, present=False, reason=NOT_LISTED, phase=Phase.TIGHTEN)
    elif not ends:
        yield LinkChild(ref=room.ref, parent=parent, present=False, reason=MOVED, phase=Phase.END)


def addresses(
    room: DesiredRoom, actual: ActualRoom | None, stuck: Collection[str] = frozenset()
) -> Iterator[Publish | SetAlias]:
    """Publication and aliases, both ways; those that are ``stuck`` are left alone."""
    wanted = room.settings
    published, aliases = (actual.published, actual.aliases) if actual else (False, ())
    if published and not wanted.published:
        yield Publish(ref=room.ref, published=False, reason=UNLISTED, phase=Phase.TIGHTEN)
    if wanted.published and not published:
        yield Publish(ref=room.ref, published=True, reason=LISTED, phase=Phase.LOOSEN)
    for alias in aliases:
        if alias not in (wanted.alias, *wanted.old_aliases, *stuck):
            reason = OVER if wanted.alias else UNLISTED
            yield SetAlias(ref=room.ref, alias=alias, present=False, reason=reason, phase=Phase.TIGHTEN)
    if wanted.alias and wanted.alias not in aliases:
        yield SetAlias(ref=room.ref, alias=wanted.alias, present=True, reason=LISTED, phase=Phase.LOOSEN)
