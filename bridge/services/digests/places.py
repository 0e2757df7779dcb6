"""Who sits in which group's room, and what follows for digests: once for each world. Called by ``digests``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.directory import GroupState
from bridge.domain.rooms import RoomKind
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """``groups`` by user id, in order of their ids: those whose room they are in, as it was seen last, and of which the
    digest may tell. ``rooms`` are these groups' present rooms. ``leading`` are owners and moderators by group,
    ``secret`` the ids of hidden groups."""

    world: World
    access: Access
    groups: Mapping[str, Sequence[str]]
    rooms: Mapping[str, str]
    leading: Mapping[str, frozenset[str]]
    secret: frozenset[str] = frozenset()


def places_in(world: World, access: Access) -> Places:
    """The places in a world, whose gate ``access`` is."""
    facts, room_ids = world.facts, world.room_ids()
    groups: dict[str, list[str]] = {}
    rooms: dict[str, str] = {}
    told = (
        ref
        for ref in world.joined
        if ref.kind is RoomKind.GROUP
        and (group := facts.directory.groups.get(ref.id)) is not None
        and group.digest
        and group.state is GroupState.ACTIVE
        and ref in room_ids
    )
    for ref in sorted(told, key=lambda one: one.id):
        rooms[ref.id] = room_ids[ref]
        for user in world.joined[ref].users():
            groups.setdefault(user, []).append(ref.id)
    nobody = frozenset[str]()
    leading = {one: facts.owners.get(one, nobody) | facts.moderators.get(one, nobody) for one in rooms}
    secret = frozenset(one.id for one in facts.directory.groups.values() if is_hidden(one))
    return Places(world=world, access=access, groups=groups, rooms=rooms, leading=leading, secret=secret)
