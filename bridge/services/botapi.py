"""What a bot is handed: the doors through which it reaches everything. Made by ``bridge/app`` for each bot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from bridge.domain.digest import Digest, Week
from bridge.domain.errors import ParvisError
from bridge.ports.bots import Handler
from bridge.ports.clock import Chance, Clock
from bridge.ports.language import Translator
from bridge.ports.media import Charts
from bridge.ports.messenger import Messenger
from bridge.ports.schedule import Schedule
from bridge.services.adminroom import AdminRoom
from bridge.services.auditing import Auditing
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.office import CardOffice
from bridge.services.digests.digests import Digests
from bridge.services.glass import Glass
from bridge.services.groups import Groups
from bridge.services.linking import Linking
from bridge.services.mailing import Mailing
from bridge.services.partnerships import Partnerships
from bridge.services.plans import Plans
from bridge.services.policies import Policies
from bridge.services.probing.watching import SecrecyWatch
from bridge.services.refusals import Refusals
from bridge.services.requests import Requests
from bridge.services.rounds import Rounds
from bridge.services.society import Society
from bridge.services.status import StatusReport
from bridge.services.undoing import Undoing
from bridge.services.welcoming import Welcoming


@dataclass(frozen=True, slots=True, kw_only=True)
class BotApi:
    """Services, and a messenger that speaks as this bot."""

    messenger: Messenger
    keeper: Messenger
    """Speaks in the rooms of groups, as the user who keeps them."""
    translator: Translator
    clock: Clock
    schedule: Schedule
    chance: Chance
    society: Society
    groups: Groups
    plans: Plans
    undoing: Undoing
    auditing: Auditing
    secrecy: SecrecyWatch
    admin_room: AdminRoom
    policies: Policies
    partnerships: Partnerships
    glass: Glass
    cards: CardDesk
    card_office: CardOffice
    charts: Charts
    status: StatusReport
    mailing: Mailing | None
    """Letters by e-mail; None where the configuration says nothing about mail."""
    requests: Requests
    linking: Linking
    digests: Digests
    welcoming: Welcoming
    rounds: Rounds
    slow_rounds: Rounds
    """For what takes long, so that it keeps nobody waiting."""
    refusals: Refusals
    company: str
    """What the company is called."""
    leader: str
    """The user id of the bot that answers for all, everybody's first address."""
    editor: str
    """The user id of the bot that sends the weekly digest; empty where none is configured."""
    folder: Path
    """Where the configuration lies: paths in it are relative to this folder."""
    leads: bool
    """Whether this is the bot that answers for all in rooms shared with other bots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What a bot may ask while its settings are judged and no bridge is at work: as its doors have it later."""

    folder: Path
    """Where the configuration lies: paths in it are relative to this folder."""
    schedule: Schedule


@runtime_checkable
class JudgesSettings(Protocol):
    """A class of bots that tells what is wrong with its part of the configuration before anything runs. Of any other
    ``parvis check`` can tell nothing, and ``parvis run`` finds it when it makes the bot."""

    def check(self, config: Mapping[str, Any], judging: Judging) -> None:
        """A class method. Raises ``WrongSettings`` with everything that is wrong, each with the keys that lead to it;
        any other ``InputError`` counts for the whole part."""


class Bot(Handler, Protocol):
    """A class that the configuration names. It is called with its doors and its own part of the configuration, and
    raises ``InputError`` where that cannot be used; best as ``JudgesSettings`` does, which it may be, too."""

    localpart: ClassVar[str]
    """Its name behind the prefix of ``appservice.prefix``; empty for the application service's own user."""

    def __init__(self, api: BotApi, config: Mapping[str, Any]) -> None: ...


@runtime_checkable
class SendsDigests(Protocol):
    """A bot that has weekly digests, as the command line knows it."""

    async def preview(self, user: str, week: Week | None) -> tuple[Digest, str] | None:
        """What somebody would get of a week, and its words; None where that is nothing."""

    async def send_due(self, progress: Callable[[int, int], None]) -> tuple[int, Sequence[ParvisError]]:
        """Send what is due now; ``progress`` hears of turns done and in all. How many there were, and what has to
        wait."""
