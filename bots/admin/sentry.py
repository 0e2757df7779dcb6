"""Tells administrators, in their room, what a secrecy check found that must not show, and when none could be made.
Called by the rounds.

It names channels and who was asked as, and no group: the one that was found existed for the check alone.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import structlog

from bots.admin.commands.secrecy import SHOWS
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Code, Document, Strong, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language, say
from bridge.domain.secrecy import SecrecyReport
from bridge.services.adminroom import AdminRoom
from bridge.services.probing.watching import SecrecyWatch
from bridge.services.probing.words import leaks_table

DOCTOR: Final = "parvis doctor --homeserver homeserver.yaml"

News: TypeAlias = tuple[datetime, Document]
"""Since when something is so, which tells it from what was said before, and how it is said."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Sentry:
    """``fit`` tells whether insiders alone read along in a room."""

    speaker: Speaker
    admin_room: AdminRoom
    language: Language
    secrecy: SecrecyWatch
    fit: Callable[[str], Awaitable[bool]]
    _told: set[datetime] = field(default_factory=set, init=False)
    _logged: set[datetime] = field(default_factory=set, init=False)

    async def tell(self) -> None:
        """Raise the alarm about the last check, once. Raises the ``HomeserverError`` of what has to wait, and
        ``StoreError``."""
        alarms = _alarms(await self.secrecy.last(), await self.secrecy.failed_at(), SHOWS[self.language])
        news = [(at, words) for at, words in alarms if at not in self._told]
        room_id = await self._room() if news else None
        self.secrecy.unheard(so=bool(news) and room_id is None)
        for at, words in news:
            if room_id is None:
                self._log(at)
            else:
                await self._say(room_id, at, words)
                self._told.add(at)

    async def _room(self) -> str | None:
        """Where it may be said; None while there is no such room."""
        room_id = await self.admin_room.room_id()
        return room_id if room_id is not None and await self.fit(room_id) else None

    def _log(self, at: datetime) -> None:
        if at not in self._logged:
            self._logged.add(at)
            log.warning("an alarm of the secrecy check waits for a room of administrators alone: parvis audit secrecy")

    async def _say(self, room_id: str, at: datetime, words: Document) -> None:
        speaker = self.speaker
        try:
            for number, page in enumerate(speaker.renderer.pages(words, self.language), start=1):
                claim = speaker.claim("secrecy", f"{at.isoformat()}:{number}")
                await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("the administrators' room refuses an alarm", errcode=error.errcode)


def _alarms(report: SecrecyReport | None, failed: datetime | None, shows: str) -> Iterator[News]:
    if report is not None and report.leaks:
        yield report.at, alarm(report, shows)
    if failed is not None:
        yield failed, not_made(failed, shows)


def alarm(report: SecrecyReport, shows: str) -> Document:
    """What shows, to whom, and what to do; ``shows`` is the command that shows it all."""
    found = say("A hidden group that I made to see whether it shows was found ({at}):", at=report.at)
    remedy = say("Whatever shows of it may show of others. Look at the homeserver's settings: ")
    whole = say("All that was asked: ")
    return Document(
        (
            paragraph(Strong(found)),
            leaks_table(report),
            paragraph(remedy, Code(DOCTOR)),
            paragraph(whole, Code(shows)),
        )
    )


def not_made(at: datetime, shows: str) -> Document:
    """That nobody knows whether something shows."""
    failed = say("I could not check whether hidden groups show anywhere ({at}).", at=at)
    return Document((paragraph(Strong(failed)), paragraph(say("Why, and how to have it tried again: "), Code(shows))))
