"""A change of a directory file, and of the policy file, reaches the rooms long before the file would be read anyway."""

import os

import pytest

from tests.localnet.talk import eventually
from tests.support.company import Company, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SECONDS = 60
PEOPLE = """
people:
  - {id: claire, user: "@claire~:corp.test", name: Claire}
  - {id: luc, user: "@luc~:corp.test", name: Luc}
groups:
  - {id: sales, name: Sales, visibility: invite-only, owners: [claire], members: [claire]}
"""


def replace(company: Company, text: str) -> None:
    """As careful programs write: beside it, then in its place."""
    beside = company.folder / "directory.new"
    beside.write_text(text.replace("~", company.suffix))
    beside.chmod(0o600)
    os.replace(beside, company.directory)


async def test_a_member_more_in_a_watched_file_is_in_the_room_and_a_new_policy_in_force(park: Park) -> None:
    policies = "policies.yaml"
    company = park.company(PEOPLE, directory={"every": "1h", "watch": True}, policies=policies)
    (company.folder / policies).write_text("{}\n")
    await company.hire_service()
    await company.hire("claire", "luc")
    async with company.running():
        room = await eventually(lambda: room_of(company), bool, SECONDS)

        async def inside() -> set[str]:
            return members(await company.state(room), "join", "invite")

        assert company.user("luc") not in await inside()
        replace(company, PEOPLE.replace("members: [claire]", "members: [claire, luc]"))
        await eventually(inside, lambda found: company.user("luc") in found, SECONDS)

        async def purpose() -> str:
            return str((await company.state(room)).get(("m.room.topic", ""), {}).get("topic", ""))

        (company.folder / policies).write_text("groups:\n  sales: {purpose: Everything that is sold}\n")
        await eventually(purpose, lambda found: found == "Everything that is sold", SECONDS)


async def room_of(company: Company) -> str:
    """The group's room, once it is there."""
    return (await company.rooms()).get("sales", "")
