"""What the words do that always work, whatever was asked: on, back, past, later, no more. Pure; called by ``walking``.

Each gives None for what is not possible where somebody stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from bots.onboarding.ground import Ground, Move
from bots.onboarding.understanding import Control, goes_on
from bridge.domain.onboarding import Progress, Stage, Word

Way: TypeAlias = Callable[[Ground, Progress], Move | None]


def steer(ground: Ground, progress: Progress, control: Control) -> Move | None:
    """Do what the word says, as far as it is possible where they stand."""
    if control in (Control.HELLO, Control.NEXT) and progress.stage is Stage.STOPPED:
        return Move(replace(progress, misses=0), ((Word.GREETED, ""),))
    if control in _ANYTIME:
        return _ANYTIME[control](ground, progress)
    return _UNDER_WAY[control](ground, progress) if progress.stage.open else None


def again(ground: Ground, progress: Progress) -> Move:
    """From the beginning. Reminders that were sent stay counted."""
    return ground.enter(replace(progress, trail=(), answered=()), ground.path.first)


def later(ground: Ground, progress: Progress) -> Move | None:
    """A pause, until they go on."""
    paused = progress.moved(ground.now, stage=Stage.LATER)
    return Move(paused, ((Word.PAUSED, ""),)) if progress.stage.open else None


def stop(ground: Ground, progress: Progress) -> Move | None:
    """No more of it."""
    stopped = progress.moved(ground.now, stage=Stage.STOPPED)
    return Move(stopped, ((Word.STOPPED, ""),)) if progress.stage.open else None


def checklist(ground: Ground, progress: Progress) -> Move:
    """How far they are."""
    return Move(replace(progress, moved_at=ground.now), ((Word.CHECKLIST, ""),))


def start(ground: Ground, progress: Progress) -> Move:
    """Go on where they are; who was through is told so, and how to begin anew."""
    if progress.stage is Stage.DONE:
        return Move(replace(progress, misses=0), ((Word.THROUGH, ""),))
    return ground.repeat(progress)


def hello(ground: Ground, progress: Progress) -> Move:
    """The same, with a greeting for who was through."""
    move = start(ground, progress)
    return replace(move, says=((Word.THROUGH, "hello"),)) if progress.stage is Stage.DONE else move


def go_on(ground: Ground, progress: Progress) -> Move | None:
    """``next``: to the next step where nothing is asked; out of a pause, where they are."""
    here = ground.path.steps.get(progress.step)
    if here is None or progress.due is not None or progress.stage in (Stage.STOPPED, Stage.LATER):
        return ground.repeat(progress)
    if here.ask and progress.stage.open and (answer := goes_on(here)) is not None:
        return ground.answer(progress, here, answer)
    if here.ask or not progress.stage.open:
        return None
    return ground.enter(progress.leaving(answered=True), here.to)


def skip(ground: Ground, progress: Progress) -> Move:
    """Past the present step."""
    here = ground.path.steps.get(progress.step)
    return ground.enter(progress.leaving(answered=False), here.to if here else ground.path.first)


def back(ground: Ground, progress: Progress) -> Move:
    """To the step before, whatever its conditions say by now."""
    trail = [one for one in progress.trail if one in ground.path.steps]
    if not trail:
        move = ground.repeat(progress)
        return replace(move, says=((Word.FIRST, ""), *move.says))
    before = trail.pop()
    return ground.say(replace(progress, trail=tuple(trail)), ground.path.steps[before])


def _telling(word: Word, *, of_the_step: bool = True) -> Way:
    """A word beside the question, which stays."""

    def tell(_: Ground, progress: Progress) -> Move:
        return Move(replace(progress, misses=0), ((word, progress.step if of_the_step else ""),))

    return tell


_ANYTIME: Final[Mapping[Control, Way]] = {
    Control.THANKS: _telling(Word.WELCOME, of_the_step=False),
    Control.WHO: _telling(Word.WHO),
    Control.CHECKLIST: checklist,
    Control.START: start,
    Control.HELLO: hello,
    Control.AGAIN: again,
    Control.NEXT: go_on,
}
_UNDER_WAY: Final[Mapping[Control, Way]] = {
    Control.HELP: _telling(Word.HELP),
    Control.SKIP: skip,
    Control.LATER: later,
    Control.BACK: back,
    Control.STOP: stop,
    Control.REPEAT: Ground.repeat,
}
