"""Reads what was said in a room before it came to serve a group, backwards, page by page. An errand of the slow rounds.

Begun with the adoption (``taking_over``). Each page is stored together with the position behind it: a killed bridge
goes on from there, and what came twice counts once.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from bridge.domain.activity import Happening
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.ports.activity import Backfill
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Store
from bridge.rules.activity.noting import REDACTION, TYPES, Noted, noted
from bridge.services.activity.recording import record
from bridge.services.dispatching.decoding import NotAnEvent, event_of
from bridge.services.doorstep import News, Notice, tell

MOST: Final = 10_000
"""Messages of one room: what ranking learns of more is little, and reading them takes the homeserver a minute."""
PAGE: Final = 100
PAGES: Final = 10
"""Pages of one room in a round: other errands wait for them."""
FILTER: Final = json.dumps({"types": sorted(TYPES - {REDACTION})})
"""What was taken back comes without content, and says so itself."""

BEGINNING: Final = "beginning"
"""There is nothing earlier."""
OLD: Final = "old"
"""What is earlier is too old to be kept."""
ENOUGH: Final = "enough"
REFUSED: Final = "refused"
"""The homeserver does not show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """``lasts``: for how long it is kept what happened; ``ours`` are the bots."""

    homeserver: Homeserver
    store: Store
    clock: Clock
    ours: Collection[str]
    lasts: timedelta
    most: int = MOST

    async def go(self) -> None:
        """Some pages of every room whose past is not read yet. Raises ``ParvisError`` (temporary): it rests."""
        async with self.store.view() as view:
            open_ones = [one for one in await view.activity.backfills() if not one.over]
        for backfill in open_ones:
            await self._read(backfill)

    async def _read(self, backfill: Backfill) -> None:
        for _ in range(PAGES):
            backfill = await self._page(backfill)
            if backfill.over:
                return

    async def _page(self, backfill: Backfill) -> Backfill:
        """One page, stored with what is known after it."""
        try:
            page = await self.homeserver.request("GET", _path(backfill))
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            page = None
        notes = list(self._notes(page, backfill)) if page else []
        async with self.store.work() as work:
            await record(work, notes)
            after = self._after(backfill, page, notes)
            await work.activity.put_backfill(after)
            if after.over and after.asker:
                notice = Notice(key=f"past:{after.room}", to=after.asker, news=News.PAST_READ, group=after.group,
                                reason=f"{after.over} {after.count}")  # fmt: skip
                await tell(work, notice, self.clock.now())
        return after

    def _after(self, backfill: Backfill, page: Any, notes: Collection[Noted]) -> Backfill:
        if page is None:
            return replace(backfill, over=REFUSED)
        times = [one.at for one in notes if isinstance(one, Happening)]
        reached = min([*times, *([backfill.reached] if backfill.reached else [])], default=None)
        count, token = backfill.count + len(times), str(page.get("end") or "")
        over = ""
        if self._oldest(page, backfill) < self._horizon:
            over = OLD
        elif count >= self.most:
            over = ENOUGH
        elif not token or token == backfill.token:
            over = BEGINNING
        return replace(backfill, token=token, count=count, reached=reached, over=over)

    @property
    def _horizon(self) -> Any:
        return self.clock.now() - self.lasts

    def _oldest(self, page: Any, backfill: Backfill) -> Any:
        """Of the last event of a page, as far back as it goes."""
        times = [event.sent_at for raw in page["chunk"][-1:] for event in _events(raw, backfill.room)]
        return min(times, default=backfill.begun)

    def _notes(self, page: Any, backfill: Backfill) -> Iterator[Noted]:
        """What is recorded of a page. Where somebody edited, the homeserver says how it reads since."""
        now, horizon = self.clock.now(), self._horizon
        for raw in page["chunk"]:
            for event in _events(raw, backfill.room):
                if event.sender in self.ours or event.sent_at < horizon:
                    continue
                if one := noted(event, backfill.group, now):
                    yield one


def _events(raw: Any, room: str) -> Iterator[Event]:
    """An event of a page, and its last edit."""
    edit = raw.get("unsigned", {}).get("m.relations", {}).get("m.replace")
    for one in (raw, edit):
        if isinstance(one, Mapping) and "content" in one:
            try:
                yield event_of(msgspec.json.encode({**one, "room_id": room}))
            except NotAnEvent:
                continue


def _path(backfill: Backfill) -> str:
    query = {"dir": "b", "limit": str(PAGE), "filter": FILTER, **({"from": backfill.token} if backfill.token else {})}
    return f"/_matrix/client/v3/rooms/{quote(backfill.room, safe='')}/messages?{urlencode(query)}"
