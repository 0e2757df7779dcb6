"""The past of an adopted room is read once, page by page, as far back as it counts, whatever dies in between."""

from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.ports.activity import Backfill
from bridge.services.activity import past as module
from bridge.services.activity.past import BEGINNING, ENOUGH, OLD, REFUSED, Past
from bridge.services.doorstep import NOTICE, News, notice_in
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore

ANN, BOT, ROOM = "@ann:corp.test", "@parvis:corp.test", "!room:corp.test"
MONTH = timedelta(days=30)


class Homeserver:
    """Shows the past of one room, ``size`` events at a time; ``failing`` is raised instead."""

    def __init__(self, *events: dict[str, Any], size: int = 3) -> None:
        self.events = events
        self.size = size
        self.asked = 0
        self.failing: HomeserverError | None = None

    async def request(self, method: str, path: str, content: Any = None) -> Any:
        assert (method, content) == ("GET", None)
        assert "dir=b" in path
        if self.failing:
            raise self.failing
        self.asked += 1
        start = int(path.partition("from=")[2] or "0")
        more = {"end": str(start + self.size)} if start + self.size < len(self.events) else {}
        return {"chunk": list(self.events[start : start + self.size]), **more}


def said(number: int, *, by: str = ANN, days: float = 0, **fields: Any) -> dict[str, Any]:
    """The higher its number, the longer ago it was said."""
    at = START - timedelta(days=days, minutes=number)
    content = {"msgtype": "m.text", "body": "words"}
    return {"event_id": f"${number}", "sender": by, "type": "m.room.message", "content": content,
            "origin_server_ts": int(at.timestamp() * 1000), **fields}  # fmt: skip


def reply(number: int, to: int) -> dict[str, Any]:
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": f"${to}"}}}
    return said(number, content={"msgtype": "m.text", "body": "words", **relation})


async def begun() -> FakeStore:
    store = FakeStore()
    async with store.work() as work:
        await work.activity.put_backfill(Backfill(room=ROOM, group="sales", begun=START, asker=ANN))
    return store


def errand(homeserver: Any, store: FakeStore, **options: Any) -> Past:
    return Past(homeserver=homeserver, store=store, clock=FakeClock(), ours={BOT}, lasts=6 * MONTH, **options)


async def told(store: FakeStore) -> list[News]:
    async with store.view() as view:
        return [notice_in(item).news for item in await view.pending.open(NOTICE)]


def over(store: FakeStore) -> str:
    return store.data.activity.backfills[ROOM].over


async def test_everything_to_the_beginning_is_recorded_and_whoever_asked_hears_of_it() -> None:
    store = await begun()
    homeserver = Homeserver(*(reply(number, number + 1) for number in range(1, 9)), said(9), said(10, by=BOT))
    await errand(homeserver, store).go()
    kept = store.data.activity.happenings
    assert sorted(kept) == [f"${number}" for number in range(1, 10)]
    assert {one.thread for one in kept.values()} == {"$9"}
    assert (over(store), await told(store)) == (BEGINNING, [News.PAST_READ])
    asked = homeserver.asked
    await errand(homeserver, store).go()
    assert homeserver.asked == asked


async def test_it_ends_at_what_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    store = await begun()
    homeserver = Homeserver(said(1), said(2, days=20), said(3, days=181), said(4, days=300), size=2)
    await errand(homeserver, store).go()
    assert sorted(store.data.activity.happenings) == ["$1", "$2"]
    assert over(store) == OLD


async def test_it_ends_when_it_is_enough() -> None:
    store = await begun()
    await errand(Homeserver(*map(said, range(50))), store, most=6).go()
    assert len(store.data.activity.happenings) == 6
    assert over(store) == ENOUGH


async def test_it_goes_on_in_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGES", 2)
    store, homeserver = await begun(), Homeserver(*map(said, range(10)))
    for known in (6, 10):
        await errand(homeserver, store).go()
        assert len(store.data.activity.happenings) == known
    assert homeserver.asked == 4


class Dies(Homeserver):
    """Shows so many pages, and then the process is no more."""

    def __init__(self, *events: dict[str, Any], pages: int) -> None:
        super().__init__(*events)
        self.pages = pages

    async def request(self, method: str, path: str, content: Any = None) -> Any:
        if self.asked == self.pages:
            raise KeyboardInterrupt
        return await super().request(method, path, content)


@pytest.mark.parametrize("pages", [0, 1, 3])
async def test_a_new_process_goes_on_behind_the_last_page_that_was_stored(pages: int) -> None:
    store, events = await begun(), [said(number) for number in range(12)]
    with pytest.raises(KeyboardInterrupt):
        await errand(Dies(*events, pages=pages), store).go()
    assert store.data.activity.backfills[ROOM].count == 3 * pages
    homeserver = Homeserver(*events)
    await errand(homeserver, store).go()
    assert homeserver.asked == 4 - pages
    assert len(store.data.activity.happenings) == 12
    assert (store.data.activity.backfills[ROOM].count, over(store)) == (12, BEGINNING)


async def test_a_homeserver_that_is_down_is_asked_again_and_one_that_refuses_is_not() -> None:
    store, homeserver = await begun(), Homeserver(*map(said, range(4)))
    homeserver.failing = HomeserverError(say("The database cannot be used."), kind=ErrorKind.TEMPORARY)
    with pytest.raises(HomeserverError):
        await errand(homeserver, store).go()
    assert over(store) == ""
    homeserver.failing = HomeserverError(say("The database cannot be used."), kind=ErrorKind.REFUSED)
    await errand(homeserver, store).go()
    assert over(store) == REFUSED


async def test_what_was_edited_is_recorded_as_it_reads_since_and_what_was_taken_back_is_not() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$1"}
    new = {"msgtype": "m.text", "body": "words?"}
    edit = said(0, content={**new, "m.new_content": new, "m.relates_to": relation})
    edited = said(1, unsigned={"m.relations": {"m.replace": edit}})
    gone = said(2, content={}, unsigned={"redacted_because": {"type": "m.room.redaction"}})
    store = await begun()
    await errand(Homeserver(edit, edited, gone, {"event_id": "$odd"}), store).go()
    (kept,) = store.data.activity.happenings.values()
    assert (kept.event, kept.edited, kept.form.question) == ("$1", True, True)
