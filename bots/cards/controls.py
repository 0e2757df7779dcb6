"""Words that always work while a card is filled in, in both languages. Pure, for ``dialogue``."""

from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from bots.kit.civility import GREETINGS, THANKS
from bots.kit.table import fold

ALIKE: Final = 0.75
"""``skpi`` and ``skip`` are so alike; so are ``Finnish`` and ``finish``, so that answers that fit come first."""


class Control(StrEnum):
    """What somebody wants instead of answering."""

    SKIP = "skip"
    BACK = "back"
    LATER = "later"
    DONE = "done"
    OK = "ok"
    """It is good so."""
    CHECKLIST = "checklist"
    """What is said and what is not."""
    CLEAR = "clear"
    """Nothing is to stand there any more."""
    HELP = "help"
    """Which words there are."""
    HELLO = "hello"
    THANKS = "thanks"


WORDS: Final = {
    Control.SKIP: ("skip", "next", "pass", "passer", "passe", "suivant", "suite", "➡️", "⏭️"),
    Control.BACK: ("back", "previous", "retour", "precedent", "revenir", "⬅️"),
    Control.LATER: ("later", "stop", "quit", "not now", "enough", "plus tard", "arreter", "arrete", "pas maintenant",
                    "assez", "⏸️", "🛑"),
    Control.DONE: ("done", "finish", "finished", "ready", "fini", "termine", "terminer", "c'est tout"),
    Control.OK: ("ok", "okay", "yes", "oui", "d'accord", "👍", "✅"),
    Control.CHECKLIST: ("checklist", "list", "liste", "progress", "where am i", "avancement", "etapes",
                        "ou en suis-je", "my card", "card", "ma fiche", "fiche"),
    Control.CLEAR: ("clear", "delete", "remove", "nothing", "none", "vide", "vider", "effacer", "supprimer", "rien"),
    Control.HELP: ("help", "aide", "?"),
    Control.HELLO: tuple(sorted(GREETINGS)),
    Control.THANKS: tuple(sorted(THANKS)),
}  # fmt: skip
SPELT: Final = {control: words[0] for control, words in WORDS.items()}
"""Each as it is written."""
BY_WORD: Final = {word: control for control, words in WORDS.items() for word in words}


def control_in(line: str, *, forgiving: bool = False) -> Control | None:
    """The control word that a line is; ``forgiving``, also a misspelt one."""
    said = fold(" ".join(line.replace("’", "'").split())).strip(" .!,;:")
    found = BY_WORD.get(said)
    if found is not None or not forgiving or len(said) < 3:
        return found
    near = get_close_matches(said, [word for word in BY_WORD if len(word) > 2], n=1, cutoff=ALIKE)
    return BY_WORD[near[0]] if near else None
