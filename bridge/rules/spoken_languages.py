"""Languages as people name them in words of their own, in English or French. Pure, for ``services/cards/reading``.

What a language is called takes knowledge of the world, and is passed in.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.rules.card_values import one_line, unique
from bridge.rules.naming import folded

LONGEST: Final = 300
"""Characters of such a line: twenty languages, and how well."""
LONGEST_NAME: Final = 4
"""Words of a language's name."""
QUOTED: Final = 40
APART: Final = re.compile(r"[,;:/+&|·•()\n]|\s[–—-]\s|\b(?:and|et|und|plus|ainsi que|as well as)\b", re.IGNORECASE)
REGION: Final = re.compile(r"([a-z]{2,3})[-_][a-z]{2,4}", re.IGNORECASE)
ELISION: Final = re.compile(r"^[dlj]'")
AROUND: Final = """
i speak am can understand write read also fluently fluent native speaker bilingual some a an the little bit of basic
basics good very well bad badly level mother tongue language languages in is my first second third learning beginner
intermediate advanced working knowledge conversational professional business school british american canadian brazilian
je parle comprends ecris lis suis aussi couramment courant natif native bilingue un une peu petit de du des le la les l'
en bon bonne tres bien mal niveau langue langues maternelle ma mon premiere deuxieme est ai apprends debutant
intermediaire avance notions bases scolaire professionnel britannique americain canadien bresilien a1 a2 b1 b2 c1 c2
"""
FILLERS: Final = frozenset(AROUND.split())
"""Words that stand around languages and name none. In a sentence they are not taken for codes: ``un peu de``."""
NOT: Final = frozenset({"no", "not", "pas", "non", "but", "mais", "sauf", "except", "without", "sans", "don't", "ne"})
"""Whoever says what they do not speak is asked to say it without: to guess would put it on their card."""


def spoken_languages(text: str, code_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """The codes of the languages that a line names, each once. ``code_of`` gives that of a name or code, None where it
    is none. Raises ``InputError``, with the words that name no language."""
    line = one_line(text.replace("\n", ","), longest=LONGEST)
    if whole := code_of(line):
        return (whole,)
    found = unique(code for part in APART.split(line) for code in _in_part(part, code_of))
    if not found:
        raise _unknown(line)
    return found


def _in_part(part: str, code_of: Callable[[str], str | None]) -> Iterator[str]:
    """Of what stands between commas: one language, codes alone, or words with languages among them."""
    words = [word for one in part.split() if (word := one.strip(".!?\"'’"))]
    if not words:
        return
    if code := _code(" ".join(words), code_of):
        yield code
        return
    words = [piece for word in words for piece in _joined(word, code_of)]
    codes = [_code(word, code_of) for word in words if len(word) <= len("fr-FR")]
    if len(codes) == len(words) and all(codes) and not all(folded(word) in FILLERS for word in words):
        yield from filter(None, codes)
        return
    yield from _among(words, code_of)


def _joined(word: str, code_of: Callable[[str], str | None]) -> Sequence[str]:
    """``English-French`` are two."""
    pieces = word.split("-")
    return pieces if len(pieces) > 1 and all(map(code_of, pieces)) else (word,)


def _among(words: Sequence[str], code_of: Callable[[str], str | None]) -> Iterator[str]:
    """The longest runs of words that are languages; the words between them must be known, too."""
    at, strange = 0, list[str]()
    while at < len(words):
        runs = (words[at : at + size] for size in range(LONGEST_NAME, 0, -1))
        run = next((run for run in runs if _named(run, code_of)), None)
        if run is None:
            word = ELISION.sub("", folded(words[at]))
            strange += [words[at]] if word not in FILLERS else []
        elif code := _named(run, code_of):
            yield code
        at += len(run) if run else 1
    if strange:
        raise _unknown(" ".join(strange))


def _named(run: Sequence[str], code_of: Callable[[str], str | None]) -> str | None:
    name = ELISION.sub("", folded(" ".join(run)))
    return None if name in FILLERS or name in NOT else _code(name, code_of)


def _code(name: str, code_of: Callable[[str], str | None]) -> str | None:
    """Nobody says more than the language itself: of ``fr-FR``, ``fr``."""
    region = REGION.fullmatch(name)
    return code_of(region[1] if region else name)


def _unknown(said: str) -> InputError:
    return InputError(
        say("I know no language called {text}. Several stand with commas between them.", text=said[:QUOTED])
    )
