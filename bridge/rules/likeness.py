"""How well something fits what was searched for: by words, whatever their capitals, accents and order. Pure."""

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from typing import Final, TypeAlias

ALIKE: Final = 0.75
"""``martni`` and ``martin`` are 0.83 alike, ``ann`` and ``anna`` 0.86, ``marie`` and ``martin`` 0.55."""
SHORTEST: Final = 3
"""Letters that a word must have to be taken for a misspelling: of shorter ones everything is alike."""
LONGEST: Final = 40
WORDS: Final = re.compile(r"[^\W_]+")


Entry: TypeAlias = tuple[str, str, str]
"""Something to be found: its key, what it is called, what else is said of it, the last two folded. A plain tuple: there
are hundreds of thousands, and the garbage collector looks at these once and never again."""


def fit(entry: Entry, words: Collection[str]) -> int | None:
    """How well the entry fits all the words, 0 best; None when one of them is nowhere in it."""
    _, called, about = entry
    if not all(word in called for word in words):
        return 4 if all(word in called or word in about for word in words) else None
    wanted = " ".join(words)
    if called.startswith(wanted):
        return 0 if called[len(wanted) :][:1] in {"", "\n"} else 1
    begins = all(called.startswith(word) or re.search(rf"\b{re.escape(word)}", called) for word in words)
    return 2 if begins else 3


def said_in(entry: Entry) -> list[str]:
    """The words that the entry is found by."""
    _, called, about = entry
    return WORDS.findall(called) + WORDS.findall(about)


def nearest(word: str, vocabulary: Iterable[str], best: tuple[float, str] = (0.0, "")) -> tuple[float, str]:
    """How alike the most alike word is, and that word; ``best`` is what was found before."""
    if not SHORTEST <= len(word) <= LONGEST:
        return best
    matcher = SequenceMatcher(b=word, autojunk=False)
    for other in vocabulary:
        if abs(len(other) - len(word)) > 2:
            continue
        matcher.set_seq1(other)
        bar = max(best[0], ALIKE)
        if matcher.real_quick_ratio() < bar or matcher.quick_ratio() < bar:
            continue
        ratio = matcher.ratio()
        if ratio >= ALIKE and (-ratio, other) < (-best[0], best[1]):
            best = (ratio, other)
    return best
