"""Exporting and erasing cards, and what becomes of them when an agreement is over."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.domain.cards import Card, Circle, Entry, EntryKind, Field, Purpose, Version
from bridge.domain.directory import Directory
from bridge.domain.partners import AfterEnd, PartnerState
from bridge.services.cards.closing import Closing
from bridge.services.cards.consents import Consents
from bridge.services.cards.exports import Exports
from bridge.services.cards.files import Files
from bridge.services.cards.photos import Photos, Sent
from bridge.services.cards.rights import Rights
from bridge.services.cards.shelf import Shelf
from tests.fakes.media import FakeMedia, FakePictures
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

BOB, CLAIRE = "@bob:acme.example", user("claire")
ACME = partner("acme", servers=["acme.example"], sponsor="claire")
DAY = timedelta(days=1).total_seconds()


def company(**acme: Any) -> Directory:
    known = directory(
        group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme"), partners=[ACME]
    )
    return replace(known, partners={"acme": replace(known.partners["acme"], **acme)})


class Office:
    def __init__(self, house: Household) -> None:
        self.house, self.media = house, FakeMedia()
        store, clock, chance, society = house.store, house.clock, house.chance, house.society
        self.media.elsewhere["mxc://acme.example/bob"] = b"picture of bob"
        self.files = Files(store=store, media=self.media, clock=clock)
        self.photos = Photos(store=store, files=self.files, pictures=FakePictures(), clock=clock, chance=chance)
        self.consents = Consents(store=store, clock=clock, chance=chance)
        self.exports = Exports(society=society, files=self.files, clock=clock, chance=chance)
        self.rights = Rights(store=store, clock=clock, chance=chance)
        self.closing = Closing(
            society=society, shelf=Shelf(store), rights=self.rights, clock=clock, timezone=ZoneInfo("Europe/Paris")
        )

    @classmethod
    async def of(cls, **acme: Any) -> "Office":
        house = household(company(**acme))
        await house.settle()
        office = cls(house)
        await office.consents.give(BOB, Purpose.CARD, "It is kept.", event="$yes", room="!dm")
        await office.photos.take(BOB, Sent(uri="mxc://acme.example/bob"), origin="$photo")
        async with house.store.work() as work:
            card = await work.cards.card(BOB)
            assert card is not None
            values = {Field.NAME: ("Bob",), Field.PHONE: ("+33 1 42 68 53 00",)}
            await work.cards.put(replace(card, values=values, circles={Field.PHONE: Circle.GROUPS}))
            for id_, writers in (("own", [BOB]), ("ours", [CLAIRE]), ("both", [BOB, CLAIRE])):
                await work.cards.put_entry(_entry(id_, writers))
        return office

    async def turn(self, **acme: Any) -> None:
        """The agreement changes, and is followed."""
        self.house.source.directory = company(**acme)
        await self.house.settle()
        await self.closing.go()
        await self.files.go()

    async def card(self) -> Card | None:
        async with self.house.store.view() as view:
            return await view.cards.card(BOB)

    async def entries(self) -> list[str]:
        async with self.house.store.view() as view:
            return [entry.id for entry in await view.cards.entries(BOB)]

    def noted(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        records = self.house.store.data.audit.values()
        return [(entry.actor, dict(entry.detail)) for entry in records if entry.kind == kind]


def _entry(id_: str, writers: list[str]) -> Entry:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    versions = [
        Version(day=date(2026, 11, 1), kind=EntryKind.VISIT, text=f"Visit {id_}", by=by, at=at) for by in writers
    ]
    return Entry(id=id_, user=BOB, versions=tuple(versions))


async def test_an_export_holds_everything_and_is_deleted_after_a_day() -> None:
    office = await Office.of()
    whole, contact = await office.exports.export(BOB, "en", origin="$export")
    said = json.loads(office.media.files[whole.uri] or b"")
    assert said["fields"]["phone"] == {"values": ["+33 1 42 68 53 00"], "circle": "groups", "pinned": False}
    assert said["fields"]["organisation"] == {"values": ["Acme"], "circle": "network", "pinned": True}
    assert base64.b64decode(said["photo"]["data"]) == b"portrait of picture of bob"
    assert [one["text"] for one in said["consents"]] == ["It is kept."]
    assert [one["id"] for one in said["history"]["entries"]] == ["both", "ours", "own"]
    vcard = (office.media.files[contact.uri] or b"").decode()
    assert vcard.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n")
    assert "TEL;VALUE=uri;PREF=1:tel:+33142685300\r\n" in vcard
    assert "Visit" not in vcard
    assert (whole.size, contact.size) == (len(office.media.files[whole.uri] or b""), len(vcard.encode()))
    await office.house.clock.advance(2 * DAY)
    await office.files.go()
    assert {whole.uri, contact.uri} <= set(office.media.deleted)


async def test_an_export_that_is_asked_for_again_by_the_same_event_is_the_same() -> None:
    office = await Office.of()
    first = await office.exports.export(BOB, "en", origin="$export")
    assert await office.exports.export(BOB, "en", origin="$export") == first
    assert office.noted("card-exported") == [(BOB, {"user": BOB, "origin": "$export"})]


async def test_nobody_without_a_card_gets_an_export() -> None:
    office = await Office.of()
    assert await office.exports.export("@zoe:acme.example", "en", origin="$export") == ()
    assert await office.rights.erasable("@zoe:acme.example") is None


async def test_who_erases_their_card_leaves_what_the_company_wrote() -> None:
    office = await Office.of()
    seen = await office.rights.erasable(BOB)
    assert seen is not None
    assert (seen.fields, seen.photo, seen.entries, seen.stay, seen.published) == (2, True, 1, 2, False)
    assert not seen.files
    for _ in range(2):
        await office.rights.erase(BOB, origin="$erase")
    await office.files.go()
    assert await office.card() is None
    assert await office.entries() == ["both", "ours"]
    assert len(office.media.deleted) == 1
    assert office.noted("card-erased") == [(BOB, {"user": BOB, "origin": "$erase"})]
    assert await office.rights.erasable(BOB) is None


async def test_no_record_of_the_audit_log_tells_what_a_card_holds() -> None:
    office = await Office.of()
    await office.exports.export(BOB, "en", origin="$export")
    await office.rights.erase(BOB, origin="$erase")
    told = json.dumps([dict(entry.detail) for entry in office.house.store.data.audit.values()])
    assert not [word for word in ("+33", "Bob", "Visit", "mxc://", "It is kept") if word in told]


async def test_when_an_agreement_ends_cards_are_archived_and_come_back_with_it() -> None:
    office = await Office.of()
    await office.turn(state=PartnerState.ENDED)
    card = await office.card()
    assert card is not None
    assert card.archived
    assert card.photo is None
    assert len(office.media.deleted) == 1
    await office.house.clock.advance(400 * DAY)
    await office.turn(state=PartnerState.ENDED)
    assert await office.card() == card
    await office.turn()
    restored = await office.card()
    assert restored == replace(card, archived=None)
    assert len(await office.entries()) == 3
    assert [len(office.noted(kind)) for kind in ("card-archived", "card-restored", "card-erased")] == [1, 1, 0]


async def test_an_agreement_that_says_so_erases_cards_and_history_a_month_after_its_end() -> None:
    office = await Office.of(cards=AfterEnd.ERASE)
    await office.turn(cards=AfterEnd.ERASE, until=date(2026, 11, 22))
    assert len(await office.entries()) == 3
    await office.house.clock.advance(31 * DAY)
    await office.turn(cards=AfterEnd.ERASE, until=date(2026, 11, 22))
    assert await office.card() is None
    assert await office.entries() == []
    assert office.noted("card-erased") == [("", {"user": BOB, "partner": "acme"})]
    await office.turn(cards=AfterEnd.ERASE, until=date(2026, 11, 22))
    assert await office.card() is None


async def test_a_history_without_a_card_ends_with_the_agreement_too() -> None:
    office = await Office.of(cards=AfterEnd.ERASE)
    await office.rights.erase(BOB, origin="$erase")
    await office.turn(cards=AfterEnd.ERASE, state=PartnerState.ENDED)
    await office.house.clock.advance(31 * DAY)
    await office.turn(cards=AfterEnd.ERASE, state=PartnerState.ENDED)
    assert await office.entries() == []


@pytest.mark.parametrize(
    "acme", [{"state": PartnerState.SUSPENDED}, {"since": date(2030, 1, 1)}, {"until": date(2026, 11, 23)}]
)
async def test_what_is_not_over_changes_no_card(acme: dict[str, Any]) -> None:
    office = await Office.of(cards=AfterEnd.ERASE)
    before = await office.card()
    await office.turn(cards=AfterEnd.ERASE, **acme)
    assert await office.card() == before


async def test_cards_of_a_partner_that_has_left_the_directory_are_archived() -> None:
    office = await Office.of()
    deal = replace(company().groups["deal"], partners=(), members=("claire",))
    office.house.source.directory = replace(company(), partners={}, groups={"deal": deal})
    await office.house.settle()
    await office.closing.go()
    card = await office.card()
    assert card is not None
    assert card.archived
