"""Keeps a pinned notice in each room that people of partners are in: which organisations read along.

Called by the rounds. Everything may be repeated after a crash: what is meant is stored first, and messages are claimed.
"""

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import structlog

from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document, Inline, Items, Strong, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Text, say
from bridge.domain.rooms import COMPANY
from bridge.services.presence import PINNED, Place, Presence, Told
from bridge.services.society import Society
from bridge.services.world import World

NOBODY: Final = say("Nobody of another organisation is in here any more.")
READ: Final = say("What is said here is read by people of these organisations, and kept on their homeservers, too.")
HOW: Final = say(
    "Others of these organisations are invited by {command}, in a conversation with me, and not in a client.",
    command=Text(en="!invite", fr="!inviter"),
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsHere:
    """One bot as the doorplate of rooms."""

    speaker: Speaker
    society: Society
    presence: Presence

    async def tell(self) -> None:
        """Bring the notices up to date. Raises the ``HomeserverError`` of what has to wait, at the end, and
        ``StoreError``."""
        world = self.society.world()
        if world is None:
            return
        waiting: HomeserverError | None = None
        for place in await self.presence.places(world):
            try:
                await self._tell(place, world)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                else:  # Of a hidden group's room nothing is logged: it would count it.
                    log.debug("a room refuses to be told who is there", errcode=error.errcode)
        if waiting is not None:
            raise waiting

    async def _tell(self, place: Place, world: World) -> None:
        told = place.told
        if told.due:
            told = await self._say(place, told, world)
        meant = told.meaning(place.present)
        if meant != told:
            await self.presence.keep(place.room_id, meant)
            told = await self._say(place, meant, world) if meant.due else meant
        for partner_id in place.present.inside:
            if partner_id not in told.met:
                told = await self._greet(place, told, partner_id, world)
        await self._pin(place, told)

    async def _say(self, place: Place, told: Told, world: World) -> Told:
        """Say what is meant: in the notice that is there, or in a new one where whoever came could not read it."""
        content = self._content(place, plate(told, world))
        claim = self.speaker.claim("who-is-here", f"{place.room_id}:{told.number}")
        if told.anew:
            event_id = await self.speaker.messenger.send(place.room_id, content, claim=claim)
            said = replace(told, notice=event_id, former=told.notice, due=False)
        else:
            await self.speaker.messenger.edit(place.room_id, told.notice, content, claim=claim)
            said = replace(told, due=False)
        await self.presence.keep(place.room_id, said)
        return said

    async def _greet(self, place: Place, told: Told, partner_id: str, world: World) -> Told:
        """Once per room and organisation; as ``m.text``, because clients do not notify for notices."""
        partner = world.facts.directory.partners[partner_id]
        words = say("Somebody of {partner} is in here from now on, and reads what is said.", partner=partner.name)
        content = self._content(place, document(paragraph(words)), "m.text")
        claim = self.speaker.claim("arrived", f"{place.room_id}:{partner_id}")
        await self.speaker.messenger.send(place.room_id, content, claim=claim)
        met = replace(told, met=(*told.met, partner_id))
        await self.presence.keep(place.room_id, met)
        return met

    async def _pin(self, place: Place, told: Told) -> None:
        """Among what others pinned; what we saw may be old, so it is read before it is written."""
        if _pins(place.pinned, told) == place.pinned:
            return
        path = f"/_matrix/client/v3/rooms/{quote(place.room_id, safe='')}/state/{PINNED}/"
        try:
            found: Any = (await self.speaker.messenger.request("GET", path)).get("pinned")
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            found = None
        pinned = tuple(map(str, found)) if isinstance(found, list) else ()
        wanted = _pins(pinned, told)
        if wanted != pinned:
            await self.speaker.messenger.request("PUT", path, {"pinned": list(wanted)})

    def _content(self, place: Place, words: Document, kind: str = "m.notice") -> dict[str, Any]:
        language = place.group.language or self.society.default_language
        [page, *_] = self.speaker.renderer.pages(words, language)
        return message_content(page, kind)


def plate(told: Told, world: World) -> Document:
    """What the notice says."""
    if not told.names_somebody:
        return document(paragraph(NOBODY))
    partners = world.facts.directory.partners
    named = {one: partners[one].name if one in partners else one for one in (*told.inside, *told.invited)}
    lines: list[tuple[Inline, ...]] = [(world.desired.rooms[COMPANY].settings.name,)]
    lines += [(named[one],) for one in told.inside]
    lines += [(named[one], " – ", say("invited")) for one in told.invited]
    return document(paragraph(Strong(say("Who is in here"))), Items(tuple(lines)), paragraph(READ), paragraph(HOW))


def _pins(pinned: tuple[str, ...], told: Told) -> tuple[str, ...]:
    others = tuple(one for one in pinned if one not in (told.notice, told.former))
    if not told.notice or not told.names_somebody:
        return others
    return pinned if told.notice in pinned and told.former not in pinned else (*others, told.notice)
