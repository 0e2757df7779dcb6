"""A picture that somebody sends to the bot becomes the photo of their card. One of the dialogues of ``kit/talk``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from bots.cards.consent import consent_asked
from bots.kit.answering import Answer, excuse
from bots.kit.commands import Attachment, Call, Reply
from bots.kit.dialogue import Turn
from bots.kit.envelope import occasion_of
from bots.kit.people import People
from bots.kit.speaking import Speaker
from bridge.domain.cards import Field, Photo, Purpose
from bridge.domain.document import Code, Strong, document, paragraph
from bridge.domain.messages import Text, say
from bridge.services.cards.consents import CONSENT
from bridge.services.cards.labels import LABELS
from bridge.services.cards.office import CardOffice
from bridge.services.cards.photos import Sent, sent_in

IMAGE: Final = "m.image"
COMMAND: Final = "profile photo"
REMOVE: Final = Text(en="!profile photo remove", fr="!profil photo retirer")
HAS_CARD: Final = "partner_member"


async def nothing_under_way(_: Call) -> Reply | None:
    """Nobody goes through a card with people here."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """``go_on`` gives the next question to somebody who is filling in their card here, once the photo is there."""

    office: CardOffice
    people: People
    speaker: Speaker
    go_on: Callable[[Call], Awaitable[Reply | None]] = nothing_under_way

    async def heard(self, turn: Turn) -> bool:
        """Only pictures, and only of people who have a card."""
        event = turn.event
        if turn.edited or event.content.get("msgtype") != IMAGE:
            return False
        roles = await self.people.roles_of(event.sender)
        if HAS_CARD not in roles:
            return False
        call = Call(
            viewer=await self.people.sight_of(turn.surroundings, event.sender),
            sender=event.sender,
            room_id=event.room_id,
            event_id=event.id,
            language=turn.language,
            direct=True,
            roles=roles,
            command=COMMAND,
        )
        try:
            reply = await self._taken(call, sent_in(event.content))
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            reply = excuse(error, event.id, COMMAND)
        await self.speaker.reply(occasion_of(event, turn.language), Answer(reply, COMMAND))
        return True

    async def _taken(self, call: Call, sent: Sent) -> Reply:
        if await self.office.consents.of(call.sender, Purpose.CARD):
            return await self.take(call, sent)
        return consent_asked(Purpose.CARD, {**await self._waiting(call), "picture": asdict(sent)})

    async def _waiting(self, call: Call) -> Mapping[str, Any]:
        """The command that waits for the same yes, since the question below the picture takes the place of its own."""
        item = await self.speaker.asked_last(call.sender, call.room_id)
        if item is None or item.kind != CONSENT or item.settled:
            return {}
        return {name: item.document[name] for name in ("command", "arguments") if name in item.document}

    async def take(self, call: Call, sent: Sent) -> Reply:
        """Put it on the card, and show what became of it. Raises ``InputError``."""
        photo = await self.office.photos.take(call.sender, sent, origin=call.event_id)
        self.office.wake()
        shown = (attachment_of(photo),)
        if following := await self.go_on(call):
            return Reply(following.document, following.status, following.reference, following.confirmation, shown)
        noted = say("It is on your card, for everyone in your network. To take it off:")
        way = Code(REMOVE.in_language(call.language))
        return Reply(document(paragraph(Strong(LABELS[Field.PHOTO]), " – ", noted, " ", way)), files=shown)


def attachment_of(photo: Photo) -> Attachment:
    """The photo as it is shown below a card."""
    return Attachment(
        uri=photo.uri,
        name="photo.jpg",
        mimetype=photo.mimetype,
        size=photo.size,
        width=photo.width,
        height=photo.height,
    )
