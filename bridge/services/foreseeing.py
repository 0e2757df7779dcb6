"""What would follow from a decision that is not taken: the world is looked at as if it were. Called by ``policies`` and
``partnerships``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bridge.domain.directory import Group, Visibility
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, say
from bridge.domain.partners import Partner, PartnerPolicy
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import RoomRef, group_room, subspace
from bridge.domain.viewers import OPEN, Viewer
from bridge.planning.actions import Action
from bridge.planning.asking import mark
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Later, Plan
from bridge.rules.access import Access
from bridge.rules.facts import Facts
from bridge.rules.fields import BadValue
from bridge.services.governing import Supposed
from bridge.services.reconcile import Reconciler
from bridge.services.showing import change, invited_by, room_name
from bridge.services.world import World

IGNORED: Final = "policy-ignored"
PARTNER_IGNORED: Final = "partner-ignored"
OPENS: Final = "opens"


@dataclass(frozen=True, slots=True)
class Foresight:
    """The group as it would be, by which ``facts``, and, as far as the viewer may see it: what would change in its
    rooms, and whose eyes that would open the past to."""

    after: Group
    facts: Facts
    changes: tuple[Message, ...] = ()
    past: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerForesight:
    """The partner as it would be, and, as far as the viewer may see it, what would change in rooms."""

    after: Partner
    changes: tuple[Message, ...] = ()


async def foresee(reconciler: Reconciler, now: World, access: Access, viewer: Viewer, policy: GroupPolicy) -> Foresight:
    """What would be, as the world is ``now``. Raises ``BadValue`` when the decision would not be followed."""
    world = await reconciler.glance(read=False, supposing=Supposed(groups=(policy,)))
    _refuse_ignored(
        finding
        for finding in world.findings
        if finding.kind == IGNORED and finding.group == policy.group and finding not in now.findings
    )
    after = world.facts.directory.groups[policy.group]
    if not _may_see(access, viewer, policy.group):
        return Foresight(after, world.facts)
    plan = _plan(world, policy.group)
    past = tuple(one.text for one in plan.findings if one.kind == OPENS)
    return Foresight(after, world.facts, (*_told(plan.actions, world), *_told_later(plan.later, world)), past)


async def foresee_partner(
    reconciler: Reconciler, now: World, access: Access, viewer: Viewer, policy: PartnerPolicy
) -> PartnerForesight:
    """The same for a decision about a partner, which may change any room. What would be done anyhow is not told."""
    world = await reconciler.glance(read=False, supposing=Supposed(partners=(policy,)))
    _refuse_ignored(
        finding
        for finding in world.findings
        if finding.kind == PARTNER_IGNORED and finding.subject == policy.partner and finding not in now.findings
    )
    anyhow = set(map(mark, now.plan.actions))
    waiting = {(one.ref, one.user) for one in now.plan.later}
    shown = world.plan.seen_by(access.compartments(viewer))
    later = (one for one in shown.later if (one.ref, one.user) not in waiting)
    changes = (
        *_told((action for action in shown.actions if mark(action) not in anyhow), world),
        *_told_later(later, world),
    )
    return PartnerForesight(world.facts.directory.partners[policy.partner], changes)


def _refuse_ignored(findings: Iterable[Finding]) -> None:
    """Raise ``BadValue`` with the reason why something would not be followed."""
    for finding in findings:
        reason = finding.text.places["reason"]
        raise BadValue(reason if isinstance(reason, Message) else finding.text)


def _told(actions: Iterable[Action], world: World) -> tuple[Message, ...]:
    return tuple(
        say(
            "{room}: {change}",
            room=room_name(action.ref, world.facts),
            change=change(action, world.facts, world.desired.service_users),
        )
        for action in actions
    )


def _told_later(later: Iterable[Later], world: World) -> Iterator[Message]:
    for one in later:
        yield say("{room}: {change}", room=room_name(one.ref, world.facts), change=invited_by(one, world.facts))


def _may_see(access: Access, viewer: Viewer, group_id: str) -> bool:
    """Whether what happens in the group's rooms may be told: it names people and partners."""
    group = access.facts.directory.groups.get(group_id)
    compartment = group_id if group is not None and group.visibility is Visibility.HIDDEN else OPEN
    return compartment in access.compartments(viewer)


def _plan(world: World, group_id: str) -> Plan:
    """What concerns the rooms of the group."""
    former: set[RoomRef] = {ref for ref, binding in world.bindings.items() if binding.of == group_id}
    return of_rooms(world.plan, {group_room(group_id), subspace(group_id), *former})
