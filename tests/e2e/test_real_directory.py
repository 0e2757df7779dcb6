"""A directory from another project's test data: its people and groups become rooms with exactly those members."""

import asyncio
import os
from pathlib import Path

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Visibility
from bridge.domain.ids import localpart_of
from tests.support.company import CORP, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SHARED = Path(os.environ.get("PARVIS_SHARED") or Path(__file__).parents[3] / "shared")
LDIF = SHARED / "data" / "directories" / "389ds-Example.ldif"
AT_ONCE = 4


async def test_150_people_and_5_groups_become_rooms_with_exactly_their_members(park: Park) -> None:
    if not LDIF.exists():
        pytest.skip(f"PARVIS_SHARED: there is no {LDIF.name}")
    company = park.company(
        directory={"type": "ldif", "path": str(LDIF), "visibility": "invite-only"}, admins=[], language="en"
    )
    source = directory_source("ldif", LDIF, server_name=CORP, visibility=Visibility.INVITE_ONLY)
    directory = (await source.read()).directory
    assert (len(directory.people), len(directory.groups)) == (150, 5)
    lines = LDIF.read_text(encoding="utf-8").casefold().splitlines()
    named = sum(line.startswith("uniquemember:") for line in lines)
    assert sum(len(group.members) for group in directory.groups.values()) == named
    await company.hire_service()
    limit = asyncio.Semaphore(AT_ONCE)

    async def register(user: str) -> None:
        async with limit:
            await company.corp.register(localpart_of(user))

    async with asyncio.TaskGroup() as tasks:
        for person in directory.people.values():
            tasks.create_task(register(person.user))
    applied = await company.parvis("apply", seconds=180)
    assert applied.code == 0, applied.said
    assert (await company.parvis("plan")).code == 0
    rooms, ours = await company.rooms(), {company.bot, f"@svc{company.suffix}:{CORP}"}
    everybody = {person.user for person in directory.people.values()}
    assert members(await company.state(rooms.pop("space/company"))) - ours == everybody
    assert rooms.keys() == directory.groups.keys()
    for group_id, room_id in rooms.items():
        group = directory.groups[group_id]
        belonging = {directory.people[one].user for one in {*group.members, *group.owners}}
        assert members(await company.state(room_id)) - ours == belonging, group_id
