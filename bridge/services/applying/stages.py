"""The order of doing: stages one after the other, rooms of one stage side by side, actions of one room in order."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, TypeAlias

from bridge.domain.rooms import RoomKind, RoomRef
from bridge.planning.actions import Action

Stage: TypeAlias = dict[RoomRef, list[Action]]

RANK: Final = {RoomKind.COMPANY_SPACE: 0, RoomKind.PARTNER_SPACE: 1, RoomKind.GROUP: 2}
"""Spaces first: a room can only admit the members of a space that exists, and losing the space must come before
losing the room, or one could walk back in."""


def stages(actions: Iterable[Action]) -> Sequence[Stage]:
    """The actions, split where everything before must be finished before anything after begins."""

    def barrier(action: Action) -> tuple[int, int]:
        return int(action.phase), RANK[action.ref.kind]

    found: list[Stage] = []
    for _, group in groupby(sorted(actions, key=barrier), key=barrier):
        stage: Stage = {}
        for action in group:
            stage.setdefault(action.ref, []).append(action)
        found.append(stage)
    return found
