"""What somebody is told: a step of a path with what it shows, and the words besides. Called by ``guide``.

Texts of paths are others' and are shown as they are; words between backticks are something to type.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from bots.cards.showing import card_document, contacts_document
from bots.onboarding.hint_words import listed
from bots.onboarding.knowing import Knowing
from bots.onboarding.paths import Path, Show, Step
from bots.onboarding.wording import TYPED, WORDS, lost, reminder, through, ways
from bridge.domain.document import Block, Code, Document, Inline, Items, Link, Paragraph, Strong, paragraph
from bridge.domain.messages import Language, Message, Text, say, say_n
from bridge.domain.onboarding import Owed, Progress, Stage, Word
from bridge.domain.viewers import Viewer
from bridge.ports.clock import Clock
from bridge.services.cards.desk import CardDesk

MOST_GROUPS: Final = 8
"""Groups that are listed: a welcome is no directory."""

REPEATING: Final = frozenset({Word.UNCLEAR, Word.ASKED, Word.WHO, Word.HELP, Word.ODD, Word.WAYS})
"""After these the answers of the question that is open stand once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom something is put into words. ``name`` is by what they are greeted."""

    viewer: Viewer
    language: Language
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Words for what is owed."""

    knowing: Knowing
    desk: CardDesk
    clock: Clock

    async def words(self, path: Path, progress: Progress, owed: Owed, reader: Reader) -> Document | None:
        """What to say; None when it makes no sense any more, because the path was changed."""
        step = path.steps.get(owed.about or progress.step)
        if owed.word is Word.STEP:
            return await self._step(path, progress, step, reader) if step else None
        if owed.word is Word.CHECKLIST:
            return checklist(path, progress, await self.knowing.facts_of(progress))
        if owed.word is Word.OFFER:
            return WORDS[Word.OFFER]("fr" if owed.about == "fr" else "en")
        if owed.word is Word.REMINDER:
            here = path.steps.get(progress.step)
            return await self._reminder(path, progress, owed, reader, here) if here else None
        if owed.word is Word.THROUGH:
            return through(reader.language, greeted=bool(owed.about))
        if owed.word is Word.LOST:
            return lost(reader.language, is_over=progress.stage is Stage.DONE)
        told = WORDS[owed.word](reader.language)
        if owed.word in REPEATING and step is not None and progress.stage is Stage.UNDER_WAY and progress.due is None:
            return Document((*told.blocks, *answers(step, reader.language)))
        return told

    async def _reminder(self, path: Path, progress: Progress, owed: Owed, reader: Reader, here: Step) -> Document:
        """Where they stopped, without what the step shows: that may have changed, and is seen on locked telephones. The
        words of such a step lead to what it shows, and would lead to nothing."""
        told = reminder(reader.language, last=owed.about == str(len(path.reminders)))
        places = await self.knowing.places(progress, reader.name)
        said = () if here.show else (Paragraph(tuple(spoken(here.say.in_language(reader.language), places))),)
        return Document((*told.blocks, *said, *answers(here, reader.language)))

    async def _step(self, path: Path, progress: Progress, step: Step, reader: Reader) -> Document:
        places = await self.knowing.places(progress, reader.name)
        said = Paragraph(tuple(spoken(step.say.in_language(reader.language), places)))
        shown = await self._shown(path, progress, step.show, reader) if step.show else ()
        if step.show and not shown:  # so by now, or for who went back to it
            said = paragraph(say("There is nothing here for you at the moment."))
        first = step.id == path.first and not progress.answered
        taught = (ways(reader.language),) if first and not step.is_last else ()
        return Document((said, *shown, *answers(step, reader.language), *taught))

    async def _shown(self, path: Path, progress: Progress, show: Show, reader: Reader) -> Sequence[Block]:
        viewer, knowing = reader.viewer, self.knowing
        if show is Show.GROUPS:
            return groups_shown([(view.name, view.link, None) for view in await knowing.own_groups(viewer)])
        if show is Show.SUGGESTIONS:
            found = await knowing.suggesting.suggest(viewer)
            return groups_shown([(one.group.name, one.group.link, one.reason) for one in found])
        if show is Show.CONTACTS:
            return contacts_document(await knowing.contacts(viewer)).blocks[1:]
        if show is Show.CHECKLIST:
            return checklist(path, progress, await self.knowing.facts_of(progress)).blocks
        card = await self.desk.views.find(viewer, progress.user)
        partner = self.desk.keeper.is_partner(progress.user)
        now, language = self.clock.now(), reader.language
        return (
            card_document(card, self.desk.formats, language=language, now=now, partner=partner).blocks if card else ()
        )


def spoken(text: str, places: Mapping[str, Inline]) -> Iterator[Inline]:
    """The text with its places filled; words between backticks as something to type."""
    for literal, name, _, _ in Formatter().parse(text):
        for number, part in enumerate(literal.split("`")):
            if part:
                yield Code(part) if number % 2 else part
        if name is not None:
            yield places.get(name, "")


def answers(step: Step, language: Language) -> Sequence[Block]:
    """The answers with their numbers; where nothing is asked, nothing: everything that goes on does."""
    if step.ask:
        return (Items(tuple((answer.say,) for answer in step.ask), ordered=True),)
    if step.is_last:
        return ()
    return (paragraph(say("To go on:"), " ", Code(TYPED["ok"][language])),)


def groups_shown(rows: Sequence[tuple[Text, str | None, Message | None]]) -> Sequence[Block]:
    """Groups with links and reasons, as many as one reads; nothing where there are none."""
    if not rows:
        return ()
    listed = Items(tuple(tuple(_group(*row)) for row in rows[:MOST_GROUPS]))
    more = len(rows) - MOST_GROUPS
    return (listed,) if more <= 0 else (listed, paragraph(say_n("And {count} more.", "And {count} more.", more)))


def _group(name: Text, link: str | None, reason: Message | None) -> Iterator[Inline]:
    yield Link(name, link) if link else Strong(name)
    if reason is not None:
        yield " – "
        yield reason


def checklist(path: Path, progress: Progress, known: frozenset[str] | None = None) -> Document:
    """What is behind them and what is before them, as far as it is for somebody of whom these facts are known."""
    steps = listed(path, progress, known)
    rows = tuple((("✅ " if passed else "▫️ "), step.title) for step, passed in steps)
    told = say("Steps done: {done} of {all}.", done=sum(passed for _, passed in steps), all=len(steps))
    return Document((paragraph(told), Items(rows)))
