"""What each kind of input does to somebody's progress on a path. Pure; ``stepping`` calls one method per input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bots.onboarding.paths import END, Path, Step
from bots.onboarding.understanding import (
    Control,
    Meaning,
    agrees,
    asks_for,
    goes_on,
    language_in,
    understand,
    understand_emoji,
)
from bridge.domain.messages import LANGUAGES, Language
from bridge.domain.onboarding import Effect, EffectKind, Input, Progress, Stage, Word

FEW: Final = 2
"""How often in a row it is told how to go on; then it is quiet."""
QUIET: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Move:
    """A new state, with words and what they are about, and effects."""

    progress: Progress
    says: tuple[tuple[Word, str], ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """One input on one path at one moment. Each method gives None for what means nothing there."""

    path: Path
    given: Input
    now: datetime

    def begin(self, progress: Progress) -> Move | None:
        """They have arrived; only once."""
        return None if progress.turn else self._enter(progress, self.path.first)

    def again(self, progress: Progress) -> Move:
        """From the beginning. Reminders that were sent stay counted."""
        return self._enter(replace(progress, trail=(), answered=()), self.path.first)

    def later(self, progress: Progress) -> Move | None:
        """A pause, until they go on."""
        paused = progress.moved(self.now, stage=Stage.LATER)
        return Move(paused, ((Word.PAUSED, ""),)) if progress.stage.open else None

    def stop(self, progress: Progress) -> Move | None:
        """No more of it."""
        stopped = progress.moved(self.now, stage=Stage.STOPPED)
        return Move(stopped, ((Word.STOPPED, ""),)) if progress.stage.open else None

    def language(self, progress: Progress) -> Move | None:
        """The open question in the language that they chose; which one is no question any more."""
        if progress.stage is not Stage.UNDER_WAY or progress.due is not None:
            return None
        return self.repeat(replace(progress, offer="", kept="", offers_over=True))

    def refused(self, progress: Progress) -> Move:
        """Nothing can be said to them: it is not tried again by itself."""
        return Move(replace(progress, stage=Stage.UNREACHABLE, due=None, owed=(), doing=()))

    def time(self, progress: Progress) -> Move | None:
        """The step that was to wait is said."""
        waits = progress.stage is Stage.UNDER_WAY and progress.due is not None and self.now >= progress.due
        return self._enter(progress, progress.step, hurry=True) if waits else None

    def remind(self, progress: Progress) -> Move | None:
        """One word more, as often as the path allows in all."""
        number = progress.reminders + 1
        if not progress.stage.open or progress.due is not None or number > len(self.path.reminders):
            return None
        reminded = replace(progress, reminders=number, reminded_at=self.now)
        return Move(reminded, ((Word.REMINDER, str(number)),))

    def hint(self, progress: Progress) -> Move | None:
        """Somebody else is to be told, once, when the reminders are used up, or can reach nobody."""
        reminded = progress.absent or progress.reminders >= len(self.path.reminders)
        if not progress.stage.open or progress.hinted or self.path.hint is None or not reminded:
            return None
        return Move(replace(progress, hinted=True, reminded_at=self.now))

    def edit(self, progress: Progress) -> Move | None:
        """``text`` is the event that they changed: what it said first has been acted upon, unless nobody understood
        it."""
        heard = progress.stage.open and self.given.text in progress.heard
        if heard and progress.misses and self.given.text == progress.heard[-1]:
            return replace(self, given=replace(self.given, text=self.given.instead)).line(progress)
        return Move(progress, ((Word.EDITED, ""),)) if heard else None

    def odd(self, progress: Progress) -> Move | None:
        """Said once for each step: who sends five stickers gets no five answers."""
        if progress.stage is not Stage.UNDER_WAY:
            return None
        says = ((Word.ODD, progress.step),) if progress.wordless != progress.step else ()
        missed = replace(progress, misses=progress.misses + 1, wordless=progress.step, moved_at=self.now)
        return Move(missed, says)

    def reaction(self, progress: Progress) -> Move | None:
        """An emoji on what they were asked last."""
        if progress.offer:
            wanted = agrees(self.given.text)
            return None if wanted is None else self._settle_offer(progress, wanted=wanted)
        meaning = understand_emoji(self.given.text, self._asked(progress))
        return None if meaning is None else self._follow(progress, meaning)

    def line(self, progress: Progress) -> Move | None:
        """Something that they wrote."""
        if progress.offer and (wanted := agrees(self.given.text)) is not None:
            return self._settle_offer(progress, wanted=wanted)
        if progress.stage.open and (named := asks_for(self.given.text)):
            return self._settle_offer(replace(progress, offer=named, offered=True), wanted=True)
        progress = replace(progress, offer="", kept="")
        meaning = understand(self.given.text, self._asked(progress))
        if meaning is None:
            return self._unclear(progress)
        if meaning.control is None and self._is_foreign(meaning.language, progress):  # words that always work, do
            return self._offer(progress, meaning.language, self.given.text)
        return self._follow(progress, meaning)

    def _unclear(self, progress: Progress) -> Move | None:
        spoken = language_in(self.given.text)
        if self._is_foreign(spoken, progress):
            return self._offer(progress, spoken, "")
        if progress.stage is not Stage.UNDER_WAY:
            return self._beside(progress)
        if progress.due is not None:
            return Move(progress, ((Word.WAITING, progress.step),))
        asked = Word.ASKED if self.given.text.rstrip().endswith("?") else Word.UNCLEAR
        word = Word.WAYS if progress.misses else asked
        missed = replace(progress, misses=progress.misses + 1, moved_at=self.now)
        return Move(missed, ((word, progress.step),))

    def _beside(self, progress: Progress) -> Move | None:
        """What is for nobody, outside of all steps: how to go on, said twice, and then not again for a while."""
        if progress.stage is Stage.UNREACHABLE:
            return None
        missed = replace(progress, misses=progress.misses + 1, moved_at=self.now)
        if progress.misses >= FEW and self.now - progress.moved_at < QUIET:
            return Move(replace(missed, moved_at=progress.moved_at))
        word = Word.OVER if progress.stage is Stage.DONE and not progress.misses else Word.LOST
        return Move(missed, ((word, ""),))

    def _is_foreign(self, language: Language, progress: Progress) -> bool:
        """Whether they write in another language than the bot, and may be asked about that: once, and once more where
        something else came in between."""
        asked = progress.stage is Stage.UNDER_WAY and progress.due is None and not progress.offers_over
        return asked and language in LANGUAGES and language != self.given.language

    def _offer(self, progress: Progress, language: Language, kept: str) -> Move:
        over = progress.offered
        asked = replace(progress, offer=language, offered=True, offers_over=over, kept=kept, moved_at=self.now)
        return Move(asked, ((Word.OFFER, language),))

    def _settle_offer(self, progress: Progress, *, wanted: bool) -> Move:
        """Go on with what they wrote before, in the language that they want."""
        language = progress.offer if wanted else self.given.language
        settled = replace(progress, offer="", offers_over=True, kept="")
        walk = replace(self, given=replace(self.given, text=progress.kept, language=language))
        move = walk.line(settled) if progress.kept else None
        move = move or self._enter(settled, settled.step, hurry=True)
        effects = (Effect(EffectKind.LANGUAGE, language),) if wanted else ()
        return replace(move, effects=(*effects, *move.effects))

    def _follow(self, progress: Progress, meaning: Meaning) -> Move | None:
        """Do what they mean, as far as it is possible where they stand."""
        asked = self._asked(progress)
        if meaning.answer is not None and asked is not None:
            answer = asked.ask[meaning.answer]
            move = self._enter(progress.leaving(answered=True), answer.to)
            return _with(move, answer.effect) if answer.effect else move
        if meaning.control in (Control.HELLO, Control.NEXT) and progress.stage is Stage.STOPPED:
            return Move(replace(progress, misses=0), ((Word.GREETED, ""),))
        if meaning.control in _ANYTIME:
            return _ANYTIME[meaning.control](self, progress)
        if not progress.stage.open:
            return self._unclear(progress)
        return _UNDER_WAY[meaning.control](self, progress) if meaning.control in _UNDER_WAY else None

    def thanked(self, progress: Progress) -> Move:
        """Thanks answer no question; the question stays."""
        return Move(replace(progress, misses=0), ((Word.WELCOME, ""),))

    def who(self, progress: Progress) -> Move:
        """Who speaks; the question stays."""
        return Move(replace(progress, misses=0), ((Word.WHO, progress.step),))

    def help(self, progress: Progress) -> Move:
        """Which words there are; the question stays."""
        return Move(replace(progress, misses=0), ((Word.HELP, progress.step),))

    def checklist(self, progress: Progress) -> Move:
        """How far they are."""
        return Move(replace(progress, moved_at=self.now), ((Word.CHECKLIST, ""),))

    def start(self, progress: Progress) -> Move:
        """Go on where they are; who was through is told so, and how to begin anew."""
        if progress.stage is Stage.DONE:
            return Move(replace(progress, misses=0), ((Word.THROUGH, ""),))
        return self.repeat(progress)

    def hello(self, progress: Progress) -> Move:
        """The same, with a greeting for who was through."""
        move = self.start(progress)
        return replace(move, says=((Word.THROUGH, "hello"),)) if progress.stage is Stage.DONE else move

    def repeat(self, progress: Progress) -> Move:
        """The present step once more, also before its time."""
        return self._enter(progress, progress.step, hurry=True)

    def go_on(self, progress: Progress) -> Move | None:
        """``next``: to the next step where nothing is asked; out of a pause, where they are."""
        here = self.path.steps.get(progress.step)
        if here is None or progress.due is not None or progress.stage in (Stage.STOPPED, Stage.LATER):
            return self.repeat(progress)
        if here.ask and progress.stage.open and (answer := goes_on(here)) is not None:
            return self._follow(progress, Meaning(answer=answer))
        if here.ask or not progress.stage.open:
            return self._unclear(progress)
        return self._enter(progress.leaving(answered=True), here.to)

    def skip(self, progress: Progress) -> Move:
        """Past the present step."""
        here = self.path.steps.get(progress.step)
        return self._enter(progress.leaving(answered=False), here.to if here else self.path.first)

    def back(self, progress: Progress) -> Move:
        """To the step before, whatever its conditions say by now."""
        trail = [one for one in progress.trail if one in self.path.steps]
        if not trail:
            move = self.repeat(progress)
            return replace(move, says=((Word.FIRST, ""), *move.says))
        before = trail.pop()
        return self._say(replace(progress, trail=tuple(trail)), self.path.steps[before])

    def _enter(self, progress: Progress, step_id: str, *, hurry: bool = False) -> Move:
        """Come to a step, or to the first after it that is for them; say it, or wait until its time unless in a
        ``hurry``. Where the path was changed meanwhile, go on with what they have not seen."""
        if step_id != END and step_id not in self.path.steps:
            step_id = next((one for one in self.path.steps if one not in progress.trail), END)
        to = self.path.passing(step_id, self.given.known)
        if to == END:
            return Move(progress.moved(self.now, stage=Stage.DONE), ((Word.OVER, ""),))
        here = self.path.steps[to]
        if here.after and not hurry:
            return Move(progress.moved(self.now, due=self.now + here.after).at(to))
        return self._say(progress, here)

    def _say(self, progress: Progress, here: Step) -> Move:
        stage = Stage.DONE if here.is_last else Stage.UNDER_WAY
        return Move(progress.moved(self.now, stage=stage).at(here.id), ((Word.STEP, here.id),))

    def _asked(self, progress: Progress) -> Step | None:
        """The step that waits for an answer; None while none was said, or nothing is expected any more."""
        waiting = progress.stage.open and progress.due is None
        return self.path.steps.get(progress.step) if waiting else None


def _with(move: Move, effect: Effect) -> Move:
    """The move with an effect, and with a word on what was noted. Where a card is begun, that goes on, and nobody says
    that it is over."""
    says = move.says
    if effect.kind is EffectKind.CARD:
        says = tuple(one for one in says if one[0] is not Word.OVER)
    if effect.kind in _NOTED:
        says = ((_NOTED[effect.kind], ""), *says)
    return replace(move, says=says, effects=(effect,))


_NOTED: Final = {EffectKind.VOLUNTEER: Word.VOLUNTEERED, EffectKind.WITHDRAW: Word.WITHDRAWN}
_Way = Callable[[Walk, Progress], Move | None]
_ANYTIME: Final[Mapping[Control | None, _Way]] = {
    Control.THANKS: Walk.thanked,
    Control.WHO: Walk.who,
    Control.CHECKLIST: Walk.checklist,
    Control.START: Walk.start,
    Control.HELLO: Walk.hello,
    Control.AGAIN: Walk.again,
    Control.NEXT: Walk.go_on,
}
_UNDER_WAY: Final[Mapping[Control | None, _Way]] = {
    Control.HELP: Walk.help,
    Control.SKIP: Walk.skip,
    Control.LATER: Walk.later,
    Control.BACK: Walk.back,
    Control.STOP: Walk.stop,
    Control.REPEAT: Walk.repeat,
}
