"""The onboarding bot over a household with a homeserver, people who talk to it, and a process that may die."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from bots.onboarding.bot import OnboardingBot
from bridge.adapters.matrix.messenger import MatrixMessenger, resend_open
from bridge.domain.errors import HomeserverError
from bridge.domain.events import Event
from bridge.services.rounds import Rounds
from tests.fakes.homeserver import texts
from tests.services.household import Household, Killed, event_of
from tests.services.talking import bot_api
from tests.world import SERVER

WELCOME: Final = f"@parvis_welcome:{SERVER}"


@dataclass
class Parlour:
    """``deaths`` says how many steps each of the next lives has: before and after each call, and each commit."""

    house: Household
    deaths: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lives: int = 0

    def __post_init__(self) -> None:
        self.house.fuse.steps = 0
        self._dies_at = self._next()
        self.start()

    def start(self) -> None:
        """A new process over the same store and homeserver."""
        world = getattr(self.house, "world", None)
        self.house.start()
        self.house.world = world
        messenger = MatrixMessenger(self.house.homeserver.calls, self.house.store, WELCOME)
        self.rounds = Rounds(clock=self.house.clock)
        api = replace(bot_api(self.house, messenger), rounds=self.rounds, slow_rounds=self.rounds, leads=False)
        self.bot = OnboardingBot(api, {})
        self.lives += 1

    async def survive(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Do it, with as many deaths as come; after each a new process does it again, from the beginning."""
        fuse = self.house.fuse
        while True:
            fuse.at = self._dies_at
            try:
                with suppress(BaseExceptionGroup):
                    await work()
            except Killed:
                pass
            fuse.at = 0
            if not 0 < self._dies_at <= fuse.steps:
                return
            self._dies_at = self._next()
            self.start()
            self.house.clock.set(self.house.clock.now() + timedelta(seconds=20))
            await resend_open(self.house.homeserver.calls, self.house.store)

    def _next(self) -> int:
        """After how many steps in all the next death comes; 0 for never."""
        return self.house.fuse.steps + self.deaths.pop(0) if self.deaths else 0

    async def go_round(self) -> None:
        """One round of the bridge, whatever dies in it."""
        await self.survive(self._errands)

    async def _errands(self) -> None:
        for errand in self.rounds.errands:
            with suppress(HomeserverError):
                await errand()

    async def hear(self, event: Event) -> None:
        """An event from the inbox: again and again until a life has handled it."""
        self.events.append(event)

        async def handle() -> None:
            if self.bot.wants(event):
                await self.bot.handle(event)

        await self.survive(handle)

    async def hear_raw(self, room_id: str, raw: Mapping[str, Any]) -> None:
        """An event as it stands in a room."""
        await self.hear(event_of(room_id, raw))

    def room(self, person: str) -> str:
        """The conversation of the bot with somebody."""
        rooms = self.house.homeserver.synapse.rooms
        shared = [one for one in rooms if {WELCOME, person} == set(self.house.homeserver.synapse.inside(one))]
        assert len(shared) == 1, f"{person} has {len(shared)} conversations"
        return shared[0]

    def come_in(self, person: str) -> None:
        """They accept the invitation in their client."""
        self.house.homeserver.people.join(person, self.room(person))

    async def write(self, person: str, body: str, **content: Any) -> Event:
        """They write something."""
        return await self.send(person, "m.room.message", {"msgtype": "m.text", "body": body, **content})

    async def send(self, person: str, kind: str, content: dict[str, Any]) -> Event:
        """They send something, a minute later."""
        self.house.clock.set(self.house.clock.now() + timedelta(minutes=1))
        event_id = self.house.homeserver.synapse.room(self.room(person)).say(person, kind, content)
        event = Event(
            id=event_id,
            room_id=self.room(person),
            sender=person,
            type=kind,
            content=content,
            sent_at=self.house.clock.now(),
        )
        await self.hear(event)
        return event

    def told(self, person: str) -> Sequence[str]:
        """All that stands in their conversation, in order, theirs included."""
        return [str(one) for one in texts(self.house.homeserver.synapse, self.room(person))]
