"""What fields, circles and kinds of entries are called, typed and explained. For ``bots/cards``."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, TypeVar

from bots.kit.commands import Topic
from bots.kit.table import fold
from bridge.domain.cards import Circle, EntryKind, Field
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say
from bridge.rules.contacts import Part

ALIKE: Final = 0.75

TYPED: Final[Mapping[Field, Text]] = {
    Field.PHOTO: Text(en="photo", fr="photo"),
    Field.NAME: Text(en="name", fr="nom"),
    Field.PRONOUNCED: Text(en="pronounced", fr="prononciation"),
    Field.TITLE: Text(en="title", fr="fonction"),
    Field.ORGANISATION: Text(en="organisation", fr="organisation"),
    Field.PHONE: Text(en="phone", fr="téléphone"),
    Field.EMAIL: Text(en="email", fr="courriel"),
    Field.LANGUAGES: Text(en="languages", fr="langues"),
    Field.TIMEZONE: Text(en="timezone", fr="fuseau"),
    Field.PLACE: Text(en="place", fr="lieu"),
    Field.TOPICS: Text(en="topics", fr="sujets"),
    Field.LINKS: Text(en="links", fr="liens"),
    Field.HISTORY: Text(en="history", fr="historique"),
}
"""Fields as they are typed."""
MORE_FIELDS: Final = {
    "picture": Field.PHOTO, "image": Field.PHOTO, "called": Field.NAME, "prononce": Field.PRONOUNCED,
    "pronunciation": Field.PRONOUNCED, "titre": Field.TITLE, "poste": Field.TITLE, "role": Field.TITLE,
    "job": Field.TITLE, "company": Field.ORGANISATION, "organization": Field.ORGANISATION,
    "societe": Field.ORGANISATION, "entreprise": Field.ORGANISATION, "tel": Field.PHONE, "telephone": Field.PHONE,
    "mobile": Field.PHONE, "portable": Field.PHONE, "e-mail": Field.EMAIL, "mail": Field.EMAIL,
    "language": Field.LANGUAGES, "langue": Field.LANGUAGES, "time-zone": Field.TIMEZONE, "tz": Field.TIMEZONE,
    "fuseau-horaire": Field.TIMEZONE, "city": Field.PLACE, "ville": Field.PLACE, "location": Field.PLACE,
    "topic": Field.TOPICS, "sujet": Field.TOPICS, "themes": Field.TOPICS, "expertise": Field.TOPICS,
    "link": Field.LINKS, "lien": Field.LINKS, "web": Field.LINKS, "site": Field.LINKS,
}  # fmt: skip
MEANT: Final[Mapping[Field, tuple[Text, Message]]] = {
    Field.NAME: (Text.same("Bob Martin"), say("as you are called every day")),
    Field.PRONOUNCED: (Text.same("BOB mar-TAN"), say("how your name sounds")),
    Field.TITLE: (Text(en="Head of purchasing", fr="Directeur des achats"), say("what you do")),
    Field.ORGANISATION: (Text.same("Acme SA"), say("where you work")),
    Field.PHONE: (Text.same("+33 6 12 34 56 78"), say("a number under which people reach you")),
    Field.EMAIL: (Text.same("bob@acme.example"), say("an address under which people reach you")),
    Field.LANGUAGES: (Text(en="English, French", fr="français, anglais"), say("the languages that you speak")),
    Field.TIMEZONE: (Text.same("Europe/Paris"), say("so that nobody calls you at night; the city is enough")),
    Field.PLACE: (Text.same("Lyon"), say("where you are")),
    Field.TOPICS: (Text(en="purchasing, customs", fr="achats, douanes"), say("what people may ask you about")),
    Field.LINKS: (Text.same("https://acme.example/bob"), say("pages about you or your work")),
}
"""An example, and what is meant, by field that is set in words."""
QUESTIONS: Final[Mapping[Field, Message]] = {
    Field.NAME: say("What are you called every day?"),
    Field.PRONOUNCED: say("How does your name sound?"),
    Field.TITLE: say("What do you do in your work?"),
    Field.ORGANISATION: say("Where do you work?"),
    Field.PHONE: say("Under which number can people reach you?"),
    Field.EMAIL: say("Under which address can people reach you?"),
    Field.LANGUAGES: say("Which languages do you speak?"),
    Field.TIMEZONE: say("In which time zone are you? Then nobody calls you at night; the city is enough."),
    Field.PLACE: say("In which place do you work?"),
    Field.TOPICS: say("What may people ask you about?"),
    Field.LINKS: say("Which pages are about you or your work?"),
    Field.PHOTO: say("May people see what you look like? Then send me a picture of yourself. Everyone in your network"
                     " can see it: a picture cannot be kept from anybody on Matrix who has its address."),
}  # fmt: skip
"""How fields are asked for, one after the other."""
CIRCLES: Final[Mapping[Circle, Text]] = {
    Circle.NETWORK: Text(en="network", fr="réseau"),
    Circle.GROUPS: Text(en="groups", fr="groupes"),
    Circle.SPONSOR: Text(en="sponsor", fr="parrain"),
}
"""Circles as they are typed; for employees the last one is their manager."""
MORE_CIRCLES: Final = {
    "everyone": Circle.NETWORK, "everybody": Circle.NETWORK, "all": Circle.NETWORK, "tous": Circle.NETWORK,
    "tout": Circle.NETWORK, "group": Circle.GROUPS, "groupe": Circle.GROUPS, "manager": Circle.SPONSOR,
    "responsable": Circle.SPONSOR, "marraine": Circle.SPONSOR, "me": Circle.SPONSOR, "moi": Circle.SPONSOR,
    "1": Circle.NETWORK, "2": Circle.GROUPS, "3": Circle.SPONSOR,
}  # fmt: skip
KINDS: Final[Mapping[EntryKind, tuple[Text, Message]]] = {
    EntryKind.CONTACT: (Text(en="contact", fr="contact"), say("first contact")),
    EntryKind.CONTRACT: (Text(en="contract", fr="contrat"), say("contract")),
    EntryKind.PROJECT: (Text(en="project", fr="projet"), say("project")),
    EntryKind.VISIT: (Text(en="visit", fr="visite"), say("visit")),
    EntryKind.INCIDENT: (Text(en="incident", fr="incident"), say("incident")),
    EntryKind.NOTE: (Text(en="note", fr="note"), say("note")),
}
"""Kinds of entries as they are typed, and as they are shown."""
PARTS: Final[Mapping[Part, Message]] = {
    Part.SPONSOR: say("your sponsor: answers for you here"),
    Part.DEPUTY: say("your sponsor’s deputy"),
    Part.STAND_IN: say("stands in for your sponsor"),
    Part.MANAGER: say("your manager"),
}

T = TypeVar("T", Field, Circle, EntryKind)


def field_said(word: str) -> Field:
    """The field that somebody means. Raises ``InputError``, with the nearest one where there is one."""
    return _said(word, TYPED, MORE_FIELDS, say("There is no such field."))


def field_in(word: str) -> Field | None:
    """The field that this is a word for."""
    return _named(TYPED, MORE_FIELDS).get(fold(word.strip()))


def circle_said(words: str) -> Circle:
    """The circle that somebody means. Raises ``InputError``."""
    return _said(words, CIRCLES, MORE_CIRCLES, say("There is no such circle."))


def circle_in(words: str) -> Circle | None:
    """The circle that this is a word for."""
    return _named(CIRCLES, MORE_CIRCLES).get(fold(words.strip()))


def kind_said(word: str) -> EntryKind:
    """The kind of entry that somebody means. Raises ``InputError``."""
    typed = {kind: words for kind, (words, _) in KINDS.items()}
    return _said(word, typed, {}, say("There is no such kind of entry."))


def _said(word: str, typed: Mapping[T, Text], more: Mapping[str, T], refusal: Message) -> T:
    known = _named(typed, more)
    wanted = fold(word.strip())
    found = known.get(wanted)
    if found is not None:
        return found
    near = get_close_matches(wanted, [name for name in known if len(name) > 2], n=1, cutoff=ALIKE)
    choices = tuple(typed.values())
    if near:
        raise InputError(say("{refusal} Did you mean {near}?", refusal=refusal, near=typed[known[near[0]]]))
    raise InputError(say("{refusal} There are: {choices}.", refusal=refusal, choices=choices))


def _named(typed: Mapping[T, Text], more: Mapping[str, T]) -> dict[str, T]:
    own = {fold(name): one for one, words in typed.items() for name in (one.value, words.en, words.fr)}
    return {**more, **own}


def circle_words(circle: Circle, *, partner: bool, inside: bool = False) -> Message:
    """Who is in a circle, said to the person whose it is; ``inside``: of these, employees alone."""
    if circle is Circle.NETWORK:
        return say("the employees of your network") if inside else say("everyone in your network")
    if circle is Circle.GROUPS:
        return say("employees who share a group with you") if inside else say("people who share a group with you")
    return say("your sponsor and you alone") if partner else say("your manager and you alone")


def field_topics() -> tuple[Topic, ...]:
    """The fields that are set in words, for help."""
    return tuple(Topic(word=TYPED[name], values=example, meaning=meaning) for name, (example, meaning) in MEANT.items())


def circle_topics() -> tuple[Topic, ...]:
    """The circles, for help."""
    meanings = {
        Circle.NETWORK: say("employees, people of your own organisation, and whoever shares a group with you"),
        Circle.GROUPS: say("people who share a group with you, and those below"),
        Circle.SPONSOR: say("you, and who answers for you: sponsor and deputy, or your manager"),
    }
    return tuple(Topic(word=CIRCLES[one], values=Text(), meaning=meaning) for one, meaning in meanings.items())
