"""Plans, findings and results as documents: the same words in chat and on the terminal. Shows only what it is given."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final

from bridge.domain.desired import JoinRule, Setting
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, paragraph
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.rooms import COMPANY, RoomKind, RoomRef
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LetGo,
    LinkChild,
    Publish,
    RemoveMembers,
    SetAlias,
    SetAside,
    SetState,
    TellName,
)
from bridge.planning.plan import Later, Plan
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.services.applying.results import RunResult
from bridge.services.applying.stages import weight
from bridge.services.remarks import findings_blocks, names_of

NAMES: Final = 5
"""How many people are named before the rest is counted."""
LINES: Final = 60
"""How many changes are told one by one; whoever wants all of a larger plan asks for JSON."""


def room_name(ref: RoomRef, facts: Facts) -> Text | Message:
    """What people call a room of ours. Only for rooms that the viewer may know."""
    if ref.kind is RoomKind.COMPANY_SPACE:
        return say("the company space")
    if ref.kind is RoomKind.PARTNER_SPACE:
        partner = facts.directory.partners.get(ref.id)
        return say("the space of {partner}", partner=partner.name if partner else ref.id)
    if ref.kind is RoomKind.ADMINS:
        return say("the administrators' room")
    if ref.kind is RoomKind.FORMER:
        return say("a former room")
    group = facts.directory.groups.get(ref.id)
    name = group.name if group else Text.same(ref.id)
    return say("the space of {group}", group=name) if ref.kind is RoomKind.SUBSPACE else name


def change(action: Action, facts: Facts, staff: Collection[str] = ()) -> Message:
    """One action in a few words, without its room and reason; accounts of ``staff`` are not counted as people."""
    users = _persons(action, staff)
    match action:
        case CreateRoom():
            return say("create the room")
        case SetState():
            return _set(action, facts)
        case Publish():
            return say("show in the room directory") if action.published else say("take out of the room directory")
        case SetAlias():
            return (
                say("give the alias {alias}", alias=action.alias)
                if action.present
                else say("take away the alias {alias}", alias=action.alias)
            )
        case LinkChild():
            parent = room_name(action.parent, facts)
            return say("list in {space}", space=parent) if action.present else say("remove from {space}", space=parent)
        case AddMembers():
            return _people(
                users,
                say_n("let in {people}", "let in {count} people: {people}", len(users), people=_some(users, facts)),
            )
        case RemoveMembers():
            return _people(
                users,
                say_n("remove {people}", "remove {count} people: {people}", len(users), people=_some(users, facts)),
            )
        case TellName():
            return say("tell the real name inside")
        case SetAside() | LetGo():
            return _parting(action)


def _parting(action: SetAside | LetGo) -> Message:
    if isinstance(action, SetAside):
        return say("put the room aside for a new one")
    return say("leave the room and have it deleted") if action.delete else say("leave the room")


def _set(action: SetState, facts: Facts) -> Message:
    """What a setting becomes, where few words say it; else which one it is."""
    settings = action.settings
    if action.setting is Setting.ACL and settings.servers and len(settings.servers) <= NAMES:
        return say("set the servers admitted: {servers}", servers=settings.servers)
    if action.setting is Setting.JOIN_RULE and settings.join_rule is JoinRule.INVITE:
        return say("set who may join: the invited")
    if action.setting is Setting.JOIN_RULE and COMPANY in settings.allow:
        known = facts.directory.partners
        spaces = [ref.id for ref in settings.allow if ref.kind is RoomKind.PARTNER_SPACE]
        if names := tuple(known[one].name if one in known else one for one in spaces):
            return say("set who may join: every employee, and people of {partners}", partners=names)
        return say("set who may join: every employee")
    return say("set {setting}", setting=SETTINGS[str(action.setting)])


def _people(users: Sequence[str], message: Message) -> Message:
    more = len(users) - NAMES
    return (
        say_n("{people} and {count} more", "{people} and {count} more", more, people=message) if more > 0 else message
    )


def _persons(action: Action, staff: Collection[str]) -> Sequence[str]:
    """Whom an action lets in or removes; our accounts only where there is nobody else."""
    users = action.users if isinstance(action, AddMembers | RemoveMembers) else ()
    return tuple(user for user in users if user not in staff) or users


def _some(users: Sequence[str], facts: Facts) -> tuple[str, ...]:
    return tuple(called(facts, user) for user in users[:NAMES])


SETTINGS: Final = {
    "name": say("the name"),
    "topic": say("the topic"),
    "join_rule": say("who may join"),
    "history": say("who may read the past"),
    "guests": say("guest access"),
    "powers": say("who may do what"),
    "acl": say("the servers admitted"),
    "encryption": say("encryption"),
    "retention": say("how long is kept what was said"),
    "marker": say("which group it belongs to"),
    "alias": say("the main alias"),
    "avatar": say("the picture"),
    "successor": say("the way to the new room"),
    "children": say("the list of rooms"),
    "entered": say("who is in"),
    "invited": say("who is invited"),
    "published": say("the room directory"),
    "address": say("an address"),
}


def plan_document(
    plan: Plan,
    facts: Facts,
    *,
    findings: Iterable[Finding] = (),
    apply: str | None,
    whole: str | None = None,
    staff: Collection[str] = (),
    at_once: str = "",
) -> Document:
    """A plan as people read it. ``apply`` is the command that applies it, as it is typed where this is shown, None when
    it cannot be applied there.

    ``whole`` is given when this is a part that cannot be applied by itself: the command that shows all of it.
    ``staff`` are accounts that are no people. ``at_once`` is the command that invites now who is invited later.
    """
    blocks: list[Block] = []
    if plan.empty and any(plan.later):
        blocks.append(paragraph(say("Nothing to do now.")))
    elif plan.empty:
        blocks.append(paragraph(say("Nothing to do: every room is as it should be.")))
    else:
        title: tuple[Inline, ...] = (
            (Strong(_size(plan)),) if whole or not apply else (Strong(_size(plan)), " · ", Code(plan.fingerprint))
        )
        blocks.append(paragraph(*title))
        blocks.append(_changes(plan, facts, staff))
    if plan.held:
        blocks.append(paragraph(Strong(say("Held.")), " ", plan.held.reason))
    if not plan.empty and whole:
        blocks.append(paragraph(say("This is a part; only the whole plan can be applied: "), Code(whole)))
    elif not plan.empty and apply:
        blocks.append(paragraph(say("To apply it: "), Code(f"{apply} {plan.fingerprint}")))
    blocks += later_blocks(plan, facts, at_once=at_once)
    blocks += findings_blocks((*findings, *plan.findings), names_of(plan.findings, facts))
    return Document(tuple(blocks))


def _size(plan: Plan) -> Message:
    rooms = len(plan.rooms())
    changes = say_n("{count} change", "{count} changes", sum(map(weight, plan.actions)))
    return say_n("{changes} in {count} room", "{changes} in {count} rooms", rooms, changes=changes)


def _changes(plan: Plan, facts: Facts, staff: Collection[str]) -> Items:
    rows: list[tuple[Inline, ...]] = [
        (Strong(room_name(action.ref, facts)), " – ", change(action, facts, staff), " (", action.reason, ")")
        for action in islice(plan.actions, LINES)
    ]
    if (more := sum(len(part.actions) for part in plan.parts) - LINES) > 0:
        rows.append((say_n("and {count} more", "and {count} more", more),))
    return Items(tuple(rows))


def later_blocks(plan: Plan, facts: Facts, *, at_once: str = "") -> list[Block]:
    """Who is invited later and when, or nothing; ``at_once`` is the command that does not wait."""
    later = sorted(plan.later, key=lambda one: (one.by, one.ref, one.user))
    if not later:
        return []
    rows: list[tuple[Inline, ...]] = [
        (Strong(room_name(one.ref, facts)), " – ", invited_by(one, facts)) for one in later[:LINES]
    ]
    if (more := len(later) - LINES) > 0:
        rows.append((say_n("and {count} more", "and {count} more", more),))
    blocks: list[Block] = [paragraph(Strong(say("Invited later"))), Items(tuple(rows))]
    if at_once:
        why = say("Invitations to hidden groups are spread in time, so that nobody sees who belongs together.")
        blocks.append(paragraph(why, " ", say("To send them now: "), Code(at_once)))
    return blocks


def invited_by(one: Later, facts: Facts) -> Message:
    """When somebody is invited."""
    return say("invite {user}, by {time}", user=called(facts, one.user), time=one.by)


def result_document(result: RunResult) -> Document:
    """How a run ended."""
    done = say_n("Done: {count} change.", "Done: {count} changes.", result.done)
    if result.complete:
        return Document((paragraph(done),))
    part = say("{done} of {total} changes are done.", done=result.done, total=result.total)
    blocks = [paragraph(part), *findings_blocks(result.findings)]
    if result.stepped_aside:
        first = say("It stopped, because what is agreed with a partner has changed, which goes first. Look at the plan"
                    " again.")  # fmt: skip
        blocks.append(paragraph(first))
    return Document(tuple(blocks))
