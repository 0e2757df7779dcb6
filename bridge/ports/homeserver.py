"""The company's homeserver, as the application service's own bot sees it: the verbs that services need.

Every method raises ``HomeserverError``. Writes that are not harmless to repeat raise it with ``certain=False`` when
their fate is unknown: the caller looks before it repeats. The adapter waits on 429 and retries the harmless.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from bridge.domain.rooms import Content, Membership, StateKey

RESERVED: Final = "M_EXCLUSIVE"
"""The ``errcode`` of a name that an application service may not touch: one outside its namespaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCreation:
    """A room to create; ``initial_state`` holds (type, state key, content) in order."""

    name: str
    space: bool = False
    federate: bool = True
    version: str | None = None
    power_levels: Content = field(default_factory=dict)
    initial_state: Sequence[tuple[str, str, Content]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """The full present state of a room, as one read gives it; ``left`` are users who left by themselves.

    ``creators`` made it: since room version 12 they stand above all levels.
    """

    room_id: str
    version: str
    state: Mapping[StateKey, Content]
    members: Mapping[str, Membership]
    left: frozenset[str] = frozenset()
    creators: frozenset[str] = frozenset()


class Reach(StrEnum):
    """Whether our homeserver can speak with another one."""

    YES = "yes"
    NO = "no"
    """It does not answer now."""
    FORBIDDEN = "forbidden"
    """One of the two does not speak with the other."""
    UNKNOWN = "unknown"
    UNSEEN = "unseen"
    """They speak with each other; whether there is somebody of this name is not shown."""
    NOBODY = "nobody"
    """They speak with each other, and the other says that there is nobody of this name."""


class Homeserver(Protocol):
    """One homeserver, one identity: the bot of the application service."""

    @property
    def server_name(self) -> str:
        """The part after the colon in our users' ids."""

    @property
    def bot(self) -> str:
        """The user id of the bot."""

    @property
    def joins_directly(self) -> bool:
        """Whether people of ours can be joined at once (an admin token is configured)."""

    @property
    def service_user(self) -> str | None:
        """The user id behind the admin token; it must be in a room, able to invite, to join people there."""

    @property
    def retains(self) -> bool:
        """Whether it is known to delete what is older than a room says (m.room.retention, MSC1763)."""

    async def learn_retention(self) -> None:
        """Ask whether it does."""

    async def reachable(self) -> None:
        """Ask who we are, unless it has just answered something: raises when it is down or the token is wrong."""

    async def reach(self, user_id: str) -> Reach:
        """Whether somebody of another server can be invited now, as far as that can be told without inviting them."""

    async def default_room_version(self) -> str:
        """What version a new room gets."""

    async def create_room(self, creation: RoomCreation) -> str:
        """Create a room; gives its id."""

    async def find_room(self, marker: str, *, besides: Collection[str] = ()) -> str | None:
        """The room among the bot's joined rooms whose marker event names ``marker``: used after an unknown creation.

        ``besides`` are ids of rooms that are known and are not it: a room that it replaces may carry the same marker.
        """

    async def leave_unfinished(self, marker: str) -> int:
        """Leave rooms that were begun for ``marker``, never got it, and hold nobody else; gives how many these were.

        Only after ``find_room`` found none, by whoever alone may create a room with this marker.
        """

    async def read_room(self, room_id: str) -> RoomView:
        """The room's whole state, in one request."""

    async def set_state(self, room_id: str, event_type: str, state_key: str, content: Content) -> None:
        """Write a state event. Repeated only after reading that it did not happen."""

    async def invite(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        """Invite; being invited or joined already is success."""

    async def join_directly(self, room_id: str, user_id: str) -> None:
        """Join a user of ours without asking them (admin API); being joined already is success."""

    async def remove(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        """Kick, or withdraw an invitation or a knock; being out already is success."""

    async def published(self, room_id: str) -> bool:
        """Whether the room directory shows the room."""

    async def publish(self, room_id: str, visible: bool) -> None:
        """Show the room in the room directory, or not."""

    async def aliases(self, room_id: str) -> tuple[str, ...]:
        """The room's local aliases, sorted."""

    async def add_alias(self, alias: str, room_id: str) -> None:
        """Point an alias to the room; pointing there already is success, elsewhere is a conflict."""

    async def remove_alias(self, alias: str) -> None:
        """Forget an alias; unknown is success. What somebody else gave takes the service account, where there is one;
        else, or where even that may not, it is refused (``RESERVED``)."""

    async def enter(self, room_id: str) -> None:
        """Join the bot (it was invited)."""

    async def leave(self, room_id: str) -> None:
        """The bot leaves; being out already is success."""

    async def delete_room(self, room_id: str) -> None:
        """Delete the room with all that was said there (admin API); a room that is gone is success."""

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Any other call of the client-server API, for checks and reports; retried when the method is GET."""
