"""What somebody means by a line or an emoji: an answer to a step, or one of the words that always work. Pure.

Both languages are understood whatever was spoken so far, and misspelt words are forgiven (``rules.likeness``).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bots.cards.controls import control_in as card_word
from bots.kit.table import COURTESY
from bots.onboarding.paths import Step
from bridge.domain.messages import LANGUAGES, Language
from bridge.domain.onboarding import EffectKind
from bridge.rules.likeness import ALIKE, nearest


class Control(StrEnum):
    """What always works, whatever was asked."""

    NEXT = "next"
    SKIP = "skip"
    LATER = "later"
    BACK = "back"
    STOP = "stop"
    START = "start"
    """Go on where they are."""
    HELLO = "hello"
    """The same, but for whoever said that they want no more of it: a greeting is no change of mind."""
    AGAIN = "again"
    """From the beginning."""
    REPEAT = "repeat"
    CHECKLIST = "checklist"
    THANKS = "thanks"
    WHO = "who"
    """They ask who speaks, or what this is."""
    HELP = "help"
    """Which words there are."""


CONTROLS: Final[Mapping[Control, Mapping[Language, tuple[str, ...]]]] = {
    Control.NEXT: {
        "en": ("next", "continue", "go on", "ok", "okay", "go", "got it", "understood", "fine", "carry on",
               "yes", "sure"),
        "fr": ("suite", "la suite", "suivant", "continuer", "continuez", "continue", "ok", "d'accord", "compris",
               "c'est bon", "allez-y", "entendu", "oui", "volontiers"),
    },
    Control.SKIP: {
        "en": ("skip", "pass", "skip it", "skip this"),
        "fr": ("passer", "passe", "passez", "sauter", "ignorer"),
    },
    Control.LATER: {
        "en": ("later", "not now", "another time", "tomorrow", "maybe later"),
        "fr": ("plus tard", "pas maintenant", "une autre fois", "demain", "tard"),
    },
    Control.BACK: {
        "en": ("back", "go back", "previous"),
        "fr": ("retour", "précédent", "revenir", "en arrière"),
    },
    Control.STOP: {
        "en": ("stop", "quit", "enough", "leave me alone", "no more"),
        "fr": ("stop", "arrêter", "arrête", "arrêtez", "ça suffit", "laissez-moi"),
    },
    Control.START: {
        "en": ("start", "begin", "resume"),
        "fr": ("commencer", "reprendre", "reprenons", "commençons"),
    },
    Control.HELLO: {
        "en": ("hello", "hi", "good morning"),
        "fr": ("bonjour", "salut", "bonsoir"),
    },
    Control.AGAIN: {
        "en": ("again", "start over", "restart", "from the beginning"),
        "fr": ("recommencer", "recommencez", "depuis le début"),
    },
    Control.REPEAT: {
        "en": ("repeat", "what", "pardon", "say it again", "sorry"),
        "fr": ("répéter", "répétez", "quoi", "comment", "pardon"),
    },
    Control.CHECKLIST: {
        "en": ("checklist", "progress", "where am i", "list"),
        "fr": ("avancement", "où en suis-je", "liste", "étapes"),
    },
    Control.THANKS: {
        "en": ("thanks", "thank you", "thx", "many thanks", "great thanks"),
        "fr": ("merci", "merci beaucoup", "mille mercis", "merci bien"),
    },
    Control.HELP: {
        "en": ("help", "aide"),
        "fr": ("help", "aide"),
    },
    Control.WHO: {
        "en": ("who are you", "what are you", "who is this", "what is this", "what's this", "what is that",
               "what can you do", "what do you do", "are you a bot", "are you human"),
        "fr": ("qui êtes-vous", "qui êtes vous", "vous êtes qui", "qui es-tu", "qui es tu", "tu es qui", "t'es qui",
               "c'est quoi", "qu'est-ce que c'est", "c'est qui", "à quoi ça sert", "à quoi servez-vous",
               "que faites-vous", "que savez-vous faire", "que pouvez-vous faire", "es-tu un robot"),
    },
}  # fmt: skip

NUMBERS: Final = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6, "8": 7, "9": 8,
                  "one": 0, "two": 1, "three": 2, "un": 0, "deux": 1, "trois": 2, "first": 0, "second": 1,
                  "premier": 0, "premiere": 0, "deuxieme": 1}  # fmt: skip
YES: Final = frozenset({"yes", "oui"})
NO: Final = frozenset({"no", "non"})
AGREEING: Final = frozenset({"✅", "👍", "✔", "👌", "🙂", "❤"})
REFUSING: Final = frozenset({"❌", "👎", "✖"})
NOT: Final = frozenset({"not", "don't", "dont", "never", "pas", "ne", "jamais", "without", "sans"})
"""With one of these among others, only a whole phrase counts: "don't stop" is no "stop"."""
ASIDE: Final = frozenset({
    "hello", "hi", "hey", "and", "but", "so", "here", "exactly", "really", "thing", "bot", "program", "all", "anyway",
    "bonjour", "bjr", "salut", "et", "mais", "donc", "alors", "ici", "exactement", "vraiment", "truc", "robot",
    "programme", "ce", "ca", "tout", "au", "juste", "fait", "en",
})  # fmt: skip
"""Words, folded, that leave "who are you" what it is."""
NAMED: Final[Mapping[str, Language]] = {"english": "en", "anglais": "en", "french": "fr", "francais": "fr"}
"""Languages, folded, for whoever asks for one by its name."""
SPEAKING: Final = frozenset({
    "in", "speak", "talk", "continue", "go", "on", "switch", "let's", "en", "parler", "parlez", "parlons", "continuer",
    "continuez", "continuons", "s'il", "vous", "plait",
})  # fmt: skip
"""Words, folded, that may stand beside it."""
MISSPELT: Final = 2
"""Words of a line in which a single one may be misspelt: among more, "want" would be taken for "what"."""
FEW: Final = 6
"""Words of a line in which a single one is looked for; in a longer one it may mean anything."""
SPOKEN: Final[Mapping[Language, frozenset[str]]] = {
    "en": frozenset({"the", "is", "are", "what", "how", "i", "you", "my", "not", "do", "does", "can", "please", "where",
                     "understand", "who", "this", "that", "why", "don't", "i'm"}),
    "fr": frozenset({"le", "la", "les", "est", "sont", "quoi", "je", "tu", "vous", "mon", "ma", "mes", "ne", "pas",
                     "qui", "peux", "pouvez", "comprends", "ou", "ce", "cette", "que", "pourquoi", "rien", "c'est"}),
}  # fmt: skip
"""Words by which a language is known, folded."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """``answer`` is the place of an answer of the step, from 0. ``language`` is the one in which it was said, empty
    where it could be either."""

    control: Control | None = None
    answer: int | None = None
    language: Language = ""


def understand(text: str, step: Step | None) -> Meaning | None:
    """What a line means to the step that was asked last, if any; None when nobody could tell."""
    said = folded(text)
    number = NUMBERS.get(" ".join(word for word in said.split() if word not in COURTESY) or said)
    if step is not None and number is not None and number < len(step.ask):
        return Meaning(answer=number)
    phrases = list(_phrases(step))
    if found := _meaning(said, phrases):
        return found
    words = said.split()
    if not words or len(words) > FEW or not NOT.isdisjoint(words):
        return None
    who = [(phrase, one) for phrase, one in phrases if one.control is Control.WHO]
    if about := _about(said, who):
        return about
    spelt = {phrase for phrase, _ in phrases}
    if len(words) > 1:  # "what" alone asks for the question again; "what is new" does not
        phrases = [(phrase, meaning) for phrase, meaning in phrases if meaning.control is not Control.REPEAT]
    others = [one for one in phrases if one not in who]
    # "quoi" is a word that we know, and no misspelt "quit"
    doubtful = [one for one in words if one not in spelt] if len(words) <= MISSPELT else []
    return _one_of(words, phrases) or _within(said, others) or _misspelt(said, doubtful, phrases)


def understand_emoji(emoji: str, step: Step | None) -> Meaning | None:
    """What a reaction means; None for one that means nothing here."""
    plain = "".join(letter for letter in emoji if letter not in "\ufe0e\ufe0f\u20e3" and not "🏻" <= letter <= "🏿")
    number = NUMBERS.get(plain) if len(plain) == 1 else None
    if step is not None and number is not None and number < len(step.ask):
        return Meaning(answer=number)
    wanted = YES if plain in AGREEING else NO if plain in REFUSING else None
    if wanted is None:
        return None
    for place, answer in enumerate(step.ask if step else ()):
        if any(folded(word) in wanted for language in LANGUAGES for word in answer.phrases(language)):
            return Meaning(answer=place)
    return Meaning(control=Control.NEXT) if wanted is YES else None


def agrees(text: str) -> bool | None:
    """Whether a line says yes to a plain question; None when it says neither."""
    if (plain := text.strip("\ufe0f ")) in AGREEING | REFUSING:
        return plain in AGREEING
    words = folded(text).split()
    if not words or len(words) > FEW:
        return None
    first = nearest(words[0], ("yes", "oui", "non"))[1] or words[0]
    if first in YES | {"1", "ok", "yep", "si", "d'accord"}:
        return True
    return False if first in NO | {"2", "nope"} else None


def asks_for(text: str) -> Language:
    """The language whose name is all that a line says, politely or not; empty when it says anything else."""
    words = folded(text).split()
    names = [word for word in words if word not in COURTESY | SPEAKING] if len(words) <= FEW else []
    return NAMED.get(names[0], "") if len(names) == 1 else ""


def goes_on(step: Step | None) -> int | None:
    """The answer that a word such as "next" means: the one that "ok" means, unless it commits them to something."""
    meaning = _meaning("ok", list(_phrases(step)))
    if step is None or meaning is None or meaning.answer is None:
        return None
    effect = step.ask[meaning.answer].effect
    return None if effect and effect.kind is EffectKind.VOLUNTEER else meaning.answer


def language_in(text: str) -> Language:
    """The language in which a sentence is probably written; empty when it could be either."""
    words = folded(text).split()
    counts = {one: sum(word in SPOKEN[one] for word in words) for one in LANGUAGES}
    english, french = counts["en"], counts["fr"]
    if english == french or max(english, french) < 2:
        return ""
    return "en" if english > french else "fr"


def folded(text: str) -> str:
    """Without capitals, accents and punctuation at the ends of words."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
                    if not unicodedata.combining(letter))  # fmt: skip
    return " ".join(word for word in (one.strip("'-") for one in re.findall(r"[\w'-]+", plain)) if word)


def _phrases(step: Step | None) -> Iterator[tuple[str, Meaning]]:
    """Everything that means something, answers first: what was asked goes before what always works."""
    for place, answer in enumerate(step.ask if step else ()):
        for language in LANGUAGES:
            for phrase in answer.phrases(language):
                yield folded(phrase), Meaning(answer=place, language=language)
    for control, languages in CONTROLS.items():
        for language, phrases in languages.items():
            for phrase in phrases:
                yield folded(phrase), Meaning(control=control, language=language)


def _meaning(said: str, phrases: list[tuple[str, Meaning]]) -> Meaning | None:
    """What a whole phrase means: the first that it is, in no language where both know it."""
    found = [meaning for phrase, meaning in phrases if phrase == said]
    if not found:
        return None
    first = found[0]
    same = {one.language for one in found if (one.control, one.answer) == (first.control, first.answer)}
    return first if len(same) == 1 else Meaning(first.control, first.answer)


def _one_of(words: list[str], phrases: list[tuple[str, Meaning]]) -> Meaning | None:
    """What the line means when one of its words says so and no other contradicts."""
    single = [(phrase, meaning) for phrase, meaning in phrases if " " not in phrase]
    found = [meaning for word in words if (meaning := _meaning(word, single))]
    answers = [one for one in found if one.answer is not None]
    for kind in (answers, found):
        if kind and len({(one.control, one.answer) for one in kind}) == 1:
            return kind[0]
    return None


def _within(said: str, phrases: list[tuple[str, Meaning]]) -> Meaning | None:
    """What a phrase of several words means that stands in the line, where no other contradicts."""
    found = [meaning for phrase, meaning in phrases if " " in phrase and f" {phrase} " in f" {said} "]
    return found[0] if len({(one.control, one.answer) for one in found}) == 1 else None


def _about(said: str, phrases: list[tuple[str, Meaning]]) -> Meaning | None:
    """The question who speaks, when nothing else is asked about: "what is this", but not "what is this group"."""
    inside = {word for phrase, _ in phrases if f" {phrase} " in f" {said} " for word in phrase.split()}
    return _within(said, phrases) if {*said.split()} <= inside | ASIDE | COURTESY else None


def _misspelt(said: str, words: list[str], phrases: list[tuple[str, Meaning]]) -> Meaning | None:
    """The phrase that is most like the line, or like one of these words of it."""
    if card_word(said) is not None:  # "fini" ends a card, and is no misspelt "fine"
        return None
    # "idea" is nearly "aide"
    known = dict.fromkeys(phrase for phrase, meaning in phrases if meaning.control is not Control.HELP)
    best = max(nearest(one, known) for one in (said, *words))
    return _meaning(best[1], phrases) if best[0] >= ALIKE else None
