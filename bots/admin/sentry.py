"""Tells administrators, in their room, what a secrecy check found that must not show. Called by the rounds.

It names channels and who was asked as, and no group: the one that was found existed for the check alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

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

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Sentry:
    """``fit`` tells whether insiders alone read along in a room."""

    speaker: Speaker
    admin_room: AdminRoom
    language: Language
    secrecy: SecrecyWatch
    fit: Callable[[str], Awaitable[bool]]
    _told: datetime | None = field(default=None, init=False)

    async def tell(self) -> None:
        """Raise the alarm about the last check, once. Raises the ``HomeserverError`` of what has to wait, and
        ``StoreError``."""
        report = await self.secrecy.last()
        if report is None or report.at == self._told:
            return
        room_id = await self.admin_room.room_id() if report.leaks else None
        if room_id is not None:
            if not await self.fit(room_id):
                return
            await self._say(room_id, report)
        if room_id is not None or not report.leaks:
            self._told = report.at

    async def _say(self, room_id: str, report: SecrecyReport) -> None:
        speaker = self.speaker
        try:
            for number, page in enumerate(speaker.renderer.pages(alarm(report), self.language), start=1):
                claim = speaker.claim("secrecy", f"{report.at.isoformat()}:{number}")
                await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("the administrators' room refuses an alarm", errcode=error.errcode)


def alarm(report: SecrecyReport) -> Document:
    """What shows, to whom, and what to do."""
    found = say("A hidden group that I made to see whether it shows was found ({at}):", at=report.at)
    remedy = say("Whatever shows of it may show of others. Look at the homeserver's settings: ")
    whole = say("All that was asked: ")
    return Document(
        (
            paragraph(Strong(found)),
            leaks_table(report),
            paragraph(remedy, Code(DOCTOR)),
            paragraph(whole, Code("!audit secrecy")),
        )
    )
