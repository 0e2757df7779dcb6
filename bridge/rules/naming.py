"""Names of rooms and the markers that say whose they are. Nothing here may let a hidden group's name or id out."""

import unicodedata
from typing import Final

from bridge.domain.messages import Language
from bridge.domain.rooms import RoomKind, RoomRef

COVER: Final = {"en": "Private group", "fr": "Groupe privé"}
LETTERS: Final = 4
SPACES: Final = (RoomKind.COMPANY_SPACE, RoomKind.PARTNER_SPACE, RoomKind.SUBSPACE)

APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼ′´`", "'"))
"""A telephone writes L’accueil where the directory has L'accueil."""
ORDER_LENGTH: Final = 50
"""Characters that the place of a child in a space may take (specification, m.space.child)."""


def folded(text: str) -> str:
    """Without capitals, accents, kinds of apostrophes and surplus spaces: what two spellings of one name share."""
    if text.isascii():  # most are, and in a large company there are a million of them
        return " ".join(text.replace("`", "'").casefold().split())
    letters = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def place_in_space(name: str, *, space: bool) -> str:
    """The ``order`` of a room or space among its siblings: spaces first, then by name.

    Made of the name alone, so that another group never moves it. Only printable ASCII is allowed there: letters beyond
    it come after z, in the order of their numbers.
    """
    letters = "".join(one if " " <= one < "~" else f"~{ord(one):x}" for one in folded(name))
    return f"{0 if space else 1} {letters}"[:ORDER_LENGTH].rstrip()


def cover_name(language: Language) -> str:
    """What a hidden group's room is called: the same for all of them, so that it tells nothing."""
    return COVER.get(language, COVER["en"])


def told_apart(cover: str, marker: str) -> str:
    """The cover with four letters of the room's random marker, so that people can tell several such rooms apart."""
    letters = "".join(filter(str.isalnum, marker))[:LETTERS].upper()
    return f"{cover} {letters}".strip()


def plain_marker(ref: RoomRef) -> str:
    """The marker of a room that is not hidden: a group's id; for others a word that no group's id can be."""
    if ref.kind is RoomKind.GROUP:
        return ref.id
    if ref.kind is RoomKind.ADMINS:
        return f"room/{ref}"
    return f"space/{ref}" if ref.kind in SPACES else str(ref)
