"""The order of doing: stages one after the other, rooms of one stage side by side, actions of one room in order."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Final, TypeAlias

from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action, AddMembers, Phase, RemoveMembers
from bridge.planning.ordering import KINDS

Stage: TypeAlias = dict[RoomRef, list[Action]]

SPACES_FIRST: Final = frozenset({Phase.TIGHTEN, Phase.REMOVE, Phase.CREATE})
"""Where spaces come before rooms: a room can only admit the members of a space that exists, and losing the space must
come before losing the room, or one could walk back in."""
DOORS_SHUT: Final = frozenset({Phase.TIGHTEN, Phase.CREATE})
"""The same for what is urgent: its plan closes every door before anybody is removed, so that nobody walks back in."""


CROWDS: Final = (AddMembers, RemoveMembers)


def weight(action: Action) -> int:
    """How many steps an action is."""
    return len(action.users) if isinstance(action, CROWDS) else 1


def stages(actions: Iterable[Action], *, urgent: bool = False) -> Sequence[Stage]:
    """The actions, split where everything before must be finished before anything after begins.

    In a stage the rooms with the most steps come first: they take longest, and nothing else should wait for the end.
    """
    found: list[Stage] = []
    barrier = partial(_barrier, spaces_first=DOORS_SHUT if urgent else SPACES_FIRST)
    for _, group in groupby(sorted(actions, key=barrier), key=barrier):
        stage: Stage = {}
        for action in group:
            stage.setdefault(action.ref, []).append(action)
        by_size = sorted(stage, key=lambda ref: -sum(map(weight, stage[ref])))
        found.append({ref: stage[ref] for ref in by_size})
    return found


def _barrier(action: Action, spaces_first: frozenset[Phase]) -> tuple[int, int]:
    return int(action.phase), KINDS[action.ref.kind] if action.phase in spaces_first else 0
