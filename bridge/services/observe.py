"""Keeps the projection of our rooms from events, and calls for a look when one is not as planned.

A handler of dispatch. Events are hints: a late one may set the projection back for a moment, and the next one, or
the full comparison, mends it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from bridge.domain.events import Event
from bridge.domain.rooms import MARKER, Membership, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.store import Store, UnitOfWork
from bridge.services import breaches, drifts
from bridge.services.comings import note_access
from bridge.services.doorkeeper import Doorkeeper
from bridge.services.world import NOBODY, World

MEMBER: Final = "m.room.member"
POWERS: Final = "m.room.power_levels"


def nothing() -> None:
    """Nobody waits for news."""


class Observer:
    """``wake`` is called after an event that a plan may have to answer, ``news`` when somebody is to be told something
    that ``doorkeeper`` makes of an event."""

    name = "observer"

    def __init__(
        self,
        store: Store,
        *,
        bot: str,
        clock: Clock,
        wake: Callable[[], None],
        doorkeeper: Doorkeeper | None = None,
        news: Callable[[], None] = nothing,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bot = bot
        self._wake = wake
        self._doorkeeper = doorkeeper
        self._news = news
        self._refs: Mapping[str, RoomRef] = {}
        self._world: World | None = None

    def knows(self, world: World) -> None:
        """From now on events are judged against this world."""
        self._world = world
        self._refs = world.refs

    def wants(self, event: Event) -> bool:
        """All states: a room that was made a moment ago is bound already, though not yet in the world last seen."""
        return event.state_key is not None

    def expect(self, event: Event) -> bool:  # noqa: ARG002 - nobody waits for what it does
        return False

    async def handle(self, event: Event) -> None:
        if event.state_key is None:
            return
        told, world = False, self._world
        async with self._store.work() as work:
            ref = await self._serves(work, event)
            if event.type == MEMBER:
                membership = (_membership(event), event.sender == event.state_key)
                await work.rooms.note_members(event.room_id, {event.state_key: membership}, at=self._clock.now())
                if self._doorkeeper and world and ref:
                    told = await self._doorkeeper.note(work, event, membership[0], world, ref)
                    chance, now = self._doorkeeper.chance, self._clock.now()
                    await note_access(work, event, world, ref, chance=chance, now=now)
            else:
                await work.rooms.note_state(event.room_id, (event.type, event.state_key), event.content)
                if world and ref:
                    await drifts.note(work, event, world, ref, self._clock.now())
            if ref:
                broken = await breaches.note(work, event, world, ref, bot=self._bot, now=self._clock.now())
                told = told or broken
        if (ref or event.type == MARKER) and not self._expected(event, ref):
            self._wake()
        if told or (event.type == POWERS and ref is None):
            self._news()  # a room that is to be adopted may wait for somebody to give up power

    async def _serves(self, work: UnitOfWork, event: Event) -> RoomRef | None:
        """What the room is there for. The store also knows it of rooms made since the world was seen: their run may go
        on for long. What we do in them ourselves is not looked up, for a run does a great deal."""
        if (ref := self._refs.get(event.room_id)) or event.sender == self._bot:
            return ref
        return await work.rooms.serves(event.room_id)

    def _expected(self, event: Event, ref: RoomRef | None) -> bool:
        """Whether the event tells nothing new: our own memberships, and another name of somebody inside. That
        somebody came in as planned is new: commands and digests go by who is inside."""
        if event.type != MEMBER:
            return False
        room = self._world.desired.rooms.get(ref) if self._world and ref else None
        inside = self._world.joined.get(ref, NOBODY) if self._world and ref else NOBODY
        if event.sender == self._bot:
            # Who holds its token lets people into rooms of hidden groups, where nobody else can.
            seated = _membership(event) in (Membership.JOIN, Membership.INVITE)
            return room is None or not room.hidden or not seated or event.state_key in room.members
        among = room is not None and event.state_key in room.members and event.state_key in inside
        return among and _membership(event) is Membership.JOIN


def _membership(event: Event) -> Membership:
    """What the event says; a membership that we do not know counts as being out, and the plan decides."""
    word = event.content.get("membership")
    return Membership(word) if word in list(Membership) else Membership.LEAVE
