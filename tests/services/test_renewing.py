"""Renewals through crashes: the process dies at every step, and everybody is told once, everything done once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory
from bridge.domain.events import Event
from bridge.domain.partners import Farewell, Guest, Standing
from tests.bots.kit.conversation import said, tap
from tests.fakes.clock import START
from tests.services.household import Household, Killed, household
from tests.services.office import MortalMessenger
from tests.services.talking import bot_api
from tests.world import directory, group, partner, user

BOB = user("bob:acme.example")
END = date(2027, 3, 31)
WHO = ("sam", "dora", "ines")


def company(until: date | None = None) -> Directory:
    """Sam answers for Acme, Dora is the deputy."""
    return directory(
        group("deal").owners("ann").members("ann", "bob:acme.example").admits("acme"),
        partners=[replace(partner("acme", sponsor="sam"), deputy="dora", until=until)],
        people=("ines", "dora"),
    )


class Bureau:
    """A bridge that may be killed, and its bot in conversations with each of them."""

    def __init__(self, source: Directory) -> None:
        self.house: Household = household(source)
        self.messenger = MortalMessenger(self.house.fuse)
        for who in WHO:
            self.messenger.direct[user(who)] = self.messenger.room(f"!{who}", user(who))

    @classmethod
    async def of(cls, source: Directory, until: date | None) -> "Bureau":
        bureau = cls(source)
        at = START - timedelta(days=100)
        async with bureau.house.store.work() as work:
            await work.partners.put_guest(
                Guest(user=BOB, partner="acme", until=until, invited_by=user("sam"), since=at, at=at)
            )
        await bureau.start()
        return bureau

    async def start(self) -> None:
        """A new process."""
        self.house.start()
        self.house.world = await self.house.reconciler.look()
        self.bot = AdminBot(bot_api(self.house, self.messenger), {})

    async def day(self, day: date) -> None:
        """The morning of that day."""
        self.house.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        self.house.world = await self.house.reconciler.look()

    async def go(self) -> None:
        await self.house.rounds.go()

    async def hear(self, event: Event) -> None:
        await self.bot.handle(replace(event, sent_at=self.house.clock.now()))

    def card(self) -> str:
        shown = self.house.store.data.pending_events.items()
        return [event for event, (key, _) in shown if key.startswith("renewal:")][-1]

    def told(self) -> list[tuple[str, str]]:
        """Everything that was said, where, by its first words."""
        said = self.messenger.sent
        return sorted((room, str(content["body"]).partition("\n")[0]) for room, content in said)

    async def guest(self) -> Guest:
        async with self.house.store.view() as view:
            guest = await view.partners.guest(BOB)
        assert guest is not None
        return guest

    def logged(self) -> list[str]:
        kinds = [entry.kind for entry in self.house.store.data.audit.values()]
        return sorted(kind for kind in kinds if kind.startswith(("guest", "partner")))


STORIES: Mapping[str, tuple[date | None, date | None]] = {"a person": (None, END), "an agreement": (END, None)}


async def through(story: str, answer: str, at: int = 0) -> Bureau:
    """Asked a month before, answered, and looked at after the last day; killed at one step and started again."""
    agreement, person = STORIES[story]
    bureau = await Bureau.of(company(agreement), person)
    await bureau.day(END - timedelta(days=30))
    bureau.house.fuse.steps, bureau.house.fuse.at = 0, at
    await done(bureau, "asking")
    event = said(answer, room="!sam", sender=user("sam"), event_id="$answer")
    if len(answer) == 1:
        event = tap(answer, bureau.card(), room="!sam", sender=user("sam"), event_id="$answer")
    await done(bureau, "answering", event)
    bureau.house.world = await bureau.house.reconciler.look()
    await done(bureau, "closing")
    await bureau.day(END + timedelta(days=1))
    await done(bureau, "ending")
    return bureau


async def done(bureau: Bureau, _what: str, event: Event | None = None) -> None:
    """Do it, and once more in a new process if it was killed: as the inbox and the rounds would."""
    for _ in range(2):
        with suppress(Killed):
            await (bureau.hear(event) if event else bureau.go())
            return
        await bureau.start()


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("answer", ["✅", "❌", "!partner renew acme", "!partner stop acme"])
async def test_killed_at_any_step_it_comes_to_the_same_end(story: str, answer: str) -> None:
    undisturbed = await through(story, answer)
    expected = undisturbed.told(), await undisturbed.guest(), undisturbed.logged()
    for step in range(1, undisturbed.house.fuse.steps + 1):
        bureau = await through(story, answer, step)
        assert (bureau.told(), await bureau.guest(), bureau.logged()) == expected, step


async def test_a_yes_renews_and_a_no_ends() -> None:
    renewed, ended = await through("a person", "✅"), await through("a person", "❌")
    assert ((await renewed.guest()).until, renewed.logged()) == (date(2028, 3, 31), ["guest-renewed"])
    gone = await ended.guest()
    assert (gone.standing, gone.farewell) == (Standing.OUT, Farewell.EXPIRED)
    assert ended.logged() == ["guest-out", "guest-stopped"]
