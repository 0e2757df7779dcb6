"""Administrators see how far the past of an adopted room is read, and whoever asked for the room what came of it."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bots.admin.cards import word_of
from bots.kit.rendering import Renderer
from bridge.adapters.language import Catalogues
from bridge.ports.activity import Backfill
from bridge.services.activity.past import BEGINNING, REFUSED
from bridge.services.doorstep import News, Notice
from tests.bots.admin.asking import Asking, body
from tests.fakes.clock import START
from tests.world import directory, group, user

PAST = Backfill(room="!sales:corp.example", group="sales", begun=START)


async def asking(*pasts: Backfill) -> Asking:
    found = await Asking.of(
        directory(group("sales").public().owners("ann"), group("board").hidden().owners("ann")), settled=True
    )
    async with found.house.store.work() as work:
        for one in pasts:
            await work.activity.put_backfill(one)
    return found


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (PAST, "Past of a room: that of Sales is about to be read"),
        (replace(PAST, count=1200, reached=START - timedelta(days=40)), "1,200 messages so far, back to "),
    ],
    ids=["begun", "on its way"],
)
async def test_the_status_says_how_far_the_past_of_a_room_is_read(past: Backfill, said: str) -> None:
    assert said in body(await (await asking(past)).ask("!status"))


async def test_what_is_read_to_the_end_and_what_is_hidden_is_not_told() -> None:
    hidden = replace(PAST, room="!board:corp.example", group="board", count=7)
    assert "Past of a room" not in body(await (await asking(replace(PAST, over=BEGINNING), hidden)).ask("!status"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (f"{BEGINNING} 1", "said in the room of Sales before: 1 message."),
        (f"{REFUSED} 200", "said in the room of Sales before: 200 messages."),
        (f"{REFUSED} 0", "The homeserver does not show me"),
    ],
    ids=["all", "some", "none"],
)
async def test_whoever_asked_hears_how_much_was_read(reason: str, said: str) -> None:
    access = (await asking()).house.society.access()
    assert access is not None
    notice = Notice(key="past", to=user("ann"), news=News.PAST_READ, group="sales", reason=reason)
    words = word_of(notice, access.facts.directory.groups["sales"], access.facts, (), "en")
    [page] = Renderer(Catalogues.load(zone=UTC)).pages(words, "en")
    assert said in page.body
