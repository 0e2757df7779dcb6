"""What identity providers tell by SCIM, in every store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bridge.ports.scim import BOTH, Change, ResourceKind, ScimResource, ScimState, ScimToken
from bridge.ports.store import Store, UnitOfWork

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
USERS, GROUPS = (ResourceKind.USER,), (ResourceKind.GROUP,)


def user(name: str) -> ScimResource:
    return ScimResource(id=f"id-{name}", kind=ResourceKind.USER, document={"userName": name}, created=NOW, changed=NOW)


def group(name: str) -> ScimResource:
    return replace(user(name), kind=ResourceKind.GROUP, document={"displayName": name})


async def company(work: UnitOfWork) -> None:
    """Two people and a group of both."""
    for one in (user("ann"), user("bob"), group("sales")):
        await work.scim.put(one, {f"name={one.id}"})
    await work.scim.change_members("id-sales", Change(add=("id-bob", "id-ann")), at=NOW)


async def test_resources_are_found_again_by_id_and_kind_and_by_every_mark(store: Store) -> None:
    async with store.work() as work:
        stored = await work.scim.put(user("ann"), {"userName=ann", "externalId=7"})
        await work.scim.put(user("bob"), {"userName=bob"})
    assert stored == replace(user("ann"), number=stored.number, version=1)
    async with store.view() as view:
        assert await view.scim.get(ResourceKind.USER, "id-ann") == stored
        assert await view.scim.get(ResourceKind.GROUP, "id-ann") is None
        assert await view.scim.find(USERS, {"externalId=7", "userName=ann"}) == [stored]
        assert await view.scim.find(USERS, {"externalId=7", "userName=bob"}) == []
        assert await view.scim.find(GROUPS, {"userName=ann"}) == []


async def test_another_state_keeps_its_number_and_loses_the_marks_of_before(store: Store) -> None:
    async with store.work() as work:
        first = await work.scim.put(user("ann"), {"userName=ann"})
        second = await work.scim.put(replace(first, document={"userName": "anna"}, changed=LATER), {"userName=anna"})
    assert (second.number, second.version) == (first.number, first.version + 1)
    async with store.view() as view:
        assert await view.scim.find(BOTH, {"userName=ann"}) == []
        assert await view.scim.find(BOTH, {"userName=anna"}) == [second]


async def test_pages_are_in_the_order_in_which_resources_came(store: Store) -> None:
    async with store.work() as work:
        await company(work)
    async with store.view() as view:
        assert [one.id for one in await view.scim.listed(BOTH, skip=1, limit=1)] == ["id-bob"]
        assert [one.id for one in await view.scim.listed(GROUPS, skip=0, limit=None)] == ["id-sales"]
        assert await view.scim.count(USERS) == 2


async def test_members_come_and_go_and_what_changes_nothing_is_no_change(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        before = await work.scim.state()
        again = await work.scim.change_members("id-sales", Change(add=("id-ann",), remove=("id-x",)), at=LATER)
        assert not again.changed
        assert await work.scim.state() == before
        gone = await work.scim.change_members("id-sales", Change(remove=("id-ann",)), at=LATER)
        assert gone.changed
    async with store.view() as view:
        assert await view.scim.members("id-sales") == [("id-bob", ResourceKind.USER)]
        assert not await view.scim.has_member("id-sales", "id-ann")
        assert await view.scim.has_member("id-sales", "id-bob")
        sales = await view.scim.get(ResourceKind.GROUP, "id-sales")
        assert sales is not None
        assert (sales.version, sales.changed) == ((await view.scim.state()).edition, LATER)


async def test_a_whole_list_takes_the_place_of_the_members(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        await work.scim.put(user("cem"), ())
        await work.scim.change_members("id-sales", Change(add=("id-cem", "id-bob"), whole=True), at=LATER)
    async with store.work() as work:
        assert [id_ for id_, _ in await work.scim.members("id-sales")] == ["id-bob", "id-cem"]
        await work.scim.change_members("id-sales", Change(whole=True), at=LATER)
        assert await work.scim.members("id-sales") == []


async def test_of_members_who_do_not_exist_nothing_is_done(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        result = await work.scim.change_members("id-sales", Change(add=("id-x",), remove=("id-ann",)), at=LATER)
        assert (result.changed, result.unknown) == (False, ("id-x",))
        assert await work.scim.has_member("id-sales", "id-ann")


@pytest.mark.slow
async def test_hundreds_come_at_once(store: Store) -> None:
    names = [f"p{number:04}" for number in range(1200)]
    async with store.work() as work:
        await work.scim.put(group("all"), ())
        for name in names:
            await work.scim.put(user(name), ())
        await work.scim.change_members("id-all", Change(add=tuple(f"id-{name}" for name in names)), at=NOW)
        assert len(await work.scim.members("id-all")) == len(names)


async def test_who_is_removed_leaves_every_group_and_these_have_changed(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        edition = (await work.scim.state()).edition
        assert await work.scim.remove(ResourceKind.USER, "id-ann", at=LATER)
        assert not await work.scim.remove(ResourceKind.USER, "id-ann", at=LATER)
        assert [one.id for one in await work.scim.since(edition)] == ["id-sales"]
        assert [id_ for id_, _ in await work.scim.members("id-sales")] == ["id-bob"]
        assert len(await work.scim.numbers()) == 2


async def test_groups_are_found_by_a_member(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        await work.scim.put(group("idle"), ())
    async with store.view() as view:
        assert [one.id for one in await view.scim.find(GROUPS, member="id-ann")] == ["id-sales"]
        assert await view.scim.find(GROUPS, {"name=id-idle"}, member="id-ann") == []


async def test_numbers_of_members_are_told_by_the_numbers_of_groups(store: Store) -> None:
    async with store.work() as work:
        await company(work)
        await work.scim.put(group("idle"), ())
    async with store.view() as view:
        number = {one.id: one.number for one in await view.scim.since(0)}
        found = await view.scim.members_of([number["id-sales"], number["id-idle"]])
        assert dict(found) == {number["id-sales"]: sorted((number["id-ann"], number["id-bob"]))}


async def test_the_state_tells_the_edition_its_time_and_the_end_of_the_first_load(store: Store) -> None:
    async with store.view() as view:
        assert await view.scim.state() == ScimState()
    async with store.work() as work:
        await work.scim.put(user("ann"), ())
        await work.scim.loaded()
    async with store.view() as view:
        assert await view.scim.state() == ScimState(1, NOW, loaded=True)


async def test_tokens_are_found_by_what_a_client_sends_until_they_are_removed(store: Store) -> None:
    entra = ScimToken(id="1", client="entra", created=NOW)
    okta = ScimToken(id="2", client="okta", created=NOW)
    async with store.work() as work:
        await work.scim_tokens.add(okta, "o" * 32)
        await work.scim_tokens.add(entra, "e" * 32)
        ended = replace(entra, until=LATER, used=date(2026, 11, 22))
        await work.scim_tokens.change(ended)
    async with store.work() as work:
        assert await work.scim_tokens.by_secret("e" * 32) == ended
        assert await work.scim_tokens.by_secret("x") is None
        assert await work.scim_tokens.all() == [ended, okta]
        await work.scim_tokens.remove("1")
        assert await work.scim_tokens.by_secret("e" * 32) is None
