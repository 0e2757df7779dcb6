"""Conversations that a bot leads besides its commands: step by step, answered by words, numbers, emoji or images.

``talk`` hands on what is said to the bot alone and is no command. The first ``Dialogue`` that takes it answers.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from bots.kit.listening import Line, is_line
from bots.kit.table import Help, Match, Resolution, Suggestion
from bridge.domain.events import Event
from bridge.domain.messages import Language
from bridge.domain.relations import REACTION, REPLACE
from bridge.ports.messenger import Surroundings

MESSAGE: Final = "m.room.message"
STICKER: Final = "m.sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that a person did in a conversation of two. ``text`` is the line, without a mark; ``emoji`` a reaction
    to the event ``target``, ``edited`` the event that was changed; all empty for images, stickers and files, which are
    in ``event.content``. ``command_near`` tells that a line may be a misspelt command. ``help`` tells that it is the
    bare word for help, which a dialogue takes that has help of its own; else the commands are told."""

    event: Event
    language: Language
    surroundings: Surroundings
    text: str = ""
    emoji: str = ""
    target: str = ""
    edited: str = ""
    command_near: bool = False
    help: bool = False

    @property
    def person(self) -> str:
        """Who did it (a user id)."""
        return self.event.sender


class Dialogue(Protocol):
    """One kind of conversation. It may be handed the same event again after a crash."""

    async def heard(self, turn: Turn) -> bool:
        """Answer, and say whether this was for it. Raises what is to be tried again."""


def may_be_turn(event: Event) -> bool:
    """Whether a dialogue may want what is no line: a reaction, an image, a sticker, an edit. No notice, and nothing
    that was taken back."""
    if event.state_key is not None or "redacted_because" in event.unsigned:
        return False
    if event.type == MESSAGE:
        return not is_line(event) and event.content.get("msgtype") != "m.notice"
    return event.type in (STICKER, REACTION)


def line_turn(
    event: Event, language: Language, surroundings: Surroundings, line: Line, resolution: Resolution
) -> Turn | None:
    """What a line is to a dialogue; None for a command."""
    bare = isinstance(resolution, Help) and not resolution.topic and not line.marked
    if isinstance(resolution, Match | Help) and not bare:
        return None
    near = isinstance(resolution, Suggestion)
    return Turn(event=event, language=language, surroundings=surroundings, text=line.text, command_near=near, help=bare)


def turn_of(event: Event, language: Language, surroundings: Surroundings) -> Turn:
    """What such an event is to a dialogue."""
    relation = event.relation()
    target, emoji = relation.get("event_id"), relation.get("key")
    known = target if isinstance(target, str) else ""
    if event.type == REACTION:
        said = emoji if isinstance(emoji, str) else ""
        return Turn(event=event, language=language, surroundings=surroundings, emoji=said, target=known)
    edited = known if relation.get("rel_type") == REPLACE else ""
    return Turn(event=event, language=language, surroundings=surroundings, edited=edited)
