"""Parts of a plan, as plans of their own."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bridge.domain.rooms import RoomKind, RoomRef
from bridge.planning.actions import Phase
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.plan import Plan, PlanPart

CLOSING: Final = frozenset({Phase.TIGHTEN, Phase.REMOVE, Phase.SHRINK})
"""What opens nothing, and need not wait."""


def released(plan: Plan) -> Plan:
    """What may be done without anybody's word: the parts that are not held, and of those that wait for being opened
    all but that."""
    return Plan.of(free for part in plan.parts if (free := _free(part)))


def _free(part: PlanPart) -> PlanPart | None:
    if part.held is None or not part.held.waiting:
        return None if part.held else part
    waiting = part.held.waiting
    actions = tuple(one for one in part.actions if one.phase in CLOSING or one.ref not in waiting)
    return replace(part, actions=actions, held=None, fingerprint=fingerprint_of(actions))


def of_rooms(plan: Plan, refs: Collection[RoomRef]) -> Plan:
    """What concerns these rooms alone. It stays held if the whole is: a small bite of a large removal is still one."""
    groups = {ref.id for ref in refs if ref.kind is RoomKind.GROUP}
    parts = []
    for part in plan.parts:
        actions = tuple(action for action in part.actions if action.ref in refs)
        findings = tuple(one for one in part.findings if one.group in groups)
        parts.append(replace(part, actions=actions, findings=findings, fingerprint=fingerprint_of(actions)))
    return Plan.of(parts)
