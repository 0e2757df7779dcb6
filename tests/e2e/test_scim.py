"""People and groups told by SCIM become rooms; whoever a provider takes out of a group is out of its room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.localnet.talk import eventually
from tests.support.company import CORP, Company, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SECONDS = 60


@dataclass
class Provider:
    """An identity provider that talks to the running bridge."""

    company: Company
    http: aiohttp.ClientSession

    async def send(self, method: str, path: str, body: Any) -> Any:
        url = f"http://127.0.0.1:{self.company.house.port}/scim/v2{path}"
        async with self.http.request(method, url, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json(content_type=None) if answer.content_length else None

    async def user(self, name: str) -> str:
        user = f"{name}{self.company.suffix}@{CORP}"
        made = await self.send("POST", "/Users", {"userName": user, "displayName": name.title(), "active": True})
        return str(made["id"])

    async def patch(self, path: str, *operations: dict[str, Any]) -> None:
        await self.send("PATCH", path, {"Operations": list(operations)})


@asynccontextmanager
async def provider(company: Company, token: str) -> AsyncIterator[Provider]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        yield Provider(company, http)


async def test_whoever_is_taken_out_of_a_group_by_scim_is_out_of_its_room(park: Park) -> None:
    company = park.company(directory=[{"type": "scim", "settle": "4s", "every": "1h"}])
    await company.hire_service()
    await company.hire("claire", "luc", "ines")
    made = await company.parvis("scim", "token", "add", "entra")
    assert made.code == 0, made.said
    async with company.running(), provider(company, made.out.strip()) as entra:
        claire, luc, ines = [await entra.user(name) for name in ("claire", "luc", "ines")]
        inside = [{"value": claire}, {"value": luc}, {"value": ines}]
        sales = (await entra.send("POST", "/Groups", {"displayName": "Sales", "members": inside}))["id"]
        room = await eventually(lambda: room_of(company, sales), bool, SECONDS)

        async def joined() -> set[str]:
            return members(await company.state(room)) & {company.user(name) for name in ("claire", "luc", "ines")}

        everybody = {company.user(name) for name in ("claire", "luc", "ines")}
        await eventually(joined, lambda found: found == everybody, SECONDS)
        await entra.patch(f"/Groups/{sales}", {"op": "Remove", "path": "members", "value": [{"value": luc}]})
        await eventually(joined, lambda found: found == everybody - {company.user("luc")}, SECONDS)
        both = [{"value": luc}, {"value": ines}]
        second = (await entra.send("POST", "/Groups", {"displayName": "Second", "members": both}))["id"]
        other = await eventually(lambda: room_of(company, second), bool, SECONDS)

        async def seated() -> set[str]:
            return members(await company.state(other)) & everybody

        await eventually(seated, lambda found: found == everybody - {company.user("claire")}, SECONDS)
        await entra.patch(f"/Groups/{second}", {"op": "Remove", "path": "members", "value": both})

        async def planned() -> str:
            return (await company.parvis("plan")).said

        await eventually(planned, lambda said: "1 room would lose all its members." in said, SECONDS)
        # Whoever is switched off goes all the same, and nothing else.
        await entra.patch(f"/Users/{claire}", {"op": "Replace", "path": "active", "value": "False"})
        await eventually(joined, lambda found: found == {company.user("ines")}, SECONDS)
        assert await seated() == everybody - {company.user("claire")}
        assert "1 room would lose all its members." in await planned()
    shown = await company.parvis("directory", "show", "Sales")
    assert (shown.code, company.user("luc") in shown.out, company.user("ines") in shown.out) == (0, False, True)


async def room_of(company: Company, group: str) -> str:
    """The group's room, once there is one."""
    return (await company.rooms()).get(group, "")
