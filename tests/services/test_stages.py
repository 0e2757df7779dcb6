"""What waits for what while a plan is applied: phases, and spaces before rooms where one could walk back in."""

from bridge.domain.messages import say
from bridge.domain.rooms import RoomRef, group_room, partner_space
from bridge.planning.actions import Action, Phase, RemoveMembers, SetAlias
from bridge.services.applying.stages import stages
from tests.world import user

SPACE, ROOM = partner_space("acme"), group_room("deal")
BOB = user("bob:acme.example")
REASON = say("The agreement is suspended.")


def out_of(ref: RoomRef) -> Action:
    return RemoveMembers(ref=ref, users=(BOB,), reason=REASON)


def closed(ref: RoomRef) -> Action:
    return SetAlias(ref=ref, alias="#deal:corp.example", present=False, reason=REASON, phase=Phase.TIGHTEN)


def test_a_space_is_lost_before_its_rooms() -> None:
    assert [list(stage) for stage in stages([out_of(ROOM), out_of(SPACE)])] == [[SPACE], [ROOM]]


def test_who_is_shut_out_urgently_loses_everything_side_by_side_behind_closed_doors() -> None:
    found = stages([out_of(ROOM), closed(ROOM), out_of(SPACE)], urgent=True)
    assert [set(stage) for stage in found] == [{ROOM}, {ROOM, SPACE}]
    assert found[0][ROOM] == [closed(ROOM)]
