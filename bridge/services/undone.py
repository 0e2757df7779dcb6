"""What undoing a run would be, and how people read it, in chat and on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import DayOf, Message, Text, say, say_n, shown
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action
from bridge.planning.fingerprint import fingerprint_of, fingerprint_of_parts
from bridge.planning.plan import Plan, PlanPart
from bridge.rules.calling import all_called, called, partners_called
from bridge.rules.decisions import LABELS, reasons
from bridge.rules.effects import OF_PARTNERS, effect_of
from bridge.rules.facts import Facts
from bridge.rules.reverting import PastDecision
from bridge.services.showing import later_blocks, plan_document
from bridge.services.world import World

COMMAND_LINE: Final = "command line"
NAMED: Final = 3
"""Groups of a run that are named."""
BACK: Final = {
    "members": say("no longer among its members: {people}"),
    "owners": say("no longer among its owners: {people}"),
    "moderators": say("no longer among its moderators: {people}"),
    "delegates": say("no longer among its delegates: {people}"),
    "partners": say("no longer among its partners: {people}"),
}
AGAIN: Final = {
    "members": say("again among its members: {people}"),
    "owners": say("again among its owners: {people}"),
    "moderators": say("again among its moderators: {people}"),
    "delegates": say("again among its delegates: {people}"),
    "partners": say("again among its partners: {people}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run as far as the viewer may see it: ``changes`` counts what it did there, ``groups`` are those whose rooms it
    was to change, ``deciders`` who decided what it followed. ``actor`` and they are called as people call them."""

    id: str
    at: datetime
    actor: str
    changes: int
    groups: tuple[Text, ...] = ()
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What undoing a run would do, as the viewer may see it.

    It takes the decisions ``back``; those ``kept`` were decided otherwise since, or have no way back. ``plan`` is what
    follows in the rooms, in the world ``then``. ``stays`` are the reasons for what else the run did, each with how many
    changes: these are not undone by command. ``unseen`` changes more were not looked at one by one.
    """

    run: PastRun
    now: World
    then: World
    plan: Plan
    back: tuple[PastDecision, ...] = ()
    kept: tuple[PastDecision, ...] = ()
    stays: tuple[tuple[Message, int], ...] = ()
    unseen: int = 0
    partners: tuple[tuple[Text, Message], ...] = ()
    """What was decided about partners before it, each by name and field: taken back by deciding it again."""

    @property
    def fingerprint(self) -> str:
        """Covers the decisions as well as what follows in rooms: whoever quotes it saw both."""
        decisions = ((one.id, one.group) for one in self.back)
        parts = ((part.compartment, part.fingerprint) for part in self.plan.parts)
        return fingerprint_of_parts((("", self.run.id), *decisions, *parts))

    @property
    def empty(self) -> bool:
        """Whether there is nothing that a command could take back."""
        return not self.back


def difference(then: Plan, now: Plan) -> Plan:
    """What ``then`` does that ``now`` would not do anyway."""
    parts = {part.compartment: part for part in now.parts}
    beyond = (_beyond(one, parts.get(one.compartment)) for one in then.parts)
    return Plan.of(part for part in beyond if part.actions or part.later)


def _beyond(then: PlanPart, now: PlanPart | None) -> PlanPart:
    anyway: dict[RoomRef, list[Action]] = {}
    for action in now.actions if now else ():
        anyway.setdefault(action.ref, []).append(action)
    actions = tuple(action for action in then.actions if action not in anyway.get(action.ref, ()))
    findings = tuple(one for one in then.findings if now is None or one not in now.findings)
    waiting = {(one.ref, one.user) for one in now.later} if now else set()
    later = tuple(one for one in then.later if (one.ref, one.user) not in waiting)
    return replace(then, actions=actions, findings=findings, later=later, fingerprint=fingerprint_of(actions))


def runs_document(runs: Sequence[PastRun], *, undo: str) -> Document:
    """The last runs; ``undo`` is the command that takes one back."""
    if not runs:
        return document(paragraph(say("Nothing was applied yet that I can show here.")))
    rows = tuple(_row(run) for run in runs)
    form = Code(f"{undo} {runs[0].id}")
    return document(paragraph(Strong(say("What was applied last"))), Items(rows), paragraph(say("To undo: "), form))


def _row(run: PastRun) -> tuple[Inline, ...]:
    groups: tuple[Inline, ...] = (Strong(shown(_some(run.groups))), ", ") if run.groups else ()
    who = say("decided by {people}", people=run.deciders) if run.deciders and not run.actor else _actor(run.actor)
    return (Code(run.id), " – ", shown(run.at), ", ", *groups, who, ", ", _count(run.changes))


def _some(groups: Sequence[Text]) -> tuple[Text, ...]:
    return (*groups[:NAMED], Text.same("…")) if len(groups) > NAMED else tuple(groups)


def undo_document(undo: Undo, *, command: str) -> Document:
    """What would be undone and what not; ``command`` is the one that does it, as it is typed where this is shown."""
    run = undo.run
    title = say("This run made {changes} on {day}.", changes=_count(run.changes), day=run.at)
    blocks: list[Block] = [paragraph(Code(run.id), " – ", title)]
    if undo.empty:
        blocks.append(paragraph(say("Nothing of it can be undone by command.")))
    else:
        blocks.append(paragraph(Strong(say("Decisions that are taken back"))))
        blocks.append(Items(tuple(_taken_back(undo))))
        blocks += _following(undo, command)
    return Document((*blocks, *_staying(undo)))


def _taken_back(undo: Undo) -> Iterable[tuple[Inline, ...]]:
    groups = undo.then.facts.directory.groups
    facts = undo.now.facts
    before = facts.directory.groups
    for one in undo.back:
        group, name = groups.get(one.group) or before.get(one.group), _name(one.group, undo)
        naming = partners_called if one.field in OF_PARTNERS else all_called
        source: tuple[Inline, ...] = (" (", _decided(one, facts), ")") if one.by else ()
        if one.about_people:
            people = [(BACK, one.added), (AGAIN, one.removed)]
            for words, names in people:
                if names:
                    sentence = replace(words.get(one.field, words["members"]), places={"people": naming(facts, names)})
                    yield (Strong(name), " – ", sentence, *source)
        else:
            effect = effect_of(group, one.field, facts) if group else LABELS.get(one.field, one.field)
            yield (Strong(name), " – ", effect, *source)
    for group_id in dict.fromkeys(one.group for one in undo.back):
        if group_id in groups and group_id in before:
            yield from ((reason,) for reason in reasons(before[group_id], groups[group_id], facts=facts))


def _following(undo: Undo, command: str) -> list[Block]:
    form = f"{command} {undo.run.id}"
    if not undo.plan.empty:
        plan = Plan(parts=undo.plan.parts, fingerprint=undo.fingerprint)
        return list(plan_document(plan, undo.then.facts, apply=form, staff=undo.then.desired.service_users).blocks)
    return [
        *(later_blocks(undo.plan, undo.then.facts) or (paragraph(say("No room changes.")),)),
        paragraph(say("To do it: "), Code(f"{form} {undo.fingerprint}")),
    ]


def _staying(undo: Undo) -> Iterable[Block]:
    rows: list[tuple[Inline, ...]] = [(_kept(one, undo),) for one in undo.kept]
    rows += [(_again(partner, field),) for partner, field in undo.partners]
    rows += [(reason, " (", _count(changes), ")") for reason, changes in undo.stays]
    if undo.unseen:
        rows.append((say_n("and {count} more", "and {count} more", undo.unseen),))
    if rows:
        yield paragraph(Strong(say("What is not undone")))
        yield Items(tuple(rows))
        yield paragraph(say("What the directory or the policy file asks for is changed there; repairs stay."))


def _kept(one: PastDecision, undo: Undo) -> Message:
    group = _name(one.group, undo)
    if one.settled:
        return say("The group {group} was made: archive or retire it instead.", group=group)
    return say("{field} of {group} was decided otherwise since.", field=LABELS.get(one.field, one.field), group=group)


def _name(group_id: str, undo: Undo) -> Text | Message:
    """What the group is called, also where it is gone by now: then as it was named by what is undone."""
    for world in (undo.now, undo.then):
        if group := world.facts.directory.groups.get(group_id):
            return group.name
    told = (one for one in (*undo.kept, *undo.back) if (one.group, one.field) == (group_id, "name"))
    match next((one.after[0] for one in told if one.after), None):
        case str() as name:
            return Text.same(name)
        case Mapping() as names:
            return Text(en=str(names.get("en", "")), fr=str(names.get("fr", "")))
    return say("a group that is gone")


def _again(partner: Text, field: Message) -> Message:
    command = Text(en="partner set, partner unset", fr="partenaire régler, partenaire oublier")
    return say("{field} of the partner {partner} was decided: decide it again, by {command}.", field=field,
               partner=partner, command=command)  # fmt: skip


def _decided(one: PastDecision, facts: Facts) -> Message:
    return say("decided by {user} on {day}", user=_who(one.by, facts), day=DayOf(one.at))


def _who(actor: str, facts: Facts) -> str | Message:
    return say("the command line") if actor == COMMAND_LINE else called(facts, actor)


def _actor(actor: str) -> str | Message:
    if not actor:
        return say("by the bridge itself")
    return say("by the command line") if actor == COMMAND_LINE else say("by {user}", user=actor)


def _count(changes: int) -> Message:
    return say_n("{count} change", "{count} changes", changes)
