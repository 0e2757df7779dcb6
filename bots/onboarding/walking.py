"""What each kind of input does to somebody's progress on a path. Pure; ``stepping`` calls one method per input, and
``steering`` knows the words that always work.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bots.onboarding.ground import Ground, Move
from bots.onboarding.steering import steer
from bots.onboarding.understanding import (
    Meaning,
    agrees,
    asks_for,
    language_in,
    understand,
    understand_emoji,
)
from bridge.domain.messages import LANGUAGES, Language
from bridge.domain.onboarding import Effect, EffectKind, Progress, Stage, Word

FEW: Final = 2
"""How often in a row it is told how to go on; then it is quiet."""
QUIET: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Walk(Ground):
    """One input. Each method gives None for what means nothing there."""

    def begin(self, progress: Progress) -> Move | None:
        """They have arrived; only once."""
        return None if progress.turn else self.enter(progress, self.path.first)

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
        return self.enter(progress, progress.step, hurry=True) if waits else None

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
        meaning = understand_emoji(self.given.text, self.asked(progress))
        return None if meaning is None else self._follow(progress, meaning)

    def line(self, progress: Progress) -> Move | None:
        """Something that they wrote."""
        if progress.offer and (wanted := agrees(self.given.text)) is not None:
            return self._settle_offer(progress, wanted=wanted)
        if progress.stage.open and (named := asks_for(self.given.text)):
            return self._settle_offer(replace(progress, offer=named, offered=True), wanted=True)
        progress = replace(progress, offer="", kept="")
        meaning = understand(self.given.text, self.asked(progress))
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
        move = move or self.enter(settled, settled.step, hurry=True)
        effects = (Effect(EffectKind.LANGUAGE, language),) if wanted else ()
        return replace(move, effects=(*effects, *move.effects))

    def _follow(self, progress: Progress, meaning: Meaning) -> Move | None:
        """Do what they mean, as far as it is possible where they stand."""
        asked = self.asked(progress)
        if meaning.answer is not None and asked is not None:
            return self.answer(progress, asked, meaning.answer)
        move = steer(self, progress, meaning.control) if meaning.control else None
        return move or self._unclear(progress)
