"""The conversation loop of every bot: which events concern it, and what it answers (ports/bots.Handler).

A bot makes a ``Talk`` of its commands and of what it needs to know about people; the bridge feeds it events.
"""

from datetime import timedelta
from typing import Final

import structlog

from bots.kit.answering import Answer, Answering, excuse
from bots.kit.commands import Call, Reply, Status
from bots.kit.conversations import SharedRooms, is_direct
from bots.kit.envelope import is_in_thread, reply_content
from bots.kit.listening import Line, age_of, is_line, line_of
from bots.kit.people import People
from bots.kit.rendering import Renderer, message_content
from bots.kit.table import Allowed, CommandTable, Help, Resolution, Suggestion
from bots.kit.tokens import tokenise
from bridge.domain.document import Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.events import Event
from bridge.domain.messages import Language, say
from bridge.domain.rooms import Membership
from bridge.ports.clock import Clock
from bridge.ports.language import Translator
from bridge.ports.messenger import Messenger, Surroundings

MAX_AGE: Final = timedelta(hours=24)

log = structlog.get_logger()


class Talk:
    """One bot in conversation.

    ``leads`` is for the one bot that answers ``!help`` and misspelt commands in rooms which it shares with others.
    ``hello`` is said once, when a person opens a conversation. Messages older than ``max_age`` are left alone.
    """

    def __init__(
        self,
        *,
        name: str,
        messenger: Messenger,
        table: CommandTable,
        people: People,
        translator: Translator,
        clock: Clock,
        hello: Document,
        leads: bool = True,
        max_age: timedelta = MAX_AGE,
    ) -> None:
        self._name = name
        self._messenger = messenger
        self._table = table
        self._people = people
        self._clock = clock
        self._hello = hello
        self._leads = leads
        self._max_age = max_age
        self._renderer = Renderer(translator)
        self._answering = Answering(table, translator)
        self._shared = SharedRooms()
        self._hinted = SharedRooms()

    @property
    def name(self) -> str:
        """A stable word for logs and status."""
        return self._name

    def wants(self, event: Event) -> bool:
        """Messages of people, what happens to this bot's own membership, and departures from rooms known as shared."""
        if event.type == "m.room.member":
            departure = event.room_id in self._shared and event.content.get("membership") != Membership.JOIN
            return departure or event.state_key == self._messenger.user_id
        if self._people.is_own(event.sender):
            return False
        return is_line(event) or (event.type == "m.room.encrypted" and event.state_key is None)

    async def handle(self, event: Event) -> None:
        """Answer, greet, or leave alone. Raises only what is to be tried again."""
        try:
            await self._handle(event)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            # not in that room any more, or not allowed to speak there: trying again would say the same
            log.info("the homeserver refuses", bot=self._name, event_id=event.id, errcode=error.errcode)

    async def _handle(self, event: Event) -> None:
        if event.type == "m.room.member":
            self._shared.forget(event.room_id)
            if event.state_key == self._messenger.user_id and event.content.get("membership") == Membership.INVITE:
                await self._invited(event)
        elif age_of(event, self._clock.now()) > self._max_age:
            log.info("an old message is left alone", bot=self._name, event_id=event.id)
        elif event.type == "m.room.encrypted":
            await self._encrypted(event)
        else:
            await self._spoken(event, line_of(event))

    async def _spoken(self, event: Event, line: Line) -> None:
        if not line.marked and (not line.text or event.room_id in self._shared):
            return
        roles = await self._people.roles_of(event.sender)
        allowed = allowed_to(roles)
        words, fault = _cut(line.text)
        resolution = self._table.resolve(words, allowed)
        for_us = line.marked and self._is_for_us(line, resolution, allowed)
        if event.room_id in self._shared and not for_us:
            return
        surroundings, direct = await self._look(event)
        if not (direct or for_us) or not self._are_present(surroundings, event.sender):
            return
        language = await self._people.language_of(event.sender)
        if fault is not None:
            answer = Answer(Reply(document(paragraph(fault.message)), Status.USAGE))
        else:
            answer = await self._answer(event, surroundings, resolution, roles=roles, language=language, direct=direct)
        await self._reply(event, answer, language)

    async def _look(self, event: Event) -> tuple[Surroundings, bool]:
        """Who reads along where the event was said, and whether that is a conversation of two."""
        try:
            surroundings = await self._messenger.surroundings(event.room_id)
        except HomeserverError as error:
            if error.kind is not ErrorKind.TEMPORARY:
                self._shared.add(event.room_id)  # another bot's room; joining it makes this one look again
            raise
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

    def _are_present(self, surroundings: Surroundings, person: str) -> bool:
        """Who left meanwhile gets no answer, and where the bot is not, it does not speak."""
        members = surroundings.members
        return members.get(person) is Membership.JOIN and members.get(self._messenger.user_id) is Membership.JOIN

    async def _answer(
        self,
        event: Event,
        surroundings: Surroundings,
        resolution: Resolution,
        *,
        roles: frozenset[str],
        language: Language,
        direct: bool,
    ) -> Answer:
        try:
            call = Call(
                viewer=await self._people.viewer_of(surroundings, event.sender),
                sender=event.sender,
                room_id=event.room_id,
                event_id=event.id,
                language=language,
                direct=direct,
                roles=roles,
            )
            return await self._answering.answer(resolution, call, allowed_to(roles))
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            return Answer(excuse(error, event.id, ""))

    async def _reply(self, event: Event, answer: Answer, language: Language) -> None:
        for number, page in enumerate(self._renderer.pages(answer.reply.document, language), start=1):
            claim = self._claim("reply", f"{event.id}:{number}")
            content = reply_content(page, event, answer.reply, answer.command)
            try:
                await self._messenger.send(event.room_id, content, claim=claim)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY or not is_in_thread(event):
                    raise
                # Synapse refuses a relation to an event that it does not know: a thread begun before its server
                # came, or elsewhere. The reply then stands outside the thread.
                content = reply_content(page, event, answer.reply, answer.command, threaded=False)
                await self._messenger.send(event.room_id, content, claim=f"{claim}:unthreaded")

    async def _invited(self, event: Event) -> None:
        """Accept whom we know, refuse the others, and say hello where a person opened a conversation."""
        if not await self._people.admits(event.sender):
            log.info("an invitation is refused", bot=self._name, event_id=event.id)
            await self._messenger.leave(event.room_id)
            return
        await self._messenger.join(event.room_id)
        surroundings, direct = await self._look(event)
        if not direct:
            return
        language = await self._people.language_of(event.sender)
        for number, page in enumerate(self._renderer.pages(self._hello, language), start=1):
            claim = self._claim("hello", f"{event.room_id}:{number}")
            await self._messenger.send(event.room_id, message_content(page, "m.text"), claim=claim)
        if surroundings.encrypted:  # as Element makes conversations: said before the first question goes unread
            await self._hint(event, language)

    async def _encrypted(self, event: Event) -> None:
        """In a conversation of two, say once that the bot cannot read, rather than go silent (MATRIX section 1)."""
        if event.room_id in self._shared or event.room_id in self._hinted:
            return
        _, direct = await self._look(event)
        if not direct:
            return
        await self._hint(event, await self._people.language_of(event.sender))

    async def _hint(self, event: Event, language: Language) -> None:
        sentence = say(
            "I cannot read encrypted messages, so here I do not know what you write. Create a room without encryption, "
            "invite me there, and write to me again."
        )
        [page] = self._renderer.pages(document(paragraph(sentence)), language)
        content = reply_content(page, event, Reply(document(), Status.ERROR), "")
        await self._messenger.send(event.room_id, content, claim=self._claim("encrypted-hint", event.room_id))
        self._hinted.add(event.room_id)

    def _claim(self, purpose: str, key: str) -> str:
        return f"{purpose}:{self._messenger.user_id}:{key}"


def allowed_to(roles: frozenset[str]) -> Allowed:
    """What somebody with ``roles`` may run."""
    return lambda command: not command.rights or not command.rights.isdisjoint(roles)


def _cut(text: str) -> tuple[tuple[str, ...], InputError | None]:
    """The words, or rough ones and what is wrong with them."""
    try:
        return tokenise(text), None
    except InputError as error:
        return tuple(text.split()), error
