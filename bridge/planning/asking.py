"""What of a plan follows from decisions that the rooms have not followed yet: somebody asked for it, and saw it before.

The planner makes the same plan a second time without these decisions; what is only in the first was asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action, AddMembers, RemoveMembers, SetState
from bridge.planning.braking import Toll
from bridge.planning.fingerprint import fingerprint_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What would be done without the decisions: what it takes and opens, the ``marks`` of its actions (``mark``), and
    by room who comes or goes."""

    toll: Toll
    marks: frozenset[str]
    moved: Mapping[RoomRef, frozenset[str]]

    @classmethod
    def of(cls, actions: Iterable[Action], toll: Toll) -> "Usual":
        """From the actions of the second plan, and their toll."""
        marks: set[str] = set()
        moved: dict[RoomRef, frozenset[str]] = {}
        for action in actions:
            marks.add(mark(action))
            if isinstance(action, AddMembers | RemoveMembers):
                moved[action.ref] = moved.get(action.ref, frozenset()).union(action.users)
        return cls(toll=toll, marks=frozenset(marks), moved=moved)

    def asked(self, actions: Iterable[Action], toll: Toll) -> Iterator[Action]:
        """Those of the first plan, which takes this ``toll``, that follow from the decisions alone: without whoever
        would come or go anyhow, and without what would be opened anyhow. A room that is let go of is so with all that
        is in it."""
        over = toll.let_go - self.toll.let_go
        for action in actions:
            if action.ref in over:
                yield action
            elif mark(action) in self.marks:
                continue
            elif isinstance(action, AddMembers | RemoveMembers):
                anyhow = self.moved.get(action.ref, frozenset())
                if users := tuple(user for user in action.users if user not in anyhow):
                    yield replace(action, users=users)
            elif not isinstance(action, SetState) or (action.ref, action.setting) not in self.toll.opened:
                yield action


def mark(action: Action) -> str:
    """The same for equal actions, whatever their reasons; an action may hold what has no hash."""
    return fingerprint_of((action,))
