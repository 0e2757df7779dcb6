"""Decisions about groups, in every store."""

from dataclasses import replace
from datetime import UTC, datetime

from bridge.domain.policy import GroupPolicy
from bridge.ports.store import Store

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SALES = GroupPolicy(group="sales", values={"visibility": "public", "owners": ["@ann:corp.test"]}, by="@ann:x", at=NOW)


async def test_what_was_decided_is_found_again_whole_and_in_order(store: Store) -> None:
    other = GroupPolicy(group="deal \u0153 7", values={"name": {"en": "Deal", "fr": "Affaire"}}, created=True, at=NOW)
    async with store.work() as work:
        await work.policies.put(SALES)
        await work.policies.put(other)
    async with store.view() as view:
        assert list((await view.policies.all()).values()) == [other, SALES]
        assert await view.policies.get("sales") == SALES
        assert await view.policies.get("unknown") is None


async def test_a_later_decision_takes_the_place_of_the_earlier_and_each_change_makes_a_new_edition(
    store: Store,
) -> None:
    changed = replace(SALES, values={}, by="")
    async with store.work() as work:
        editions = [await work.policies.edition()]
        await work.policies.put(SALES)
        editions.append(await work.policies.edition())
        await work.policies.put(changed)
        editions.append(await work.policies.edition())
        assert await work.policies.get("sales") == changed
        await work.policies.remove("sales")
        editions.append(await work.policies.edition())
        assert await work.policies.all() == {}
    assert editions == sorted(set(editions))


async def test_once_rooms_follow_what_was_before_is_forgotten_save_where_somebody_decided_since(store: Store) -> None:
    later = SALES.deciding({"visibility": "hidden"}, by="@bob:x", at=NOW)
    assert later.before == SALES.values
    assert later.deciding({}, by="", at=NOW).before == SALES.values
    async with store.work() as work:
        await work.policies.put(later)
        edition = await work.policies.edition()
        await work.policies.follow([replace(later, by="@ann:x")])
        assert await work.policies.get("sales") == later
        await work.policies.follow([later, replace(later, group="unknown")])
        assert await work.policies.get("sales") == replace(later, before=None)
        assert (await work.policies.edition(), len(await work.policies.all())) == (edition, 1)
