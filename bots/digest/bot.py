"""The bot of the weekly digest: it writes to each person alone, and listens to what they want of it.

Digests are made by ``services.digests``; who gets one, when, and that it comes once, is decided here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from bots.digest.asking import Asking, asking_commands
from bots.digest.commands import Choosing, choice_commands
from bots.digest.courier import HOLD, Courier
from bots.digest.letters import Letters
from bots.digest.picture import Pictures
from bots.digest.postman import Postman
from bots.digest.preparing import Contents, Preparing
from bots.digest.reporting import Reporting, report_command
from bots.digest.rooms import GroupRooms
from bots.digest.roster import Roster
from bots.digest.settings import Settings, settings_of
from bots.digest.thumbs import REDACTION, Thumbs
from bots.digest.wishes import Wishing
from bots.digest.words import document_of
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.language import language_command
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.table import CommandTable
from bots.kit.talk import MEMBER, Talk
from bots.knowing import people_of
from bridge.domain.digest import Digest, Week
from bridge.domain.document import document, paragraph
from bridge.domain.errors import ParvisError
from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.messages import Text, say
from bridge.domain.relations import REACTION
from bridge.domain.rooms import Membership
from bridge.services.botapi import BotApi, Judging

HELLO = document(
    paragraph(say("Hello! Once a week I tell you what you would not have wanted to miss in your groups. “digest” shows"
                  " when, and “help” what else you may tell me.")),
)  # fmt: skip


class DigestBot:
    """``config``: ``when`` (cron), ``window``, ``late``, ``readers`` (everyone, asked), ``length``, ``report``."""

    localpart: ClassVar[str] = "digest"
    title: ClassVar[Text] = Text(en="Weekly digest", fr="Résumé de la semaine")
    """What it is called in people's clients."""
    name = "digest"
    hold: ClassVar[timedelta] = HOLD
    """For how long nobody else takes over what a process was sending when it died."""

    def __init__(self, api: BotApi, config: Mapping[str, Any], *, contents: Contents | None = None) -> None:
        settings, people = settings_of(config, api.schedule), people_of(api)
        api.digests.marks = settings.marks
        renderer, store = Renderer(api.translator), api.society.store
        speaker = Speaker(messenger=api.messenger, renderer=renderer, store=store, clock=api.clock)
        self._society, self._renderer = api.society, renderer
        self._preparing = Preparing(
            contents=contents or api.digests, store=store, clock=api.clock, length=settings.length
        )
        keeper = Speaker(messenger=api.keeper, renderer=renderer, store=store, clock=api.clock)
        self._rooms = GroupRooms(society=api.society, keeper=keeper, bot=speaker)
        self._letters = Letters(
            mailing=api.mailing,
            society=api.society,
            preparing=self._preparing,
            renderer=renderer,
            charts=api.charts,
            wake=api.slow_rounds.wake,
        )
        self._postman = self._postman_of(api, settings, speaker)
        reporting = Reporting(
            society=api.society,
            cards=Cards(speaker, people),
            mailing=api.mailing,
            schedule=api.schedule,
            sending=settings.timing.when,
            zone=str(api.cards.zone),
            told=settings.report,
        )
        self._thumbs = Thumbs(store, speaker, self._group_at)
        for errand in (self._postman.go, self._letters.go, reporting.go):
            api.slow_rounds.add(errand)
        self._talk = Talk(
            name=self.name,
            messenger=api.messenger,
            store=store,
            table=CommandTable(self._commands_of(api, settings, reporting)),
            people=people,
            translator=api.translator,
            clock=api.clock,
            hello=HELLO,
            refuse=api.refusals.note,
            dialogues=(self._thumbs,),
            leads=api.leads,
            private=True,
        )

    def _postman_of(self, api: BotApi, settings: Settings, speaker: Speaker) -> Postman:
        courier = Courier(
            society=api.society,
            speaker=speaker,
            rooms=self._rooms,
            company=api.company,
            holder=api.chance.token(),
            limit=settings.timing.limit,
            hold=self.hold,
            pictures=Pictures(charts=api.charts, files=api.card_office.photos.files, translator=api.translator),
        )
        return Postman(
            store=speaker.store,
            schedule=api.schedule,
            timing=settings.timing,
            roster=Roster(
                society=api.society,
                contents=self._preparing.contents,
                house=str(api.cards.zone),
                everyone=settings.everyone,
            ),
            preparing=self._preparing,
            courier=courier,
            letters=self._letters,
            wake=api.slow_rounds.wake,
        )

    def _commands_of(self, api: BotApi, settings: Settings, reporting: Reporting) -> list[Command]:
        choosing = Choosing(
            society=api.society,
            wishing=Wishing(api.society.store, api.clock),
            roster=self._postman.roster,
            settings=settings,
            mails=api.mailing is not None,
            mailable=self._letters.reaches,
            rooms=self._rooms,
        )
        asking = Asking(society=api.society, preparing=self._preparing, called=api.digests.called)
        return [
            *choice_commands(choosing),
            *asking_commands(asking),
            report_command(reporting),
            language_command(api.society.choose_language),
        ]

    def _group_at(self, room_id: str) -> str:
        world = self._society.world()
        return world.group_at(room_id) if world else ""

    @classmethod
    def check(cls, config: Mapping[str, Any], judging: Judging) -> None:
        """Raises ``WrongSettings`` with everything that is wrong with this bot's part of the configuration."""
        settings_of(config, judging.schedule)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command that it understands."""
        return self._talk.commands

    def wants(self, event: Event) -> bool:
        return self._talk.wants(event) or event.type == REDACTION or self._is_arrival(event)

    def expect(self, event: Event) -> bool:
        return self._talk.expect(event)

    async def handle(self, event: Event) -> None:
        if event.type == REDACTION:
            await self._thumbs.taken_back(event)
        if event.type == REACTION:
            await self._thumbs.in_room(event)
        if self._is_arrival(event):
            await self._postman.courier.arrived(event.sender)
        if self._talk.wants(event):
            await self._talk.handle(event)

    def _is_arrival(self, event: Event) -> bool:
        """Whether somebody of another homeserver came into a room: their first digest may wait for it."""
        joined = event.type == MEMBER and event.content.get("membership") == Membership.JOIN
        return joined and event.state_key == event.sender and server_of(event.sender) != self._society.server_name

    async def preview(self, user: str, week: Week | None) -> tuple[Digest, str] | None:
        """What somebody would get of a week, or of the last seven days: the digest and its words; None where that is
        nothing. For ``parvis digest``.

        Raises ``HomeserverError`` and ``StoreError``.
        """
        chosen = week or Week.around(self._preparing.clock.now())
        digest = (await self._preparing.prepare(user, chosen)).digest
        if digest is None:
            return None
        pages = self._renderer.pages(document_of(digest), await self._society.language_of(user))
        return digest, "\n".join(page.body for page in pages)

    async def send_due(self, progress: Callable[[int, int], None]) -> tuple[int, Sequence[ParvisError]]:
        """Send everything that is due now, letters too: how many turns there were, and what has to wait. For ``parvis
        digest``."""
        due, done = await self._postman.due(), 0

        def told() -> None:
            nonlocal done
            done += 1
            progress(done, len(due))

        waiting = await self._postman.send(due, told)
        return len(due), [*waiting, *await self._letters.send_due()]
