"""Somebody posts the link of a hidden group's room where others read along: its member is told so, alone.

Nobody gets in by a link, but whoever sees it learns that there is a room. A handler of dispatch. Whoever is no member
hears nothing, for an answer would tell them that they have found one; the message stays, for the same reason.
"""

from collections.abc import Callable, Mapping
from typing import Final

from bridge.domain.events import Event
from bridge.domain.rooms import RoomKind, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.store import Store
from bridge.rules.facts import is_hidden
from bridge.rules.pointing import pointed_to
from bridge.services.doorstep import News, Notice, tell
from bridge.services.world import NOBODY, World

MESSAGE: Final = "m.room.message"


class Pointing:
    """``news`` is called after somebody is to be told something."""

    name = "pointing"

    def __init__(self, store: Store, *, ours: frozenset[str], clock: Clock, news: Callable[[], None]) -> None:
        self._store = store
        self._ours = ours
        self._clock = clock
        self._news = news
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
        """Once a day for each person, however many links they post."""
        world, now = self._world, self._clock.now()
        if world is None:
            return
        for room_id in sorted(self._pointed(event)):
            group = self._hidden[room_id].id
            members = world.facts.people_of(group)
            if event.sender not in members or self._among(members, world, world.refs[event.room_id]):
                continue
            key = f"linked:{group}:{event.sender}:{now.date()}"
            async with self._store.work() as work:
                await tell(work, Notice(key=key, to=event.sender, news=News.LINKED, group=group), now)
            self._news()

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
