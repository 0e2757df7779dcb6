"""Random worlds for the properties: 20 people, 3 partners, 9 groups that nest, circle and hide, and what goes wrong.

Subsets are drawn as bit masks: quick to draw, and they shrink to small sets.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from bridge.domain.directory import (
    Directory,
    Group,
    GroupState,
    JoinRequests,
    MembershipMode,
    Person,
    Posting,
    Visibility,
)
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.rooms import HistoryVisibility, Membership, RoomRef
from tests.planning.simulating import Simulation
from tests.world import BOT, SERVER, desired

PEOPLE = tuple(f"p{number:02d}" for number in range(20))
OUTSIDERS = tuple(f"@x{number}:{name}.example" for name in ("acme", "globex", "initech") for number in range(2))
STRANGERS = ("@stray:evil.example", f"@nobody:{SERVER}")
PARTNERS = ("acme", "globex", "initech")
GROUPS = tuple(f"g{number}" for number in range(9))
OPEN_GROUPS = GROUPS[:6]
HIDDEN_GROUPS = GROUPS[6:]


STATES = (*(GroupState.ACTIVE,) * 6, GroupState.ARCHIVED, GroupState.RETIRED)
HISTORIES = (None, HistoryVisibility.INVITED, HistoryVisibility.SHARED)
VISIBILITIES = (Visibility.PUBLIC, Visibility.INVITE_ONLY)

mask = st.integers(0, 2**20 - 1)
few = st.integers(0, 2**9 - 1)


def chosen(items: tuple[str, ...], bits: int) -> tuple[str, ...]:
    return tuple(item for place, item in enumerate(items) if bits >> place & 1)


@st.composite
def groups(draw: st.DrawFn, group_id: str) -> Group:
    """One group. The last three are hidden. All nest one another and lie below one another, in circles too."""
    opened = group_id in OPEN_GROUPS
    nested = chosen(GROUPS, draw(few) & draw(few))
    people = chosen(PEOPLE, draw(mask) & draw(mask))
    outsiders = chosen(OUTSIDERS, draw(few) & draw(few))
    flags = draw(few)
    return Group(
        id=group_id,
        name=Text.same(f"{group_id} {flags & 1}"),
        purpose=Text.same("purpose" if flags & 2 else ""),
        visibility=VISIBILITIES[flags >> 2 & 1] if opened else Visibility.HIDDEN,
        listed=bool(flags & 8),
        mandatory=bool(flags & 16),
        parent=draw(st.sampled_from(("", *GROUPS))),
        owners=chosen(PEOPLE, draw(mask) & draw(mask) & draw(mask)),
        moderators=chosen(PEOPLE, draw(mask) & draw(mask) & draw(mask)),
        posting=Posting.OWNERS if flags & 32 else Posting.ALL,
        membership=draw(st.sampled_from(MembershipMode)),
        state=draw(st.sampled_from(STATES)),
        history=draw(st.sampled_from(HISTORIES)),
        encrypted=draw(st.sampled_from((None, None, True, False))),
        requests=draw(st.sampled_from(JoinRequests)),
        members=(*people, *outsiders, *(f"group:{inner}" for inner in nested)),
        partners=chosen(PARTNERS, draw(few)),
    )


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    active = draw(mask) | draw(mask)
    spoken = draw(few)
    return Directory(
        people={
            name: Person(id=name, user=f"@{name}:{SERVER}", active=bool(active >> n & 1))
            for n, name in enumerate(PEOPLE)
        },
        groups={group_id: draw(groups(group_id)) for group_id in GROUPS},
        partners={
            name: Partner(
                id=name,
                name=Text.same(name),
                servers=(f"{name}.example",),
                users=(f"@x0:{name}.example",) if spoken >> n & 1 else (),
                sponsor=PEOPLE[n],
            )
            for n, name in enumerate(PARTNERS)
        },
    )


DRIFTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("m.room.name", {"name": "Mischief"}),
    ("m.room.topic", {"topic": "Mischief"}),
    ("m.room.join_rules", {"join_rule": "public"}),
    ("m.room.join_rules", {"join_rule": "knock"}),
    (
        "m.room.join_rules",
        {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": "!elsewhere"}]},
    ),
    ("m.room.history_visibility", {"history_visibility": "world_readable"}),
    ("m.room.guest_access", {"guest_access": "can_join"}),
    ("m.room.power_levels", {"users": {"@p01:corp.example": 50}, "invite": 0}),
    ("m.room.server_acl", {"allow": ["*"], "deny": ["acme.example"], "allow_ip_literals": True}),
    ("m.room.server_acl", {"allow": ["evil.example", "globex.example"]}),
    ("m.room.server_acl", {"allow": []}),
)

drift = st.tuples(st.integers(0, 5), st.integers(0, 30), st.integers(0, 99), st.integers(0, 99))


def disturb(simulation: Simulation, drifts: list[tuple[int, int, int, int]]) -> Simulation:
    """What people do to rooms behind our back."""
    everybody = (*(f"@{name}:{SERVER}" for name in PEOPLE), *OUTSIDERS, *STRANGERS)
    for what, where, who, how in drifts:
        ref = sorted(simulation.actual)[where % len(simulation.actual)]
        user = everybody[who % len(everybody)]
        match what:
            case 0:
                kind, content = DRIFTS[how % len(DRIFTS)]
                simulation.write(ref, (kind, ""), content)
            case 1:
                simulation.leave(ref, user)
            case 2:
                _address(simulation, ref, how)
            case 3:
                child = sorted(simulation.actual)[how % len(simulation.actual)]
                space = sorted(simulation.actual)[0]
                simulation.write(space, ("m.space.child", simulation.actual[child].room_id), {"via": [SERVER]})
            case _:
                simulation.put(ref, user, tuple(Membership)[how % len(Membership)])
    assert all(room.members[BOT] is Membership.JOIN for room in simulation.actual.values())
    return simulation


def _address(simulation: Simulation, ref: RoomRef, how: int) -> None:
    room = simulation.actual[ref]
    aliases = (f"#mischief{how}:{SERVER}",) if how % 2 else ()
    simulation.actual[ref] = replace(room, published=not room.published, aliases=aliases)


def without_group(directory: Directory, group_id: str) -> Directory:
    """The same directory, had the group never been: no other names it, and what lies below it lies below the next."""
    parent = directory.groups[group_id].parent
    above = "" if parent == group_id else parent
    groups = {
        one.id: replace(
            one,
            parent=above if one.parent == group_id else one.parent,
            members=tuple(member for member in one.members if member != f"group:{group_id}"),
        )
        for one in directory.groups.values()
        if one.id != group_id
    }
    return replace(directory, groups=groups)


class Situation(NamedTuple):
    """Rooms that once followed one directory and were disturbed since, that directory, and the one of today."""

    simulation: Simulation
    before: Directory
    today: Directory

    def __repr__(self) -> str:
        """Short, because a whole world says nothing to anybody."""
        return f"Situation({len(self.simulation.actual)} rooms)"


def with_other_visibilities(directory: Directory, bits: int) -> Directory:
    """Some of the groups were hidden that are not today, and some were not that are."""
    turned = {
        id_: replace(
            directory.groups[id_],
            visibility=Visibility.HIDDEN if id_ in OPEN_GROUPS else Visibility.INVITE_ONLY,
        )
        for id_ in chosen(GROUPS, bits)
    }
    return replace(directory, groups={**directory.groups, **turned})


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    before, today = draw(directories()), draw(directories())
    if draw(st.booleans()):
        today = replace(before, groups={**before.groups, "g1": today.groups["g1"], "g7": today.groups["g7"]})
    before = with_other_visibilities(before, draw(few) & draw(few))
    drifts = draw(st.lists(drift, max_size=8))
    version = draw(st.sampled_from(("11", "12")))
    return Situation(disturb(Simulation(version=version).settle(desired(before)), drifts), before, today)
