"""Who may come in by SCIM, and what everybody else is told."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from bridge.adapters.directory.scim import ENTERPRISE
from bridge.adapters.scim.door import MAX_BODY
from bridge.adapters.scim.tokens import AGAIN, TRIES
from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from tests.adapters.scim.served import SECRET, Client, served
from tests.fakes.store import FakeStore

PATHS = ("/Users", "/Groups", "/Schemas", "/ServiceProviderConfig", "/", "/nowhere")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic s", f"Basic {SECRET}", "Bearer sé"])
async def test_nobody_comes_in_without_a_token(scim: Client, header: str) -> None:
    for path in PATHS:
        refused = await scim.ask("GET", path, Authorization=header)
        assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Bearer realm="SCIM"')
        assert refused.headers["content-type"] == "application/scim+json"


async def test_a_token_that_is_over_counts_no_more(scim: Client) -> None:
    async with scim.store.work() as work:
        token = await work.scim_tokens.by_secret(SECRET)
        assert token is not None
        await work.scim_tokens.change(replace(token, until=scim.clock.now() + timedelta(hours=1)))
    assert (await scim.ask("GET", "/Users")).status == 200
    await scim.clock.advance(3600)
    assert (await scim.ask("GET", "/Users")).status == 401


async def test_the_day_of_last_use_is_remembered(scim: Client) -> None:
    await scim.ask("GET", "/Users")
    async with scim.store.view() as view:
        (token,) = await view.scim_tokens.all()
    assert token.used == scim.clock.now().date()


async def test_guessing_is_slowed_down_but_shuts_out_nobody_who_was_right_before(scim: Client) -> None:
    assert (await scim.ask("GET", "/Users")).status == 200
    tried = [(await scim.ask("GET", "/Users", Authorization=f"Bearer {one}")).status for one in range(TRIES + 2)]
    assert tried == [401] * TRIES + [429] * 2
    assert (await scim.ask("GET", "/Users")).status == 200
    await scim.clock.advance(AGAIN)
    tried = [(await scim.ask("GET", "/Users", Authorization="Bearer x")).status for _ in range(2)]
    assert tried == [401, 429]


async def test_a_request_that_is_too_large_is_refused_unread(scim: Client) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with scim.http.post(f"{scim.base}/Users", data=BytesIO(bytes(MAX_BODY + 1)), headers=headers) as answer:
        assert (answer.status, (await answer.json(content_type=None))["status"]) == (413, "413")


async def test_a_store_in_trouble_makes_the_client_come_again() -> None:
    store = FakeStore()
    async with served(store) as scim:
        store.failing = StoreError(say("The database is read-only: nothing can be stored."))
        answer = await scim.ask("GET", "/Users")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


async def test_what_changes_something_wakes_the_bridge_and_reading_does_not(scim: Client) -> None:
    user = await scim.user("ann")
    assert len(scim.woken) == 1
    await scim.ask("GET", f"/Users/{user}")
    await scim.ask("GET", "/Users?filter=title+sw+%22x%22")
    await scim.ask("POST", "/Users", {"userName": "ann"})
    assert len(scim.woken) == 1


async def test_pages_and_filters_that_no_mark_answers_are_whole(scim: Client) -> None:
    ids = [await scim.user(f"p{number}", title="Boss" if number % 2 else "") for number in range(7)]
    page = (await scim.ask("GET", "/Users?startIndex=3&count=2")).json
    assert (page["totalResults"], page["startIndex"], [one["id"] for one in page["Resources"]]) == (7, 3, ids[2:4])
    found = (await scim.ask("GET", '/Users?filter=title+eq+"boss"+and+active+eq+true&startIndex=2&count=1')).json
    assert (found["totalResults"], [one["id"] for one in found["Resources"]]) == (3, [ids[3]])
    refused = await scim.ask("GET", "/Users?filter=nonsense")
    assert (refused.status, refused.json["scimType"]) == (400, "invalidFilter")


async def test_a_list_tells_of_each_resource_what_is_told_of_it_alone(scim: Client) -> None:
    more = {"name": {"givenName": "Ann"}, "emails": [{"value": "a@corp.example", "primary": True}], "externalId": "7"}
    ann = await scim.user("ann", title="Boss", **more, **{ENTERPRISE: {"department": "Ventes"}})
    inner = await scim.group("EMEA")
    outer = await scim.group("Sales", ann, inner)
    for path, ids in (("/Users", [ann]), ("/Groups", [inner, outer]), ("/", [ann, inner, outer])):
        listed = (await scim.ask("GET", path)).json
        alone = [(await scim.ask("GET", f"/{'Users' if one == ann else 'Groups'}/{one}")).json for one in ids]
        assert (listed["Resources"], listed["itemsPerPage"], listed["totalResults"]) == (alone, len(ids), len(ids))
    some = (await scim.ask("GET", "/?attributes=displayName,members.value")).json["Resources"]
    assert some[2]["members"] == [{"value": ann}, {"value": inner}]
    assert all({"userName", "meta"}.isdisjoint(one) for one in some)
