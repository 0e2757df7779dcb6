"""Tells administrators, in one message that is edited, how the welcome of many who arrive at once goes on.

Called by the rounds. Where few arrive nothing is said: a number a day would be noise.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language, Message, say, say_n
from bridge.services.adminroom import AdminRoom
from bridge.services.arrivals import Arrivals, arrivals

MANY: Final = 20
"""People in a day of whom administrators hear."""
EVERY: Final = timedelta(minutes=10)
"""How often one looks while nobody waits."""
RECENT: Final = timedelta(days=2)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Usher:
    """``fit`` tells whether insiders alone read along in a room."""

    speaker: Speaker
    admin_room: AdminRoom
    language: Language
    fit: Callable[[str], Awaitable[bool]]
    _looked_at: datetime | None = field(default=None, init=False)
    _said: dict[date, Arrivals] = field(default_factory=dict, init=False)

    async def tell(self) -> None:
        """Bring the messages up to date. Raises the ``HomeserverError`` of what has to wait, and ``StoreError``."""
        now = self.speaker.clock.now()
        going = any(one.waiting for one in self._said.values())
        if not going and self._looked_at is not None and now < self._looked_at + EVERY:
            return
        self._looked_at = now
        counts = await arrivals(self.speaker.store)
        news = {day: one for day, one in counts.items() if one.people >= MANY and day > (now - RECENT).date()}
        news = {day: one for day, one in sorted(news.items()) if self._said.get(day) != one}
        room_id = await self.admin_room.room_id() if news else None
        if room_id is None or not await self.fit(room_id):
            return
        for day, one in news.items():
            await self._show(room_id, day, one)
            self._said[day] = one

    async def _show(self, room_id: str, day: date, one: Arrivals) -> None:
        """Progress is edited for the moment, the end once and for good: what nobody waits for is not said again."""
        speaker = self.speaker
        [page, *_] = speaker.renderer.pages(report(day, one), self.language)
        content, claim = message_content(page, "m.text"), speaker.claim("arrivals", f"{day}")
        try:
            shown = await speaker.messenger.said(claim)
            event_id = shown or await speaker.messenger.send(room_id, content, claim=claim)
            if not one.waiting:
                end = speaker.claim("arrivals-end", f"{day} {one.people} {one.unreachable}")
                await speaker.messenger.edit(room_id, event_id, content, claim=end)
            elif shown:
                await speaker.messenger.revise(room_id, event_id, content)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("the administrators' room refuses a report of arrivals", errcode=error.errcode)


def report(day: date, one: Arrivals) -> Document:
    """How far it is."""
    arrived = say_n("{count} person arrived on {day}.", "{count} people arrived on {day}.", one.people, day=day)
    return document(paragraph(arrived, " ", _state(one), *_lost(one)))


def _state(one: Arrivals) -> Message:
    if one.waiting:
        return say(
            "{welcomed} are welcomed, {waiting} wait for their turn.", welcomed=one.welcomed, waiting=one.waiting
        )
    return say_n("{count} is welcomed, and nobody waits.", "{count} are welcomed, and nobody waits.", one.welcomed)


def _lost(one: Arrivals) -> tuple[Message | str, ...]:
    if not one.unreachable:
        return ()
    lost = say_n("{count} cannot be reached: they, or their homeserver, refuse the conversation.",
                 "{count} cannot be reached: they, or their homeserver, refuse the conversation.",
                 one.unreachable)  # fmt: skip
    return " ", lost
