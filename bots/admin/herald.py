"""Tells administrators, in their room, what concerns them all: held plans, findings, and each day how the audit log is.

Called by the rounds. Everything may be repeated after a crash: messages are claimed.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import structlog

from bots.admin.commands.plans import APPLY
from bots.admin.tidings import alarm, bulletin, daily
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.viewers import OPEN
from bridge.domain.witnesses import written
from bridge.ports.messenger import Surroundings
from bridge.rules.viewing import PRESENT
from bridge.services.adminroom import AdminRoom
from bridge.services.bulletins import Bulletins
from bridge.services.society import Society
from bridge.services.witnessing import HEADS, Examined, Place, Witnessing

TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Herald:
    """One bot as the voice in the administrators' room."""

    speaker: Speaker
    society: Society
    admin_room: AdminRoom
    bulletins: Bulletins
    witnessing: Witnessing
    _posted: dict[Place, int] = field(default_factory=dict, init=False)
    """On which day a place was last told its heads, so that rounds of the same day cost nothing."""

    async def tell(self) -> None:
        """Tell what is new. Raises ``HomeserverError`` when it has to wait, and ``StoreError``."""
        room_id = await self.admin_room.room_id()
        if room_id is None or self.society.world() is None:
            return
        await self.bulletins.gather()
        for item in await self.bulletins.waiting():
            news = self.bulletins.news(item)
            told = False
            if news is not None and await self.insiders_alone(room_id):
                language = self.society.default_language
                told = await self._say(room_id, bulletin(news, apply=APPLY[language]), item.key)
            await self.bulletins.settle(item, TOLD if told else UNTOLD)

    async def keep_watch(self) -> None:
        """Once a day: check the audit log against the witnesses in the rooms, and put today's there.

        Everything open comes first, so that hidden groups neither hold it up nor stop it. Raises as ``tell`` does.
        """
        today = self.speaker.clock.now().toordinal()
        for places in await self.witnessing.places():
            due = [place for place in places if not await self._is_posted(place, today)]
            for found in await self.witnessing.examine(due):
                await self._report(found, today)

    async def _is_posted(self, place: Place, today: int) -> bool:
        if self._posted.get(place) != today:
            if await self.speaker.messenger.said(self._daily(place, today)) is None:
                return False
            self._posted[place] = today
        return True

    async def _report(self, found: Examined, today: int) -> None:
        """A fault first: if we die behind it, the day's report comes again, and with it the fault, told already."""
        place, world = found.place, self.society.world()
        if found.checked and found.checked.fault:
            fault = found.checked.fault
            if place.compartment == OPEN:
                log.error("the audit log is not as it was written", fault=str(fault.kind), link=fault.position)
            what = sha256(found.checked.chain + f"{fault.kind} {fault.position}".encode()).hexdigest()[:16]
            words = alarm(found.checked, world.facts if world else None)
            await self._say(place.room_id, words, f"fault:{what}")
        if found.head is not None and (place.compartment == OPEN or not found.known):
            await self._put(found, self._daily(place, today))
        self._posted[place] = today

    async def _put(self, found: Examined, claim: str) -> None:
        assert found.head is not None
        lines = {HEADS: [written(found.head)]}
        content: dict[str, Any] = lines
        if found.place.compartment == OPEN:
            [page, *_] = self.speaker.renderer.pages(daily(found), self.society.default_language)
            content = message_content(page) | lines
        await self._send(found.place.room_id, content, claim, event_type=found.place.event_type)

    async def insiders_alone(self, room_id: str) -> bool:
        """A room that the configuration names may have anybody in it: plans and findings name every partner."""
        try:
            surroundings = await self.speaker.messenger.surroundings(room_id)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("the administrators' room cannot be read", errcode=error.errcode)
            return False
        access, readers = self.society.access(), self._readers(surroundings)
        if access is None or not readers:
            return access is not None
        viewer = await self.society.viewer_of(surroundings, readers[0])
        inside = OPEN in access.compartments(viewer)
        if not inside:
            log.warning("others than employees read along in the administrators' room: nothing is told there")
        return inside

    def _readers(self, surroundings: Surroundings) -> list[str]:
        bots = self.society.service_users()
        return sorted(user for user, state in surroundings.members.items() if state in PRESENT and user not in bots)

    async def _say(self, room_id: str, words: Document, key: str) -> bool:
        """As ``m.text``, because clients do not notify for notices; whether it could be said."""
        pages = self.speaker.renderer.pages(words, self.society.default_language)
        for number, page in enumerate(pages, start=1):
            claim = self.speaker.claim("herald", f"{key}:{number}")
            if not await self._send(room_id, message_content(page, "m.text"), claim):
                return False
        return True

    async def _send(
        self, room_id: str, content: dict[str, Any], claim: str, *, event_type: str = "m.room.message"
    ) -> bool:
        try:
            await self.speaker.messenger.send(room_id, content, claim=claim, event_type=event_type)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            # Of a hidden group's room nothing is logged: it would count it.
            log.debug("a room refuses what is to be told there", errcode=error.errcode)
            return False
        return True

    def _daily(self, place: Place, today: int) -> str:
        return self.speaker.claim("heads", f"{place.room_id}:{today}")
