"""People of a partner who talk with the bot are told once that it is suspended, resumed or ended, and whom to ask."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bridge.domain.partners import PartnerState
from tests.bots.admin.asking import Asking, status
from tests.bots.admin.test_inviting import BOB, company
from tests.services.household import Killed
from tests.world import user

ZOE, KIM = user("zoe:acme.example"), user("kim:globex.example")


async def inside(**agreed: date) -> Asking:
    """Bob talks with the bot, Zoe is only asked to, and Kim is of another partner."""
    asking = await Asking.of(company(**agreed), settled=True)
    for who in (BOB, ZOE):
        assert status(await asking.ask(f"!invite {who} deal --yes", by="sam")) == "ok"
    messenger = asking.messenger
    messenger.direct[BOB], messenger.direct[KIM] = messenger.room("!bob", BOB), messenger.room("!kim", KIM)
    messenger.direct[ZOE] = messenger.room("!zoe", invited=(ZOE,))
    await round_(asking)
    return asking


async def round_(asking: Asking) -> None:
    asking.house.world = await asking.house.reconciler.look(keep=True)
    assert await asking.house.rounds.go()


def heard(asking: Asking, room: str = "!bob") -> list[str]:
    return [
        content["body"] for place, content in asking.messenger.sent if place == room and "agreement" in content["body"]
    ]


async def decided(asking: Asking, word: str) -> None:
    assert status(await asking.ask(f"!partner {word} acme --yes", by="sam")) == "ok"
    await asking.house.containing.stop()
    for _ in range(2):
        await asking.house.clock.advance(60)
        await round_(asking)


async def test_each_turn_of_the_agreement_is_told_once_with_who_can_say_more() -> None:
    asking = await inside()
    assert not heard(asking)
    for word in ("suspend", "resume", "suspend", "end"):
        await decided(asking, word)
    said = heard(asking)
    assert [next(one for one in ("suspended", "runs again", "ended") if one in text) for text in said] == [
        "suspended", "runs again", "suspended", "ended",
    ]  # fmt: skip
    assert all("Sam" in text or "@sam" in text for text in said)
    assert not heard(asking, "!zoe"), "nobody is called into a conversation to be told"
    assert not heard(asking, "!kim")


async def test_what_the_directory_suspends_and_what_time_ends_is_told_too() -> None:
    asking = await inside(until=date(2026, 12, 31))
    await asking.house.clock.advance(timedelta(days=60).total_seconds())
    await round_(asking)
    assert ["has ended" in text for text in heard(asking)] == [True]
    other = await inside()
    source = other.house.source.directory
    acme = replace(source.partners["acme"], state=PartnerState.SUSPENDED, declared=frozenset({"state"}))
    other.house.source.directory = replace(source, partners={**source.partners, "acme": acme})
    await round_(other)
    assert ["is suspended" in text for text in heard(other)] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 12))
async def test_after_a_crash_it_is_told_once(at: int) -> None:
    asking = await inside()
    assert status(await asking.ask("!partner suspend acme --yes", by="sam")) == "ok"
    await asking.house.containing.stop()
    asking.house.world = await asking.house.reconciler.look(keep=True)
    asking.house.fuse.steps, asking.house.fuse.at = 0, at
    with suppress(Killed):
        await asking.house.rounds.go()
    asking.house.fuse.at = 0
    await round_(asking)
    assert len(heard(asking)) == 1
