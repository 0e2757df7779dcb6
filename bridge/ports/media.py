"""Files on our own homeserver, as one bot keeps and reads them, and pictures made fit to be shown.

Used by ``services/cards`` for photos and exports. A file is made in two steps, so that a crash leaves none behind that
nobody knows of: its address is reserved and stored, then it is filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Media(Protocol):
    """All methods raise ``HomeserverError``. Addresses (``uri``) are ``mxc://server/id``."""

    @property
    def deletes(self) -> bool:
        """Whether files can be deleted (an admin token is configured)."""

    async def reserve(self) -> str:
        """An address for a file that is still to come; the homeserver forgets it when that does not come in a day."""

    async def fill(self, uri: str, data: bytes, *, mimetype: str, name: str) -> None:
        """Put a file where it was reserved; being filled already is success. A reservation that is over is refused with
        ``M_NOT_FOUND``."""

    async def fetch(self, uri: str, *, most: int) -> bytes:
        """A file of any server, through our own. Raises ``InputError`` when it has more than ``most`` bytes."""

    async def delete(self, uri: str) -> None:
        """Delete a file of ours with its thumbnails (admin API); gone already is success. Copies that other homeservers
        made stay with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A picture without anything but its pixels: a JPEG, its sides in pixels."""

    data: bytes
    width: int
    height: int


class Pictures(Protocol):
    """Makes photos of what people send."""

    async def portrait(self, data: bytes) -> Portrait:
        """The picture upright, small, without metadata. Raises ``InputError`` for what is no picture of a known kind,
        is damaged, or has too many pixels."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart: how many of something there were on each day."""

    name: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture as PNG, its sides in pixels."""

    data: bytes
    width: int
    height: int


class Charts(Protocol):
    """Draws numbers."""

    async def week(self, rows: Sequence[Row], days: Sequence[str]) -> Chart:
        """A week in bars, a line for each row; ``days`` are the names of the days, of which the first letter is
        shown."""
