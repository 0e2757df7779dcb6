"""Tells of a device that somebody had as one of our bots: administrators in their room, and whoever is in an encrypted
room that the bot is in, there. Called by the rounds.

Keys go to every device of whoever is in a room, so those inside must know; elsewhere nothing tells of their rooms, and
the log does not count them. Everything may be repeated after a crash: messages are claimed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document, Strong, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language, say
from bridge.domain.rooms import Membership, RoomKind
from bridge.rules.comparing import is_encrypted
from bridge.services.adminroom import AdminRoom
from bridge.services.keyless import Stranger, strangers, told
from bridge.services.society import Society

REMOVED: Final = say("I removed it.")
STAYS: Final = say("The homeserver does not let me remove it.")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warden:
    """``fit`` tells whether insiders alone read along in a room."""

    speaker: Speaker
    society: Society
    admin_room: AdminRoom
    fit: Callable[[str], Awaitable[bool]]

    async def tell(self) -> None:
        """Tell of every device of which is still to be told. Raises the ``HomeserverError`` of what has to wait."""
        for one in await strangers(self.society.store):
            inside = await self._tell_inside(one)
            if await self._tell_administrators(one) and inside:
                await told(self.society.store, one, self.speaker.clock.now())

    async def _tell_administrators(self, one: Stranger) -> bool:
        """False while others read along in their room. Where there is none nobody is told."""
        room_id = await self.admin_room.room_id()
        if room_id is None:
            return True
        if not await self.fit(room_id):
            return False
        try:
            await self._say(room_id, alarm(one), one, self.society.default_language)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("the administrators' room refuses an alarm", errcode=error.errcode)
        return True

    async def _tell_inside(self, one: Stranger) -> bool:
        """What cannot be told now waits without a word: the log would say that there is such a room."""
        whole = True
        for room_id, language in await self._rooms(one.bot):
            try:
                await self._say(room_id, word_inside(one), one, language)
            except HomeserverError as error:
                whole = whole and error.kind is not ErrorKind.TEMPORARY
        return whole

    async def _rooms(self, bot: str) -> list[tuple[str, Language]]:
        """Encrypted rooms of groups that the bot is in, with their languages."""
        world = self.society.world()
        if world is None:
            raise HomeserverError(say("The directory has not been read yet."), kind=ErrorKind.TEMPORARY)
        async with self.society.store.view() as view:
            rooms = await view.rooms.actual()
        groups, usual = world.facts.directory.groups, self.society.default_language
        inside = [
            (ref.id, room.room_id)
            for ref, room in sorted(rooms.items())
            if ref.kind is RoomKind.GROUP and is_encrypted(room) and room.members.get(bot) is Membership.JOIN
        ]
        return [(room_id, (id_ in groups and groups[id_].language) or usual) for id_, room_id in inside]

    async def _say(self, room_id: str, words: Document, one: Stranger, language: Language) -> None:
        speaker = self.speaker
        [page, *_] = speaker.renderer.pages(words, language)
        claim = speaker.claim("device", f"{one.key}:{room_id}")
        await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)


def alarm(one: Stranger) -> Document:
    """What happened, why it matters, and what to do."""
    found = say("Somebody logged in as {bot} and had a device there ({device}), found at {at}.",
                bot=one.bot, device=one.device, at=one.at)  # fmt: skip
    why = say(
        "My bots have no device, so that nobody gives them keys to encrypted rooms. This was done by somebody who"
        " administers the homeserver, or who knows the token of the application service: find out who, and change the"
        " token (as_token) in the configuration and in what the homeserver reads."
    )
    return Document((paragraph(Strong(found), " ", REMOVED if one.gone else STAYS), paragraph(why)))


def word_inside(one: Stranger) -> Document:
    """What those must know whose clients give keys to every device of whoever is in the room."""
    found = say("Somebody logged in as {bot} and had a device there, found at {at}.", bot=one.bot, at=one.at)
    gone = say("What was written here meanwhile may have become readable for them, for clients give keys to every"
               " device of whoever is in the room.")  # fmt: skip
    stays = say("Write nothing confidential here until I tell that it is gone: clients give keys to every device of"
                " whoever is in the room.")  # fmt: skip
    return Document(
        (paragraph(Strong(found), " ", REMOVED if one.gone else STAYS), paragraph(gone if one.gone else stays))
    )
