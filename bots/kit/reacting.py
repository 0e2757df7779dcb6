"""Answers by reaction: whose counts, what it does, once. Used by ``talk`` for every ✅ and ❌ under a bot's message."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import structlog

from bots.kit.answering import Answer, excuse
from bots.kit.commands import Call, Reply
from bots.kit.conversations import are_present, is_direct
from bots.kit.dialogue import Turn
from bots.kit.envelope import Occasion, occasion_of
from bots.kit.listening import age_of
from bots.kit.people import People
from bots.kit.progress import Reports
from bots.kit.questions import Answered, Outcome, Question, settle
from bots.kit.reactions import Verdict, is_agreed, word_in
from bots.kit.speaking import THREAD, Speaker
from bots.kit.standing import LATE
from bridge.domain.events import Event
from bridge.ports.messenger import Surroundings
from bridge.ports.pending import Pending

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reacting:
    """One bot's questions and who answers them."""

    speaker: Speaker
    people: People
    reports: Reports
    questions: Mapping[str, Question] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether this bot asks anything at all."""
        return bool(self.questions)

    async def handle(self, event: Event, verdict: Verdict) -> bool:
        """Do what the reaction asks for, if it counts; gives whether it stands under a question. Raises only what is to
        be tried again."""
        item = await self._shown_by(verdict.event_id, event.room_id)
        if item is None:
            return False
        surroundings = await self.speaker.messenger.surroundings(event.room_id)
        await self._answer(event, item, surroundings, verdict)
        return True

    async def heard(self, event: Event, text: str, stands: Callable[[Event], Awaitable[bool]]) -> bool:
        """Whether a word answers what its author was asked last, in a conversation of two, and ``stands``; then it does
        what a reaction does. Not when that is answered: then the word means something else. Raises as ``handle``."""
        yes, agreed = word_in(text), is_agreed(text)
        if (yes is None and not agreed) or not await stands(event):
            return False
        item = await self.speaker.asked_last(event.sender, event.room_id)
        if age_of(event, self.speaker.clock.now()) > LATE:
            return False
        if item is None or (item.settled and item.outcome.partition(" ")[2] != event.id):
            return False
        question = self.questions.get(item.kind)
        if yes is None and not (question and question.text):
            return False
        surroundings = await self.speaker.messenger.surroundings(event.room_id)
        if not is_direct(surroundings, self.speaker.messenger.user_id, event.sender):
            return False
        return await self._answer(event, item, surroundings, Verdict(event.id, agreed or yes is True))

    async def insisted(self, turn: Turn) -> bool:
        """Whether a line of a conversation of two, neither an answer nor a command, came while its author was asked
        something that does not let go: then the question is asked again, or the line declines it."""
        if not turn.text or turn.command_near or turn.help:
            return False
        event = turn.event
        item = await self.speaker.asked_last(event.sender, event.room_id)
        question = self.questions.get(item.kind) if item else None
        if item is None or question is None or question.insist is None:
            return False
        declined = item.settled and item.outcome.partition(" ")[2] == event.id
        if (item.settled and not declined) or self.speaker.clock.now() >= item.expires_at:
            return False
        reply = question.insist(turn.text)
        if reply is None:
            return await self._answer(event, item, turn.surroundings, Verdict(event.id, yes=False))
        shown = await self.speaker.reply(occasion_of(event, turn.language), Answer(reply, question.command))
        await self.speaker.show(item, event.room_id, shown)
        return True

    async def _answer(self, event: Event, item: Pending, surroundings: Surroundings, verdict: Verdict) -> bool:
        """Whether the answer counts; then what it asks for is done, and told about the event that the verdict names."""
        question = self.questions.get(item.kind)
        if question is None or not await question.may(item, event.sender):
            return False
        roles = await self.people.roles_of(event.sender)
        if question.rights and question.rights.isdisjoint(roles):
            return False
        if not are_present(surroundings, self.speaker.messenger.user_id, event.sender):
            return False
        store, now = self.speaker.store, self.speaker.clock.now()
        settled = await settle(store, item.key, yes=verdict.yes, event_id=event.id, now=now)
        if settled is None:
            return False
        occasion = Occasion(
            origin=event.id,
            about=verdict.event_id,
            room_id=event.room_id,
            sender=event.sender,
            language=await self.people.language_of(event.sender),
            thread=str(item.document.get(THREAD, "")),
        )
        await self._act(question, settled, surroundings, occasion, roles)
        return True

    async def _shown_by(self, event_id: str, room_id: str) -> Pending | None:
        """The question under that message; a reaction from another room is none, wherever it points."""
        async with self.speaker.store.view() as view:
            item = await view.pending.by_event(event_id)
            shown = await view.pending.shown(item.key) if item else {}
        return item if shown.get(event_id) in {"", room_id} else None

    async def _act(
        self,
        question: Question,
        settled: tuple[Pending, Outcome],
        surroundings: Surroundings,
        occasion: Occasion,
        roles: frozenset[str],
    ) -> None:
        item, outcome = settled
        log.info("a question is answered", kind=item.kind, outcome=str(outcome), event_id=occasion.origin)
        call = Call(
            viewer=await self.people.sight_of(surroundings, occasion.sender),
            sender=occasion.sender,
            room_id=occasion.room_id,
            event_id=occasion.origin,
            language=occasion.language,
            direct=is_direct(surroundings, self.speaker.messenger.user_id, occasion.sender),
            roles=roles,
            command=question.command,
        )
        async with self.reports.of(occasion) as report:
            answered = Answered(item=item, call=replace(call, progress=report.course.report))
            reply = await self._reply(question, outcome, answered)
        if reply is not None:
            await self.speaker.reply(occasion, Answer(reply, question.command), instead_of=report.event_id)

    async def _reply(self, question: Question, outcome: Outcome, answered: Answered) -> Reply | None:
        try:
            return await question.deed(outcome)(answered)
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            return excuse(error, answered.call.event_id, question.command)


def by_kind(questions: Iterable[Question]) -> Mapping[str, Question]:
    """The table. Raises ``ValueError`` when two questions claim one kind."""
    table: dict[str, Question] = {}
    for question in questions:
        if table.setdefault(question.kind, question) is not question:
            raise ValueError(f"two questions are of the kind {question.kind!r}")
    return table
