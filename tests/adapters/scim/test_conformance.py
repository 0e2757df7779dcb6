"""Everything that scim2-tester checks, over real HTTP."""

import asyncio

import pytest
from httpx2 import Client as Http
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.adapters.scim.served import SECRET, Client

pytestmark = pytest.mark.slow


async def test_every_check_of_the_conformance_tester_passes(on_disk: Client) -> None:
    def checked() -> list[tuple[str, str]]:
        with Http(base_url=on_disk.base, headers={"Authorization": f"Bearer {SECRET}"}) as http:
            client = SyncSCIMClient(http)
            results = check_server(client)
        assert len([one for one in results if one.status is Status.SUCCESS]) > 60
        return [
            (str(one.title), f"{one.resource_type} {one.status} {one.reason}")
            for one in results
            if one.status not in (Status.SUCCESS, Status.COMPLIANT)
        ]

    found = await asyncio.to_thread(checked)
    assert found == [], "\n".join(map(str, found))
