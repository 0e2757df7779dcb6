"""What a misspelt word was probably meant to be, and which words must not be repeated to anybody."""

import difflib
import re
from collections.abc import Iterable
from typing import Final

MANY: Final = 2_000
"""Candidates beyond this are sifted before they are compared: comparing costs about 10 µs each."""

TOKEN: Final = re.compile(
    r"(?:syt_|syr_|mct_|mat_|mcr_|MDA[xy])\S{8,}"
    r"|(?=\S*\d)(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9_~+=-]{32,}"
    r"|[0-9a-f]{32,}"
)
"""Access tokens as Synapse and the Matrix Authentication Service make them, and other long random words."""

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def closest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that ``word`` most resembles; empty when none is near."""
    known = list(candidates)
    folded = word.casefold()
    for candidate in known:
        if candidate != word and candidate.casefold() == folded:
            return candidate
    if len(known) > MANY:
        near = range(len(word) - 1, len(word) + 2)
        known = [candidate for candidate in known if len(candidate) in near and candidate[:1] == word[:1]][:MANY]
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return found[0] if found else ""


class Spelling:
    """Guesses which of many known words was meant: quick enough for thousands of mistakes in a large file.

    After ``guesses`` mistakes it stops guessing; whoever made more needs no examples.
    """

    def __init__(self, known: Iterable[str], guesses: int = 50) -> None:
        self._known = known
        self._left = guesses

    def closest(self, word: str) -> str:
        """The known word that ``word`` most resembles; empty when none is near."""
        if not self._left:
            return ""
        self._left -= 1
        return closest(word, self._known)


def looks_like_token(text: str) -> bool:
    """Whether ``text`` is probably an access token, so that it must not be shown."""
    return TOKEN.fullmatch(text) is not None


def in_one_line(text: str) -> str:
    """``text`` with a sign in place of whatever would end a line or steer a terminal: names may hold anything."""
    return CONTROL.sub("�", text)


def shown(text: str) -> str:
    """``text`` as a sentence may repeat it: in one line, shortened when long, hidden when it may be a secret."""
    text = in_one_line(text)
    if looks_like_token(text) or "://" in text:
        return "•••"
    return text if len(text) <= 60 else text[:59] + "…"
