"""How a homeserver looks from outside is read as homeservers and clients read it."""

import asyncio
from collections.abc import Mapping
from typing import Final

import pytest

from bridge.adapters.matrix.outside import BY_ID, NOWHERE, Fetched, look
from bridge.domain.diagnosis import Outside

NAME: Final = "https://corp.example"
THERE: Final = "https://matrix.corp.example"
SERVER, CLIENT = f"{NAME}/.well-known/matrix/server", f"{NAME}/.well-known/matrix/client"
KEYS: Final = Fetched(200, {"server_name": "corp.example"})


async def seen(pages: Mapping[str, Fetched]) -> Outside:
    async def fetch(url: str) -> Fetched:
        return pages.get(url, Fetched(404))

    return await look("corp.example", fetch)


async def test_both_documents_are_followed_to_where_they_lead() -> None:
    found = await seen({
        SERVER: Fetched(200, {"m.server": "matrix.corp.example:443"}),
        CLIENT: Fetched(200, {"m.homeserver": {"base_url": f"{THERE}/"}}, "*"),
        f"{THERE}:443/_matrix/key/v2/server": KEYS,
        f"{THERE}/_matrix/client/versions": Fetched(200, {}),
        f"{THERE}/_synapse/admin/v1/rooms": Fetched(401, {"errcode": "M_MISSING_TOKEN"}),
        f"{THERE}/_matrix/client/api/v1/directory/list/room/%21{NOWHERE}%3Acorp.example":
            Fetched(404, {"errcode": "M_NOT_FOUND"}),
    })  # fmt: skip
    assert (found.destination, found.answers_to) == ("matrix.corp.example:443", "corp.example")
    assert (found.client.leads_to, found.client.for_browsers) == (THERE, True)
    assert (found.clients.code, found.administration.code) == (200, 401)
    told = {way for way, status in found.room_ids.items() if status.errcode == "M_NOT_FOUND"}
    assert told == {"api/v1/directory/list/room/{room}"} < set(BY_ID)


async def test_without_documents_homeservers_come_to_the_port_of_federation() -> None:
    found = await seen({f"{NAME}:8448/_matrix/key/v2/server": KEYS})
    assert (found.destination, found.answers_to) == ("corp.example:8448", "corp.example")
    assert (found.server.status.code, found.client.leads_to) == (404, "")


@pytest.mark.parametrize("content", [None, [], "x", {}, {"m.server": 7, "m.homeserver": []},
                                     {"m.homeserver": {"base_url": "javascript:1"}}])  # fmt: skip
async def test_what_is_no_such_document_leads_nowhere(content: object) -> None:
    found = await seen({SERVER: Fetched(200, content), CLIENT: Fetched(200, content)})
    assert (found.server.leads_to, found.client.leads_to, found.answers_to) == ("", "", "")
    assert (found.server.status.code, found.client.status.code) == (200, 200)


async def test_a_host_that_is_silent_takes_the_time_of_one_answer() -> None:
    """Whatever is asked there is under way before the first answer comes."""
    together = asyncio.Barrier(2 + len(BY_ID))

    async def fetch(url: str) -> Fetched:
        if url.startswith(f"{NAME}/_"):
            async with asyncio.timeout(5):
                await together.wait()
        return Fetched()

    found = await look("corp.example", fetch)
    assert {status.code for status in (found.clients, found.administration, *found.room_ids.values())} == {0}


async def test_over_the_network_a_name_that_nobody_has_is_no_answer() -> None:
    found = await look("corp.invalid")
    assert (found.server.status.code, found.client.status.code, found.answers_to) == (0, 0, "")
