"""What would be if a room came to serve a group: found out without changing anything. Called by ``adopting``."""

import json
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from bridge.domain.desired import Desired
from bridge.domain.directory import Group, MembershipMode
from bridge.domain.messages import Message
from bridge.domain.rooms import MARKER, ActualRoom, Binding, RoomRef, group_room
from bridge.planning.actions import AddMembers, LinkChild, RemoveMembers
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.planning.planner import plan
from bridge.ports.homeserver import Homeserver
from bridge.rules.adopting import Candidate
from bridge.rules.facts import Facts
from bridge.rules.naming import SPACES, plain_marker
from bridge.rules.partners import partner_of
from bridge.rules.policy import FIELDS, write_value
from bridge.services.showing import change
from bridge.services.world import World

PEOPLE: Final = frozenset({"owners", "moderators", "members"})
"""Fields of a group that may change while somebody makes up their mind; the rest may not."""
WORDS: Final = frozenset({"m.room.message", "m.room.encrypted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A room that may come to serve a group. ``changes`` and ``opens`` say what becomes of it; ``joining`` become
    members by this decision, ``leaving`` are removed, ``withdrawn`` lose an invitation.

    ``admins`` may agree; ``equals`` have to give up power by themselves first. ``aside`` is the room that the group has
    now and in which nobody has said a word.
    """

    group: Group
    room_id: str
    version: str
    name: str
    changes: tuple[Message, ...] = ()
    opens: tuple[Message, ...] = ()
    joining: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    withdrawn: int = 0
    admins: frozenset[str] = frozenset()
    equals: tuple[str, ...] = ()
    aside: str | None = None

    @property
    def reference(self) -> str:
        """Ten letters and digits: another word when something else would come of it than was shown."""
        fields = [(name, write_value(self.group, name)) for name in FIELDS if name not in PEOPLE]
        told = repr((self.group.id, self.room_id, fields, sorted(map(str, self.changes))))
        return b32encode(sha256(told.encode(errors="replace")).digest())[:10].decode().lower()


def adoption_of(
    group: Group,
    candidate: Candidate,
    world: World,
    *,
    agreeing: frozenset[str],
    joining: tuple[str, ...],
    aside: str,
) -> Adoption:
    """What becomes of the room; ``world`` is as it would be with those who are ``joining``."""
    room, facts = candidate.room, world.facts
    foreseen = _foreseen(world, room)
    going = [one for one in foreseen.actions if isinstance(one, RemoveMembers)]
    crowds = (AddMembers, RemoveMembers, LinkChild)
    return Adoption(
        group=group,
        room_id=room.room_id,
        version=room.version,
        name=str(room.content("m.room.name").get("name") or room.room_id),
        changes=tuple(dict.fromkeys(change(one, facts) for one in foreseen.actions if not isinstance(one, crowds))),
        opens=tuple(one.text for one in foreseen.findings if one.kind == "opens"),
        joining=joining,
        leaving=tuple(sorted({user for one in going if not one.invited for user in one.users})),
        withdrawn=sum(len(one.users) for one in going if one.invited),
        admins=agreeing,
        equals=tuple(sorted(candidate.equals)),
        aside=aside or None,
    )


def _foreseen(world: World, room: ActualRoom) -> Plan:
    """The plan of this room alone, as if it were bound."""
    ref = room.ref
    spaces = {other: binding for other, binding in world.bindings.items() if other.kind in SPACES}
    bound: dict[RoomRef, Binding] = {
        **spaces,
        ref: Binding(ref=ref, marker=room.marker, room_id=room.room_id, version=room.version),
    }
    alone: Desired = replace(world.desired, rooms={ref: world.desired.rooms[ref]}, findings=())
    whole = plan(alone, {ref: room}, bound, server_name=world.facts.server_name)
    return of_rooms(whole, {ref})


def joining(group: Group, people: frozenset[str], facts: Facts) -> tuple[str, ...]:
    """Who of the people in the room becomes a member by decision: employees, and people of partners that the group
    admits. Nobody where the directory alone decides."""
    if group.membership is MembershipMode.DIRECTORY:
        return ()
    admitted = facts.admitted(group)
    others = people - facts.people_of(group.id)
    return tuple(
        sorted(user for user in others if user in facts.employees or partner_of(user, facts.belongs) in admitted)
    )


async def seen_as(homeserver: Homeserver, group: Group, room_id: str) -> tuple[ActualRoom, frozenset[str]]:
    """The room as if it served the group, and who made it. Raises ``HomeserverError``, also where we are not in it."""
    view = await homeserver.read_room(room_id)
    ref = group_room(group.id)
    room = ActualRoom(
        ref=ref,
        room_id=room_id,
        marker=plain_marker(ref),
        version=view.version,
        state={**view.state, (MARKER, ""): {"group": plain_marker(ref)}},
        members=view.members,
        published=await homeserver.published(room_id),
        aliases=await homeserver.aliases(room_id),
    )
    return room, view.creators


async def has_words(homeserver: Homeserver, room_id: str, *, ours: Collection[str]) -> bool:
    """Whether anybody has said anything in the room. Raises ``HomeserverError``."""
    wanted = quote(json.dumps({"types": sorted(WORDS)}))
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=b&limit=100&filter={wanted}"
    start = ""
    while True:
        page = await homeserver.request("GET", f"{path}&from={quote(start)}" if start else path)
        if any(event["sender"] not in ours for event in page["chunk"]):
            return True
        if not page.get("end") or page["end"] == start:
            return False
        start = page["end"]
