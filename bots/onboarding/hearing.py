"""What people say to the bot alone, and for which of their paths it is. For ``bots.kit.talk``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bots.cards.showing import person_link
from bots.kit.answering import Answer
from bots.kit.commands import Reply, Status
from bots.kit.dialogue import Turn
from bots.kit.envelope import occasion_of
from bots.kit.helping import HELP
from bots.kit.listening import MARKS
from bots.kit.tokens import text_of
from bots.onboarding.arriving import Arriving
from bots.onboarding.guide import Guide
from bots.onboarding.paths import Step
from bots.onboarding.understanding import Control, understand
from bridge.domain.document import Code, document, paragraph
from bridge.domain.messages import say
from bridge.domain.onboarding import InputKind, Progress, Stage

JOINING: Final = frozenset({"join", "rejoindre"})
"""What people are told to write to the bot that leads, and write here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """``bots.kit.dialogue.Dialogue``: lines, reactions, edits and whatever is no word."""

    guide: Guide
    arriving: Arriving

    async def heard(self, turn: Turn) -> bool:
        """Whether it was for a path of theirs. A line that may be a misspelt command is only when it answers."""
        async with self.guide.society.store.view() as view:
            own = await view.onboarding.of_user(turn.person)
        meant = self._meant(own, turn)
        if turn.help and (meant is None or meant.stage is not Stage.UNDER_WAY):
            return False  # then help is about commands
        if self._is_for_another(meant, turn):
            await self._elsewhere(turn)
            return True
        if meant is None:
            return await self._hello(turn)
        kind, text = _input(turn)
        if kind is InputKind.LINE and turn.command_near and not self._answers(meant, text):
            return False
        event, room = turn.event.id, turn.event.room_id
        return await self.guide.take(meant.key, kind, text=text, instead=_instead(turn), event=event, room=room)

    def _meant(self, own: Sequence[Progress], turn: Turn) -> Progress | None:
        """Where the message stands that they reacted to; else what waits for an answer, what waits for its time, and
        what they did last."""
        known = [one for one in own if one.begun and self.guide.library.get(one.path)]
        if turn.target:
            return next((one for one in known if turn.target == one.shown or turn.event.id in one.heard), None)
        if repeated := [one for one in known if turn.event.id in one.heard]:
            return repeated[0]
        ordered = sorted(known, key=lambda one: (not one.stage.open, one.due is not None))
        return next(iter(ordered), None)

    def _answers(self, progress: Progress, text: str) -> bool:
        return understand(text, self._step(progress)) is not None

    def _is_for_another(self, meant: Progress | None, turn: Turn) -> bool:
        """Whether a line begins like a command, is none of this bot's, and answers nothing."""
        like_one = text_of(turn.event.content).startswith(MARKS) or turn.text.partition(" ")[0].casefold() in JOINING
        marked = like_one and turn.text and not turn.command_near
        step = None if meant is None else self._step(meant)
        return bool(marked) and understand(turn.text, step) is None

    async def _elsewhere(self, turn: Turn) -> None:
        told = paragraph(
            say("This is no command of mine; perhaps it is one of:"), " ",
            person_link(self.guide.teller.knowing.leader), ". ", say("What I can do:"), " ", Code(HELP),
        )  # fmt: skip
        occasion = occasion_of(turn.event, turn.language)
        await self.guide.speaker.reply(occasion, Answer(Reply(document(told), Status.USAGE)))

    def _step(self, progress: Progress) -> Step | None:
        path = self.guide.library.get(progress.path)
        return path.steps.get(progress.step) if path else None

    async def _hello(self, turn: Turn) -> bool:
        """Whoever greets the bot first need not wait for their turn."""
        meaning = understand(turn.text, None)
        if meaning is None or meaning.control not in (Control.START, Control.HELLO, Control.AGAIN, Control.NEXT):
            return False
        key = await self.arriving.welcome(turn.person)
        if key is None:
            return False
        await self.guide.settle(key)
        return True


def _input(turn: Turn) -> tuple[InputKind, str]:
    if turn.emoji:
        return InputKind.REACTION, turn.emoji
    if turn.edited:
        return InputKind.EDIT, turn.edited
    return (InputKind.LINE, turn.text) if turn.text else (InputKind.ODD, "")


def _instead(turn: Turn) -> str:
    """What a changed message says now."""
    now = turn.event.content.get("m.new_content")
    body = now.get("body") if turn.edited and isinstance(now, dict) else ""
    return body if isinstance(body, str) else ""
