"""What may be decided about a group, as people type it and read about it: names in both languages, values, effects.

Used by ``policies`` for the help of ``!group set`` and by ``groups`` for the lines that change something.
"""

from typing import Final

from bots.kit.commands import Topic
from bridge.domain.messages import Language, Message, Text, say

NAMES: Final = {
    "name": "nom",
    "purpose": "but",
    "visibility": "visibilité",
    "listed": "annuaire",
    "mandatory": "obligatoire",
    "parent": "parent",
    "owners": "propriétaires",
    "moderators": "modérateurs",
    "delegates": "délégués",
    "members": "membres",
    "partners": "partenaires",
    "moderating": "modération",
    "membership": "appartenance",
    "requests": "demandes",
    "posting": "écriture",
    "inviting": "invitations",
    "vouching": "garants",
    "history": "historique",
    "encrypted": "chiffrement",
    "retention": "conservation",
    "digest": "résumé",
    "language": "langue",
    "welcome": "bienvenue",
    "template": "modèle",
}
"""Fields as they are typed in French."""

VALUES: Final = {
    "visibility": Text(en="public, invite-only, hidden", fr="publique, invitation, cachée"),
    "listed": Text(en="yes, no", fr="oui, non"),
    "mandatory": Text(en="yes, no", fr="oui, non"),
    "membership": Text(en="directory, owners, both", fr="annuaire, propriétaires, les-deux"),
    "requests": Text(en="bot, knock, none", fr="robot, frapper, aucune"),
    "posting": Text(en="all, owners", fr="tous, propriétaires"),
    "inviting": Text(
        en="default, nobody, owners, moderators, all", fr="défaut, personne, propriétaires, modérateurs, tous"
    ),
    "vouching": Text(en="one, two", fr="un, deux"),
    "history": Text(en="default, joined, invited, shared", fr="défaut, arrivée, invitation, tout"),
    "encrypted": Text(en="default, yes, no", fr="défaut, oui, non"),
    "retention": Text(en="default, 90, 12w, 6m, 1y", fr="défaut, 90, 12 semaines, 6 mois, 1 an"),
    "digest": Text(en="yes, no", fr="oui, non"),
    "language": Text(en="en, fr", fr="fr, en"),
}
"""The values that a field may have, as they are typed; other fields take a text, names or ids."""

MEANT: Final[dict[str, Message]] = {
    "name": say("what people call it; its room stays"),
    "purpose": say("what it is for, which its room shows as the topic"),
    "visibility": say("who may know that it exists: everybody of its audience, who may or may not come in, or members"),
    "listed": say("a public group stands in the room directory and has an alias, for all who reach the homeserver"),
    "mandatory": say("whoever leaves is invited again"),
    "parent": say("the group above it, in whose space it stands"),
    "owners": say("who decides about it, keeps order and lets people in"),
    "moderators": say("who keeps order among people and messages"),
    "delegates": say("who administers it and every group below it"),
    "members": say("who belongs to it, where owners say so"),
    "partners": say("which partners take part; their servers learn of the room"),
    "moderating": say("partners whose people may be named moderators; otherwise they are members"),
    "membership": say("who says who belongs to it: the directory, its owners, or both"),
    "requests": say("how somebody asks to be let in: by !join, by knocking too, or not at all"),
    "posting": say("who writes: all, or owners and moderators while everybody reads and reacts"),
    "inviting": say("whose own invitations let somebody in; nobody's where it is hidden or admits partners"),
    "vouching": say("how many agree before somebody of a partner comes in; two: never who invites them alone"),
    "history": say("what members read of the past: since they joined, since they were invited, or everything"),
    "encrypted": say("whether its room is encrypted, from its making; it is never switched off again in that room"),
    "retention": say("days after which our homeserver deletes what was said, where it does that at all"),
    "digest": say("whether the weekly digest may tell what goes on in it, to those who may know of it"),
    "language": say("the language in which the bots speak in its room"),
    "welcome": say("what is said to whoever comes in"),
    "template": say("from where everything comes that nobody says otherwise"),
}
"""What each field does, in plain words."""


def field_word(name: str, language: Language) -> str:
    """How the field is typed by people of this language."""
    return NAMES.get(name, name) if language == "fr" else name


def field_topics() -> tuple[Topic, ...]:
    """Every field with its values and its effect, for help."""
    return tuple(
        Topic(word=Text(en=name, fr=NAMES[name]), values=VALUES.get(name, Text()), meaning=meant)
        for name, meant in MEANT.items()
    )


def setting_line(name: str, group: str, language: Language) -> str:
    """The line by which the field is decided; people put one of the values in place of the dots."""
    command = "!groupe régler" if language == "fr" else "!group set"
    return f"{command} {group} {field_word(name, language)} …"


def forgetting_line(name: str, group: str, language: Language) -> str:
    """The line by which the decision about the field is taken back."""
    command = "!groupe oublier" if language == "fr" else "!group unset"
    return f"{command} {group} {field_word(name, language)}"
