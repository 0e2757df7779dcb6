"""Why somebody is in a group's room, or is not: rule, source, and what would change it. For commands and the terminal.

Everybody may ask about themselves; about others, whoever may see the group's inside, and where insiders alone read the
answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.domain.directory import Group
from bridge.domain.document import Block, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.domain.rooms import Membership, RoomRef, group_room
from bridge.domain.viewers import OPEN, Viewer
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.reasons import Case, Decided, Ground, grounds
from bridge.rules.reverting import PastDecision
from bridge.rules.standing import Seat, remedies, standing
from bridge.rules.ways import names_of
from bridge.services.recalling import decisions
from bridge.services.world import World

PRESENT = (Membership.JOIN, Membership.INVITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What may be told. ``planned`` is the reason of what the plan does about it; ``leaves`` says that it removes."""

    group: Text
    standing: Message
    grounds: Sequence[Ground]
    remedies: Sequence[Message]
    planned: Message | None = None
    leaves: bool = False
    later: datetime | None = None
    """When they are invited at the latest, where that is spread in time."""


async def explain(
    store: Store, world: World, access: Access, viewer: Viewer, *, user: str, group: str
) -> Explanation | None:
    """Why ``user`` (a user id) is in the room of the group that ``group`` names, or is not.

    None alike when there is no such group, when the viewer may not know it, and when they may not ask about others;
    with the same work.
    """
    found = access.find(viewer, group)
    ref = group_room(found.id if found else "")
    async with store.view() as view:
        room = (await view.rooms.actual([ref])).get(ref)
        since = (await view.rooms.waiting(ref)).get(user)
        policy = await view.policies.get(ref.id)
        taken = await decisions(view, [ref.id if found and is_hidden(found) else OPEN])
    if found is None or not _may_ask(access, viewer, user, found):
        return None
    added = policy.values.get("members") if policy else None
    case = Case(
        facts=world.facts,
        group=found,
        user=user,
        may_tell=lambda one: access.may_know(viewer, one),
        insiders=OPEN in access.compartments(viewer),
        added=frozenset(one for one in added if isinstance(one, str)) if isinstance(added, list) else frozenset(),
        decided=_about(user, found, world.facts, taken),
    )
    seat = Seat(room=room, since=since)
    later = next((one.by for one in world.plan.later if (one.ref, one.user) == (ref, user)), None)
    present = seat.membership(user) in PRESENT
    planned = _planned(world, ref, user, present=present)
    return Explanation(
        group=found.name,
        standing=standing(case, seat),
        grounds=grounds(case),
        remedies=() if isinstance(planned, AddMembers) or (later and not present) else tuple(remedies(case, seat)),
        planned=planned.reason if planned else None,
        leaves=isinstance(planned, RemoveMembers),
        later=None if present else later,
    )


def _may_ask(access: Access, viewer: Viewer, user: str, group: Group) -> bool:
    if user == viewer.asker:
        return True
    compartment = group.id if is_hidden(group) else OPEN
    return access.may_inspect(viewer, group.id) and compartment in access.compartments(viewer)


def _about(user: str, group: Group, facts: Facts, taken: Sequence[PastDecision]) -> Decided | None:
    """The latest decision whether this person is a member."""
    names = names_of(facts, user)
    for one in taken:
        if one.group == group.id and one.field == "members" and names.intersection((*one.added, *one.removed)):
            return Decided(by=one.by, at=one.at, present=bool(names.intersection(one.added)))
    return None


def _planned(world: World, ref: RoomRef, user: str, *, present: bool) -> AddMembers | RemoveMembers | None:
    """What the plan of the last look does about it, as far as that has not happened since."""
    for action in world.plan.actions:
        if action.ref == ref and isinstance(action, AddMembers | RemoveMembers) and user in action.users:
            return action if isinstance(action, RemoveMembers) == present else None
    return None


def explanation_document(explained: Explanation) -> Document:
    """The explanation as people read it."""
    rows: list[tuple[Inline, ...]] = [(one.text, " (", one.source, ")") for one in explained.grounds]
    blocks: list[Block] = [paragraph(Strong(explained.group), " – ", explained.standing), Items(tuple(rows))]
    if explained.planned:
        what = say("The next plan removes them:") if explained.leaves else say("The next plan lets them in:")
        blocks.append(paragraph(what, " ", explained.planned))
    if explained.later:
        blocks.append(paragraph(say("They are invited by {time}: invitations to hidden groups are spread in time.",
                                    time=explained.later)))  # fmt: skip
    if explained.remedies:
        blocks.append(paragraph(Strong(say("What can be done"))))
        blocks.append(Items(tuple((one,) for one in explained.remedies)))
    return Document(tuple(blocks))
