"""Requests as Entra and Okta send them, to the letter of their public documentation, over real HTTP."""

from typing import Any

import pytest

from tests.adapters.scim.served import Client

pytestmark = pytest.mark.slow

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ENTRA_USER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Claire.Martin@corp.example",
    "active": True,
    "displayName": "Claire Martin",
    "emails": [{"primary": True, "type": "work", "value": "claire@corp.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Claire Martin", "familyName": "Martin", "givenName": "Claire"},
    "phoneNumbers": [{"value": "+33 1 23 45 67 89", "type": "work"}],
    "roles": [],
}
OKTA_USER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "zoe@corp.example",
    "name": {"givenName": "Zoë", "familyName": "O’Neil"},
    "emails": [{"primary": True, "value": "zoe@corp.example", "type": "work"}],
    "displayName": "Zoë O’Neil",
    "locale": "fr-FR",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


async def test_entra_tries_the_connection_with_somebody_who_does_not_exist(on_disk: Client) -> None:
    found = await on_disk.ask("GET", '/Users?filter=userName+eq+"51c05a6b-3f0c-4ac8-bfa6-b5c8e8e4a0b2"')
    assert (found.status, found.json["totalResults"], found.json.get("Resources", [])) == (200, 0, [])


async def test_entra_makes_a_user_finds_them_and_switches_them_off(on_disk: Client) -> None:
    made = await on_disk.ask("POST", "/Users", ENTRA_USER)
    assert (made.status, made.json["userName"]) == (201, "Claire.Martin@corp.example")
    assert "phoneNumbers" not in made.json
    found = await on_disk.ask("GET", '/Users?filter=userName+eq+"claire.martin@CORP.example"')
    assert [one["id"] for one in found.json["Resources"]] == [made.id]
    found = await on_disk.ask("GET", f'/Users?filter=externalId+eq+"{ENTRA_USER["externalId"]}"')
    assert found.json["totalResults"] == 1
    off = await on_disk.patch(f"/Users/{made.id}", {"op": "Replace", "path": "active", "value": "False"})
    assert off.status in (200, 204)
    assert (await on_disk.ask("GET", f"/Users/{made.id}")).json["active"] is False


async def test_entra_changes_several_things_at_once(on_disk: Client) -> None:
    boss, user = await on_disk.user("boss"), (await on_disk.ask("POST", "/Users", ENTRA_USER)).id
    answer = await on_disk.patch(
        f"/Users/{user}",
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "c.martin@corp.example"},
        {"op": "Add", "path": 'emails[type eq "other"].value', "value": "claire@home.example"},
        {"op": "Replace", "path": "name.familyName", "value": "Durand"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Ventes"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": boss},
        {"op": "Replace", "path": 'addresses[type eq "work"].country', "value": "France"},
    )
    assert answer.status in (200, 204), answer
    after = (await on_disk.ask("GET", f"/Users/{user}")).json
    assert after["name"]["familyName"] == "Durand"
    assert {one["type"]: one["value"] for one in after["emails"]} == {
        "work": "c.martin@corp.example",
        "other": "claire@home.example",
    }
    assert after[ENTERPRISE] == {"department": "Ventes", "manager": {"value": boss}}
    for empty in ({"op": "Replace", "value": ""}, {"op": "Remove"}):
        assert (await on_disk.patch(f"/Users/{user}", {"path": f"{ENTERPRISE}:manager", **empty})).status in (200, 204)
        assert "manager" not in (await on_disk.ask("GET", f"/Users/{user}")).json[ENTERPRISE]


async def test_entra_adds_and_removes_members(on_disk: Client) -> None:
    ann, bob = await on_disk.user("ann"), await on_disk.user("bob")
    made = await on_disk.ask("POST", "/Groups", {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "8aa1a0c0", "displayName": "Sales",
        "meta": {"resourceType": "Group"}})  # fmt: skip
    group = f"/Groups/{made.id}"
    added = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": ann}, {"$ref": None, "value": bob}]}
    assert (await on_disk.patch(group, added)).status == 204
    assert await on_disk.members(made.id) == [ann, bob]
    asked = await on_disk.ask("GET", f'/Groups?filter=id+eq+"{made.id}"+and+members+eq+"{bob}"&attributes=id')
    assert (asked.json["totalResults"], asked.json["Resources"][0]["id"]) == (1, made.id)
    removed = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": bob}]}
    assert (await on_disk.patch(group, removed)).status == 204
    assert await on_disk.members(made.id) == [ann]
    asked = await on_disk.ask("GET", f'/Groups?filter=id+eq+"{made.id}"+and+members+eq+"{bob}"&attributes=id')
    assert asked.json["totalResults"] == 0
    by_name = await on_disk.ask("GET", '/Groups?excludedAttributes=members&filter=displayName+eq+"sales"')
    assert [sorted(one) for one in by_name.json["Resources"]] == [
        ["displayName", "externalId", "id", "meta", "schemas"]
    ]


async def test_okta_makes_a_user_and_takes_them_out_by_putting_them(on_disk: Client) -> None:
    made = await on_disk.ask("POST", "/Users", OKTA_USER)
    assert (made.status, "password" in made.json) == (201, False)
    found = await on_disk.ask("GET", '/Users?filter=userName%20eq%20"zoe@corp.example"&startIndex=1&count=100')
    assert (found.json["totalResults"], found.json["startIndex"]) == (1, 1)
    put = await on_disk.ask("PUT", f"/Users/{made.id}", {**OKTA_USER, "id": made.id, "active": False})
    assert (put.status, put.json["active"], put.json["id"]) == (200, False, made.id)
    back = await on_disk.patch(f"/Users/{made.id}", {"op": "replace", "value": {"active": True}})
    assert back.status in (200, 204)
    assert (await on_disk.ask("GET", f"/Users/{made.id}")).json["active"] is True


async def test_okta_pushes_a_group(on_disk: Client) -> None:
    ann, bob = await on_disk.user("ann"), await on_disk.user("bob")
    group = await on_disk.group("Support")
    renamed = {"op": "replace", "value": {"id": group, "displayName": "Support EMEA"}}
    assert (await on_disk.patch(f"/Groups/{group}", renamed)).status in (200, 204)
    both = [{"value": ann, "display": "ann@corp.example"}, {"value": bob, "display": "bob@corp.example"}]
    assert (await on_disk.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": both})).status == 204
    out = {"op": "remove", "path": f'members[value eq "{ann}"]'}
    assert (await on_disk.patch(f"/Groups/{group}", out)).status == 204
    shown = (await on_disk.ask("GET", f"/Groups/{group}")).json
    assert (shown["displayName"], [one["value"] for one in shown["members"]]) == ("Support EMEA", [bob])
    assert (
        await on_disk.patch(f"/Groups/{group}", {"op": "replace", "path": "members", "value": both[:1]})
    ).status == 204
    assert await on_disk.members(group) == [ann]
    assert (await on_disk.ask("DELETE", f"/Groups/{group}")).status == 204
    assert (await on_disk.ask("GET", f"/Groups/{group}")).status == 404


async def test_entra_wraps_single_values_in_lists_as_it_did_before_it_followed_the_standard(on_disk: Client) -> None:
    boss, user = await on_disk.user("boss"), (await on_disk.ask("POST", "/Users", ENTRA_USER)).id
    wrapped = {
        "active": "False", "displayName": "C. Durand", "userName": "c.durand@corp.example", "title": "Boss",
        'emails[type eq "work"].value': "c@corp.example", f"{ENTERPRISE}:department": "Ventes",
        f"{ENTERPRISE}:manager": boss,
    }  # fmt: skip
    said = [{"op": "Add", "path": path, "value": [{"$ref": None, "value": one}]} for path, one in wrapped.items()]
    assert (await on_disk.patch(f"/Users/{user}", *said)).status in (200, 204)
    after = (await on_disk.ask("GET", f"/Users/{user}")).json
    told = [after[name] for name in ("active", "displayName", "userName", "title")]
    assert told == [False, "C. Durand", "c.durand@corp.example", "Boss"]
    assert [one["value"] for one in after["emails"]] == ["c@corp.example"]
    assert after[ENTERPRISE] == {"department": "Ventes", "manager": {"value": boss}}


async def test_entra_may_write_paths_as_keys(on_disk: Client) -> None:
    user = (await on_disk.ask("POST", "/Users", ENTRA_USER)).id
    value = {"name.familyName": "Durand", 'emails[type eq "work"].value': "c.durand@corp.example",
             f"{ENTERPRISE}:department": "Ventes"}  # fmt: skip
    assert (await on_disk.patch(f"/Users/{user}", {"op": "Replace", "value": value})).status in (200, 204)
    after = (await on_disk.ask("GET", f"/Users/{user}")).json
    assert (after["name"]["familyName"], after[ENTERPRISE]) == ("Durand", {"department": "Ventes"})
    assert [one["value"] for one in after["emails"]] == ["c.durand@corp.example"]
    only = {'emails[type eq "work"].value': "c@corp.example"}
    assert (await on_disk.patch(f"/Users/{user}", {"op": "Replace", "value": [only]})).status in (200, 204)
    assert (await on_disk.ask("GET", f"/Users/{user}")).json["emails"][0]["value"] == "c@corp.example"


async def test_okta_adds_nobody_to_a_group_and_takes_nobody_out(on_disk: Client) -> None:
    group = await on_disk.group("Sales", ann := await on_disk.user("ann"))
    for word in ("add", "Remove"):
        nothing: dict[str, Any] = {"op": word, "path": "members", "value": []}
        assert (await on_disk.patch(f"/Groups/{group}", nothing)).status == 204
    assert await on_disk.members(group) == [ann]
