"""Somebody posts the link of a hidden group's room where others read along: its member is told so, alone.

Nobody gets in by a link, but whoever sees it learns that there is a room. A handler of dispatch. Whoever is no member
hears nothing, for an answer would tell them that they have found one; the message stays, for the same reason. A
member's message is redacted where the configuration says so and we may. In encrypted rooms nothing can be read.
"""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.rooms import RoomKind, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.messenger import Messenger
from bridge.ports.store import Store
from bridge.rules.facts import is_hidden
from bridge.rules.pointing import pointed_to
from bridge.services.doorstep import News, Notice, tell
from bridge.services.world import NOBODY, World

MESSAGE: Final = "m.room.message"
REDACTION: Final = "m.room.redaction"

log = structlog.get_logger()


class Pointing:
    """``news`` is called after somebody is to be told something; the ``redactor`` takes messages away, if there is
    one."""

    name = "pointing"

    def __init__(
        self,
        store: Store,
        *,
        ours: frozenset[str],
        clock: Clock,
        news: Callable[[], None],
        redactor: Messenger | None = None,
    ) -> None:
        self._store = store
        self._ours = ours
        self._clock = clock
        self._news = news
        self._redactor = redactor
        self._world: World | None = None
        self._hidden: Mapping[str, RoomRef] = {}

    def knows(self, world: World) -> None:
        """From now on messages are judged against this world."""
        groups = world.facts.directory.groups
        self._world = world
        self._hidden = {
            room_id: ref
            for room_id, ref in world.refs.items()
            if ref.kind is RoomKind.GROUP and ref.id in groups and is_hidden(groups[ref.id])
        }

    def wants(self, event: Event) -> bool:
        """Messages of people that point to a hidden room from another room."""
        if event.type != MESSAGE or event.state_key is not None or not self._hidden or event.sender in self._ours:
            return False
        return bool(self._pointed(event))

    def expect(self, event: Event) -> bool:  # noqa: ARG002 - nobody waits for what it does
        return False

    async def handle(self, event: Event) -> None:
        """Once a day for each person, however many links they post; each time when their message is redacted.

        Raises ``HomeserverError`` where that has to wait, and ``StoreError``.
        """
        groups = [self._hidden[room_id].id for room_id in sorted(self._pointed(event))]
        shown = [group for group in groups if self._is_shown(event, group)]
        if not shown:
            return
        redacted, now = await self._redacted(event), self._clock.now()
        for group in shown[:1] if redacted else shown:
            key = f"redacted:{event.id}" if redacted else f"linked:{group}:{event.sender}:{now.date()}"
            news = News.LINK_REDACTED if redacted else News.LINKED
            async with self._store.work() as work:
                await tell(work, Notice(key=key, to=event.sender, news=news, group=group), now)
        self._news()

    def _is_shown(self, event: Event, group: str) -> bool:
        """Whether a member of the group says it where others read along."""
        world = self._world
        if world is None:
            return False
        members = world.facts.people_of(group)
        return event.sender in members and not self._among(members, world, world.refs[event.room_id])

    async def _redacted(self, event: Event) -> bool:
        """Whether the message is gone. Nothing says why: everybody in the room reads the redaction."""
        if self._redactor is None:
            return False
        try:
            await self._redactor.send(
                event.room_id, {"redacts": event.id}, claim=f"redact:{event.id}", event_type=REDACTION
            )
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("a redaction is refused", errcode=error.errcode)
            return False
        return True

    def _among(self, members: frozenset[str], world: World, ref: RoomRef) -> bool:
        """Whether nobody but these people and our bots is in the room or may come in, as far as that was seen."""
        room, inside = world.desired.rooms.get(ref), world.joined.get(ref, NOBODY)
        if room is None or room.open_to_employees or room.open_to_partners:
            return False
        return members.union(self._ours).issuperset((*inside.users(), *room.members))

    def _pointed(self, event: Event) -> frozenset[str]:
        """Hidden rooms that a message in another room of ours points to."""
        if self._world is None or event.room_id not in self._world.refs:
            return frozenset()
        return (pointed_to(event.content) & self._hidden.keys()) - {event.room_id}
