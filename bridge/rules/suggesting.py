"""Which groups a newcomer may like, and why: what their department and the people they work with are in. Pure; called
by ``services.suggesting`` for some groups at a time.

Nothing is suggested that the gate does not let them know, and nothing is concluded from hidden groups, not even from
their own. Who sits in a group counts only where the gate lets them read along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from bridge.domain.directory import Group, GroupState, JoinRequests, Person
from bridge.domain.messages import Message, say, say_n
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.naming import folded
from bridge.rules.partners import partner_of

SMALL: Final = 40
"""People in a group beyond which its members do not work with each other."""
SOME: Final = 2
"""Of so many people at least something is concluded: a single one, save their manager, is no reason, and would be told
of by number."""
NOBODY: Final[frozenset[str]] = frozenset()

LEAST: Final = 0.01
"""The weight below which nothing is suggested: that two of a thousand are known says nothing about a group."""


class Because(StrEnum):
    """Why a group is suggested."""

    NAME = "name"
    """It is called like their department."""
    DEPARTMENT = "department"
    COLLEAGUES = "colleagues"
    MANAGER = "manager"
    """Whoever answers for them is in it."""
    COMPANY = "company"
    """Others of their partner are in it."""


class Suggestion(NamedTuple):
    """One group and the reason; ``weight`` is between 0 and 1. They sort with the best first."""

    missing: float
    group_id: str
    because: Because
    people: int

    @property
    def weight(self) -> float:
        """How much speaks for it."""
        return 1 - self.missing

    def reason(self, department: str) -> Message:
        """In a sentence to the newcomer."""
        if self.because is Because.NAME:
            return say("it is called like your department")
        if self.because is Because.DEPARTMENT:
            return say_n("{count} person of your department, {department}, is in it",
                         "{count} people of your department, {department}, are in it",
                         self.people, department=department)  # fmt: skip
        if self.because is Because.MANAGER:
            return say("your manager is in it")
        if self.because is Because.COMPANY:
            return say_n("{count} person of your company is in it", "{count} people of your company are in it",
                         self.people)  # fmt: skip
        return say_n("{count} person you work with is in it", "{count} people you work with are in it", self.people)


@dataclass(slots=True)
class Company:
    """User ids by department, and by manager (a person's id): made once for a reading of the directory."""

    departments: dict[str, set[str]] = field(default_factory=dict)
    teams: dict[str, set[str]] = field(default_factory=dict)

    def take(self, people: Iterable[Person]) -> None:
        """Put in some active people."""
        for person in people:
            if person.department:
                self.departments.setdefault(person.department, set()).add(person.user)
            if person.manager:
                self.teams.setdefault(person.manager, set()).add(person.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody before the gate: ``peers`` are of their department, ``colleagues`` work with them; neither holds them.
    ``manager`` is an employee's, ``partner`` that of whoever is none."""

    viewer: Viewer
    department: str = ""
    peers: frozenset[str] = NOBODY
    colleagues: frozenset[str] = NOBODY
    manager: str | None = None
    partner: str | None = None

    @property
    def user(self) -> str:
        """Their user id."""
        return self.viewer.asker


def newcomer(access: Access, viewer: Viewer, company: Company, own: Iterable[str]) -> Newcomer:
    """What is known of the asker; ``own`` are ids of groups in which they sit."""
    facts, user = access.facts, viewer.asker
    known = access.visible_groups(viewer.unaided, own)
    teams = [facts.people_of(group.id) for group in known if not is_hidden(group)]
    met = NOBODY.union(*(seated for seated in teams if len(seated) <= SMALL))
    person = facts.accounts.get(user)
    if person is None:
        return Newcomer(viewer=viewer, colleagues=met - {user}, partner=partner_of(user, facts.belongs))
    peers = frozenset(company.departments.get(person.department, ()))
    return Newcomer(
        viewer=viewer,
        department=person.department,
        peers=peers - {user},
        colleagues=(met | _team(facts, person, company.teams)) - {user},
        manager=facts.account_of(person.manager) if person.manager else None,
    )


def judge(access: Access, somebody: Newcomer, among: Iterable[str]) -> list[Suggestion]:
    """What speaks for these groups, where something does."""
    viewer, found = somebody.viewer.unaided, []
    for group in access.visible_groups(viewer, among):
        if not _is_open(access.facts, somebody.user, group):
            continue
        named = somebody.department and folded(somebody.department) in _names(group)
        if named:
            found.append(Suggestion(0.0, group.id, Because.NAME, 0))
        elif access.may_read(viewer, group.id):
            found += _by_people(access.facts, somebody, group.id)
    return found


def _is_open(facts: Facts, user: str, group: Group) -> bool:
    """Whether they could come in, and are not in already."""
    if is_hidden(group) or group.mandatory or group.state is not GroupState.ACTIVE:
        return False
    return group.requests is not JoinRequests.NONE and user not in facts.people_of(group.id)


def _by_people(facts: Facts, somebody: Newcomer, group_id: str) -> list[Suggestion]:
    """The better of the reasons that come from who is in the group."""
    seated = facts.people_of(group_id)
    crowds = {Because.COLLEAGUES: somebody.colleagues, Because.DEPARTMENT: somebody.peers}
    if somebody.partner is not None:
        theirs = {user for user in seated if partner_of(user, facts.belongs) == somebody.partner}
        crowds = {Because.COLLEAGUES: somebody.colleagues, Because.COMPANY: frozenset(theirs)}
    reasons = []
    for because, crowd in crowds.items():
        both = len(seated & crowd)
        # The square of the cosine of two sets: a group of everybody says little.
        weight = both * both / (len(seated) * len(crowd)) if both >= SOME else 0.0
        if weight >= LEAST:
            reasons.append(Suggestion(1 - weight, group_id, because, both))
    if somebody.manager in seated and len(seated) * LEAST <= 1:
        reasons.append(Suggestion(1 - 1 / len(seated), group_id, Because.MANAGER, 1))
    return [min(reasons)] if reasons else []


def _team(facts: Facts, person: Person, teams: Mapping[str, set[str]]) -> frozenset[str]:
    """Their manager, whoever has the same, and their own people, where these are few."""
    around = [teams.get(one, set()) for one in (person.manager, person.id) if one]
    manager = facts.account_of(person.manager) if person.manager else None
    found = NOBODY.union(*(users for users in around if len(users) <= SMALL))
    return found | {manager} if manager else found


def _names(group: Group) -> set[str]:
    return {folded(group.name.en), folded(group.name.fr), folded(group.id)} - {""}
