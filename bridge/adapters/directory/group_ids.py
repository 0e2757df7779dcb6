"""Ids for groups of which only the name is known. For tables and for realms that were written by hand."""

import hashlib
import unicodedata

from bridge.domain.ids import slug


def group_id(written: str) -> str:
    """A word that is always the same for a name, whatever other groups there are; of an address, its first part.

    Where letters are lost on the way, some that the whole name decides tell it from its like.
    """
    return word_of(written.partition("@")[0])


def word_of(name: str) -> str:
    """The same for a name that is no address."""
    bare = unicodedata.normalize("NFC", name).casefold()
    plain = unicodedata.normalize("NFKD", bare)
    lost = any(not letter.isascii() and not unicodedata.combining(letter) for letter in plain)
    word = slug(bare)
    return f"{word}-{hashlib.sha256(bare.encode()).hexdigest()[:6]}" if lost else word
