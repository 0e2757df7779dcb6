"""The administrators' room: whom the configuration names and nobody else, and nothing of hidden groups."""

from bridge.domain.desired import Desired
from bridge.domain.directory import Directory
from bridge.domain.rooms import ADMIN_ROOM, Absence, Membership, RoomRef, group_room
from bridge.domain.viewers import OPEN
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.desiring import desire_from
from bridge.planning.peopling import LISTED, UNNAMED
from bridge.planning.showing import kind_of
from bridge.rules.facts import gather
from bridge.rules.naming import plain_marker
from bridge.rules.settings import House
from tests.planning.simulating import Simulation
from tests.world import BOT, SERVER, TODAY, directory, group, partner, user, users

COMPANY_OF_THREE = directory(group("sales").members("ann", "luc"), people=["ines"])


def wanted(*admins: str, source: Directory = COMPANY_OF_THREE) -> Desired:
    house = House(server_name=SERVER, admins=users(*admins))
    return desire_from(gather(source, today=TODAY, server_name=SERVER), house, bot=BOT)


def crowd(simulation: Simulation, desired: Desired) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a plan does about people: kind, reason, whom."""
    people = [one for one in simulation.plan(desired).actions if isinstance(one, AddMembers | RemoveMembers)]
    return [(kind_of(one), str(one.reason), one.users) for one in people]


def test_without_administrators_there_is_no_such_room() -> None:
    assert ADMIN_ROOM not in wanted().rooms


def test_it_holds_administrators_alone_and_is_listed_nowhere() -> None:
    simulation = Simulation().settle(wanted("ines", "omar"))
    room = simulation.actual[ADMIN_ROOM]
    assert room.members.keys() == {BOT, user("ines"), user("omar")}
    assert room.state["m.room.join_rules", ""] == {"join_rule": "invite"}
    assert room.state["m.room.create", ""]["m.federate"] is False
    assert (room.published, room.aliases) == (False, ())
    assert not [key for one in simulation.actual.values() for kind, key in one.state if key == room.room_id]
    assert simulation.plan(wanted("ines", "omar")).empty


def test_its_mark_is_that_of_no_group() -> None:
    assert plain_marker(ADMIN_ROOM) != plain_marker(group_room("admins"))
    assert RoomRef.parse(str(ADMIN_ROOM)) == ADMIN_ROOM


def test_who_is_named_anew_comes_in_and_who_is_named_no_more_goes() -> None:
    simulation = Simulation().settle(wanted("ines", "ann"))
    assert crowd(simulation, wanted("ines", "luc")) == [
        ("remove-member", str(UNNAMED), (user("ann"),)),
        ("add-member", str(LISTED[ADMIN_ROOM.kind]), (user("luc"),)),
    ]


def test_an_administrator_who_is_not_active_any_more_goes() -> None:
    simulation = Simulation().settle(wanted("ines", "luc"))
    gone = directory(group("sales").members("ann", "luc"), people=["ines"], gone=["luc"])
    assert ("remove-member", str(UNNAMED), (user("luc"),)) in crowd(simulation, wanted("ines", "luc", source=gone))


def test_whoever_comes_in_uninvited_is_out_again() -> None:
    simulation = Simulation().settle(wanted("ines"))
    simulation.put(ADMIN_ROOM, user("ann"), Membership.JOIN)
    simulation.put(ADMIN_ROOM, "@mallory:else.example", Membership.INVITE)
    assert {(kind, whom) for kind, _, whom in crowd(simulation, wanted("ines"))} == {
        ("remove-member", (user("ann"),)), ("withdraw-invitation", ("@mallory:else.example",)),
    }  # fmt: skip


def test_an_administrator_who_left_is_not_asked_again() -> None:
    simulation = Simulation().settle(wanted("ines", "luc"))
    simulation.leave(ADMIN_ROOM, user("luc"))
    assert simulation.actual[ADMIN_ROOM].out == {user("luc"): Absence.LEFT}
    assert simulation.plan(wanted("ines", "luc")).empty


def test_hidden_groups_and_partners_change_nothing_about_it() -> None:
    acme = partner("acme", servers=["acme.example"], sponsor="ines")
    groups = [group("sales").members("ann", "luc"), group("quartz").hidden().owners("ines").members("bob:acme.example")]
    full = wanted("ines", source=directory(*groups, partners=[acme]))
    assert full.rooms[ADMIN_ROOM] == wanted("ines").rooms[ADMIN_ROOM]
    assert full.rooms[ADMIN_ROOM].compartment == OPEN
    simulation, bare = Simulation().settle(full), Simulation().settle(wanted("ines"))
    assert simulation.actual[ADMIN_ROOM].state == bare.actual[ADMIN_ROOM].state
