"""What people call the fields of a partner and their values, in French and English, as the rules call them."""

from difflib import get_close_matches
from typing import Final

from bots.admin.commands.words import folded, text_said
from bots.kit.commands import Topic
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say
from bridge.domain.policy import Value
from bridge.rules.fields import SHOWN, shown

NAMES: Final = {
    "name": "nom",
    "kind": "genre",
    "servers": "serveurs",
    "users": "utilisateurs",
    "state": "état",
    "sponsor": "parrain",
    "deputy": "suppléant",
    "since": "début",
    "until": "fin",
    "terms": "conditions",
    "max-people": "max-personnes",
    "max-invitations": "max-invitations",
    "note": "note",
}
"""Fields as they are typed in French."""
FIELDS: Final = {folded(french): name for name, french in NAMES.items()} | {
    "type": "kind", "server": "servers", "serveur": "servers", "user": "users", "utilisateur": "users",
    "people": "users", "personnes": "users", "marraine": "sponsor", "suppleante": "deputy", "from": "since",
    "depuis": "since", "begin": "since", "start": "since", "end": "until", "jusqu'au": "until", "terme": "until",
}  # fmt: skip
"""Folded words by what they stand for; the rules' own words stand for themselves."""
VALUES: Final = {
    "kind": {"revendeur": "reseller", "client": "customer", "cliente": "customer", "fournisseur": "supplier",
             "autre": "other"},
    "state": {"propose": "proposed", "actif": "active", "active": "active", "suspendu": "suspended",
              "termine": "ended"},
}  # fmt: skip
POSSIBLE: Final = {
    "kind": {"reseller": "revendeur", "customer": "client", "supplier": "fournisseur", "other": "autre"},
    "state": {"proposed": "proposé", "active": "actif", "suspended": "suspendu", "ended": "terminé"},
}
"""The rules' own words by how they are said in French."""
LISTS: Final = frozenset({"servers", "users"})
MEANT: Final[dict[str, tuple[Text, Message]]] = {
    "name": (Text(), say("what people call it")),
    "kind": (
        Text(en="reseller, customer, supplier, other", fr="revendeur, client, fournisseur, autre"),
        say("chooses template and terms where nothing else is said"),
    ),
    "servers": (Text(), say("its homeservers; *.acme.example is every server below")),
    "users": (Text(), say("its people, one by one, on servers that it shares with others")),
    "state": (
        Text(en="active", fr="actif"),
        say("that it is let in, once somebody proposed it"),
    ),
    "sponsor": (Text(), say("who of the company answers for it")),
    "deputy": (Text(), say("who answers for it beside the sponsor")),
    "since": (Text.same("2027-01-01"), say("the first day of the agreement")),
    "until": (Text.same("2027-12-31"), say("its last day; nobody of it stays longer")),
    "terms": (Text(), say("what its people accept first, by the name that it has in the policy file")),
    "max-people": (Text.same("25"), say("how many of its people may be let in at most")),
    "max-invitations": (Text.same("10"), say("how many invitations may wait for an answer at most")),
    "note": (Text(), say("for the company alone")),
}


def field_topics() -> tuple[Topic, ...]:
    """What may be decided about a partner, for help."""
    return tuple(
        Topic(word=Text(en=name, fr=NAMES[name]), values=values, meaning=meaning)
        for name, (values, meaning) in MEANT.items()
    )


def field_named(word: str) -> str:
    """The field that a word of either language names; one that is near to a field's name is given back, to be refused
    with a suggestion. Raises ``InputError`` with all that are possible."""
    name = FIELDS.get(folded(word), folded(word))
    if name in NAMES or get_close_matches(name, NAMES, n=1, cutoff=0.7):
        return name
    known = Text(en=", ".join(NAMES), fr=", ".join(NAMES.values()))
    raise InputError(say("Behind the name of the partner comes what is decided about it, one of: {known}.",
                         known=known))  # fmt: skip


def value_said(name: str, words: tuple[str, ...]) -> Value:
    """What the words mean as a value of the field: names one by one, texts as they are, else one word. Raises
    ``InputError`` where that is none of the possible ones."""
    if name in LISTS:
        parts = (part for word in words for part in word.split(","))
        return [part for part in parts if part not in {"", "-"}]
    text = " ".join(words)
    if name == "name":
        return text_said(text)
    if name == "note":
        return text
    if text in {"-", "none", "aucun", "aucune"}:
        return ""
    return _one_of(name, text) if name in VALUES else text


def _one_of(name: str, text: str) -> str:
    """The rules' word for what is said. Raises ``InputError`` with what it may be, in the reader's language."""
    known, word = VALUES[name] | {own: own for own in POSSIBLE[name]}, folded(text)
    if word in known:
        return known[word]
    if near := get_close_matches(word[:SHOWN], known, n=1, cutoff=0.7):
        guess = Text(en=known[near[0]], fr=POSSIBLE[name][known[near[0]]])
        raise InputError(say("{word} is not known here; did you mean {guess}?", word=shown(text), guess=guess))
    possible = tuple(Text(en=own, fr=french) for own, french in POSSIBLE[name].items())
    raise InputError(say("{word} is not known here; it may be one of: {known}.", word=shown(text), known=possible))


def command_for(partner: str, field: str, value: Value) -> Text:
    """The line that has ``value`` decided for a partner, by its id; None or nothing: that nothing is decided."""
    if not value:
        return Text(en=f"!partner unset {partner} {field}", fr=f"!partenaire oublier {partner} {NAMES[field]}")
    said = ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
    return Text(en=f"!partner set {partner} {field} {said}", fr=f"!partenaire régler {partner} {NAMES[field]} {said}")
