"""One step on a path: (path, state, input, time) → (state, what to say, what to do). Pure; called by ``guide``.

Nothing here raises, and whatever comes in, the words that always work lead out (``steering``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bots.onboarding import steering
from bots.onboarding.ground import Move
from bots.onboarding.paths import Path
from bots.onboarding.walking import Walk
from bridge.domain.onboarding import MAX_HEARD, Effect, Input, InputKind, Owed, Progress, Stage


@dataclass(frozen=True, slots=True)
class Taken:
    """The new state, and what is new in it: ``replies`` to say, ``effects`` to see to. ``heeded`` tells whether the
    input meant anything here; what did not is for others, such as the commands."""

    progress: Progress
    replies: tuple[Owed, ...] = ()
    effects: tuple[Effect, ...] = ()
    heeded: bool = True


def step(path: Path, progress: Progress, given: Input, now: datetime) -> Taken:
    """Take one input. An event that was taken before changes nothing."""
    if given.event and given.event in progress.heard:
        return Taken(progress)
    move = _WAYS[given.kind](Walk(path, given, now), progress)
    if move is None:
        return Taken(progress, heeded=False)
    turn = progress.turn + 1
    replies = tuple(
        Owed(word=word, about=about, turn=turn, part=part, event=given.event)
        for part, (word, about) in enumerate(move.says)
    )
    heard = (*progress.heard, given.event)[-MAX_HEARD:] if given.event else progress.heard
    taken = replace(move.progress, turn=turn, heard=heard)
    if taken.stage is not Stage.UNREACHABLE:
        taken = replace(taken, owed=(*taken.owed, *replies), doing=(*taken.doing, *move.effects))
    return Taken(taken, replies, move.effects)


_WAYS: Final[Mapping[InputKind, Callable[[Walk, Progress], Move | None]]] = {
    InputKind.BEGIN: Walk.begin,
    InputKind.LINE: Walk.line,
    InputKind.REACTION: Walk.reaction,
    InputKind.ODD: Walk.odd,
    InputKind.EDIT: Walk.edit,
    InputKind.TIME: Walk.time,
    InputKind.REMIND: Walk.remind,
    InputKind.HINT: Walk.hint,
    InputKind.LANGUAGE: Walk.language,
    InputKind.AGAIN: steering.again,
    InputKind.LATER: steering.later,
    InputKind.STOP: steering.stop,
    InputKind.REFUSED: Walk.refused,
}
