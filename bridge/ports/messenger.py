"""Speaking in rooms, as one bot. Every message is claimed in the store first, so that none is sent twice or lost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from bridge.domain.rooms import Content, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Who can read in a room, now or later, as the homeserver says it; right until a state event of the room comes."""

    room_id: str
    members: Mapping[str, Membership]
    join_rule: str
    history: str
    encrypted: bool
    allow: frozenset[str] = frozenset()
    """Room ids whose members may join a restricted room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What somebody who is invited reads in their client, in their language: who calls, and why. An empty ``name``
    leaves the one that the bot has everywhere."""

    name: str = ""
    reason: str = ""


Called: TypeAlias = Callable[[str], Awaitable[Calling]]
"""By the user id of who is invited."""


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

    async def said(self, claim: str) -> str | None:
        """The event that ``claim`` made, found or sent now if an earlier attempt was cut short; None if there was none.

        After a restart this tells whether something was said already, where saying it now would be wrong.
        """

    async def edit(self, room_id: str, event_id: str, content: Content, *, claim: str) -> str:
        """Make one's own message say ``content`` from now on, once and for ever like ``send``; gives the edit's id."""

    async def revise(self, room_id: str, event_id: str, content: Content) -> None:
        """The same for the moment: one attempt, remembered nowhere. For progress, of which the next word replaces the
        last one: an edit found unsent at the next start would overwrite the end."""

    async def react(self, room_id: str, event_id: str, key: str, *, claim: str) -> None:
        """Put the emoji ``key`` on an event, once; there already is success."""

    async def direct_room(self, user_id: str) -> str:
        """The conversation of this bot with the person: the one remembered, else a new one to which they are invited.

        One per person whatever crashed. Whether anybody else reads along is checked each time; where somebody does,
        another one is made. Who left it is invited again.
        """

    async def keep_direct(self, user_id: str, room_id: str) -> None:
        """The person opened this conversation: remember it for ``direct_room``, unless they are in another already."""

    async def conversation_with(self, user_id: str) -> str | None:
        """The conversation of this bot with the person in which they are. None is made where there is none."""

    async def surroundings(self, room_id: str) -> Surroundings:
        """Who can read along."""

    async def is_in(self, room_id: str) -> bool:
        """Whether the bot itself is in the room, by what ``moved`` told it since it asked last: each bot hears the
        conversations of the others, too."""

    def moved(self, room_id: str, *, inside: bool) -> None:
        """The bot was seen to come into a room, or to be out of it."""

    async def join(self, room_id: str) -> None:
        """Accept an invitation."""

    async def leave(self, room_id: str) -> None:
        """Refuse an invitation or go."""

    async def display_name(self, user_id: str) -> str:
        """What a person calls themselves, or their localpart."""

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Any other call of the client-server API as this bot."""
