"""How a server ACL gets from what it is to what it should be: never open to anybody whom neither end lets in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.desired import Setting
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.rooms import Membership, group_room
from bridge.planning.actions import AddMembers, Phase, RemoveMembers, SetState
from tests.planning.simulating import Simulation
from tests.support.acl_model import Acl, acls, hosts, lets_in
from tests.world import TODAY, desired, directory, group, user

DEAL = group_room("deal")
ACL = ("m.room.server_acl", "")
CLAIMED = st.lists(st.one_of(hosts(), hosts().map(lambda host: f"*.{host}")), min_size=1, max_size=2, unique=True)
PROBES = ("acme.test", "apex.test", "eu.acme.test", "fr.acme.test", "eu.apex.example", "corp.test", "corp.example",
          "evil.example", "192.0.2.7")  # fmt: skip


def admitting(servers: list[str], *people: str) -> Any:
    """The world in which the group admits a partner with these servers."""
    known = [Partner(id="acme", name=Text.same("Acme"), servers=tuple(servers))] if servers else []
    return desired(directory(group("deal").admits("acme").members(*people), partners=known), today=TODAY)


def current(simulation: Simulation) -> Acl:
    return simulation.actual[DEAL].state.get(ACL)


@given(CLAIMED, acls, CLAIMED)
def test_between_two_writes_a_room_is_open_to_nobody_whom_it_was_not_or_should_not_be_open_to(
    before: list[str], drifted: Acl, after: list[str]
) -> None:
    for start in ("as planned", "as somebody left it"):
        simulation = Simulation().settle(admitting(before))
        if start != "as planned":
            simulation.write(DEAL, ACL, drifted or {})
        wanted = admitting(after)
        was = {server for server in PROBES if lets_in(current(simulation), server)}
        actions = simulation.plan(wanted).actions
        end = simulation.copy().apply(wanted, actions)
        should = {server for server in PROBES if lets_in(current(end), server)}
        for action in actions:
            simulation.do(wanted, action)
            now = {server for server in PROBES if lets_in(current(simulation), server)}
            assert now <= was or now <= should
            assert "corp.example" in now or "corp.example" not in was


def test_when_one_partner_replaces_another_there_is_a_moment_in_which_neither_is_in() -> None:
    simulation = Simulation().settle(admitting(["acme.test"], "ann", "bob:acme.test"))
    simulation.put(DEAL, user("bob:acme.test"), Membership.JOIN)
    wanted = admitting(["apex.test"], "ann", "kim:apex.test")
    told: list[str] = []
    for action in simulation.plan(wanted).actions:
        simulation.do(wanted, action)
        if action.ref != DEAL:
            continue
        if isinstance(action, SetState) and action.setting is Setting.ACL:
            now = [server for server in ("acme.test", "apex.test") if lets_in(current(simulation), server)]
            told.append(f"{action.phase}: {now}")
        elif isinstance(action, AddMembers | RemoveMembers):
            told.append(f"{'in' if isinstance(action, AddMembers) else 'out'}: {', '.join(action.users)}")
    assert told == [
        "out: @bob:acme.test",
        f"{Phase.SHRINK}: []",
        f"{Phase.SET}: ['apex.test']",
        "in: @kim:apex.test",
    ]


def test_what_is_only_shrunk_or_only_widened_is_one_write() -> None:
    for before, after in ((["acme.test", "apex.test"], ["apex.test"]), (["apex.test"], ["acme.test", "apex.test"])):
        simulation, wanted = Simulation().settle(admitting(before)), admitting(after)
        writes = [one for one in simulation.plan(wanted).actions if isinstance(one, SetState) and one.ref == DEAL]
        assert [one.setting for one in writes] == [Setting.ACL]


def test_an_acl_that_somebody_took_away_or_broke_is_written_anew() -> None:
    wanted = admitting(["acme.test"])
    cases: tuple[Acl, ...] = ({}, {"allow": []}, {"allow": ["corp.example"], "deny": ["corp.example"]}, {"allow": "*"})
    for broken in cases:
        simulation = Simulation().settle(wanted)
        simulation.write(DEAL, ACL, broken or {})
        simulation.settle(wanted)
        assert all(lets_in(current(simulation), server) for server in ("corp.example", "acme.test"))
        assert not lets_in(current(simulation), "evil.example")
