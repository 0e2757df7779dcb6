"""Tells of broken glass: a card where administrators answer, words to whoever asked, words in the hidden group's room.

Called by the rounds. Everything may be repeated after a crash: messages are claimed.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from bots.admin.glass_words import ENDED, card_of, closed_card, inside_word, word_of
from bots.kit.cards import Cards
from bots.kit.rendering import message_content
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import group_room
from bridge.ports.pending import Pending
from bridge.rules.facts import Facts
from bridge.services.adminroom import AdminRoom
from bridge.services.glass import Glass
from bridge.services.glazing import INSIDE, Happened, Step
from bridge.services.world import World

ALL_ADMINS: Final = ""
"""Whose language the administrators' room has: nobody's, which is the default."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glazier:
    """One bot as the messenger of broken glass."""

    cards: Cards
    glass: Glass
    admin_room: AdminRoom

    async def go(self) -> None:
        """Do what time does, and tell what is to be told: first what all requests have in common, so that nobody can
        tell by the order whether there was something to tell inside. Raises the ``HomeserverError`` of what waits."""
        world = self.glass.society.world()
        if world is None:
            return
        await self.glass.go()
        waiting: HomeserverError | None = None
        for what in await self.glass.untold():
            try:
                told = await self._tell(what, world.facts)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("a word about broken glass is refused", errcode=error.errcode)
                told = True
            if told:
                await self.glass.told(what)
        for what in await self.glass.untold(INSIDE):
            await self._tell_inside(what, world)
        if waiting is not None:
            raise waiting

    async def _tell(self, what: Happened, facts: Facts) -> bool:
        """False while there is no room to tell it in."""
        request = await self.glass.request_of(what)
        if request is None:
            return True
        if what.step is Step.ASKED:
            return await self._ask(request, facts)
        if what.step in ENDED:
            closed = closed_card(request, what.step, facts)
            await self.cards.close(closed, pending=request.key, reader=ALL_ADMINS)
        if words := word_of(request, what, facts, self.glass.limits):
            room_id = await self.cards.speaker.messenger.direct_room(request.asker)
            await self._say(room_id, words, what.key, await self.cards.people.language_of(request.asker))
        return True

    async def _ask(self, request: Pending, facts: Facts) -> bool:
        if request.settled:
            return True
        room_id = await self.admin_room.room_id()
        if room_id is None:
            return False
        await self.cards.show_card(room_id, ALL_ADMINS, card_of(request, facts, self.glass.limits), pending=request.key)
        return True

    async def _tell_inside(self, what: Happened, world: World) -> None:
        """What cannot be told waits without a word: the log would say that there is such a group."""
        group = world.facts.directory.groups.get(what.group)
        room_id = world.room_ids().get(group_room(what.group))
        request = await self.glass.request_of(what)
        if group is None or room_id is None or request is None:
            return
        words = inside_word(request, what, world.facts, self.glass.limits)
        try:
            await self._say(room_id, words, what.key, group.language or self.glass.society.default_language)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                return
        await self.glass.told(what)

    async def _say(self, room_id: str, words: Document, key: str, language: str) -> None:
        """As ``m.text``, because clients do not notify for notices."""
        speaker = self.cards.speaker
        for number, page in enumerate(speaker.renderer.pages(words, language), start=1):
            claim = speaker.claim("glass", f"{key}:{number}")
            await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)
