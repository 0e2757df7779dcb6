"""What waited for too long, or in vain, and what may wait: told to planning by the look, which knows the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.rooms import RoomRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``overdue`` hold an invitation, or knock, for longer than the bridge waits; ``refused`` knocked in vain.

    ``kept`` are aliases that rooms had before, ``spent`` those that they had for long enough. ``contested`` accounts
    stay where they are until people have said whose they are. ``stuck`` are aliases that the homeserver does not let us
    take away.
    """

    overdue: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    refused: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    kept: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    spent: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()
    stuck: Mapping[RoomRef, frozenset[str]] = field(default_factory=dict)


ENDLESS: Final = Patience()
"""Nobody waited too long."""
