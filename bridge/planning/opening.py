"""What makes a room more open than it is, and whose eyes it opens what was said there to. Called by planner and brake.

A room that is made is no opening, and neither is a listing, a link or a name: they follow from who may come in.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from bridge.domain.desired import DesiredRoom, JoinRule, Setting
from bridge.domain.findings import Finding
from bridge.domain.ids import host_of, is_user_id, server_of
from bridge.domain.messages import Message, Place, say, say_n
from bridge.domain.rooms import COMPANY, ActualRoom, HistoryVisibility, Membership, RoomKind, partner_space
from bridge.planning.actions import Action, Phase, SetState
from bridge.planning.world import World
from bridge.rules.naming import plain_marker
from bridge.rules.openness import entrance_of, fence_of

OPENING: Final = frozenset(
    {
        (Setting.MARKER, Phase.SET),
        (Setting.JOIN_RULE, Phase.LOOSEN),
        (Setting.HISTORY, Phase.LOOSEN),
        (Setting.ACL, Phase.SET),
    }
)
"""The writes that open a group's room."""

PAST: Final = frozenset({HistoryVisibility.SHARED, "world_readable"})


def opens(action: Action) -> bool:
    """Whether the action opens a group's room."""
    if not isinstance(action, SetState) or action.ref.kind is not RoomKind.GROUP:
        return False
    return (action.setting, action.phase) in OPENING


def openings(world: World, room: DesiredRoom, actual: ActualRoom, actions: Iterable[Action]) -> Iterator[Finding]:
    """What of the past becomes readable, and to whom, when a room is opened."""
    opened = {action.setting for action in actions if isinstance(action, SetState) and opens(action)}
    if not opened:
        return
    for text in _told(world, room, actual, opened):
        yield Finding("opens", plain_marker(room.ref), text, room.ref.id)


def _told(world: World, room: DesiredRoom, actual: ActualRoom, opened: set[Setting]) -> Iterator[Message]:
    name = room.settings.name
    past = actual.content("m.room.history_visibility").get("history_visibility", HistoryVisibility.SHARED)
    if past not in PAST:
        yield say("What was said in {room} so far stays closed to whoever comes in later.", room=name)
        return
    comers = _employees(world, room, actual) if Setting.JOIN_RULE in opened else 0
    if comers:
        yield say_n(
            "All that was said in {room} so far becomes readable to {count} more employee, who may come in now.",
            "All that was said in {room} so far becomes readable to {count} more employees, who may come in now.",
            comers,
            room=name,
        )
    for partner in _partners(world, room, actual):
        yield say(
            "All that was said in {room} so far becomes readable to people of {partner}.", room=name, partner=partner
        )


def _employees(world: World, room: DesiredRoom, actual: ActualRoom) -> int:
    if not room.open_to_employees or _was_open(world, actual):
        return 0
    return sum(1 for user in world.desired.employees if actual.members.get(user) is not Membership.JOIN)


def _was_open(world: World, actual: ActualRoom) -> bool:
    """Whether every employee may come in as it is: an entrance that opens to a partner, too, opens nothing to them."""
    was = entrance_of(actual.content("m.room.join_rules"))
    return was.rule == JoinRule.PUBLIC or ("restricted" in was.rule and world.room_ids.get(COMPANY) in was.allow)


def _partners(world: World, room: DesiredRoom, actual: ActualRoom) -> Iterator[Place]:
    """Partners whose servers are let in now and were not."""
    was, rooms = fence_of(actual.state.get(("m.room.server_acl", ""))), world.desired.rooms
    new = {server for server in room.settings.servers or () if not was.lets_in(server)}
    owners = {
        host_of(server_of(claim) if is_user_id(claim) else claim): partner
        for claim, partner in world.desired.partner_of.items()
    }
    for partner in sorted({owners[server] for server in new if server in owners}):
        space = rooms.get(partner_space(partner))
        yield space.settings.name if space else partner
