"""Who waited at a door for too long, or in vain: told to planning by the look, which knows the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.rooms import RoomRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``overdue`` hold an invitation, or knock, for longer than the bridge waits; ``refused`` knocked in vain."""

    overdue: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    refused: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)


ENDLESS: Final = Patience()
"""Nobody waited too long."""
