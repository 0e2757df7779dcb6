"""Where rooms can be found: children of spaces, aliases, the room directory."""

from collections.abc import Iterator
from typing import Final

from bridge.domain.desired import DesiredRoom
from bridge.domain.messages import say
from bridge.domain.rooms import ActualRoom, RoomKind
from bridge.planning.actions import LinkChild, Phase, Publish, SetAlias
from bridge.planning.world import World
from bridge.rules.state import CHILD, is_child

AUDIENCE: Final = say("The spaces of those who may know the group list its room.")
NOT_LISTED: Final = say("A space lists only groups that all its members may know.")
LISTED: Final = say("The group is listed, so anyone on the federation can read its name and member count.")
UNLISTED: Final = say("Only public groups that are listed stand in the room directory and have an alias.")


def links(world: World, room: DesiredRoom, actual: ActualRoom | None) -> Iterator[LinkChild]:
    """The spaces that should list the room and do not."""
    for parent in room.settings.parents:
        space = world.actual.get(parent)
        if space is None and parent in world.room_ids:
            continue
        if space is None or actual is None or not is_child(space.content(CHILD, actual.room_id)):
            yield LinkChild(ref=room.ref, parent=parent, present=True, reason=AUDIENCE, phase=Phase.LOOSEN)


def stray_links(world: World) -> Iterator[LinkChild]:
    """Rooms of ours in spaces of ours that should not list them. Children that are not ours are left alone."""
    rooms = world.desired.rooms
    for parent, space in world.actual.items():
        if parent.kind is RoomKind.GROUP:
            continue
        for (event_type, child), content in space.state.items():
            if event_type != CHILD or not is_child(content):
                continue
            ref = world.refs.get(child)
            if ref is not None and ref in rooms and parent not in rooms[ref].settings.parents:
                yield LinkChild(ref=ref, parent=parent, present=False, reason=NOT_LISTED, phase=Phase.TIGHTEN)


def addresses(room: DesiredRoom, actual: ActualRoom | None) -> Iterator[Publish | SetAlias]:
    """Publication and aliases, both ways."""
    wanted = room.settings
    published, aliases = (actual.published, actual.aliases) if actual else (False, ())
    if published and not wanted.published:
        yield Publish(ref=room.ref, published=False, reason=UNLISTED, phase=Phase.TIGHTEN)
    if wanted.published and not published:
        yield Publish(ref=room.ref, published=True, reason=LISTED, phase=Phase.LOOSEN)
    for alias in aliases:
        if alias != wanted.alias:
            yield SetAlias(ref=room.ref, alias=alias, present=False, reason=UNLISTED, phase=Phase.TIGHTEN)
    if wanted.alias and wanted.alias not in aliases:
        yield SetAlias(ref=room.ref, alias=wanted.alias, present=True, reason=LISTED, phase=Phase.LOOSEN)
