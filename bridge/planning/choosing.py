"""Parts of a plan, as plans of their own."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bridge.domain.rooms import RoomKind, RoomRef
from bridge.planning.actions import Phase
from bridge.planning.asking import mark
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.ordering import order
from bridge.planning.plan import Plan, PlanPart

CLOSING: Final = frozenset({Phase.TIGHTEN, Phase.REMOVE, Phase.SHRINK})
"""What opens nothing, and need not wait."""


def released(plan: Plan) -> Plan:
    """What may be done without anybody's further word: the parts that are not held, of those that wait for being opened
    all but that, and in any case what a confirmed command asked for and that whoever is switched off goes."""
    return Plan.of(free for part in plan.parts if (free := _free(part)))


def _free(part: PlanPart) -> PlanPart | None:
    if part.held is None:
        return part
    never, waiting = part.held.free, part.held.waiting
    if waiting:
        free = [one for one in part.actions if one.phase in CLOSING or one.ref not in waiting]
        there = set(map(mark, free)) if never else set()
        free += [one for one in never if one.ref in waiting and one.phase not in CLOSING and mark(one) not in there]
        actions = tuple(sorted(free, key=order))
    elif never:
        actions = never
    else:
        return None
    return replace(part, actions=actions, held=None, fingerprint=fingerprint_of(actions))


def of_rooms(plan: Plan, refs: Collection[RoomRef]) -> Plan:
    """What concerns these rooms alone. It stays held if the whole is: a small bite of a large removal is still one."""
    groups = {ref.id for ref in refs if ref.kind is RoomKind.GROUP}
    parts = []
    for part in plan.parts:
        actions = tuple(action for action in part.actions if action.ref in refs)
        findings = tuple(one for one in part.findings if one.group in groups)
        later = tuple(one for one in part.later if one.ref in refs)
        parts.append(
            replace(part, actions=actions, findings=findings, later=later, fingerprint=fingerprint_of(actions))
        )
    return Plan.of(parts)
