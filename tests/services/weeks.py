"""Weeks of conversation in a household, recorded as on a real homeserver, and the digests that come of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.domain.digest import Digest, Week
from bridge.domain.events import Event
from bridge.domain.viewers import alone
from bridge.services.activity.recording import Recorder
from tests.fakes.clock import START
from tests.services.household import GUIDE, Household
from tests.world import BOT, user


@dataclass
class Weeks:
    """A household whose rooms are recorded. Time goes on only when somebody does something ``after`` hours."""

    house: Household
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.recorder = Recorder(clock=self.house.clock, ours=frozenset({BOT, GUIDE}))

    @property
    def week(self) -> Week:
        """The seven days that were over this morning."""
        return Week.before(self.house.clock.now())

    async def pass_by(self, *, hours: float = 0, days: float = 0) -> None:
        await self.house.clock.advance(timedelta(hours=hours, days=days).total_seconds())

    async def until(self, hours: float) -> None:
        """So many hours after everything began, however long making rooms took."""
        await self.house.clock.advance((START + timedelta(hours=hours) - self.house.clock.now()).total_seconds())

    async def settle(self) -> None:
        """Rooms are made, and whoever is invited comes in."""
        await self.house.settle()
        people = {one for room in self.house.homeserver.synapse.rooms.values() for _, one in room.state if one}
        self.house.homeserver.people.accept_everything(people)
        await self.house.hear()
        world = await self.house.settle()
        self.recorder.knows(world)

    async def say(
        self, who: str, group: str, body: str, *, under: str = "", calls: tuple[str, ...] = (), after: float = 1
    ) -> str:
        """Somebody writes in the room of a group, in the thread ``under`` a message; gives the event."""
        await self.pass_by(hours=after)
        content: dict[str, Any] = {"msgtype": "m.text", "body": body}
        if under:
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": under, "is_falling_back": True,
                                       "m.in_reply_to": {"event_id": under}}  # fmt: skip
        if calls:
            content["m.mentions"] = {"user_ids": [user(one) for one in calls]}
        return await self._write(who, group, "m.room.message", content)

    async def react(self, who: str, group: str, to: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": to, "key": key}
        return await self._write(who, group, "m.reaction", {"m.relates_to": relation})

    async def take_back(self, who: str, group: str, event: str) -> None:
        await self._write(who, group, "m.room.redaction", {"redacts": event})

    async def talk(self, group: str, title: str, *people: str, after: float = 1) -> str:
        """A thread in which these people write, one after the other; gives its first message."""
        first = await self.say(people[0], group, title, after=after)
        for who in people[1:]:
            await self.say(who, group, f"{who} answers at some length, as one does.", under=first)
        return first

    async def digest(self, who: str, **more: Any) -> Digest | None:
        return await self.house.digests.of(user(who), self.week, **more)

    def knows(self, who: str, group: str) -> bool:
        access = self.house.society.access()
        return access is not None and access.may_know(alone(user(who)), group)

    async def _write(self, who: str, group: str, kind: str, content: dict[str, Any]) -> str:
        room_id = self.house.room(group)
        synapse = self.house.homeserver.synapse
        event_id = synapse.room(room_id).say(user(who), kind, content)
        await self.record(room_id)
        return event_id

    async def record(self, room_id: str) -> None:
        for raw in list(self.house.homeserver.synapse.rooms[room_id].timeline):
            if raw["event_id"] in self._known or "state_key" in raw:
                continue
            self._known.add(raw["event_id"])
            sent = datetime.fromtimestamp(raw["origin_server_ts"] / 1000, UTC)
            event = Event(
                id=raw["event_id"],
                room_id=room_id,
                sender=raw["sender"],
                type=raw["type"],
                content=raw["content"],
                redacts=raw["content"].get("redacts"),
                sent_at=sent,
            )
            if self.recorder.wants(event):
                async with self.house.store.work() as work:
                    await self.recorder.keep(work, [event])
