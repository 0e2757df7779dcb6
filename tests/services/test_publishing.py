"""Business cards on Matrix profiles: only with consent, only what is for the whole network, and taken back."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.domain.cards import Card, Circle, Field, Purpose
from bridge.domain.directory import Directory
from bridge.services.cards.consents import Consents
from bridge.services.cards.publishing import Publishing
from bridge.services.cards.shelf import Shelf
from tests.fakes.profiles import FakeProfiles
from tests.services.household import Fuse, Household, Killed, household
from tests.world import directory, group, user

CLAIRE, BOB = user("claire"), "@bob:acme.example"
SAID = {
    Field.TITLE: ("Sales director",),
    Field.PHONE: ("+33 6 12 34 56 78",),
    Field.LANGUAGES: ("fr", "en"),
    Field.TIMEZONE: ("Europe/Paris",),
    Field.TOPICS: ("pumps",),
}
FIELDS = {"io.parvis.title": "Sales director", "io.parvis.languages": ["fr", "en"], "m.tz": "Europe/Paris"}


def company() -> Directory:
    return directory(group("sales").public().owners("claire").members("claire", "luc"))


class MortalProfiles(FakeProfiles):
    """May be killed before and after every change."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self.fuse = fuse

    async def write(self, user: str, name: str, value: Any) -> None:
        self.fuse.step()
        await super().write(user, name, value)
        self.fuse.step()

    async def remove(self, user: str, name: str) -> None:
        self.fuse.step()
        await super().remove(user, name)
        self.fuse.step()


class Office:
    def __init__(self, house: Household) -> None:
        self.house, self.profiles = house, MortalProfiles(house.fuse)
        self.consents = Consents(store=house.store, clock=house.clock, chance=house.chance)
        self.start()

    @classmethod
    async def of(cls, *, allowed: bool = True) -> "Office":
        house = household(company())
        await house.settle()
        office = cls(house)
        await office.say(CLAIRE, SAID)
        await office.say(BOB, SAID)
        for who in (CLAIRE, BOB) if allowed else ():
            await office.consents.give(who, Purpose.PUBLISH, "You allow it.", event="$yes", room="!dm")
        return office

    def start(self) -> None:
        self.house.fuse.at = 0
        society = self.house.society
        self.publishing = Publishing(
            society=society, shelf=Shelf(self.house.store), profiles=self.profiles, clock=self.house.clock
        )

    async def say(self, who: str, values: dict[Field, tuple[str, ...]]) -> None:
        async with self.house.store.work() as work:
            card = await work.cards.card(who) or Card(user=who, at=self.house.clock.now())
            circles = {Field.TIMEZONE: Circle.NETWORK}
            await work.cards.put(replace(card, values=values, circles=circles, at=self.house.clock.now()))

    def seen(self, who: str = CLAIRE) -> dict[str, Any]:
        return self.profiles.fields.get(who, {})


async def test_with_consent_what_is_for_the_whole_network_goes_to_the_profile() -> None:
    office = await Office.of()
    await office.publishing.go()
    assert office.seen() == FIELDS


async def test_without_consent_nothing_goes_there() -> None:
    office = await Office.of(allowed=False)
    await office.publishing.go()
    assert office.profiles.fields == {}


async def test_somebody_of_a_partner_has_a_profile_elsewhere_which_is_theirs() -> None:
    office = await Office.of()
    await office.publishing.go()
    assert office.seen(BOB) == {}


async def test_when_nothing_changes_nothing_is_read_or_written() -> None:
    office = await Office.of()
    await office.publishing.go()
    written = office.profiles.written
    office.start()
    await office.publishing.go()
    assert office.profiles.written == written


async def test_a_change_follows_and_a_field_that_is_narrowed_is_taken_back() -> None:
    office = await Office.of()
    await office.publishing.go()
    await office.say(CLAIRE, {**SAID, Field.TITLE: ("Director",), Field.LANGUAGES: ()})
    await office.publishing.go()
    assert office.seen() == {"io.parvis.title": "Director", "m.tz": "Europe/Paris"}


async def test_what_was_withdrawn_is_taken_back_once_and_all() -> None:
    office = await Office.of()
    await office.publishing.go()
    assert await office.consents.withdraw(CLAIRE, Purpose.PUBLISH, origin="$no")
    assert not await office.consents.withdraw(CLAIRE, Purpose.PUBLISH, origin="$no")
    await office.publishing.go()
    assert office.seen() == {}
    assert office.house.store.data.pending == {}


async def test_what_a_person_wrote_into_their_profile_stays_theirs() -> None:
    office = await Office.of()
    office.profiles.fields[CLAIRE] = {"m.tz": "America/Lima", "displayname": "Claire"}
    await office.publishing.go()
    assert office.seen() == {**FIELDS, "m.tz": "America/Lima", "displayname": "Claire"}
    office.seen()["io.parvis.title"] = "Queen"
    await office.consents.withdraw(CLAIRE, Purpose.PUBLISH, origin="$no")
    await office.publishing.go()
    assert office.seen() == {"m.tz": "America/Lima", "displayname": "Claire", "io.parvis.title": "Queen"}


async def test_who_leaves_has_nothing_of_ours_on_their_profile() -> None:
    office = await Office.of()
    await office.publishing.go()
    people = office.house.source.directory.people
    left = {id_: replace(one, active=False) if one.user == CLAIRE else one for id_, one in people.items()}
    office.house.source.directory = replace(company(), people=left)
    await office.house.settle()
    await office.publishing.go()
    assert office.seen() == {}


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, 24))
async def test_killed_anywhere_the_profile_follows_and_nothing_of_ours_is_left(step: int) -> None:
    office = await Office.of()

    async def rounds() -> None:
        await office.publishing.go()
        await office.say(CLAIRE, {**SAID, Field.TITLE: ("Director",)})
        await office.publishing.go()
        await office.consents.withdraw(CLAIRE, Purpose.PUBLISH, origin="$no")
        await office.publishing.go()

    office.house.fuse.steps, office.house.fuse.at = 0, step
    try:
        await rounds()
    except Killed:
        office.start()
        await office.publishing.go()
        allowed = await office.consents.of(CLAIRE, Purpose.PUBLISH)
        card = office.house.store.data.cards[CLAIRE]
        assert office.seen() == ({**FIELDS, "io.parvis.title": card.values[Field.TITLE][0]} if allowed else {})
        await office.consents.withdraw(CLAIRE, Purpose.PUBLISH, origin="$no")
        await office.publishing.go()
    assert office.seen() == {}
