"""What people call the fields of a group and their values, in French and English, as the rules call them."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from bots.admin.commands import fields
from bots.kit.tokens import as_typed
from bridge.domain.errors import InputError
from bridge.domain.lifetimes import days_in
from bridge.domain.messages import Text, say
from bridge.domain.policy import Value
from bridge.domain.words import VISIBILITIES

PEOPLE: Final = frozenset({"owners", "moderators", "delegates", "members"})
LISTS: Final = PEOPLE | {"partners", "moderating"}
TEXTS: Final = frozenset({"name", "purpose", "welcome"})
SENTENCES: Final = frozenset({"purpose", "welcome"})
"""Among the texts, those whose last punctuation belongs to them."""
TRUTHS: Final = frozenset({"encrypted"})
"""Among ``VALUES``, what is also said by yes and no."""
LIFETIMES: Final = Text(en="90, 12w, 6m or 1y", fr="90, 12 semaines, 6 mois ou 1 an")
NO_LIFETIME: Final = Text(en="!group unset … retention", fr="!groupe oublier … conservation")
SHOWN: Final = 60
MARK: Final = re.compile(r"(?:^|\s)(fr|en)\s?:\s", re.IGNORECASE)
""":" stands after a no-break space in French."""

FIELDS: Final = {
    "nom": "name", "but": "purpose", "sujet": "purpose", "visibilite": "visibility", "annuaire": "listed",
    "liste": "listed", "repertorie": "listed", "obligatoire": "mandatory", "parent": "parent", "au-dessus": "parent",
    "proprietaires": "owners", "proprietaire": "owners", "owner": "owners", "moderateurs": "moderators",
    "moderateur": "moderators", "moderator": "moderators", "delegues": "delegates",
    "delegue": "delegates", "delegate": "delegates", "membres": "members", "member": "members",
    "partenaires": "partners", "partenaire": "partners", "partner": "partners",
    "moderation": "moderating", "appartenance": "membership",
    "demandes": "requests", "ecriture": "posting", "parole": "posting", "historique": "history",
    "chiffrement": "encrypted", "chiffre": "encrypted", "encryption": "encrypted", "langue": "language",
    "bienvenue": "welcome", "accueil": "welcome", "modele": "template",
    "invitations": "inviting", "inviter": "inviting", "conservation": "retention", "duree": "retention",
    "resume": "digest", "lettre": "digest", "garants": "vouching", "garant": "vouching",
}  # fmt: skip
"""Folded words by what they stand for; the rules' own words stand for themselves."""

VALUES: Final = {
    "visibility": {
        **VISIBILITIES, "ouvert": "public", "ouverte": "public", "prive": "invite-only", "privee": "invite-only",
        "private": "invite-only", "secret": "hidden", "secrete": "hidden",
    },
    "membership": {
        "annuaire": "directory", "proprietaires": "owners", "les-deux": "both", "deux": "both",
    },
    "requests": {"robot": "bot", "frapper": "knock", "aucune": "none", "aucun": "none", "no": "none", "non": "none"},
    "posting": {"tous": "all", "toutes": "all", "everybody": "all", "everyone": "all", "proprietaires": "owners"},
    "history": {
        "defaut": "default", "arrivee": "joined", "depuis-l'arrivee": "joined", "invitation": "invited",
        "partage": "shared", "partagee": "shared", "tout": "shared", "all": "shared",
    },
    "inviting": {
        "defaut": "default", "personne": "nobody", "proprietaires": "owners", "moderateurs": "moderators",
        "tous": "all", "toutes": "all", "everybody": "all", "everyone": "all",
    },
    "vouching": {"1": "one", "un": "one", "une": "one", "2": "two", "deux": "two"},
    "encrypted": {"defaut": "default"},
    "language": {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"},
}  # fmt: skip


UNITS: Final = {
    "d": "d", "day": "d", "days": "d", "j": "d", "jour": "d", "jours": "d", "w": "w", "week": "w", "weeks": "w",
    "semaine": "w", "semaines": "w", "m": "m", "month": "m", "months": "m", "mois": "m", "y": "y", "year": "y",
    "years": "y", "an": "y", "ans": "y", "annee": "y", "annees": "y",
}  # fmt: skip


def field_named(word: str) -> str:
    """The field that a word of either language names; one that is near to a field's name is given back, to be refused
    with a suggestion. Raises ``InputError`` with all that are possible."""
    name = FIELDS.get(folded(word), folded(word))
    if name in fields.NAMES or get_close_matches(name, [*fields.NAMES, "state"], n=1, cutoff=0.7):
        return name
    known = Text(en=", ".join(fields.NAMES), fr=", ".join(fields.NAMES.values()))
    # Not repeated: it may be the rest of a name that is for others to know.
    raise InputError(
        say("That is nothing that is decided about a group. Behind its name comes one of: {known}.", known=known)
    )


def value_said(name: str, words: Sequence[str]) -> Value:
    """What the words mean as a value of the field: ids one by one, texts as they are, else one word.

    Raises ``InputError`` with what is possible for a lifetime that is none, for a word far from all that fit, and where
    there is none.
    """
    if not words:
        raise _nothing_said(name)
    if name in LISTS:
        return [word.rstrip(",") for word in words if word.rstrip(",") not in {"", "-"}]
    text = " ".join(words)
    if name in TEXTS:
        return text_said(as_typed(words) if name in SENTENCES else text)
    if name in {"parent", "template"}:
        return "" if text in {"-", "none", "aucun"} else text
    if name == "retention":
        return _lifetime(text)
    word = folded(text).replace(" ", "-")
    word = VALUES.get(name, {}).get(word, word)
    if name in VALUES and name not in TRUTHS and word:
        fitting = fields.VALUES[name]
        if not get_close_matches(word.replace("_", "-"), fitting.en.split(", "), n=1, cutoff=0.7):
            # Not repeated: it may be the rest of a name that is for others to know.
            raise InputError(say("At the end comes what it is to be, one of: {known}.", known=fitting))
    return word


def _nothing_said(name: str) -> InputError:
    if fitting := fields.VALUES.get(name):
        return InputError(say("At the end comes what it is to be, one of: {known}.", known=fitting))
    return InputError(say("At the end comes what it is to be; - for nothing."))


def _lifetime(text: str) -> str:
    """``90 jours`` and ``2 years`` as ``90d`` and ``2y``."""
    typed, text = text, folded(text)
    if text in {"defaut", "forever", "toujours"}:
        return "default"
    number, unit = text.rstrip("abcdefghijklmnopqrstuvwxyz").strip(), text.lstrip("0123456789 ").strip()
    span = number + UNITS[unit] if number and unit in UNITS else text
    if days_in(span) is None:
        raise InputError(say("{word} is no number of days, such as {examples}, at most 100 years. For none: {command}",
                             word=typed[:SHOWN], examples=LIFETIMES, command=NO_LIFETIME))  # fmt: skip
    return span


def text_said(text: str) -> Value:
    """``fr: Ventes`` is a text in one language, ``fr: Ventes en: Sales`` in both; anything else counts for both."""
    _, *rest = MARK.split(text)
    if not rest or not MARK.match(text):
        return text
    return {language.lower(): words.strip() for language, words in zip(rest[::2], rest[1::2], strict=True)}


def folded(word: str) -> str:
    """A word as names of fields and values are compared: without capitals, accents and curly apostrophes."""
    letters = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
