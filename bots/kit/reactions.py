"""What a reaction says, or a single word: yes or no, and to which message. Pure; used by ``talk``, ``reacting``."""

from dataclasses import dataclass
from typing import Final

from bridge.domain.events import Event
from bridge.domain.relations import ANNOTATION, REACTION

YES: Final = "✅"
NO: Final = "❌"
MEANS_YES: Final = frozenset({YES, "👍", "✔"})
MEANS_NO: Final = frozenset({NO, "👎", "✖"})

WORDS: Final = {"yes": True, "oui": True, "no": False, "non": False}
"""In both languages: people answer in the one in which they think."""

VARIANTS: Final = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Variation selectors and skin tones: keyboards add them as they like, and they change nothing in what is meant."""


AGREED: Final = frozenset({"accept", "i accept", "accepte", "j'accepte", "agree", "i agree"})
"""These mean yes where somebody is asked to agree to a text, and something else elsewhere."""


def word_in(text: str) -> bool | None:
    """Whether a line is yes or no and nothing else; None for any other."""
    return WORDS.get(_plain(text))


def is_agreed(text: str) -> bool:
    """Whether a line agrees to a text and says nothing else."""
    return _plain(text) in AGREED


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'").strip(" .!\u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no to the message ``event_id``."""

    event_id: str
    yes: bool


def verdict_in(event: Event) -> Verdict | None:
    """The verdict of a reaction; None for any other event, emoji, or a reaction taken back."""
    if event.type != REACTION or event.state_key is not None or "redacted_because" in event.unsigned:
        return None
    relation = event.relation()
    target, key = relation.get("event_id"), relation.get("key")
    if relation.get("rel_type") != ANNOTATION or not isinstance(target, str) or not isinstance(key, str):
        return None
    plain = key.translate(VARIANTS)
    return Verdict(target, plain in MEANS_YES) if plain in MEANS_YES | MEANS_NO else None
