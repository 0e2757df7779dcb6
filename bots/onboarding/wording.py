"""The sentences of the conversation that belong to no path. For ``telling``."""

from collections.abc import Callable, Mapping
from typing import Final

from bridge.domain.document import Block, Code, Document, Inline, Items, Paragraph, document, paragraph
from bridge.domain.messages import Language, Message, Text, say
from bridge.domain.onboarding import Word

TYPED: Final[Mapping[str, Mapping[Language, str]]] = {
    "ok": {"en": "ok", "fr": "ok"},
    "skip": {"en": "skip", "fr": "passer"},
    "back": {"en": "back", "fr": "retour"},
    "later": {"en": "later", "fr": "plus tard"},
    "stop": {"en": "stop", "fr": "stop"},
    "start": {"en": "start", "fr": "reprendre"},
    "again": {"en": "start over", "fr": "recommencer"},
    "card": {"en": "profile fill", "fr": "profil remplir"},
    "contacts": {"en": "contacts", "fr": "contacts"},
    "list": {"en": "checklist", "fr": "liste"},
    "commands": {"en": "!help", "fr": "!aide"},
    "help": {"en": "help", "fr": "aide"},
}
"""What one types, in the language in which one talks."""
ALWAYS: Final[Mapping[str, Message]] = {
    "ok": say("on to the next message"),
    "skip": say("past this question"),
    "back": say("to the message before"),
    "later": say("a pause, until you go on"),
    "stop": say("no more of it"),
    "list": say("how far you are"),
    "again": say("from the beginning"),
}
"""What the words do that work in the middle of a path."""
OFFERS: Final = {
    "fr": Text.same("Préférez-vous que nous continuions en français ? Répondez « oui » ou « non »."),
    "en": Text.same("Shall we go on in English? Answer “yes” or “no”."),
}
"""Each in its own language whatever the catalogue says, for that is the question."""


def ways(language: Language) -> Block:
    """How one answers, and what always works."""
    parts: list[Inline] = [say("Answer with a number or in a word. These always work:"), " "]
    for word in ("skip", "back", "later"):
        parts += [Code(TYPED[word][language]), ", "]
    return Paragraph((*parts, Code(TYPED["stop"][language]), "."))


def _unclear(_: Language) -> Document:
    return document(paragraph(say("I did not quite get that.")))


def _who(language: Language) -> Document:
    told = say("I am a program that welcomes people here: I show you around, one message at a time.")
    return document(paragraph(told), _people(language))


def _asked(language: Language) -> Document:
    return document(paragraph(say("I cannot answer that: I understand few words.")), _people(language))


def _people(language: Language) -> Block:
    """Who answers what a program cannot."""
    contacts, more = Code(TYPED["contacts"][language]), Code(TYPED["help"][language])
    return paragraph(say("People whom you can ask:"), " ", contacts, ". ", say("What else I can do:"), " ", more, ".")


def _help(language: Language) -> Document:
    rows = tuple((Code(TYPED[word][language]), " – ", does) for word, does in ALWAYS.items())
    more = paragraph(say("All commands:"), " ", Code(TYPED["commands"][language]))
    return Document((paragraph(say("These words always work:")), Items(rows), more))


def _ways(language: Language) -> Document:
    more = paragraph(say("What else I can do:"), " ", Code(TYPED["help"][language]))
    return document(paragraph(say("Sorry, I still do not understand.")), ways(language), more)


def _odd(_: Language) -> Document:
    return document(paragraph(say("Thank you! I can read words only, though.")))


def _offer(language: Language) -> Document:
    return document(paragraph(OFFERS[language]))


def _paused(language: Language) -> Document:
    return document(paragraph(say("All right, later then. To go on:"), " ", Code(TYPED["start"][language])))


def _stopped(language: Language) -> Document:
    told = say("Then I stop here, and you hear no more of this. Should you want to go on:")
    return document(paragraph(told, " ", Code(TYPED["start"][language])))


def _greeted(language: Language) -> Document:
    return document(
        paragraph(say("Hello! Should you want to go on with the welcome:"), " ", Code(TYPED["start"][language]))
    )


def _volunteered(_: Language) -> Document:
    return document(paragraph(say("Thank you! I give your name to a newcomer now and then, and tell you to whom.")))


def _withdrawn(_: Language) -> Document:
    return document(paragraph(say("All right: I give your name to nobody.")))


def _first(_: Language) -> Document:
    return document(paragraph(say("This is where we began.")))


def _over(language: Language) -> Document:
    told = say("That was all from me. I am here whenever you need me:")
    words = [Code(TYPED[word][language]) for word in ("help", "again", "card")]
    return document(paragraph(told, " ", words[0], ", ", words[1], ", ", words[2], "."))


def through(language: Language, *, greeted: bool) -> Document:
    """To somebody who was through, and would go on."""
    hello = (say("Hello!"), " ") if greeted else ()
    return Document((paragraph(*hello, say("You have seen everything that I show.")), _anew(language)))


def lost(language: Language, *, is_over: bool) -> Document:
    """To somebody who wrote what nobody understood, outside of all steps."""
    on = paragraph(say("To go on:"), " ", Code(TYPED["start"][language]))
    more = paragraph(say("What else I can do:"), " ", Code(TYPED["help"][language]))
    missed = paragraph(say("I did not quite get that."))
    return Document((missed, _anew(language), more) if is_over else (missed, on, more))


def _anew(language: Language) -> Block:
    again, card = Code(TYPED["again"][language]), Code(TYPED["card"][language])
    return paragraph(say("To see it once more:"), " ", again, ". ", say("For your profile card:"), " ", card, ".")


def _welcome(_: Language) -> Document:
    return document(paragraph(say("You are welcome!")))


def _edited(language: Language) -> Document:
    told = say("I had already gone by what you wrote first. To change it:")
    return document(paragraph(told, " ", Code(TYPED["back"][language])))


def _waiting(language: Language) -> Document:
    told = say("The next step comes by itself, later. To have it now:")
    return document(paragraph(told, " ", Code(TYPED["ok"][language])))


def reminder(language: Language, *, last: bool) -> Document:
    """One word before the question that waits."""
    when = say("I do not ask again after this.") if last else say("Whenever it suits you.")
    told = say("We had stopped here, and can go on. To hear no more of it:")
    return document(paragraph(told, " ", Code(TYPED["stop"][language]), ". ", when))


WORDS: Final[Mapping[Word, Callable[[Language], Document]]] = {
    Word.UNCLEAR: _unclear,
    Word.WAYS: _ways,
    Word.HELP: _help,
    Word.WHO: _who,
    Word.ASKED: _asked,
    Word.ODD: _odd,
    Word.OFFER: _offer,
    Word.PAUSED: _paused,
    Word.STOPPED: _stopped,
    Word.GREETED: _greeted,
    Word.VOLUNTEERED: _volunteered,
    Word.WITHDRAWN: _withdrawn,
    Word.FIRST: _first,
    Word.OVER: _over,
    Word.WELCOME: _welcome,
    Word.EDITED: _edited,
    Word.WAITING: _waiting,
}
