"""What the homeserver tells of single messages in rooms of ours, and of who came into them. Asked when a digest is
made; nothing of it is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bridge.domain.rooms import Content, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A message that stands for a conversation. ``said`` is its content, with the last edit; empty where it is no
    message or cannot be read.

    ``history`` is the room's history visibility at the message, in the order of the room's events. ``there`` are the
    memberships at it, of those in the room or invited then; None where ``history`` opens it to everybody who came.
    """

    room: str
    event: str
    sender: str
    said: Content = field(default_factory=dict, repr=False)
    history: str
    there: Mapping[str, Membership] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody came in, ``at`` by the clock of their server."""

    user: str
    at: datetime


class Conversations(Protocol):
    """As the bridge's own bot reads them, which is in every room of a group. All methods raise ``HomeserverError``."""

    async def opening(self, room_id: str, event_id: str) -> Opening | None:
        """One message with what decides who could read it; None when it is gone, or was taken back."""

    async def comings(self, room_id: str, *, since: datetime, most: int) -> Sequence[Coming]:
        """Who came into a room since then, the latest first, at most ``most``."""

    async def named(self, room_id: str, user: str) -> str:
        """What somebody calls themselves in a room, as all who are in it see; nothing where that is not known."""

    async def made(self, room_id: str) -> datetime | None:
        """When a room was made, by the clock of its homeserver; None where that cannot be read."""
