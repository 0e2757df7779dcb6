"""What doing an action needs: the rooms known so far, how their state is encoded, the trail around every call.

``doing.py`` and ``parting.py`` stand on it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, say
from bridge.domain.rooms import Binding, RoomRef, group_of
from bridge.planning.actions import Action
from bridge.ports.homeserver import Homeserver
from bridge.ports.messenger import Messenger
from bridge.rules.naming import plain_marker
from bridge.rules.state import Frame
from bridge.services.applying.ledger import Ledger, Note
from bridge.services.applying.way import Going, Way

Sealed: TypeAlias = Callable[[], Awaitable[None]]
"""Makes sure that the bot has no device; raises ``HomeserverError`` when it has one that stays."""


async def unasked() -> None:
    """Where nobody looks after devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """One run at work. ``bindings`` and ``room_ids`` grow as rooms are created, and lose what is let go."""

    homeserver: Homeserver
    messenger: Messenger
    ledger: Ledger
    bindings: dict[RoomRef, Binding]
    room_ids: dict[RoomRef, str]
    compartments: dict[RoomRef, str]
    employees: frozenset[str]
    language: str
    room_version: str
    going: Going = field(default_factory=lambda: Going(Way(), urgent=False))
    """Asked before each step whether it may be done."""
    sealed: Sealed = unasked
    """Asked before a room becomes encrypted."""
    made: set[RoomRef] = field(default_factory=set)
    """The rooms that this run created."""
    name_of: Callable[[RoomRef], Message] = field(default=lambda ref: say("{room}", room=str(ref)))

    def room_id(self, ref: RoomRef) -> str:
        """The room of a reference; raises when it could not be created in this run."""
        binding = self.bindings.get(ref)
        if binding is None or binding.room_id is None:
            raise HomeserverError(
                say("The room {room} does not exist yet, so what depends on it waits.", room=self.name_of(ref)),
                kind=ErrorKind.CONFLICT,
            )
        return binding.room_id

    def frame(self, ref: RoomRef) -> Frame:
        """What the encoding of a room's state needs to know besides its settings."""
        binding = self.bindings[ref]
        hidden = bool(self.compartments.get(ref))
        return Frame(
            bot=self.homeserver.bot,
            room_version=binding.version or self.room_version,
            marker=binding.marker if hidden or not binding.room_id else plain_marker(ref),
            room_ids=self.room_ids,
            service_user=None if hidden else self.homeserver.service_user,
        )

    async def record(
        self, action: Action, kind: str, detail: dict[str, Any], act: Callable[[], Awaitable[Note]]
    ) -> None:
        """One entry of the trail around ``act``."""
        detail = {"room": str(action.ref), "reason": str(action.reason), **detail}
        await self.ledger.record(kind, self.compartments.get(action.ref, ""), detail, act)

    def finding(self, kind: str, action: Action, subject: str, text: Message) -> Finding:
        """What could not be done, for the group that it concerns."""
        return Finding(kind, subject, text, group_of(action.ref, self.bindings.get(action.ref)))
