"""Whoever does not go on is reminded twice in their working hours; then whoever looks after them gets one hint."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.kit.cards import Cards
from bots.kit.people import People
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.onboarding.following import EVERY, Follower
from bots.onboarding.hints import Hints, keep_buddy, keep_hint
from bridge.domain.directory import Directory
from bridge.domain.onboarding import Owed, Progress, Stage, Word, arrived
from bridge.rules.working import WorkingTime
from tests.bots.onboarding.walks import SMALL
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, household
from tests.services.talking import CATALOGUES
from tests.world import directory, group, partner, user

PARIS = ZoneInfo("Europe/Paris")
BOB = user("bob:acme.example")


def company() -> Directory:
    source = directory(
        group("sales").owners("olga").members("ann", "bob:acme.example").admits("acme"),
        group("board").hidden().called("Board").owners("ann").members("ann", "max"),
        partners=[partner("acme", sponsor="claire")],
        people=["boss"],
    )
    ann = replace(source.people["ann"], name="Ann Martin", manager="boss", department="Sales")
    return replace(source, people={**source.people, "ann": ann})


@dataclass
class Office:
    """The two errands over a household, and what people are told."""

    house: Household
    messenger: FakeMessenger = field(default_factory=lambda: FakeMessenger("@parvis_welcome:corp.example"))

    def __post_init__(self) -> None:
        society, clock = self.house.society, self.house.clock
        people = People(
            viewer_of=society.viewer_of,
            roles_of=society.roles_of,
            language_of=society.language_of,
            admits=society.admits,
            is_own=society.is_own,
        )
        speaker = Speaker(messenger=self.messenger, renderer=Renderer(CATALOGUES), store=self.house.store, clock=clock)
        paths = {SMALL.id: SMALL}
        self.hints = Hints(cards=Cards(speaker, people), society=society, paths=paths)
        self.follower = Follower(society=society, paths=paths, clock=clock, hours=WorkingTime(), house=PARIS)

    async def arrives(self, who: str, subject: str = "") -> Progress:
        """Somebody who was welcomed and was told everything so far."""
        progress = replace(arrived(who, SMALL.id, self.house.clock.now(), subject=subject), step="hello", turn=1)
        await self.put(progress)
        return progress

    async def put(self, progress: Progress) -> None:
        async with self.house.store.work() as work:
            await work.onboarding.put(progress)

    async def of(self, progress: Progress) -> Progress:
        async with self.house.store.view() as view:
            found = await view.onboarding.get(progress.key)
        assert found is not None
        return found

    async def pass_days(self, days: int) -> None:
        """Rounds every hour, in which all that is owed is said."""
        for _ in range(days * 24):
            self.house.clock.set(self.house.clock.now() + timedelta(hours=1))
            await self.follower.go()
            async with self.house.store.work() as work:
                for one in await work.onboarding.all():
                    await work.onboarding.put(replace(one, owed=()))
            await self.hints.tell()

    def told(self, who: str) -> list[str]:
        """What somebody was told in a conversation with the bot alone."""
        room = self.messenger.direct.get(who)
        return [str(content["body"]) for room_id, content in self.messenger.sent if room_id == room]


@pytest.fixture
async def office() -> Office:
    house = household(company())
    await house.settle()
    return Office(house)


async def test_two_reminders_and_then_one_hint_to_the_manager(office: Office) -> None:
    progress = await office.arrives(user("ann"))
    await office.pass_days(30)
    now = await office.of(progress)
    assert (now.reminders, now.hinted) == (2, True)
    [hint] = office.told(user("boss"))
    assert "Ann Martin" in hint
    assert "reminded them 2 times" in hint
    assert office.messenger.direct.keys() == {user("boss")}


async def test_for_people_of_a_partner_it_is_their_sponsor(office: Office) -> None:
    await office.arrives(BOB)
    await office.pass_days(20)
    assert len(office.told(user("claire"))) == 1


async def test_of_who_has_not_come_in_the_sponsor_hears_once_and_nobody_reminds_an_empty_room(office: Office) -> None:
    progress = replace(await office.arrives(BOB), absent=True, owed=(Owed(word=Word.STEP, about="hello", turn=1),))
    await office.put(progress)
    for _ in range(20 * 3):
        office.house.clock.set(office.house.clock.now() + timedelta(hours=8))
        await office.follower.go()
        await office.hints.tell()
    [hint] = office.told(user("claire"))
    assert "they have not come in since" in hint
    assert (await office.of(progress)).reminders == 0


async def test_reminders_are_decided_in_working_hours_of_the_person_alone(office: Office) -> None:
    await office.arrives(user("ann"))
    times = []
    for _ in range(24 * 12):
        office.house.clock.set(office.house.clock.now() + timedelta(hours=1))
        before = office.house.store.data.onboarding.copy()
        await office.follower.go()
        if office.house.store.data.onboarding != before:
            times.append(office.house.clock.now().astimezone(PARIS))
            for key, one in office.house.store.data.onboarding.items():
                office.house.store.data.onboarding[key] = replace(one, owed=())
    assert len(times) == 3
    assert all(9 <= one.hour < 17 and one.weekday() < 5 for one in times)


async def test_who_goes_on_before_the_hint_is_told_is_not_told_on(office: Office) -> None:
    progress = await office.arrives(user("ann"))
    told = replace(progress, reminders=2, hinted=True)
    await office.put(told)
    async with office.house.store.work() as work:
        await keep_hint(work, office.house.society.access().facts, told, office.house.clock.now())  # type: ignore[union-attr]
    await office.put(replace(told, moved_at=office.house.clock.now() + timedelta(minutes=5)))
    await office.hints.tell()
    assert office.told(user("boss")) == []


@pytest.mark.parametrize("stage", [Stage.STOPPED, Stage.DONE, Stage.UNREACHABLE])
async def test_who_stopped_or_is_through_is_left_alone(office: Office, stage: Stage) -> None:
    progress = await office.arrives(user("ann"))
    await office.put(replace(progress, stage=stage))
    await office.pass_days(20)
    assert (await office.of(progress)).reminders == 0


async def test_who_has_left_is_not_reminded(office: Office) -> None:
    progress = await office.arrives("@gone:corp.example")
    await office.pass_days(20)
    assert (await office.of(progress)).reminders == 0


async def test_of_a_path_about_a_hidden_group_no_third_person_hears(office: Office) -> None:
    await office.arrives(user("ann"), subject="board")
    await office.pass_days(20)
    assert office.messenger.sent == []


async def test_a_buddy_is_told_whom_they_accompany_once(office: Office) -> None:
    progress = replace(await office.arrives(user("ann")), buddy=user("olga"))
    for _ in range(2):
        async with office.house.store.work() as work:
            await keep_buddy(work, progress, office.house.clock.now())
        await office.hints.tell()
    [told] = office.told(user("olga"))
    assert "Ann Martin has just arrived in Sales, and you are their buddy." in told


async def test_everybody_is_looked_at_now_and_then_and_not_with_every_piece_of_news(office: Office) -> None:
    looked: list[Any] = []
    office.follower.society.store.view = _counting(office.follower.society.store.view, looked)  # type: ignore[method-assign]
    for _ in range(10):
        await office.follower.go()
    assert len(looked) == 1
    office.house.clock.set(office.house.clock.now() + EVERY)
    await office.follower.go()
    assert len(looked) == 2


def _counting(view: Any, looked: list[Any]) -> Any:
    def counted() -> Any:
        looked.append(1)
        return view()

    return counted
