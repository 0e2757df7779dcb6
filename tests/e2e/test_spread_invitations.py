"""On a real homeserver: invitations to a hidden group come at moments of their own, which a kill does not change."""

import json
from typing import Final

import pytest

from deploy.demo.people import following
from tests.e2e.journeys import accepted, seen
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

PEOPLE: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@luc~:corp.test", name: Luc, language: fr}
  - {id: "3", user: "@ann~:corp.test", name: Ann, language: en}
groups:
"""
DIRECTORY: Final = (
    PEOPLE
    + """
  - {id: comex, name: Comex, visibility: hidden, owners: ["2"], members: ["1", "3"]}
"""
)
GROWN: Final = (
    PEOPLE
    + """
  - {id: comex, name: Comex, visibility: hidden, owners: ["2"], members: ["1", "3"]}
  - {id: exec, name: Exec, visibility: hidden, owners: ["2"], members: ["1"]}
"""
)
NAMES: Final = ("claire", "luc", "ann")


async def later(company: Company, *options: str) -> list[tuple[str, str]]:
    """Who is invited when, as the plan tells it."""
    told = await company.parvis("plan", "--json", *options)
    assert told.out.startswith("{"), told
    return sorted((one["user"], one["by"]) for one in json.loads(told.out).get("later", []))


async def test_the_owner_comes_at_once_the_others_later_and_now_when_that_is_asked(park: Park) -> None:
    company = park.company(DIRECTORY, hidden={"spread": "12h"})
    await company.hire(*NAMES)
    claire, luc, ann = (company.people[name] for name in NAMES)
    async with following(claire, luc, ann):
        async with company.running() as bridge:
            await seen(luc, "two invitations", lambda: len(luc.invited) >= 2)
            rooms = await company.rooms()
            [hidden] = rooms.keys() - {"space/company", "room/admins"}
            comex = rooms[hidden]
            await accepted(luc, comex)
            before = await later(company)
            assert [user for user, _ in before] == sorted([claire.user_id, ann.user_id])
            assert await later(company, "--as", claire.user_id) == before
            assert await later(company, "--as", company.user("ines")) == []
            bridge.kill()
        async with company.running():
            await seen(claire, "the company", lambda: rooms["space/company"] in claire.invited)
            assert await later(company) == before
            assert comex not in claire.invited
            assert comex not in ann.invited
            applied = await company.parvis("apply", "--now")
            assert applied.code == 0, applied.err
            for person in (claire, ann):
                await accepted(person, comex)
            assert await later(company) == []


async def test_the_running_bridge_invites_when_the_moment_has_come(park: Park) -> None:
    company = park.company(GROWN, hidden={"spread": "3s"})
    await company.hire(*NAMES)
    claire = company.people["claire"]
    async with company.running(), following(claire):
        await seen(claire, "the company and both hidden groups", lambda: len(claire.invited) >= 3)
        assert (await later(company, "--as", company.user("ann"))) == []
