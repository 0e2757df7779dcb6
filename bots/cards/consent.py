"""Before the first word on a card: what becomes of it, and a yes that is kept. Then the command runs as it was typed.

``with_consent`` puts the question before commands, ``bots/cards/pictures`` before a picture; ``consent_question`` takes
the answer.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from bots.cards.asking import AGAIN
from bots.cards.controls import Control, control_in
from bots.kit.commands import Call, Command, Confirmation, Reply, Status
from bots.kit.questions import Answered, Question
from bots.kit.tokens import Trimmed
from bridge.domain.cards import Purpose
from bridge.domain.document import Code, Document, Strong, document, paragraph
from bridge.domain.messages import Language, Message, say
from bridge.ports.language import Translator
from bridge.services.cards.consents import CONSENT
from bridge.services.cards.office import CardOffice
from bridge.services.cards.photos import Sent

NAME: Final = "profile consent"
VERSION: Final = "2026-11"
"""Of the texts below: whoever changes what they say changes it."""
SET: Final = "profile set"
FILL: Final = "profile fill"
CARD_TEXT: Final = (
    say("What you tell me about yourself is kept sealed and shown as you choose: to everyone in your network, to people"
        " who share a group with you, or to nobody but you and who answers for you here."),
    say("A photo is for everyone in your network. Copies that other homeservers make of it cannot be called back."),
    say("You can change, export and erase everything at any time. That somebody changed a card is noted in the audit"
        " log, never what it says."),
)  # fmt: skip
PUBLISH_TEXT: Final = (
    say("What you show to everyone in your network is also written into your Matrix profile: title, organisation,"
        " phone, e-mail, languages, time zone, place and links. Never your photo, and never any history."),
    say("Anybody on Matrix can read a profile, also outside the company. You can take it back at any time; copies that"
        " others made meanwhile stay with them."),
)  # fmt: skip
TEXTS: Final[Mapping[Purpose, Sequence[Message]]] = {Purpose.CARD: CARD_TEXT, Purpose.PUBLISH: PUBLISH_TEXT}
AGREE: Final = say("If you agree, answer this message with ✅, or write yes. If not, write no: then nothing is kept.")
PICTURED: Final = say("You sent a picture. Shall it be the photo of your card? Then I need your consent first:")
DECLINING: Final = frozenset({Control.SKIP, Control.LATER})
"""With one of these words nobody agrees, and nobody is asked again."""
Picture: TypeAlias = Callable[[Call, Sent], Awaitable[Reply]]


def with_consent(commands: Iterable[Command], office: CardOffice, *, fills: bool) -> list[Command]:
    """The commands; those by which something comes onto a card ask first, once per person. ``fills`` says that this bot
    goes through cards with people itself."""
    needed = {SET, FILL} if fills else {SET}
    return [_asking(one, office) if one.name in needed else one for one in commands]


def _asking(command: Command, office: CardOffice) -> Command:
    async def run(call: Call) -> Reply:
        if await office.consents.of(call.sender, Purpose.CARD):
            return await command.run(call)
        return consent_asked(Purpose.CARD, {"command": command.name, "arguments": _stored(call.arguments)})

    return replace(command, run=run)


def consent_asked(purpose: Purpose, then: Mapping[str, Any]) -> Reply:
    """The text and the question; ``then`` (JSON) is what a yes does besides: a command with arguments, a picture."""
    pictured = [paragraph(PICTURED)] if "picture" in then else []
    blocks = [*pictured, *(paragraph(one) for one in TEXTS[purpose])]
    shown = {"purpose": purpose.value, **then}
    return Reply(
        Document((*blocks, paragraph(Strong(AGREE)))),
        Status.CONFIRM,
        VERSION,
        Confirmation(kind=CONSENT, document=shown),
    )


def consent_question(
    office: CardOffice, commands: Iterable[Command], picture: Picture, translator: Translator
) -> Question:
    """What ✅ does: it is kept, with the words that were read, and what was asked for is done. ``commands`` are those
    without the question before them."""
    known = {one.name: one for one in commands}

    async def agreed(answered: Answered) -> Reply:
        call, asked = answered.call, answered.item.document
        purpose = Purpose(asked["purpose"])
        words = text_of(purpose, call.language, translator)
        await office.consents.give(call.sender, purpose, words, event=call.event_id, room=call.room_id)
        office.wake()
        sent, command = asked.get("picture"), known.get(asked.get("command", ""))
        taken = await picture(call, Sent(**sent)) if sent else None
        if command is not None:
            arguments = {name: tuple(one) if isinstance(one, list) else one for name, one in asked["arguments"].items()}
            done = await command.run(replace(call, arguments=arguments))
            return _together(taken, done) if taken else done
        return taken or Reply(
            document(paragraph(say("Thank you. That you agreed is noted, with these words and the time.")))
        )

    async def refused(answered: Answered) -> Reply:
        await office.consents.refuse(answered.item)
        if answered.item.document.get("command") != FILL:
            return Reply(document(paragraph(say("Then nothing is kept."))))
        way = Code(AGAIN.in_language(answered.call.language))
        return Reply(document(paragraph(say("Then nothing is kept. Should you want it after all:"), " ", way)))

    return Question(kind=CONSENT, command=NAME, yes=agreed, no=refused, text=True, insist=insist)


def _together(first: Reply, then: Reply) -> Reply:
    """Two replies to one yes: the picture that came while a command waited for it, and that command."""
    return replace(then, document=Document((*first.document.blocks, *then.document.blocks)), files=first.files)


def insist(line: str) -> Reply | None:
    """The question alone, once more: what is no yes is no consent, and what was asked does not vanish."""
    if control_in(line) in DECLINING:
        return None
    unclear = paragraph(say("I did not quite get that."))
    return Reply(document(unclear, paragraph(Strong(AGREE))), Status.CONFIRM, VERSION)


def text_of(purpose: Purpose, language: Language, translator: Translator) -> str:
    """What people of this language agree to, with its version: as it is kept."""
    return f"{VERSION}: " + " ".join(translator.translate(one, language) for one in TEXTS[purpose])


def _stored(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as JSON, with what was typed."""
    return {name: _typed(value) for name, value in arguments.items()}


def _typed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_typed(one) for one in value]
    return value.typed if isinstance(value, Trimmed) else value
