"""Tells receipts of shutting a partner out: to whoever asked, or where the directory did to administrators and who
answers for the partner; and inside each hidden group that was touched.

Called by the rounds. Messages are claimed, so that everything may be repeated after a crash.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from bots.admin.office import ALL, Office
from bots.kit.people import People
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import is_user_id
from bridge.domain.rooms import group_room
from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer
from bridge.ports.pending import Pending
from bridge.rules.access import Access
from bridge.services.declared_out import DIRECTORY_FILE
from bridge.services.parting import Parting
from bridge.services.receipt_words import overtaken_document, receipt_document
from bridge.services.receipts import RECEIPT
from bridge.services.world import World

TOLD: Final = "told"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bailiff:
    """One bot as the messenger of receipts."""

    speaker: Speaker
    people: People
    parting: Parting
    office: Office

    async def go(self) -> None:
        """Tell what is to be told. Raises the ``HomeserverError`` of what has to wait."""
        store, world = self.speaker.store, self.parting.partnerships.society.world()
        if world is None:
            return
        waiting: HomeserverError | None = None
        async with store.view() as view:
            items = await view.pending.open(RECEIPT)
        for item in items:
            hidden = item.document["compartment"] != OPEN
            try:
                await (self._inside(item, world) if hidden else self._answer(item, world))
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = waiting if hidden else error  # the log would say that there is such a group
                    continue
                if not hidden:
                    log.info("a receipt is refused", errcode=error.errcode)
            async with store.work() as work:
                await work.pending.settle(item.key, TOLD, self.speaker.clock.now())
        if waiting is not None:
            raise waiting

    async def _answer(self, item: Pending, world: World) -> None:
        """Where it was asked for, or alone with whoever asked where others read along by now."""
        if is_user_id(item.asker):
            await self._tell(item, world, item.asker, item.room_id)
        if item.asker != DIRECTORY_FILE:
            return
        society, partner = self.office.society, world.facts.directory.partners.get(item.document["partner"])
        for admin in sorted(society.admins & world.facts.employees)[:1]:
            if room_id := await self.office.room(admin):
                await self._tell(item, world, admin, room_id, ALL)
        for user in world.facts.answerable(partner) if partner else ():
            await self._tell(item, world, user)

    async def _tell(
        self, item: Pending, world: World, reader: str, room_id: str = "", speaks: str | None = None
    ) -> None:
        """In the language of ``speaks``, which is the reader where nobody is named."""
        access = self.parting.partnerships.society.access()
        if access is None:
            return
        room_id = room_id or await self.speaker.messenger.direct_room(reader)
        viewer = await self.people.viewer_of(await self.speaker.messenger.surroundings(room_id), reader)
        if OPEN not in access.compartments(viewer):
            room_id = await self.speaker.messenger.direct_room(reader)
            viewer = await self.people.viewer_of(await self.speaker.messenger.surroundings(room_id), reader)
        if words := await self._words(item, world, access, viewer):
            key = item.key if reader == item.asker else f"{item.key}:{reader if speaks is None else speaks}"
            language = await self.people.language_of(reader if speaks is None else speaks)
            await self._say(room_id, words, key, language)

    async def _words(self, item: Pending, world: World, access: Access, viewer: Viewer) -> Document | None:
        partner = item.document["partner"]
        if not item.document["entry"]:
            return overtaken_document(partner, world.facts) if OPEN in access.compartments(viewer) else None
        receipt = await self.parting.receipts.of(access, viewer, partner, item.document["origin"])
        return receipt_document(receipt, world.facts) if receipt else None

    async def _inside(self, item: Pending, world: World) -> None:
        """To the members of a hidden group, its own part alone."""
        access = self.parting.partnerships.society.access()
        group_id = item.document["compartment"]
        room_id = world.room_ids().get(group_room(group_id))
        group = world.facts.directory.groups.get(group_id)
        if access is None or room_id is None or group is None:
            return
        receipt = await self.parting.receipts.part(access, COMMAND_LINE, item.document["entry"])
        if receipt is not None:
            language = group.language or self.parting.partnerships.society.default_language
            await self._say(room_id, receipt_document(receipt, world.facts), item.key, language)

    async def _say(self, room_id: str, words: Document, key: str, language: str) -> None:
        """As ``m.text``, because clients do not notify for notices."""
        for number, page in enumerate(self.speaker.renderer.pages(words, language), start=1):
            claim = self.speaker.claim("receipt", f"{key}:{number}")
            await self.speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)
