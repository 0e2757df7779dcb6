"""Profile cards, histories and half-finished conversations, in every store."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bridge.domain.cards import (
    Card,
    Circle,
    Consent,
    Entry,
    EntryKind,
    Field,
    Filling,
    Photo,
    Point,
    Purpose,
    Stage,
    Version,
)
from bridge.ports.store import Store

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BOB = Card(
    user="@bob:acme.example",
    values={Field.NAME: ("Bob Lœb",), Field.LANGUAGES: ("en", "fr")},
    circles={Field.PHONE: Circle.GROUPS},
    photo=Photo(uri="mxc://x/1", mimetype="image/jpeg", size=9, width=3, height=2, at=NOW),
    consents=(Consent(purpose=Purpose.CARD, text="…", at=NOW, event="$yes", room="!dm", withdrawn=NOW),),
    history_leave=Circle.NETWORK,
    at=NOW,
    archived=NOW,
)
AL = Card(user="@al:acme.example", at=NOW)
VISIT = Version(day=date(2026, 3, 2), kind=EntryKind.VISIT, text="Usine de Brest", by="@ann:corp.test", at=NOW)
ENTRY = Entry(id="k7", user=BOB.user, versions=(VISIT, replace(VISIT, withdrawn=True, event="$gone")))
FIRST = Entry(id="z1", user=BOB.user, versions=(replace(VISIT, day=date(2024, 1, 9), kind=EntryKind.CONTACT),))
FILLING = Filling(
    user=BOB.user,
    room="!dm",
    point=Point(stage=Stage.CIRCLE, field=Field.PHONE, missed=1),
    before=Point(stage=Stage.VALUE, field=Field.PHONE),
    event="$line",
    at=NOW,
)


async def test_cards_are_found_again_whole_and_in_order(store: Store) -> None:
    async with store.work() as work:
        await work.cards.put(BOB)
        await work.cards.put(AL)
    async with store.view() as view:
        assert list((await view.cards.all()).values()) == [AL, BOB]
        assert await view.cards.card(BOB.user) == BOB
        assert await view.cards.card("@nobody:acme.example") is None


async def test_a_history_is_in_the_order_of_its_days(store: Store) -> None:
    other = replace(ENTRY, id="a9", user=AL.user)
    async with store.work() as work:
        for entry in (ENTRY, FIRST, other):
            await work.cards.put_entry(entry)
    async with store.view() as view:
        assert list(await view.cards.entries(BOB.user)) == [FIRST, ENTRY]
        assert await view.cards.entry("k7") == ENTRY
        assert await view.cards.entry("nothing") is None
        histories = await view.cards.histories()
    assert {user: list(entries) for user, entries in histories.items()} == {AL.user: [other], BOB.user: [FIRST, ENTRY]}


async def test_whoever_is_forgotten_leaves_neither_history_nor_conversation(store: Store) -> None:
    async with store.work() as work:
        await work.cards.put(BOB)
        await work.cards.put(AL)
        await work.cards.put_entry(ENTRY)
        await work.cards.put_filling(FILLING)
        await work.cards.put_filling(replace(FILLING, user=AL.user))
    async with store.work() as work:
        assert await work.cards.filling(BOB.user) == FILLING
        await work.cards.remove(BOB.user)
    async with store.view() as view:
        assert await view.cards.card(BOB.user) is None
        assert not await view.cards.entries(BOB.user)
        assert await view.cards.filling(BOB.user) is None
        assert await view.cards.card(AL.user) == AL
        assert await view.cards.filling(AL.user) is not None


async def test_each_change_of_a_card_makes_a_new_edition_and_talk_and_history_none(store: Store) -> None:
    async with store.work() as work:
        editions = [await work.cards.edition()]
        for step in (work.cards.put(BOB), work.cards.put(AL), work.cards.remove(AL.user)):
            await step
            editions.append(await work.cards.edition())
        await work.cards.put_entry(ENTRY)
        await work.cards.put_filling(FILLING)
        assert await work.cards.edition() == editions[-1]
    assert editions == sorted(set(editions))
