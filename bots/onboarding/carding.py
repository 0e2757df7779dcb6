"""The welcome and profile cards: a card is begun where an answer leads to it, and its lines are taken as they come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bots.cards.guide import Guide
from bots.kit.answering import Answer, excuse
from bots.kit.commands import Call, Command, Reply
from bots.kit.dialogue import Turn
from bots.kit.envelope import Occasion, occasion_of
from bots.kit.people import People
from bots.kit.speaking import Speaker
from bots.onboarding.understanding import Control, understand
from bridge.domain.cards import Stage
from bridge.domain.messages import Language
from bridge.domain.onboarding import Progress
from bridge.ports.messenger import Surroundings

FILL: Final = "profile fill"
"""The command that begins, which asks for consent where there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carding:
    """``bots.kit.dialogue.Dialogue`` for what somebody writes who is filling in their card. ``ended`` hears by which
    event they came to its end or left it."""

    guide: Guide
    fill: Command
    people: People
    speaker: Speaker
    ended: Callable[[str], None]

    async def heard(self, turn: Turn) -> bool:
        """Only lines and their edits, and only while a card is being filled in."""
        if not (turn.text or turn.edited):
            return False
        call = await self._call(turn.event.id, turn.person, turn.surroundings, turn.language)
        if turn.edited:
            reply = await self._reply(lambda: self.guide.edited(call), call)
        elif await self._resumes(turn):
            reply = await self._reply(lambda: self.fill.run(call), call)
        else:
            reply = await self._reply(lambda: self.guide.heard(call, turn.text), call)
        if reply is None:
            return False
        await self.speaker.reply(occasion_of(turn.event, turn.language), Answer(reply, FILL))
        filling = await self.guide.desk.fillings.under_way(turn.person, turn.event.room_id, turn.event.id)
        if filling and filling.point.stage is Stage.DONE:
            self.ended(turn.event.id)
        return True

    async def _resumes(self, turn: Turn) -> bool:
        """Whether they go on with a card that they left, after which no path of theirs went on."""
        meant = understand(turn.text, None)
        if meant is None or meant.control is not Control.START:
            return False
        filling = await self.guide.desk.fillings.paused(turn.person, turn.event.room_id, turn.event.id)
        if filling is None:
            return False
        async with self.speaker.store.view() as view:
            own = await view.onboarding.of_user(turn.person)
        return all(one.moved_at <= filling.at for one in own if one.stage.open)

    async def begin(self, progress: Progress, event: str) -> None:
        """Begin where an answer, the event ``event``, led to it."""
        user, room = progress.user, progress.room
        surroundings = await self.speaker.messenger.surroundings(room)
        call = await self._call(event, user, surroundings, await self.people.language_of(user))
        reply = await self._reply(lambda: self.fill.run(call), call)
        occasion = Occasion(origin=event, about=event, room_id=room, sender=user, language=call.language)
        if reply is not None:
            await self.speaker.reply(occasion, Answer(reply, FILL))

    async def _call(self, event: str, user: str, surroundings: Surroundings, language: Language) -> Call:
        return Call(
            viewer=await self.people.sight_of(surroundings, user),
            sender=user,
            room_id=surroundings.room_id,
            event_id=event,
            language=language,
            direct=True,
            roles=await self.people.roles_of(user),
            command=FILL,
        )

    async def _reply(self, run: Callable[[], Awaitable[Reply | None]], call: Call) -> Reply | None:
        try:
            return await run()
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            return excuse(error, call.event_id, FILL)
