"""A household whose administrators have their room, and the bot that tells them things there; it may be killed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bots.admin.bot import herald_of
from bots.admin.herald import Herald
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.directory import Directory
from bridge.domain.findings import Finding
from bridge.domain.rooms import ADMIN_ROOM
from bridge.rules.settings import House
from bridge.services.looking import Here
from bridge.services.watch import LastLook
from bridge.services.witnessing import HEADS
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, Killed, household
from tests.services.talking import CATALOGUES, bot_api
from tests.world import BOT, SERVER, user

ADMINS = frozenset({user("ines"), user("omar")})


@dataclass
class Telling:
    """``findings`` are what the last look found beside the plan."""

    house: Household
    findings: Sequence[Finding] = ()
    herald: Herald = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process."""
        house = self.house
        house.start()
        looker = cast(Here, house.reconciler.looker)
        housed = House(server_name=SERVER, admins=house.admins)
        house.reconciler = replace(house.reconciler, looker=replace(looker, house=housed))
        messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
        api = replace(bot_api(house, FakeMessenger()), messenger=messenger)
        api = replace(api, status=replace(api.status, last=self._last))
        speaker = Speaker(messenger=messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock)
        self.herald = herald_of(api, speaker)

    def _last(self) -> LastLook | None:
        world = self.house.world
        return (
            LastLook(at=self.house.clock.now(), world=world, findings=(*world.findings, *self.findings))
            if world
            else None
        )

    async def settle(self) -> None:
        await self.house.settle()
        await self.house.settle()

    async def survive(self, work: Callable[["Telling"], Any]) -> int:
        """Do it with a death after each step, one after the other; gives how many deaths there were."""
        deaths = 0
        while True:
            fuse = self.house.fuse
            fuse.at, fuse.steps = deaths + 1, 0
            try:
                await work(self)
            except Killed:
                deaths += 1
                fuse.at = 0
                self.start()
                await self.house.settle()
                continue
            fuse.at = 0
            return deaths

    def room(self, group_id: str = "") -> str:
        """The administrators' room, or a group's."""
        bindings = self.house.store.data.bindings.values()
        ref = next(one for one in bindings if (one.ref.id == group_id if group_id else one.ref == ADMIN_ROOM))
        return ref.room_id or ""

    def said(self, room_id: str = "") -> list[dict[str, Any]]:
        """What the bot said in the room, oldest first."""
        timeline = self.house.homeserver.synapse.rooms[room_id or self.room()].timeline
        return [one["content"] for one in timeline if one["type"] in ("m.room.message", HEADS) and one["sender"] == BOT]

    def bodies(self) -> list[str]:
        return [one["body"] for one in self.said()]

    async def next_day(self) -> None:
        await self.house.clock.advance(86_400)


async def telling(source: Directory, **options: Any) -> Telling:
    """A company whose rooms are made, and whose administrators are ``ADMINS``."""
    found = Telling(household(source, admins=ADMINS, **options))
    await found.settle()
    synapse = found.house.homeserver.synapse
    for room_id, room in synapse.rooms.items():
        for one, state in synapse.inside(room_id).items():
            if state == "invite":
                room.join(one)
    await found.house.hear()
    await found.settle()
    return found
