"""The administrators' bot over a household, and people who type every command that it has at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bots.admin.bot import AdminBot
from bots.kit.commands import Command
from bridge.adapters.charts import PillowCharts
from bridge.adapters.language import Catalogues
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.adapters.schedule import CronSchedule
from bridge.domain.events import Event
from bridge.ports.messenger import Messenger
from bridge.services.adminroom import AdminRoom
from bridge.services.botapi import BotApi
from bridge.services.linking import Linking
from bridge.services.probing.running import Probing
from bridge.services.probing.watching import SecrecyWatch
from bridge.services.refusals import Refusals
from bridge.services.rounds import Rounds
from bridge.services.welcoming import Welcoming
from tests.fakes.messenger import FakeMessenger
from tests.fakes.probes import FakeProbes
from tests.services.household import Household
from tests.services.shown import plainly, report
from tests.world import BOT, SERVER, user

CATALOGUES: Final = Catalogues.load()
NEVER_ALIKE: Final = frozenset({"m.relates_to", "io.parvis.claim"})


def bot_api(house: Household, messenger: Messenger) -> BotApi:
    """The doors of a bot to these services, as ``bridge/app/running`` makes them."""
    return BotApi(
        messenger=messenger,
        keeper=MatrixMessenger(house.homeserver.calls, house.store, BOT),
        translator=CATALOGUES,
        clock=house.clock,
        schedule=CronSchedule(),
        chance=house.chance,
        society=house.society,
        groups=house.groups,
        plans=house.plans,
        undoing=house.undoing,
        auditing=house.auditing,
        secrecy=secrecy(house),
        admin_room=AdminRoom(store=house.store),
        policies=house.policies,
        partnerships=house.partnerships,
        glass=house.glass,
        cards=house.cards,
        card_office=house.card_office,
        charts=PillowCharts(),
        status=report(house),
        mailing=None,
        requests=house.requests,
        linking=linking(house),
        digests=house.digests,
        welcoming=Welcoming(),
        rounds=house.rounds,
        slow_rounds=Rounds(clock=house.clock),
        refusals=refusals(house, messenger),
        company="Ateliers Lumière",
        leader="@parvis:corp.example",
        editor="",
        folder=Path(),
        leads=True,
    )


def refusals(house: Household, messenger: Messenger) -> Refusals:
    """Where a bot has invitations refused."""
    rounds = Rounds(clock=house.clock)
    return Refusals(store=house.store, messenger=messenger, clock=house.clock, rounds=rounds)


def secrecy(house: Household) -> SecrecyWatch:
    """The secrecy check, over these services."""
    probing = Probing(policies=house.policies, probes=FakeProbes(), bot=BOT, server=SERVER, aliases="grp_")
    return SecrecyWatch(probing=probing, schedule=CronSchedule())


def linking(house: Household) -> Linking:
    """Links by hand, over these services."""
    return Linking(
        store=house.store,
        directory=lambda: house.world.facts.directory if house.world else None,
        server_name=SERVER,
        clock=house.clock,
        chance=house.chance,
        changed=house.requests.changed,
    )


@dataclass
class Talks:
    """The bot, and rooms with people in them."""

    house: Household
    rooms: Mapping[str, tuple[str, ...]]
    """Who is in each room, beside the bot."""
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    _said: int = 0

    def __post_init__(self) -> None:
        self.bot = AdminBot(bot_api(self.house, self.messenger), {})
        for room_id, people in self.rooms.items():
            self.messenger.room(room_id, *map(user, people))

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command of the bot."""
        return self.bot.commands

    async def told(self, room_id: str, who: str, text: str) -> str:
        """What the bot does about a line: messages and reactions, plainly."""
        self._said += 1
        before, tapped = len(self.messenger.sent), len(self.messenger.reactions)
        event = Event(
            id=f"$said{self._said}",
            room_id=room_id,
            sender=user(who),
            type="m.room.message",
            content={"msgtype": "m.text", "body": text},
            sent_at=self.house.clock.now(),
        )
        if self.bot.wants(event):
            await self.bot.handle(event)
        sent: list[Any] = [
            {key: value for key, value in content.items() if key not in NEVER_ALIKE}
            for _, content in self.messenger.sent[before:]
        ]
        return plainly(self.house, [sent, [emoji for _, emoji in self.messenger.reactions[tapped:]]])


def lines(command: Command, group: str) -> Iterator[str]:
    """A command typed bare, with a group, and with the group and more: whatever its arguments are, some line fits."""
    for name in {command.words("en"), command.words("fr")}:
        yield f"!{name}"
        yield f"!{name} {group}"
        yield f"!help {name}"
    yield f"!{command.words('en')} {user('claire')} {group}"
    yield f"!{command.words('en')} {group} {user('claire')}"
