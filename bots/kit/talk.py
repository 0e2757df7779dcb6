"""The conversation loop of every bot: which events concern it, and what it answers (ports/bots.Handler).

A bot makes a ``Talk`` of its commands and of what it needs to know about people; the bridge feeds it events.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bots.kit.ahead import Ahead
from bots.kit.answering import Answer, Answering, excuse
from bots.kit.commands import Call, Command, Progress, Reply, Status, silent
from bots.kit.conversations import SharedRooms, are_present, is_direct
from bots.kit.dialogue import Dialogue, Turn, line_turn, may_be_turn, turn_of
from bots.kit.envelope import Occasion, occasion_of
from bots.kit.greeting import Greeting
from bots.kit.listening import Line, age_of, is_line, line_of
from bots.kit.people import People
from bots.kit.progress import Reports
from bots.kit.questions import Question
from bots.kit.reacting import Reacting, by_kind
from bots.kit.reactions import verdict_in
from bots.kit.receiving import Reception
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.standing import FRESH, LATE, still_stands
from bots.kit.table import Allowed, CommandTable, Help, Match, Resolution, Suggestion
from bots.kit.tokens import rough_words
from bots.kit.wording import refuse_second
from bridge.domain.document import Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.relations import REACTION
from bridge.domain.rooms import Membership
from bridge.ports.clock import Clock
from bridge.ports.language import Translator
from bridge.ports.messenger import Messenger, Surroundings
from bridge.ports.store import Store

MAX_AGE: Final = timedelta(hours=24)
MEMBER: Final = "m.room.member"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A line that is answered: where, who reads along, what the sender may run and, for a while, see."""

    occasion: Occasion
    surroundings: Surroundings
    direct: bool
    roles: frozenset[str]
    broken: frozenset[str]


class Talk:
    """One bot in conversation.

    ``leads`` is for the one bot that answers ``!help`` and misspelt commands in rooms which it shares with others.
    ``hello`` is said once, when a person opens a conversation. Messages older than ``max_age`` are left alone.
    ``questions`` are what the bot asks and people answer by reaction, among them the confirmations of its commands.
    ``dialogues`` get what a person says to the bot alone and is no command. A ``private`` bot speaks in conversations
    of two and nowhere else. ``refuse`` is told of invitations that are not accepted.
    """

    def __init__(
        self,
        *,
        name: str,
        messenger: Messenger,
        store: Store,
        table: CommandTable,
        people: People,
        translator: Translator,
        clock: Clock,
        hello: Document,
        refuse: Callable[[Event], Awaitable[None]],
        questions: Iterable[Question] = (),
        dialogues: Sequence[Dialogue] = (),
        leads: bool = True,
        private: bool = False,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        self._name = name
        self._messenger = messenger
        self._table = table
        self._people = people
        self._clock = clock
        self._leads = leads
        self._private = private
        self._dialogues = dialogues
        self._max_age = max_age
        self._speaker = Speaker(messenger=messenger, renderer=Renderer(translator), store=store, clock=clock)
        self._reception = Reception(messenger=messenger, people=people, greeting=Greeting(self._speaker, hello),
                                    look=self._look, refuse=refuse)  # fmt: skip
        self._reports = Reports(self._speaker)
        self._answering = Answering(table, translator, people.nearest, people.names_group, people.named)
        self._reacting = Reacting(self._speaker, people, self._reports, by_kind(questions))
        self._shared = SharedRooms()
        self._ahead = Ahead(messenger, clock)

    @property
    def name(self) -> str:
        """A stable word for logs and status."""
        return self._name

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command, whoever may run it."""
        return self._table.commands

    def wants(self, event: Event) -> bool:
        """Messages of people, their yes and no, what happens to this bot's own membership, departures from rooms known
        as shared, and whatever changes a room that was looked at."""
        if event.state_key is not None:
            return event.room_id in self._ahead or self._is_departure(event) or self._is_own_membership(event)
        if self._people.is_own(event.sender):
            return False
        if self._dialogues and may_be_turn(event):
            return True
        if event.type == REACTION:
            return self._reacting.asks and verdict_in(event) is not None
        return is_line(event) or event.type == "m.room.encrypted"

    def expect(self, event: Event) -> bool:
        """Begin to ask who reads along, where ``handle`` will have to know."""
        if not is_line(event):
            return False
        line, shared = line_of(event, self._messenger.user_id), event.room_id in self._shared
        ours = self._table.is_ours(line.first, _whoever) if shared else bool(line.text)
        if ours and (line.marked or not shared):
            self._ahead.begin(event)
            return True
        return False

    async def handle(self, event: Event) -> None:
        """Answer, greet, or leave alone. Raises only what is to be tried again."""
        try:
            await self._handle(event)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            # not in that room any more, or not allowed to speak: trying again would say the same
            log.info("the homeserver refuses", bot=self._name, event_id=event.id, errcode=error.errcode)

    async def _handle(self, event: Event) -> None:
        if event.state_key is not None:
            await self._changed(event)
        elif not await self._messenger.is_in(event.room_id):
            return  # another bot's conversation, which we hear as well
        elif age_of(event, self._clock.now()) > self._max_age:
            log.info("an old message is left alone", bot=self._name, event_id=event.id)
        elif event.type == "m.room.encrypted":
            if event.room_id not in self._shared:
                await self._reception.encrypted(event)
        elif not is_line(event):
            await self._done(event)
        else:
            await self._spoken(event, line_of(event, self._messenger.user_id))

    async def _done(self, event: Event) -> None:
        """A reaction answers the question under which it stands; anything else is for a dialogue."""
        if not await self._stands(event):
            return
        if (verdict := verdict_in(event)) and await self._reacting.handle(event, verdict):
            return
        if self._dialogues and event.room_id not in self._shared:
            surroundings, direct = await self._look(event)
            if direct:
                await self._lead(turn_of(event, await self._people.language_of(event.sender), surroundings))

    async def _lead(self, turn: Turn) -> bool:
        for dialogue in self._dialogues:
            if await dialogue.heard(turn):
                await self._speaker.moved_on(turn.person, turn.event.room_id, turn.event.id)
                return True
        return False

    async def _spoken(self, event: Event, line: Line) -> None:
        if not line.marked and (not line.text or event.room_id in self._shared):
            return
        if await self._reacting.heard(event, line.text, self._stands):
            return
        roles = await self._people.roles_of(event.sender)
        allowed = allowed_to(roles)
        words, fault = rough_words(line.text)
        resolution = self._table.resolve(words, allowed)
        fault = fault or refuse_second(line.text, resolution, self._table, allowed)
        for_us = line.marked and self._is_for_us(line, resolution, allowed)
        if event.room_id in self._shared and not for_us:
            return
        # Together: while the homeserver says who reads along, the store says what it knows of who asks.
        (surroundings, direct), language, broken = await asyncio.gather(
            self._look(event), self._people.language_of(event.sender), self._people.broken_by(event.sender)
        )
        if not (direct or (for_us and not self._private)):
            return
        if not are_present(surroundings, self._messenger.user_id, event.sender) or not await self._is_current(event):
            return
        turn = line_turn(event, language, surroundings, line, resolution) if direct else None
        # Behind a mark stands a command, also one that is none: no question takes it for an answer.
        if turn and ((not line.marked and await self._reacting.insisted(turn)) or await self._lead(turn)):
            return
        occasion = occasion_of(event, language)
        if fault is not None:
            await self._speaker.reply(occasion, Answer(Reply(document(paragraph(fault.message)), Status.USAGE)))
            return
        heard = Heard(occasion=occasion, surroundings=surroundings, direct=direct, roles=roles, broken=broken)
        if isinstance(resolution, Match) and resolution.command.long:
            async with self._reports.of(occasion) as report:
                answer = await self._answer(heard, resolution, report.course.report)
            await self._speaker.reply(occasion, answer, instead_of=report.event_id)
        else:
            await self._speaker.reply(occasion, await self._answer(heard, resolution))

    async def _is_current(self, event: Event) -> bool:
        """Whether a line is answered: not what was taken back while it waited, nor what comes so late that its author
        must say it again, which they are told."""
        if not await self._stands(event):
            return False
        late = age_of(event, self._clock.now()) > LATE
        if late:
            sentence = say(
                "This reaches me more than an hour late, so I leave it alone. Say it again if it is still wanted."
            )
            occasion = occasion_of(event, await self._people.language_of(event.sender))
            await self._speaker.reply(occasion, Answer(Reply(document(paragraph(sentence)), Status.ERROR)))
        return not late

    async def _stands(self, event: Event) -> bool:
        """Whether nobody took back what has waited for its turn."""
        if age_of(event, self._clock.now()) <= FRESH or await still_stands(self._messenger, event):
            return True
        log.info("what was said was taken back before its turn", bot=self._name, event_id=event.id)
        return False

    async def _look(self, event: Event) -> tuple[Surroundings, bool]:
        """Who reads along where the event was said, and whether that is a conversation of two."""
        surroundings = await self._ahead.surroundings(event)
        direct = is_direct(surroundings, self._messenger.user_id, event.sender)
        if not direct:
            self._shared.add(event.room_id)
        return surroundings, direct

    def _is_for_us(self, line: Line, resolution: Resolution, allowed: Allowed) -> bool:
        """Whether a marked line in a shared room, where other bots may listen as well, is meant for this bot."""
        if isinstance(resolution, Suggestion):
            return self._leads
        if isinstance(resolution, Help) and not self._table.begins(resolution.topic, allowed):
            return self._leads and self._table.is_ours(line.first, allowed)
        return self._table.is_ours(line.first, allowed)

    async def _answer(self, heard: Heard, resolution: Resolution, progress: Progress = silent) -> Answer:
        occasion = heard.occasion
        try:
            call = Call(
                viewer=(await self._people.viewer_of(heard.surroundings, occasion.sender)).through(heard.broken),
                sender=occasion.sender,
                room_id=occasion.room_id,
                event_id=occasion.origin,
                language=occasion.language,
                direct=heard.direct,
                roles=heard.roles,
                progress=progress,
            )
            return await self._answering.answer(resolution, call, allowed_to(heard.roles))
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            return Answer(excuse(error, occasion.origin, ""))

    def _is_departure(self, event: Event) -> bool:
        gone = event.type == MEMBER and event.content.get("membership") != Membership.JOIN
        return gone and event.room_id in self._shared

    def _is_own_membership(self, event: Event) -> bool:
        return event.type == MEMBER and event.state_key == self._messenger.user_id

    async def _changed(self, event: Event) -> None:
        self._ahead.forget(event.room_id)
        membership, own = event.content.get("membership"), self._is_own_membership(event)
        if own:
            self._messenger.moved(event.room_id, inside=membership == Membership.JOIN)
        if own or self._is_departure(event):
            self._shared.forget(event.room_id)
        if own and membership == Membership.INVITE:
            await self._reception.invited(event)


def allowed_to(roles: frozenset[str]) -> Allowed:
    """What somebody with ``roles`` may run."""
    return lambda command: not command.rights or not command.rights.isdisjoint(roles)


def _whoever(_: Command) -> bool:
    return True
