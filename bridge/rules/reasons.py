"""Why somebody may or may not be in a group's room: the rules that speak for and against it, each with its source.

Pure; called by ``services.why``, which knows what the viewer may be told.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bridge.domain.directory import Group, GroupState, MembershipMode, Visibility
from bridge.domain.ids import server_of
from bridge.domain.messages import LANGUAGES, DayOf, Message, Text, say
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.partners import belonging, partner_of
from bridge.rules.ways import names_of, way_into

DIRECTORY: Final = say("by the directory")
FILE: Final = say("by the policy file")
COMMAND: Final = say("by command")
USUAL: Final = say("as nothing else is said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Somebody decided by command, or in their client, that a person belongs to a group or no longer does."""

    by: str
    at: datetime
    present: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """One rule that speaks for or against somebody, and where it comes from."""

    text: Message
    source: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A person and a group. ``may_tell`` says of a group whether the viewer may know it, ``insiders`` that only such
    read along who may know all partners. ``added`` are those whom commands made members; ``decided`` is the latest such
    decision about this person."""

    facts: Facts
    group: Group
    user: str
    may_tell: Callable[[str], bool]
    insiders: bool
    added: frozenset[str] = frozenset()
    decided: Decided | None = None

    @property
    def name(self) -> str:
        """What the person is called."""
        return called(self.facts, self.user)

    @property
    def belongs(self) -> bool:
        """Whether the person has a seat in the group's room."""
        return self.user in self.facts.people_of(self.group.id)

    @property
    def welcome(self) -> bool:
        """Whether they may come in by themselves and stay, though they need not."""
        group, facts = self.group, self.facts
        if group.visibility is not Visibility.PUBLIC or group.state is not GroupState.ACTIVE:
            return False
        return self.user in facts.employees or partner_of(self.user, facts.belongs) in facts.admitted(group)


def grounds(case: Case) -> tuple[Ground, ...]:
    """What gives access, or else what denies it; the state of the group in any case."""
    giving = (*_leading(case), *_membership(case), *_audience(case))
    return (*(giving or tuple(_against(case))), *_governing(case), *_life(case))


def source_of(group: Group, name: str) -> Message:
    """Who says what a field of the group is."""
    if name in group.ruled:
        return FILE
    if name in group.declared:
        return DIRECTORY
    return COMMAND if name in group.decided else USUAL


def _leading(case: Case) -> Iterator[Ground]:
    facts, group, user, name = case.facts, case.group, case.user, case.name
    if user in facts.owners.get(group.id, ()):
        heir = facts.heirs.get(group.id)
        if heir is None:
            yield Ground(say("{user} is an owner of the group.", user=name), _source(group, "owners"))
        elif heir == group.id:
            text = say("All its owners are gone, and {user} has belonged to it longest.", user=name)
            yield Ground(text, say("by the rule of the last owner"))
        else:
            above = say("All its owners are gone, and {user} owns {parent}, which is above it.",
                        user=name, parent=_group(facts, heir))  # fmt: skip
            other = say("All its owners are gone, and {user} owns a group above it.", user=name)
            yield Ground(above if case.may_tell(heir) else other, say("by the rule of the last owner"))
    if user in facts.moderators.get(group.id, ()):
        yield Ground(say("{user} is a moderator of the group.", user=name), _source(group, "moderators"))


def _governing(case: Case) -> Iterator[Ground]:
    """Who administers a group need not be in its room."""
    facts, group, user, name = case.facts, case.group, case.user, case.name
    source = facts.delegation(user, group.id)
    if source is None:
        return
    if source == group.id:
        text = say("{user} is a delegate for the group, and so decides about it.", user=name)
    elif case.may_tell(source):
        text = say("{user} is a delegate for {parent}, which is above it, and so decides about it.",
                   user=name, parent=_group(facts, source))  # fmt: skip
    else:
        text = say("{user} is a delegate for a group above it, and so decides about it.", user=name)
    yield Ground(text, _source(facts.directory.groups[source], "delegates"))


def _membership(case: Case) -> Iterator[Ground]:
    facts, group, user, name = case.facts, case.group, case.user, case.name
    if user not in facts.members[group.id]:
        return
    if case.added & names_of(facts, user):
        yield Ground(say("{user} was added to the group.", user=name), _decision(case))
        return
    way = way_into(facts, group.id, user) or ()
    if way and all(map(case.may_tell, way)):
        text = say("{user} belongs to the group through {groups}.", user=name, groups=_path(facts, way))
        yield Ground(text, DIRECTORY)
    elif way:
        yield Ground(say("{user} belongs to the group.", user=name), DIRECTORY)
    else:
        yield Ground(say("{user} is named among the members of the group.", user=name), _source(group, "members"))


def _audience(case: Case) -> Iterator[Ground]:
    if not case.welcome:
        return
    group, facts = case.group, case.facts
    if case.user in facts.employees:
        yield Ground(say("The group is public: every employee may come in."), source_of(group, "visibility"))
        return
    partner = facts.partners[partner_of(case.user, facts.belongs) or ""]
    text = say("The group is public and admits {partner}: its members may come in.", partner=partner.name)
    yield Ground(text, _source(group, "partners"))


def _against(case: Case) -> Iterator[Ground]:
    facts, group, user, name = case.facts, case.group, case.user, case.name
    if user in facts.inactive:
        yield Ground(say("{user} is switched off, and so is in no group.", user=name), _switching(case))
    elif user not in facts.employees:
        yield from _outsider(case)
    elif group.membership is MembershipMode.DIRECTORY:
        yield Ground(say("The directory does not list {user} in the group.", user=name), _source(group, "members"))
    elif case.decided is not None and not case.decided.present:
        yield Ground(say("{user} was removed from the group.", user=name), _decision(case))
    elif group.membership is MembershipMode.OWNERS:
        yield Ground(say("No owner of the group added {user}.", user=name), source_of(group, "membership"))
    else:
        text = say("Neither does the directory list {user} in the group, nor did an owner add them.", user=name)
        yield Ground(text, source_of(group, "membership"))


def _outsider(case: Case) -> Iterator[Ground]:
    """Somebody who is no employee. Which partners there are is for insiders alone."""
    facts, group, user, name = case.facts, case.group, case.user, case.name
    partner = partner_of(user, facts.belongs)
    if partner in facts.admitted(group):
        text = say("{user} is not named among the members of the group.", user=name)
        yield Ground(text, _source(group, "members"))
    elif not case.insiders:
        text = say("{user} belongs neither to the company nor to a partner that the group admits.", user=name)
        yield Ground(text, DIRECTORY)
    elif partner is not None:
        text = say("The group does not admit {partner}.", partner=facts.partners[partner].name)
        yield Ground(text, _source(group, "partners"))
    elif server_of(user) == facts.server_name.lower():
        yield Ground(say("The directory knows nobody called {user}.", user=name), DIRECTORY)
    else:
        yield _unknown_abroad(facts, user)


def _group(facts: Facts, group_id: str) -> Text:
    return facts.directory.groups[group_id].name


def _path(facts: Facts, way: Sequence[str]) -> Text:
    """Groups, each inside the one before."""
    names = [_group(facts, one) for one in way]
    return Text(*(" → ".join(name.in_language(language) for name in names) for language in LANGUAGES))


def _unknown_abroad(facts: Facts, user: str) -> Ground:
    ended = {id_: one for id_, one in facts.directory.partners.items() if id_ not in facts.partners}
    claims, _ = belonging(ended.values(), own_server=facts.server_name)
    partner = ended.get(partner_of(user, claims) or "")
    if partner is None or partner.until is None:
        return Ground(say("{user} belongs neither to the company nor to a partner of it.", user=user), DIRECTORY)
    name: Text = partner.name
    day = partner.until
    return Ground(say("The agreement with {partner} ran until {day}.", partner=name, day=day), DIRECTORY)


def _life(case: Case) -> Iterator[Ground]:
    source = source_of(case.group, "state")
    if case.group.state is GroupState.ARCHIVED:
        yield Ground(say("The group is archived: whoever is in its room stays, and nobody is added."), source)
    elif case.group.state is GroupState.RETIRED:
        yield Ground(say("The group is retired: its room is given up."), source)


def _source(group: Group, name: str) -> Message:
    """The same for lists of people: what is said nowhere is the directory's to say."""
    source = source_of(group, name)
    return DIRECTORY if source is USUAL else source


def _switching(case: Case) -> Message:
    """Who switched them off; sources are for those who may know all of the directory."""
    sources = case.facts.inactive[case.user].off_in
    return say("by the directory, in {sources}", sources=sources) if sources and case.insiders else DIRECTORY


def _decision(case: Case) -> Message:
    decided = case.decided
    if decided is None or not decided.by:
        return COMMAND
    return say("by {user} on {day}", user=called(case.facts, decided.by), day=DayOf(decided.at))
