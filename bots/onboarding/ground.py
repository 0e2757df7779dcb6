"""Where somebody stands on a path, and how they come from one step to another. Pure; ``walking`` and ``steering`` are
made of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bots.onboarding.paths import END, Path, Step
from bridge.domain.onboarding import Effect, EffectKind, Input, Progress, Stage, Word

NOTED: Final = {EffectKind.VOLUNTEER: Word.VOLUNTEERED, EffectKind.WITHDRAW: Word.WITHDRAWN}
"""What is said of an effect."""


@dataclass(frozen=True, slots=True)
class Move:
    """A new state, with words and what they are about, and effects."""

    progress: Progress
    says: tuple[tuple[Word, str], ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """One input on one path at one moment, with the ways from step to step."""

    path: Path
    given: Input
    now: datetime

    def asked(self, progress: Progress) -> Step | None:
        """The step that waits for an answer; None while none was said, or nothing is expected any more."""
        waiting = progress.stage.open and progress.due is None
        return self.path.steps.get(progress.step) if waiting else None

    def enter(self, progress: Progress, step_id: str, *, hurry: bool = False) -> Move:
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
        return self.say(progress, here)

    def answer(self, progress: Progress, asked: Step, number: int) -> Move:
        """On to where an answer leads, with its effect and a word on what was noted. Where a card is begun, that goes
        on, and nobody says that it is over."""
        answer = asked.ask[number]
        move = self.enter(progress.leaving(answered=True), answer.to)
        if answer.effect is None:
            return move
        says, kind = move.says, answer.effect.kind
        if kind is EffectKind.CARD:
            says = tuple(one for one in says if one[0] is not Word.OVER)
        if kind in NOTED:
            says = ((NOTED[kind], ""), *says)
        return replace(move, says=says, effects=(answer.effect,))

    def repeat(self, progress: Progress) -> Move:
        """The present step once more, also before its time."""
        return self.enter(progress, progress.step, hurry=True)

    def say(self, progress: Progress, here: Step) -> Move:
        """Say a step, whatever its conditions and its time."""
        stage = Stage.DONE if here.is_last else Stage.UNDER_WAY
        return Move(progress.moved(self.now, stage=stage).at(here.id), ((Word.STEP, here.id),))
