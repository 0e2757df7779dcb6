"""What rooms are once a plan is applied, and while it is: judged by the directory alone, not by what was desired."""

from hypothesis import given

from bridge.domain.directory import Directory, Group, GroupState, JoinRequests, Visibility
from bridge.domain.ids import server_of
from bridge.domain.rooms import ActualRoom, Membership, RoomKind, RoomRef, group_room
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.plan import Brake
from bridge.rules.facts import gather
from tests.planning.openness import openness
from tests.planning.simulating import Simulation
from tests.planning.test_properties import quick
from tests.planning.worlds import HIDDEN_GROUPS, Situation, situations
from tests.world import BOT, SERVER, TODAY, desired

SEATED = (Membership.JOIN, Membership.INVITE)
ALL = 10**9
HAIR_TRIGGER = Brake(
    max_removals=ALL, max_removal_share=0.0, max_archivings=ALL, max_loosenings=ALL, max_room_share=1.0
)
FEW = 5
LIGHT = (RoomKind.SUBSPACE, RoomKind.FORMER)
"""Whoever leaves one of these may lose nothing: a subspace only lists rooms, and after a former room comes another."""


def settled(situation: Situation) -> Simulation:
    return situation.simulation.settle(desired(situation.today))


def group_rooms(simulation: Simulation, today: Directory) -> list[tuple[Group, ActualRoom]]:
    """The rooms of groups that have not ended for good."""
    found = ((group, simulation.actual.get(group_room(group.id))) for group in today.groups.values())
    return [(group, room) for group, room in found if room and group.state is not GroupState.RETIRED]


def seated(room: ActualRoom) -> set[str]:
    return {user for user, state in room.members.items() if state in SEATED}


@quick
@given(situations())
def test_nobody_sits_anywhere_who_is_not_active(situation: Situation) -> None:
    simulation = settled(situation)
    active = {person.user for person in situation.today.people.values() if person.active} | {BOT}
    for room in simulation.actual.values():
        assert {user for user in seated(room) if server_of(user) == SERVER} <= active


@quick
@given(situations())
def test_partners_take_part_where_they_are_admitted_and_nowhere_else(situation: Situation) -> None:
    simulation, today = settled(situation), situation.today
    for group, room in group_rooms(simulation, today):
        servers = {server for partner in group.partners for server in today.partners[partner].servers} | {SERVER}
        assert {server_of(user) for user in seated(room)} <= servers
        acl = room.state.get(("m.room.server_acl", ""))
        federated = room.content("m.room.create").get("m.federate", True)
        assert set(acl["allow"]) == servers if federated and acl else not federated


@quick
@given(situations())
def test_a_hidden_room_can_be_found_by_nobody(situation: Situation) -> None:
    found_by_nobody(situation)


def found_by_nobody(situation: Situation) -> None:
    """No hidden room tells of itself, once everything is applied."""
    simulation = settled(situation)
    for hidden in HIDDEN_GROUPS:
        if (room := simulation.actual.get(group_room(hidden))) is None:
            continue
        shown = {one[0] for one in openness(simulation.actual, room.ref)}
        assert not shown & {"listed for", "enter", "alias", "published", "guests", "said"}
        assert room.content("m.room.name")["name"].startswith("Private group")
        assert not room.content("m.room.topic").get("topic")
        assert room.content("m.room.history_visibility") == {"history_visibility": "joined"}
        # A group that was open and is archived keeps its room: it is closed, and a finding says what is known of it.
        assert hidden not in str(room.state) or situation.today.groups[hidden].state is GroupState.ARCHIVED


@quick
@given(situations())
def test_an_open_room_is_entered_as_its_visibility_says(situation: Situation) -> None:
    simulation = settled(situation)
    spaces = {room.room_id for ref, room in simulation.actual.items() if ref.kind is not RoomKind.GROUP}
    for group, room in group_rooms(simulation, situation.today):
        rule = room.content("m.room.join_rules")
        listed = group.listed and not group.partners
        if group.state is GroupState.ARCHIVED or group.visibility is Visibility.HIDDEN:
            assert rule["join_rule"] == "invite"
        elif group.visibility is Visibility.INVITE_ONLY:
            assert rule["join_rule"] == ("knock" if group.requests is JoinRequests.KNOCK else "invite")
        elif listed:
            assert rule["join_rule"] == "public"
        else:
            assert rule["join_rule"] == "restricted"
            assert {entry["room_id"] for entry in rule["allow"]} <= spaces
        assert room.published == (rule["join_rule"] == "public")
        if group.visibility is not Visibility.HIDDEN:
            kept = group.history if group.visibility is Visibility.INVITE_ONLY else None
            assert room.content("m.room.history_visibility") == {"history_visibility": kept or "shared"}


@quick
@given(situations())
def test_employees_sit_in_closed_rooms_only_where_they_belong(situation: Situation) -> None:
    simulation, today = settled(situation), situation.today
    facts = gather(today, today=TODAY, server_name=SERVER)
    for group, room in group_rooms(simulation, today):
        if group.visibility is not Visibility.PUBLIC:
            assert seated(room) - {BOT} <= facts.people_of(group.id)


@quick
@given(situations())
def test_nobody_is_invited_whom_the_room_shuts_out(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    for action in simulation.plan(wanted).actions:
        simulation.do(wanted, action)
        if isinstance(action, AddMembers):
            acl = simulation.actual[action.ref].state.get(("m.room.server_acl", ""))
            # A room that stays at home asks its ACL about nobody.
            assert acl is None or {server_of(user) for user in action.users} - {SERVER} <= set(acl["allow"])


@quick
@given(situations())
def test_a_room_that_stays_in_the_spaces_is_never_without_a_place(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    actions = list(simulation.plan(wanted).actions)
    end = simulation.copy().apply(wanted, actions)
    same = [ref for ref, room in simulation.actual.items() if ref in end.actual and is_same(room, end.actual[ref])]
    stay = [ref for ref in same if placed(simulation, ref) and placed(end, ref)]
    for action in actions:
        simulation.do(wanted, action)
        assert all(placed(simulation, ref) for ref in stay)


def is_same(room: ActualRoom, later: ActualRoom) -> bool:
    """Whether no other room came after it."""
    return room.room_id == later.room_id


def placed(simulation: Simulation, ref: RoomRef) -> bool:
    return ("listed for", "employees") in openness(simulation.actual, ref)


@quick
@given(situations())
def test_taking_more_than_the_brake_allows_waits(situation: Situation) -> None:
    simulation, _, today = situation
    wanted = desired(today)
    known = wanted.employees | wanted.partner_of.keys()
    for part in simulation.plan(wanted, HAIR_TRIGGER).parts:
        taken = sum(
            user in known
            for action in part.actions
            if isinstance(action, RemoveMembers) and not action.invited and action.ref.kind not in LIGHT
            for user in action.users
        )
        assert part.held or taken < FEW
