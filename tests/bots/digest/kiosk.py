"""The digest bot over a household with a homeserver, contents written by the test, and a process that may die."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bots.digest.bot import DigestBot
from bots.kit.talk import MEMBER
from bridge.adapters.matrix.messenger import MatrixMessenger, resend_open
from bridge.domain.activity import Reason, Why
from bridge.domain.digest import NO_TASTE, Digest, Item, Kind, Section, Taste, Week
from bridge.domain.errors import HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import Text
from bridge.domain.sending import Delivery, room_reader
from bridge.services.rounds import Rounds
from tests.fakes.homeserver import texts
from tests.services.household import DIGEST, Household, Killed, household
from tests.services.talking import bot_api
from tests.world import directory, group, user

MONDAY: Final = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris, a week after the bridge began."""


@dataclass
class FakeContents:
    """Digests that the test wrote: how many items of which groups each reader gets. ``secret`` are hidden groups."""

    items: dict[str, Sequence[str]] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)
    asked: list[tuple[str, Week, Taste, Mapping[str, datetime]]] = field(default_factory=list)

    async def of(
        self,
        reader: str,
        week: Week,
        *,
        taste: Taste = NO_TASTE,
        shown: Mapping[str, datetime] | None = None,
        secrets: bool = True,
    ) -> Digest | None:
        self.asked.append((reader, week, taste, shown or {}))
        groups = [one for one in self.items.get(reader, ()) if one not in taste.muted]
        return self._digest(reader, week, [one for one in groups if secrets or one not in self.secret])

    async def of_room(
        self, group: str, week: Week, *, taste: Taste = NO_TASTE, shown: Mapping[str, datetime] | None = None
    ) -> Digest | None:
        self.asked.append((group, week, taste, shown or {}))
        return self._digest(room_reader(group), week, self.items.get(room_reader(group), ()))

    def readers(self) -> list[str]:
        return sorted(reader for reader in self.items if reader.startswith("@"))

    def _digest(self, reader: str, week: Week, groups: Sequence[str]) -> Digest | None:
        sections = [
            Section(group=one, name=Text.same(one.title()), secret=one in self.secret,
                    items=(self._item(number, one, reader, week),))
            for number, one in enumerate(groups, start=1)
        ]  # fmt: skip
        return Digest(reader=reader, week=week, sections=tuple(sections)) if sections else None

    def _item(self, number: int, group_id: str, reader: str, week: Week) -> Item:
        return Item(
            number=number,
            kind=Kind.THREAD,
            thread=f"$root-{group_id}-{week}",
            group=group_id,
            url=f"https://matrix.to/#/!{group_id}",
            reason=Reason(Why.LIVELY),
            title=f"About {group_id} for {reader}",
            writers=3,
            last=week.end - timedelta(days=1),
        )


def company() -> Household:
    """Two groups, one that has no part in digests, and a hidden one; ``ines`` is an administrator."""
    return household(
        directory(
            group("news").public().members("ann", "bob", "eve").owners("bob"),
            group("it").members("ann", "bob"),
            group("quiet").members("bob").owners("bob").having(digest=False),
            group("deal").hidden().members("ann"),
        )
    )


@dataclass
class Kiosk:
    """``deaths`` says how many steps each of the next lives has: before and after each call, and each commit."""

    house: Household
    contents: FakeContents = field(default_factory=FakeContents)
    config: Mapping[str, Any] = field(default_factory=lambda: {"window": "0m", "report": "false"})
    deaths: list[int] = field(default_factory=list)
    lives: int = 0

    def __post_init__(self) -> None:
        self.house.fuse.steps = 0
        self._dies_at = self._next()
        self.start()

    @classmethod
    async def opened(cls, deaths: Sequence[int] = (), **fields: Any) -> "Kiosk":
        """A company that is settled, and a bot that has begun."""
        house = company()
        await house.settle()
        await house.settle()
        kiosk = cls(house, **fields)
        await kiosk.go_round()
        kiosk.house.fuse.steps = 0
        kiosk.deaths = [*deaths]
        kiosk._dies_at = kiosk._next()
        return kiosk

    def start(self) -> None:
        """A new process over the same store and homeserver."""
        last = getattr(self.house, "world", None)
        self.house.start()
        self.house.world = last
        self.rounds, self.bot = self.another()
        self.lives += 1

    def another(self) -> tuple[Rounds, DigestBot]:
        """One more process."""
        messenger = MatrixMessenger(self.house.homeserver.calls, self.house.store, DIGEST)
        rounds = Rounds(clock=self.house.clock)
        api = replace(bot_api(self.house, messenger), rounds=rounds, slow_rounds=rounds, leads=False)
        return rounds, DigestBot(api, self.config, contents=self.contents)

    async def survive(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Do it, with as many deaths as come; after each a new process does it again."""
        fuse = self.house.fuse
        while True:
            fuse.at = self._dies_at
            with suppress(BaseExceptionGroup, Killed):
                await work()
            fuse.at = 0
            if not 0 < self._dies_at <= fuse.steps:
                return
            self._dies_at = self._next()
            self.start()
            self.house.clock.set(self.house.clock.now() + timedelta(minutes=6))
            await resend_open(self.house.homeserver.calls, self.house.store)

    def _next(self) -> int:
        return self.house.fuse.steps + self.deaths.pop(0) if self.deaths else 0

    async def go_round(self, at: datetime | None = None) -> None:
        """One round of the bridge, at a moment."""
        if at is not None:
            self.house.clock.set(at)
        await self.survive(self._errands)

    async def _errands(self) -> None:
        for errand in self.rounds.errands:
            with suppress(HomeserverError):
                await errand()

    def room(self, person: str) -> str:
        """The conversation of the bot with somebody."""
        synapse = self.house.homeserver.synapse
        shared = [
            id_
            for id_, one in synapse.rooms.items()
            if one.creator == DIGEST and one.membership(person) in ("invite", "join")
        ]
        assert len(shared) == 1, f"{person} has {len(shared)} conversations"
        return shared[0]

    def told(self, person: str) -> list[str]:
        """All that stands in their conversation; nothing where there is none."""
        synapse = self.house.homeserver.synapse
        rooms = [id_ for id_, one in synapse.rooms.items() if one.creator == DIGEST and (MEMBER, person) in one.state]
        return [str(one) for room in rooms for one in texts(synapse, room)]

    def digests(self, person: str) -> list[str]:
        """The first lines of those that they got."""
        return [one.splitlines()[0] for one in self.told(person) if one.startswith("Your week until")]

    async def write(self, person: str, body: str) -> str:
        """They write something; gives what the bot said last."""
        await self.send(person, "m.room.message", {"msgtype": "m.text", "body": body})
        return self.told(person)[-1]

    async def react(self, person: str, target: str, emoji: str, *, room: str = "") -> str:
        """They react to an event, in the conversation or in a ``room``; gives the reaction's id."""
        relation = {"rel_type": "m.annotation", "event_id": target, "key": emoji}
        return await self.send(person, "m.reaction", {"m.relates_to": relation}, room=room)

    async def send(self, person: str, kind: str, content: dict[str, Any], *, room: str = "", **fields: Any) -> str:
        """They send something, a minute later."""
        house, room = self.house, room or self.room(person)
        house.clock.set(house.clock.now() + timedelta(minutes=1))
        event_id = house.homeserver.synapse.room(room).say(person, kind, content)
        await self.hear(
            Event(id=event_id, room_id=room, sender=person, type=kind, content=content,
                  sent_at=house.clock.now(), **fields)
        )  # fmt: skip
        return event_id

    async def hear(self, event: Event) -> None:
        """An event from the inbox: until a life has handled it."""

        async def handle() -> None:
            if self.bot.wants(event):
                await self.bot.handle(event)

        await self.survive(handle)

    async def move_in(self) -> None:
        """Everybody accepts what they are invited to, and the bridge hears of it."""
        self.house.homeserver.people.accept_everything({ANN, BOB, EVE})
        await self.house.hear()
        self.house.world = await self.house.settle()

    def come_in(self, person: str) -> None:
        """They accept the invitation in their client."""
        self.house.homeserver.people.join(person, self.room(person))

    def delivery(self, reader: str, week: str) -> Delivery | None:
        """What the store knows."""
        return self.house.store.data.deliveries.get((reader, week))


ANN, BOB, EVE = user("ann"), user("bob"), user("eve")
