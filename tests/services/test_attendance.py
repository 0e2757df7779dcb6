"""``!group show`` tells those who govern a group who is not in its room and why, and nobody else."""

from dataclasses import replace

from bots.admin.commands.groups import _attendance
from bridge.domain.directory import MembershipMode
from bridge.domain.messages import in_english
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.services.attendance import Attendance
from bridge.services.reconcile import INVITATIONS
from tests.services.household import Household, household
from tests.world import AGroup, directory, group, partner, user

CLAIRE, LUC, EVE, BOB = user("claire"), user("luc"), user("eve"), user("bob:acme.example")


async def company() -> Household:
    """Claire is invited, Luc left, Bob's server blocks, Eve asks."""
    deal = AGroup(replace(group("deal").owners("claire").members("luc", "bob:acme.example").admits("acme").value,
                          membership=MembershipMode.BOTH))  # fmt: skip
    acme = partner("acme", servers=["acme.example"], sponsor="claire")
    house = household(directory(deal, partners=[acme], people=["eve"]))
    house.homeserver.synapse.blocking.add(BOB)
    await house.settle()
    house.homeserver.synapse.rooms[house.room("deal")].leave(LUC)
    await house.hear()
    await house.settle()
    assert await house.requests.join(alone(EVE), "deal", reason="", origin="$ask")
    return house


async def attendance(house: Household, viewer: Viewer) -> Attendance | None:
    view = await house.groups.find(viewer, "deal")
    assert view is not None
    return view.attendance


async def test_an_owner_an_administrator_and_the_command_line_read_who_is_out_and_why() -> None:
    house = await company()
    for viewer in (alone(CLAIRE), alone(user("ines")), COMMAND_LINE):
        seen = await attendance(house, viewer)
        assert seen is not None
        ((asking, _),) = seen.asking
        assert (
            [(who, in_english(day) if day else None) for who, day in seen.invited],
            seen.left,
            seen.blocked,
            seen.lapsed,
            asking,
        ) == (
            [(CLAIRE, "2026-11-23")],
            (LUC,),
            (BOB,),
            (),
            EVE,
        )


async def test_nobody_else_reads_it_and_nobody_while_others_read_along() -> None:
    house = await company()
    assert await attendance(house, alone(LUC)) is None
    assert await attendance(house, Viewer(asker=CLAIRE, readers=frozenset({CLAIRE, LUC}))) is None


async def test_whose_invitation_lapsed_is_told_apart() -> None:
    house = await company()
    await house.clock.advance(INVITATIONS.total_seconds() + 1)
    await house.settle()
    seen = await attendance(house, alone(CLAIRE))
    assert seen
    assert (seen.invited, seen.lapsed) == ((), (CLAIRE,))


def test_as_many_names_are_shown_as_fit_and_how_many_there_are() -> None:
    many = Attendance(left=tuple(f"@u{number}:corp.example" for number in range(25)))
    ((title, number, _, *names),) = _attendance(many)
    assert (str(title), number) == ("left or declined", " (25)")
    assert "".join(map(str, names)).endswith("@u19:corp.example, …")
