"""Cards: questions brought to people, mostly in a conversation with the bot alone, answered there by one tap.

Services or commands put the ``Pending`` item; bots send its cards to whoever may answer, and close them all when one
has. ``reacting`` takes the answers.
"""

from dataclasses import dataclass

import structlog

from bots.kit.people import People
from bots.kit.reactions import NO, YES
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Cards:
    """One bot's cards. Everything may be repeated after a crash, and raises ``HomeserverError`` and ``StoreError``."""

    speaker: Speaker
    people: People

    async def send_card(self, user_id: str, document: Document, *, pending: str) -> str:
        """Show the item with the key ``pending`` to a person, once; gives the room. They are invited where needed.

        Sent as ``m.text``, because clients do not notify for notices.
        """
        room_id = await self.speaker.messenger.direct_room(user_id)
        await self.show_card(room_id, user_id, document, pending=pending)
        return room_id

    async def show_card(self, room_id: str, user_id: str, document: Document, *, pending: str) -> None:
        """The same where others may read along, in the language of ``user_id``."""
        speaker, language = self.speaker, await self.people.language_of(user_id)
        for number, page in enumerate(speaker.renderer.pages(document, language), start=1):
            claim = speaker.claim("card", f"{pending}:{user_id}:{number}")
            event_id = await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)
            async with speaker.store.work() as work:
                await work.pending.attach(pending, event_id, room_id=room_id)
        for emoji in (YES, NO):
            await speaker.mark(room_id, event_id, emoji)

    async def say(self, user_id: str, document: Document, *, notice: str) -> None:
        """Tell a person something once, under the key ``notice``, in a conversation with the bot alone.

        Also as ``m.text``.
        """
        room_id = await self.speaker.messenger.direct_room(user_id)
        await self.say_in(room_id, document, await self.people.language_of(user_id), notice=notice)

    async def say_in(self, room_id: str, document: Document, language: Language, *, notice: str) -> None:
        """The same in a room."""
        speaker = self.speaker
        for number, page in enumerate(speaker.renderer.pages(document, language), start=1):
            claim = speaker.claim("notice", f"{notice}:{number}")
            await speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)

    async def close(self, document: Document, *, pending: str, reader: str | None = None) -> None:
        """Make all cards of the item say ``document``: that it is answered. Where the bot is no more, they stay.

        In the language of ``reader``, as they were shown; without one, of the person alone with the bot.
        """
        async with self.speaker.store.view() as view:
            shown = await view.pending.shown(pending)
        for event_id, room_id in shown.items():
            try:
                await self._close(document, event_id, room_id, reader)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                log.info("a card stays as it was", errcode=error.errcode)

    async def _close(self, document: Document, event_id: str, room_id: str, reader: str | None) -> None:
        speaker = self.speaker
        if reader is None:
            members = (await speaker.messenger.surroundings(room_id)).members
            reader = next((user for user in sorted(members) if not self.people.is_own(user)), "")
        [page, *_] = speaker.renderer.pages(document, await self.people.language_of(reader))
        content = message_content(page, "m.text")
        await speaker.messenger.edit(room_id, event_id, content, claim=speaker.claim("closed", event_id))
