"""Taking decisions about a group back: what is decided then. Pure; called by ``services.undoing``.

What was decided once more since stays as it is: undoing is not allowed to undo more than it says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bridge.domain.policy import Value

MEMBERS: Final = "members"
"""The one list that begins empty: every other begins with those whom the directory names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """One decision about one field of a group, as the audit log ``id`` tells it: one value for another, or ids that a
    list got and lost.

    ``before`` and ``after`` hold the value, or nothing where nothing was decided. ``settled`` says that there is no way
    back by itself: the group was made.
    """

    id: str
    group: str
    field: str
    by: str
    at: datetime
    before: tuple[Value, ...] = ()
    after: tuple[Value, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    settled: bool = False

    @property
    def about_people(self) -> bool:
        """Whether a list of ids changed."""
        return bool(self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Reverted:
    """What is decided then, the decisions that this takes back, and those that stay."""

    values: Mapping[str, Value]
    back: tuple[PastDecision, ...] = ()
    kept: tuple[PastDecision, ...] = ()


def revert(values: Mapping[str, Value], taken: Iterable[PastDecision]) -> Reverted:
    """Take back what was decided about one group, of which ``values`` are decided now. ``taken`` are newest first."""
    now = dict(values)
    back: list[PastDecision] = []
    kept: list[PastDecision] = []
    for decision in taken:
        done = not decision.settled and (_restore(now, decision) or _unlist(now, decision))
        (back if done else kept).append(decision)
    return Reverted(now, tuple(back), tuple(kept))


def _restore(now: dict[str, Value], decision: PastDecision) -> bool:
    """Put the old value back where the new one still stands."""
    name = decision.field
    whole = decision.before or decision.after
    if not whole or ((now[name],) if name in now else ()) != decision.after:
        return False
    now.pop(name, None)
    if decision.before:
        now[name] = decision.before[0]
    return True


def _unlist(now: dict[str, Value], decision: PastDecision) -> bool:
    """Take those off a list whom the decision put there, and the other way round; whoever came since stays."""
    current = now.get(decision.field)
    listed = [one for one in current if isinstance(one, str)] if isinstance(current, list) else []
    begun = not decision.before and bool(decision.after)
    if not decision.about_people or (begun and decision.field != MEMBERS):
        return False
    if not set(decision.added) <= set(listed) or set(decision.removed) & set(listed):
        return False
    now[decision.field] = [*(one for one in listed if one not in decision.added), *decision.removed]
    return True
