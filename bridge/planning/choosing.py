"""Parts of a plan, as plans of their own."""

from collections.abc import Collection
from dataclasses import replace

from bridge.domain.rooms import RoomKind, RoomRef
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.plan import Plan


def released(plan: Plan) -> Plan:
    """What may be done without anybody's word: the parts that are not held."""
    return Plan.of(part for part in plan.parts if part.held is None)


def of_rooms(plan: Plan, refs: Collection[RoomRef]) -> Plan:
    """What concerns these rooms alone. It stays held if the whole is: a small bite of a large removal is still one."""
    groups = {ref.id for ref in refs if ref.kind is RoomKind.GROUP}
    parts = []
    for part in plan.parts:
        actions = tuple(action for action in part.actions if action.ref in refs)
        findings = tuple(one for one in part.findings if one.group in groups)
        parts.append(replace(part, actions=actions, findings=findings, fingerprint=fingerprint_of(actions)))
    return Plan.of(parts)
