"""Decisions about partners, their people and invite codes, in every store."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bridge.domain.partners import Acceptance, Farewell, Guest, InviteCode, PartnerPolicy, Standing
from bridge.ports.store import Store

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ACME = PartnerPolicy(partner="acme", values={"state": "suspended", "servers": ["acme.example"]}, by="@ines:x", at=NOW)
BOB = Guest(
    user="@bob:acme.example",
    partner="acme",
    until=date(2027, 6, 30),
    invited_by="@ann:corp.test",
    approved_by=("@ines:corp.test",),
    reason="œuvre commune",
    accepted=Acceptance(version="2", at=NOW, event="$yes", room="!dm"),
    since=NOW,
    at=NOW,
)
CODE = InviteCode(id="k7", partner="acme", groups=("sales",), uses=3, until=NOW, by="@ann:corp.test", at=NOW)


async def test_decisions_about_partners_are_found_again_whole_and_in_order(store: Store) -> None:
    other = PartnerPolicy(partner="Ünion 7", values={"name": {"en": "Union", "fr": "Union"}}, created=True, at=NOW)
    async with store.work() as work:
        await work.partners.put_policy(other)
        await work.partners.put_policy(ACME)
    async with store.view() as view:
        assert list((await view.partners.policies()).values()) == [ACME, other]
        assert await view.partners.policy("acme") == ACME
        assert await view.partners.policy("unknown") is None


async def test_people_of_partners_are_found_again_whole_and_can_be_forgotten(store: Store) -> None:
    gone = replace(BOB, user="@al:acme.example", standing=Standing.OUT, farewell=Farewell.EXPIRED, accepted=None)
    async with store.work() as work:
        await work.partners.put_guest(BOB)
        await work.partners.put_guest(gone)
    async with store.work() as work:
        assert list((await work.partners.guests()).values()) == [gone, BOB]
        assert await work.partners.guest(BOB.user) == BOB
        await work.partners.remove_guest(BOB.user)
        assert await work.partners.guest(BOB.user) is None


async def test_a_code_is_found_by_its_secret_alone_and_what_became_of_it_is_kept(store: Store) -> None:
    async with store.work() as work:
        await work.partners.put_code(CODE, secret="ABCD-1234")
        await work.partners.put_code(replace(CODE, id="k6"), secret="OTHER")
        used = replace(CODE, used=(BOB.user,), revoked=True)
        await work.partners.put_code(used)
        await work.partners.put_code(replace(CODE, id="unknown"))
    async with store.view() as view:
        assert await view.partners.code("ABCD-1234") == used
        assert await view.partners.code("abcd") is None
        assert [code.id for code in await view.partners.codes()] == ["k6", "k7"]


async def test_each_change_of_partners_and_people_makes_a_new_edition_and_following_none(store: Store) -> None:
    later = ACME.deciding({}, by="@ines:x", at=NOW)
    async with store.work() as work:
        editions = [await work.partners.edition()]
        for step in (
            work.partners.put_policy(later),
            work.partners.put_guest(BOB),
            work.partners.remove_guest(BOB.user),
        ):
            await step
            editions.append(await work.partners.edition())
        await work.partners.follow([replace(later, by="@ann:x"), later])
        assert await work.partners.policy("acme") == replace(later, before=None)
        assert await work.partners.edition() == editions[-1]
    assert editions == sorted(set(editions))
