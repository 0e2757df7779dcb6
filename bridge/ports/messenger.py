"""Speaking in rooms, as one bot. Every message is claimed in the store first, so that none is sent twice or lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.domain.rooms import Content, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Who can read in a room, now or later: read from the homeserver at the moment of answering."""

    room_id: str
    members: Mapping[str, Membership]
    join_rule: str
    history: str
    encrypted: bool
    allow: frozenset[str] = frozenset()
    """Room ids whose members may join a restricted room."""


class Messenger(Protocol):
    """One bot's voice. All methods raise ``HomeserverError``."""

    @property
    def user_id(self) -> str:
        """Who speaks."""

    async def send(self, room_id: str, content: Content, *, claim: str, event_type: str = "m.room.message") -> str:
        """Send once and for ever: the same ``claim`` never makes a second event, whatever crashed; gives its id.

        The claim is carried in the content as ``io.parvis.claim`` and is looked for in the room when the fate of an
        earlier attempt is unknown.
        """

    async def surroundings(self, room_id: str) -> Surroundings:
        """Who can read along."""

    async def join(self, room_id: str) -> None:
        """Accept an invitation."""

    async def leave(self, room_id: str) -> None:
        """Refuse an invitation or go."""

    async def display_name(self, user_id: str) -> str:
        """What a person calls themselves, or their localpart."""

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Any other call of the client-server API as this bot."""
