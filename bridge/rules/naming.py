"""Names of rooms and the markers that say whose they are. Nothing here may let a hidden group's name or id out."""

from typing import Final

from bridge.domain.messages import Language
from bridge.domain.rooms import RoomKind, RoomRef

COVER: Final = {"en": "Private group", "fr": "Groupe privé"}
LETTERS: Final = 4


def cover_name(language: Language) -> str:
    """What a hidden group's room is called: the same for all of them, so that it tells nothing."""
    return COVER.get(language, COVER["en"])


def told_apart(cover: str, marker: str) -> str:
    """The cover with four letters of the room's random marker, so that people can tell several such rooms apart."""
    letters = "".join(filter(str.isalnum, marker))[:LETTERS].upper()
    return f"{cover} {letters}".strip()


def plain_marker(ref: RoomRef) -> str:
    """The marker of a room that is not hidden: a group's id; for spaces a word that no group's id can be."""
    return ref.id if ref.kind is RoomKind.GROUP else f"space/{ref}"
