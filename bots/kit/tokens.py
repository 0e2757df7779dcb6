"""A line of chat becomes words: survives apostrophes, typographic quotes and dashes, pills and links.

Called by ``talk`` with what somebody wrote; ``text_of`` reads a message's content, ``tokenise`` cuts it into words.
"""

import re
from collections.abc import Iterable
from typing import Final

from bots.kit.pills import identifier_in, plain_with_identifiers, text_with_identifiers
from bots.kit.texts import INVISIBLE, UNPRINTABLE
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.rooms import Content

QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»‹›＂〝〞", '"'))
"""Quotation marks of keyboards and correctors; apostrophes belong to words (``l'équipe``)."""

SINGLES: Final = "'‘’‚‛"
SINGLE_QUOTED: Final = re.compile(rf'[{SINGLES}][^\s"{SINGLES}][^"]{{0,200}}?[{SINGLES}](?![\w"{SINGLES}])')
WORD: Final = re.compile(rf'(?:(?<!\S){SINGLE_QUOTED.pattern}|"[^"]*"|[^\s"])+')
"""What shlex would cut with ``"`` as its only quote and no escapes, and it tells quoted words from bare ones; single
quotes count where they stand around words: ``'EMEA sales'``."""

CORRECTED_DASH: Final = re.compile(r"^-?[\u2010-\u2015\u2212]{1,2}-?(?=[^\W\d])")
"""Telephones make one dash, or two of another kind, of ``--``."""

JOINER: Final = re.compile("(?<![^\x00-\x7f])[\u200c\u200d](?![^\x00-\x7f])")
"""Joins letters and emoji in whole scripts; between plain ones it was copied along."""
FULL_STOPS: Final = ".,;:!?…"
COMMAS: Final = ",;"
QUOTED_REPLY: Final = re.compile(r"(?:> [^\n]*(?:\n|$))+")


class Quoted(str):
    """A word that stood in quotation marks: it is what it is, whatever stands beside it."""

    __slots__ = ()


class Trimmed(str):
    """A word without the punctuation behind it, which is forgiven in names and belongs to texts: ``typed`` has it."""

    __slots__ = ("typed",)
    typed: str

    def __new__(cls, word: str, typed: str) -> "Trimmed":
        """``word``, that was ``typed``."""
        self = super().__new__(cls, word)
        self.typed = typed
        return self


def as_typed(words: Iterable[str]) -> str:
    """The words as a text, with all punctuation that was typed."""
    return " ".join(word.typed if isinstance(word, Trimmed) else str(word) for word in words)


def text_of(content: Content) -> str:
    """What a message says, mentions and links to rooms as plain identifiers; empty when it is no text.

    The quotation that older clients put before a reply is left out.
    """
    body = content.get("body")
    if not isinstance(body, str):
        return ""
    formatted = content.get("formatted_body")
    if content.get("format") == "org.matrix.custom.html" and isinstance(formatted, str):
        rich = text_with_identifiers(formatted)
        if rich is not None:
            return INVISIBLE.sub("", rich).strip()
    relation = content.get("m.relates_to")
    if isinstance(relation, dict) and "m.in_reply_to" in relation:
        body = QUOTED_REPLY.sub("", body, count=1) if body.startswith("> ") else body
    return plain_with_identifiers(INVISIBLE.sub("", body)).strip()


def tokenise(text: str) -> tuple[str, ...]:
    """The words of a line; a quoted part is one word. Raises ``InputError`` when a quotation mark stands alone.

    Any Unicode is taken. Words never hold a quotation mark, and cutting them again, each in quotation marks, gives the
    same words.
    """
    plain = UNPRINTABLE.sub("", JOINER.sub("", INVISIBLE.sub("", text))).translate(QUOTES)
    if plain.count('"') % 2:
        raise InputError(say("A quotation mark is opened and never closed."))
    bare_words = WORD.findall(plain)
    words: list[str] = []
    for place, bare in enumerate(bare_words, start=1):
        word = _word(bare, last=place == len(bare_words))
        if word is not None:
            words.append(word)
        elif words and not isinstance(words[-1], Quoted):  # it stands apart, as in French
            words[-1] = Trimmed(words[-1], f"{as_typed(words[-1:])} {bare}")
    return tuple(words)


def _word(word: str, *, last: bool) -> str | None:
    """The word as a command wants it; None for mere punctuation."""
    if '"' in word:
        inner = " ".join(word.replace('"', "").split())
        return Quoted(identifier_in(inner) or inner)
    if quoted := SINGLE_QUOTED.match(word):
        inner = " ".join((quoted[0][1:-1] + word[quoted.end() :].strip(FULL_STOPS)).split())
        return Quoted(identifier_in(inner) or inner)
    whole = CORRECTED_DASH.sub("--", word)
    stripped = whole.rstrip(FULL_STOPS if last else COMMAS)
    # ``@ann:corp.example:`` is how clients complete a name at the start of a line
    stripped = stripped.rstrip(":") if stripped[:1] in {"@", "#"} else stripped
    if not stripped:
        return None
    plain = identifier_in(stripped) or stripped
    return plain if stripped == whole else Trimmed(plain, plain + whole[len(stripped) :])


def rough_words(text: str) -> tuple[tuple[str, ...], InputError | None]:
    """The words, or rough ones and what is wrong with them."""
    try:
        return tokenise(text), None
    except InputError as error:
        return tuple(text.split()), error
