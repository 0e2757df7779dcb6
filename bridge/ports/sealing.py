"""Authenticated encryption of what must not be readable in the database file, and blind indexes to find it again."""

from collections.abc import Sequence
from typing import Protocol


class Sealer(Protocol):
    """Seals with the data key. ``context`` binds a value to its place (table, column): elsewhere it does not open."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate."""

    def seal_all(self, plains: Sequence[bytes], context: bytes) -> list[bytes]:
        """The same for many values of one place at once, in their order."""

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes; raises ``StoreError`` when the value was altered, moved or sealed with another key."""

    def index(self, text: str, context: bytes) -> bytes:
        """A keyed hash, equal for equal texts, by which a sealed value is found (32 bytes)."""
