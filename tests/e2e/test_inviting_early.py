"""An owner who invites somebody while the bridge is still filling other rooms has added them to the group."""

import json
from typing import Final

import pytest

from tests.e2e.journeys import at_work, seen
from tests.e2e.test_memberships import act, id_of
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

PEOPLE: Final = ("claire", "eve", "luc", "ann")
CROWD: Final = 12
"""Rooms that are filled after the first one, which is the largest: some seconds."""


def directory() -> str:
    people = [{"id": name, "user": f"@{name}~:{CORP}", "name": name.title()} for name in PEOPLE]
    deal = {"id": "deal", "name": "Deal", "visibility": "invite-only", "membership": "both", "owners": ["claire"],
            "members": ["luc", "ann"]}  # fmt: skip
    others = [
        {"id": f"g{number}", "name": f"Group {number}", "visibility": "invite-only", "owners": ["luc"],
         "members": ["ann"]}
        for number in range(CROWD)
    ]  # fmt: skip
    return json.dumps({"people": people, "groups": [deal, *others]})


async def planned(company: Company) -> int:
    """0 when nothing is left to do."""
    return (await company.parvis("plan")).code


async def test_whom_an_owner_invites_while_rooms_are_filled_stays(park: Park) -> None:
    company = park.company(directory())
    await company.hire(*PEOPLE)
    await company.hire_service()
    claire, eve = company.people["claire"], company.people["eve"]
    async with at_work(company, "claire", "eve"):
        await seen(claire, "the deal", lambda: claire.room("deal"))
        room_id = id_of(claire, "deal")
        (await act(claire, "invite", room_id, user_id=eve.user_id)).ok("inviting")
        await seen(eve, "an invitation", lambda: eve.invitation("Deal"))
        await eventually(lambda: planned(company), lambda code: code == 0, 90)
        await eve.accept(room_id)
        await seen(eve, "the deal", lambda: eve.room("deal"))
        assert await planned(company) == 0
