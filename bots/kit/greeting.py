"""The first words in a conversation, and the way out of an encrypted one, which the bot cannot read. For ``talk``."""

from dataclasses import dataclass
from typing import Final

import structlog

from bots.kit.commands import Reply, Status
from bots.kit.envelope import Occasion, reply_content
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.document import Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language, Message, say

ELSEWHERE: Final = say(
    "I cannot read encrypted messages, so here I do not know what you write. I have invited you to another "
    "conversation, without encryption: write to me there."
)
BY_HAND: Final = say(
    "I cannot read encrypted messages, so here I do not know what you write. Create a room without encryption, "
    "invite me there, and write to me again."
)
"""Where the person cannot be invited."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Greeting:
    """One bot's; everything is said once for each room."""

    speaker: Speaker
    hello: Document

    async def greet(self, room_id: str, language: Language) -> None:
        """Say hello."""
        for number, page in enumerate(self.speaker.renderer.pages(self.hello, language), start=1):
            claim = self.speaker.claim("hello", f"{room_id}:{number}")
            await self.speaker.messenger.send(room_id, message_content(page, "m.text"), claim=claim)

    async def lead_out(self, occasion: Occasion) -> None:
        """Invite the person to a conversation that can be read, and say so, in clear, in the one that cannot."""
        [page] = self.speaker.renderer.pages(document(paragraph(await self._lead(occasion))), occasion.language)
        content = reply_content(page, occasion, Reply(document(), Status.ERROR), "")
        claim = self.speaker.claim("encrypted-hint", occasion.room_id)
        await self.speaker.messenger.send(occasion.room_id, content, claim=claim)

    async def _lead(self, occasion: Occasion) -> Message:
        try:
            room_id = await self.speaker.messenger.direct_room(occasion.sender)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("a person cannot be invited to a conversation", errcode=error.errcode)
            return BY_HAND
        await self.greet(room_id, occasion.language)
        return ELSEWHERE
