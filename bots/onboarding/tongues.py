"""A language is chosen by its name alone, also over a card and when no path goes on. For ``bot``, before all others."""

from dataclasses import dataclass, replace

from bots.cards.guide import Guide
from bots.kit.answering import Answer
from bots.kit.commands import Call, Command
from bots.kit.dialogue import Turn
from bots.kit.envelope import occasion_of
from bots.kit.people import People
from bots.kit.speaking import Speaker
from bots.onboarding.understanding import asks_for
from bridge.domain.cards import Field, Filling
from bridge.domain.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongues:
    """``bots.kit.dialogue.Dialogue``; ``choose`` is the command ``!language``. Over an open path the path hears it."""

    cards: Guide
    choose: Command
    people: People
    speaker: Speaker

    async def heard(self, turn: Turn) -> bool:
        """Only lines that are the name of a language, and not where one is asked which ones one speaks."""
        language = asks_for(turn.text)
        if not language:
            return False
        filling = await self.cards.desk.fillings.under_way(turn.person, turn.event.room_id, turn.event.id)
        if _is_answer(filling, turn.event.id) if filling else await self._walks(turn.person):
            return False
        call = Call(
            viewer=await self.people.sight_of(turn.surroundings, turn.person),
            sender=turn.person,
            room_id=turn.event.room_id,
            event_id=turn.event.id,
            language=language,
            direct=True,
            roles=await self.people.roles_of(turn.person),
            command=self.choose.name,
            arguments={"language": language},
        )
        reply = await self.choose.run(call)
        if filling and (question := await self.cards.repeated(call)):
            reply = replace(reply, document=Document((*reply.document.blocks, *question.document.blocks)))
        await self.speaker.reply(occasion_of(turn.event, language), Answer(reply, self.choose.name))
        return True

    async def _walks(self, user: str) -> bool:
        async with self.speaker.store.view() as view:
            return any(one.begun and one.stage.open for one in await view.onboarding.of_user(user))


def _is_answer(filling: Filling, event: str) -> bool:
    """Whether the open question was for languages: the one before, where this line was heard already."""
    return (filling.before if filling.event == event else filling.point).field is Field.LANGUAGES
