"""A realm asked through the admin API: the same as its export, and of half an answer nothing."""

import asyncio
import copy
import json
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bridge.adapters.directory.keycloak_calls import Realm
from bridge.adapters.directory.keycloak_server import KeycloakPlace, KeycloakSource
from bridge.adapters.directory.source import directory_source
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.ports.directory import Reading
from tests.fakes.clock import FakeClock
from tests.fakes.keycloak import FakeKeycloak, serving
from tests.support.certificates import certificate

pytestmark = pytest.mark.slow

REALM = Path(__file__).parent / "realm"
EXPORT: dict[str, Any] = json.loads((REALM / "realm.json").read_text(encoding="utf-8"))
EXPECTED: dict[str, Any] = json.loads((REALM / "expected.json").read_text(encoding="utf-8"))


def place(keycloak: FakeKeycloak, **changes: Any) -> KeycloakPlace:
    realm = Realm(address=keycloak.url, realm="corp", client_id="parvis", secret="s3cret", page=2, timeout=5)
    return KeycloakPlace(realm=replace(realm, **changes), server_name="corp.example")


async def read(keycloak: FakeKeycloak, **changes: Any) -> Reading:
    async with serving(keycloak):
        return await KeycloakSource(place=place(keycloak, **changes), clock=FakeClock()).read()


async def refused(keycloak: FakeKeycloak, **changes: Any) -> ParvisError:
    with pytest.raises(ParvisError) as caught:
        await read(keycloak, **changes)
    return caught.value


def realm() -> FakeKeycloak:
    return FakeKeycloak(copy.deepcopy(EXPORT))


def sets(reading: Reading) -> dict[str, Any]:
    people, groups = reading.directory.people.values(), reading.directory.groups.values()
    return {
        "people": {one.id: {"user": one.user, "name": one.name, "active": one.active} for one in people},
        "groups": {one.id: {"parent": one.parent, "members": sorted(one.members)} for one in groups},
    }


def expected() -> dict[str, Any]:
    groups = {id_: {**group, "members": sorted(group["members"])} for id_, group in EXPECTED["groups"].items()}
    return {**EXPECTED, "groups": groups}


@pytest.mark.parametrize("version", [22, 26])
async def test_a_server_says_what_an_independent_reading_of_its_export_says(version: int) -> None:
    assert sets(await read(replace(realm(), version=version))) == expected()


async def test_a_server_says_what_its_file_says_attributes_included() -> None:
    asked = (await read(realm())).directory
    file = directory_source("keycloak", REALM / "realm.json", server_name="corp.example").file.read_now().directory
    assert asked.people == file.people
    assert {id_: replace(one, members=tuple(sorted(one.members))) for id_, one in asked.groups.items()} == {
        id_: replace(one, members=tuple(sorted(one.members))) for id_, one in file.groups.items()
    }


async def test_a_thousand_people_come_in_pages_and_a_second_reading_has_the_same_stamp() -> None:
    keycloak = realm()
    ids = [f"{number:04}" for number in range(1_000)]
    keycloak.realm["users"] = [
        {"id": one, "username": f"p{one}", "enabled": True, "groups": ["/Ventes"]} for one in ids
    ]
    async with serving(keycloak):
        source = KeycloakSource(place=place(keycloak, page=100), clock=FakeClock())
        first, second = await source.read(), await source.read()
    assert list(first.directory.people) == ids
    (sales,) = [group for group in first.directory.groups.values() if group.name.en == "Ventes"]
    assert sales.members == tuple(ids)
    assert (first.stamp, len(keycloak.tokens)) == (second.stamp, 2)


async def test_a_token_that_ends_is_renewed_before_and_one_that_is_refused_after() -> None:
    keycloak, clock = replace(realm(), lifespan=60), FakeClock()

    def grow_old(path: str) -> None:
        clock.set(clock.now() + timedelta(seconds=30))
        if path.endswith("/token") or len(keycloak.asked) != 4:
            return
        keycloak.good.clear()  # an administrator ended all sessions

    keycloak.before = grow_old
    async with serving(keycloak):
        reading = await KeycloakSource(place=place(keycloak), clock=clock).read()
    assert sets(reading) == expected()
    assert len(keycloak.tokens) > 4


async def test_whoever_leaves_between_two_pages_makes_it_read_again() -> None:
    keycloak = realm()

    def leave(path: str) -> None:
        if "/users?" in path and "first=1&" in path and len(keycloak.realm["users"]) == 4:
            keycloak.realm["users"].pop(0)

    keycloak.before = leave
    reading = await read(keycloak)
    assert {one.user for one in reading.directory.people.values()} == {
        "@ines:corp.example",
        "@zoe=40corp.example:corp.example",
    }
    assert sum("/users/count" in path for path in keycloak.asked) == 1


async def test_a_group_that_goes_while_its_members_are_asked_for_makes_it_read_again() -> None:
    keycloak = realm()

    def go(path: str) -> None:
        if "0004/members" in path:
            keycloak.realm["groups"] = keycloak.realm["groups"][:1]

    keycloak.before = go
    assert len((await read(keycloak)).directory.groups) == 3


async def test_what_changes_without_end_is_no_answer() -> None:
    keycloak = realm()

    def change(path: str) -> None:
        if "/users?" in path:
            users = keycloak.realm["users"]
            users.insert(0, {"id": f"new{len(users)}", "username": f"a{len(users)}", "enabled": True})

    keycloak.before = change
    error = await refused(keycloak)
    assert (error.kind, "again and again" in str(error)) == (ErrorKind.TEMPORARY, True)


def failing(status: type[web.HTTPException], where: str) -> Callable[[str], None]:
    def fail(path: str) -> None:
        if where in path:
            raise status

    return fail


@pytest.mark.parametrize("where", ["/token", "/groups?", "/children", "/members", "/users?", "/users/count"])
async def test_trouble_anywhere_is_no_answer(where: str) -> None:
    for status in (web.HTTPServiceUnavailable, web.HTTPTooManyRequests):
        error = await refused(replace(realm(), before=failing(status, where)))
        assert (error.kind, "answers with status" in str(error)) == (ErrorKind.TEMPORARY, True)


async def test_a_wrong_secret_is_one_sentence_without_it() -> None:
    keycloak = realm()
    error = await refused(keycloak, secret="guessed")
    assert "does not accept client_id" in str(error)
    assert "guessed" not in repr(place(keycloak, secret="guessed"))


async def test_a_client_that_may_not_read_is_told_its_role() -> None:
    assert "view-users" in str(await refused(replace(realm(), may=frozenset())))


async def test_fewer_people_than_there_are_is_no_answer() -> None:
    class Narrow(FakeKeycloak):
        async def _count(self, _request: web.Request) -> web.Response:
            return web.json_response(40)

    error = await refused(Narrow(copy.deepcopy(EXPORT)))
    assert "shows 3 of 40 people" in str(error)


async def test_nobody_at_all_is_no_answer() -> None:
    assert "shows 0 of 0 people" in str(await refused(FakeKeycloak({"realm": "corp", "groups": [], "users": []})))


async def test_another_realm_and_another_server_are_told() -> None:
    assert "There is no realm at" in str(await refused(realm(), realm="else"))
    keycloak = realm()
    keycloak.url = "http://127.0.0.1:9"
    with pytest.raises(ParvisError, match="does not answer"):
        await KeycloakSource(place=place(keycloak), clock=FakeClock()).read()
    keycloak.url = "http://keycloack.invalid"
    with pytest.raises(ParvisError, match="has no address: is its name written as it should be"):
        await KeycloakSource(place=place(keycloak), clock=FakeClock()).read()


async def test_a_server_without_tls_where_it_is_wanted_is_told() -> None:
    keycloak = realm()
    async with serving(keycloak):
        keycloak.url = keycloak.url.replace("http:", "https:")
        with pytest.raises(ParvisError, match="There is no TLS with"):
            await KeycloakSource(place=place(keycloak), clock=FakeClock()).read()


async def test_a_server_that_dies_in_the_middle_of_a_page_gives_no_answer() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"access_token": "x"')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(half, "127.0.0.1", 0)
    keycloak = realm()
    keycloak.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(ParvisError, match="counts for nothing"):
        await KeycloakSource(place=place(keycloak), clock=FakeClock()).read()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(("days", "told"), [(30, ""), (-3, "it has expired")])
async def test_tls_is_verified(tmp_path: Path, days: int, told: str) -> None:
    pem, key = certificate(tmp_path, days=days)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    keycloak = realm()
    async with serving(keycloak, tls=context):
        source = KeycloakSource(place=place(keycloak, ca_file=pem), clock=FakeClock())
        if told:
            with pytest.raises(ParvisError, match=told):
                await source.read()
        else:
            assert sets(await source.read()) == expected()
