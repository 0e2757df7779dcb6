"""Members of groups, which go past the library: every way to write them, all or nothing, and what answers tell."""

from collections.abc import Mapping

import pytest

from bridge.adapters.scim.members import of_patch
from bridge.ports.scim import Change
from tests.adapters.scim.served import Client

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def ops(*operations: Mapping[str, object]) -> dict[str, object]:
    return {"Operations": list(operations)}


@pytest.mark.parametrize(
    ("operations", "change"),
    [
        ([{"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}], Change(("a", "b"))),
        ([{"op": "add", "path": "members", "value": {"value": "a"}}], Change(("a",))),
        ([{"op": "add", "value": {"members": [{"value": "a"}]}}], Change(("a",))),
        ([{"op": "Add", "path": "Members", "value": ["a"]}], Change(("a",))),
        ([{"op": "add", "path": f"{GROUP}:members", "value": ["a"]}], Change(("a",))),
        ([{"op": "remove", "path": 'members[value eq "a"]'}], Change(remove=("a",))),
        ([{"op": "remove", "path": 'members[value eq"a" OR value EQ "b"]'}], Change(remove=("a", "b"))),
        ([{"op": "Remove", "path": "members", "value": [{"value": "a"}]}], Change(remove=("a",))),
        ([{"op": "remove", "path": "members"}], Change(whole=True)),
        ([{"op": "replace", "path": "members", "value": []}], Change(whole=True)),
        ([{"op": "replace", "value": {"members": [{"value": "a"}]}}], Change(("a",), whole=True)),
        (
            [{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": ["a", "b"]},
             {"op": "remove", "path": 'members[value eq "a"]'}],
            Change(("b",), whole=True),
        ),
        (
            [{"op": "remove", "path": "members", "value": ["a"]}, {"op": "add", "path": "members", "value": ["a"]}],
            Change(("a",)),
        ),
    ],
)  # fmt: skip
def test_the_operations_of_a_patch_come_to_one_change(operations: list[dict[str, object]], change: Change) -> None:
    assert of_patch(ops(*operations)) == (None, change)


def test_what_is_not_about_members_is_left_to_the_library() -> None:
    name = {"op": "replace", "path": "displayName", "value": "Sales"}
    rest, change = of_patch(ops(name, {"op": "add", "path": "members", "value": ["a"]}))
    assert (rest, change) == (ops(name), Change(("a",)))
    rest, change = of_patch(ops({"op": "replace", "value": {"displayName": "Sales", "members": ["a"]}}))
    assert (rest, change) == (ops({"op": "replace", "value": {"displayName": "Sales"}}), Change(("a",), whole=True))


async def test_members_and_a_name_change_together_or_not_at_all(scim: Client) -> None:
    ann = await scim.user("ann")
    group = await scim.group("Sales")
    name = {"op": "replace", "path": "displayName", "value": "Ventes"}
    refused = await scim.patch(f"/Groups/{group}", name, {"op": "add", "path": "members", "value": ["nobody"]})
    assert (refused.status, refused.json["scimType"]) == (400, "invalidValue")
    assert (await scim.ask("GET", f"/Groups/{group}")).json["displayName"] == "Sales"
    done = await scim.patch(f"/Groups/{group}", name, {"op": "add", "path": "members", "value": [ann]})
    assert done.status == 204
    shown = (await scim.ask("GET", f"/Groups/{group}")).json
    assert (shown["displayName"], shown["members"]) == (
        "Ventes",
        [{"value": ann, "$ref": f"{scim.base}/Users/{ann}", "type": "User"}],
    )


async def test_a_group_may_be_a_member(scim: Client) -> None:
    inner = await scim.group("EMEA")
    outer = await scim.group("Sales", inner)
    assert (await scim.ask("GET", f"/Groups/{outer}")).json["members"] == [
        {"value": inner, "$ref": f"{scim.base}/Groups/{inner}", "type": "Group"}
    ]


async def test_putting_a_group_that_is_silent_about_members_leaves_them(scim: Client) -> None:
    ann, bob = await scim.user("ann"), await scim.user("bob")
    group = await scim.group("Sales", ann)
    put = await scim.ask("PUT", f"/Groups/{group}", {"displayName": "Ventes"})
    assert (put.status, put.json["displayName"], await scim.members(group)) == (200, "Ventes", [ann])
    put = await scim.ask("PUT", f"/Groups/{group}", {"displayName": "Ventes", "members": [{"value": bob}]})
    assert [one["value"] for one in put.json["members"]] == [bob]
    await scim.ask("PUT", f"/Groups/{group}", {"displayName": "Ventes", "members": []})
    assert await scim.members(group) == []


async def test_who_was_deleted_is_in_no_group_and_comes_back_as_somebody_else(scim: Client) -> None:
    ann = await scim.user("ann")
    group = await scim.group("Sales", ann)
    assert (await scim.ask("DELETE", f"/Users/{ann}")).status == 204
    assert await scim.members(group) == []
    assert await scim.user("ann") != ann


async def test_a_change_of_members_changes_the_entity_tag_and_an_old_one_is_refused(scim: Client) -> None:
    ann, group = await scim.user("ann"), await scim.group("Sales")
    before = (await scim.ask("GET", f"/Groups/{group}")).headers["etag"]
    add = {"op": "add", "path": "members", "value": [ann]}
    done = await scim.patch(f"/Groups/{group}", add, If_Match=before)
    assert done.status == 204
    now = (await scim.ask("GET", f"/Groups/{group}")).headers["etag"]
    assert now != before
    assert done.headers["etag"] == now
    again = await scim.patch(f"/Groups/{group}", {"op": "remove", "path": "members"}, If_Match=before)
    assert (again.status, await scim.members(group)) == (412, [ann])
    assert (await scim.ask("GET", f"/Groups/{group}", If_None_Match=now)).status == 304


async def test_answers_tell_members_only_to_who_asks_for_them(scim: Client) -> None:
    ann = await scim.user("ann")
    group = await scim.group("Sales", ann)
    told = (await scim.ask("GET", f"/Groups/{group}?attributes=members.value")).json
    assert told["members"] == [{"value": ann}]
    assert "members" not in (await scim.ask("GET", f"/Groups/{group}?excludedAttributes=members")).json
    assert "members" not in (await scim.ask("GET", "/Groups?attributes=displayName")).json["Resources"][0]
    listed = await scim.ask("POST", "/Groups/.search", {"attributes": ["members"]})
    assert [one["value"] for one in listed.json["Resources"][0]["members"]] == [ann]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": 'members[value eq "a"]', "value": "b"},
        {"op": "add", "path": "members[display eq 1", "value": "b"},
        {"op": "add", "path": "members", "value": [{"display": "Ann"}]},
        {"op": "explode", "path": "members", "value": ["a"]},
    ],
)
async def test_operations_that_name_no_members_are_refused(scim: Client, operation: dict[str, object]) -> None:
    group = await scim.group("Sales")
    assert (await scim.patch(f"/Groups/{group}", operation)).status == 400


@pytest.mark.parametrize("name", ["", "  "])
async def test_a_user_without_a_name_is_refused(scim: Client, name: str) -> None:
    refused = await scim.ask("POST", "/Users", {"userName": name, "active": True})
    assert (refused.status, refused.json["scimType"]) == (400, "invalidValue")
    claire = await scim.user("claire@corp.example")
    assert (await scim.patch(f"/Users/{claire}", {"op": "replace", "path": "userName", "value": name})).status == 400


@pytest.mark.parametrize("name", ["", "  "])
async def test_a_group_without_a_name_is_refused(scim: Client, name: str) -> None:
    refused = await scim.ask("POST", "/Groups", {"displayName": name})
    assert (refused.status, refused.json["scimType"]) == (400, "invalidValue")
    group = await scim.group("Sales")
    assert (await scim.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": name})).status == 400


async def test_two_active_users_cannot_have_one_account(scim: Client) -> None:
    first = await scim.user("claire@corp.example")
    taken = await scim.ask("POST", "/Users", {"userName": "claire@other.example", "active": True})
    assert (taken.status, taken.json["scimType"]) == (409, "uniqueness")
    await scim.patch(f"/Users/{first}", {"op": "replace", "path": "active", "value": False})
    await scim.user("claire@other.example")
    back = await scim.patch(f"/Users/{first}", {"op": "replace", "path": "active", "value": True})
    assert back.status == 409
