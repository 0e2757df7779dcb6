"""What follows from the directory before any rule about rooms: who is an employee, who belongs to what.

Gathered once per reading; shared by the desired world and by the gate.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.findings import Finding
from bridge.domain.ids import is_user_id
from bridge.domain.messages import Language, Message, say
from bridge.domain.partners import Partner, Standing
from bridge.rules.lineage import Lineage, lineage_of, without_hidden_parents
from bridge.rules.membership import direct_members, expand, nested_in, without_sealed
from bridge.rules.owning import owning
from bridge.rules.partners import belonging, is_active, is_over, partner_of, seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``directory``: the reading, with no hidden group above another or inside it. ``accounts``: active people by user
    id; ``employees``: their ids alone; ``inactive``: people who are switched off, by user id. ``members``: user ids by
    group, nesting expanded (hidden groups give nobody), partner members of admitted partners included, owners and
    moderators not. ``owners``, ``moderators``, ``delegates``: user ids by group, for groups that have some; ``heirs``:
    where owners come from that the last-owner rule chose (``owning``). ``lineage``: which groups lie below which.
    ``partners``: those whose agreement runs.
    ``claims``: their ids by server name, ``*.domain`` and user id. ``belongs``: the same for those who have a seat
    (``partners.seats``). ``dismissed``: the same for those who are out by decision, or because their time is over.
    ``namesakes``: names that several people bear."""

    directory: Directory
    server_name: str
    accounts: Mapping[str, Person]
    employees: frozenset[str]
    inactive: Mapping[str, Person]
    members: Mapping[str, frozenset[str]]
    owners: Mapping[str, frozenset[str]]
    partners: Mapping[str, Partner]
    belongs: Mapping[str, str]
    claims: Mapping[str, str] = field(default_factory=dict)
    dismissed: Mapping[str, str] = field(default_factory=dict)
    moderators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    delegates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    heirs: Mapping[str, str] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=Lineage)
    namesakes: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    def people_of(self, group_id: str) -> frozenset[str]:
        """Members, moderators and owners of a group, which is who has a seat in its room."""
        seated = self.members[group_id]
        for leading in (self.owners.get(group_id), self.moderators.get(group_id)):
            if leading and not leading <= seated:
                seated |= leading
        return seated

    def delegation(self, user: str, group_id: str) -> str | None:
        """The group by which the user administers this one: itself, or the nearest above it; None when they do not."""
        if not self.delegates:
            return None
        steps = (group_id, *self.lineage.ancestors(group_id))
        return next((one for one in steps if user in self.delegates.get(one, ())), None)

    def delegates_over(self, group_id: str) -> frozenset[str]:
        """Everybody who administers the group: its delegates, and those of the groups above it."""
        if not self.delegates or not group_id:
            return frozenset()
        steps = (group_id, *self.lineage.ancestors(group_id))
        return frozenset().union(*(self.delegates.get(one, frozenset()) for one in steps))

    def language_of(self, user: str) -> Language:
        """What the directory says that an employee speaks; empty when it says nothing."""
        person = self.accounts.get(user)
        return person.language if person else ""

    def account_of(self, text: str) -> str | None:
        """The user id of an active person of ours, given that or their id."""
        if text in self.employees:
            return text
        person = self.directory.people.get(text)
        return person.user if person and person.user in self.employees else None

    def answerable(self, partner: Partner) -> tuple[str, ...]:
        """Who answers for a partner: user ids of its sponsor and deputy, as far as they work here, in this order; where
        neither does, of the sponsor's manager."""
        found = (self.account_of(text) for text in (partner.sponsor, partner.deputy) if text)
        answering = tuple(dict.fromkeys(user for user in found if user))
        manager = None if answering else self.manager_for(partner)
        return (manager,) if manager else answering

    def manager_for(self, partner: Partner) -> str | None:
        """The user id of the manager of a partner's sponsor, also of one who has left; None when nobody is known."""
        people = self.directory.people
        called = (person for person in people.values() if partner.sponsor == person.user)
        sponsor = people.get(partner.sponsor) or (next(called, None) if partner.sponsor else None)
        return self.account_of(sponsor.manager) if sponsor and sponsor.manager else None

    def admitted(self, group: Group) -> tuple[str, ...]:
        """The partners that a group admits and whose agreement runs, in order of their ids."""
        return tuple(sorted({partner for partner in group.partners if partner in self.partners}))


def gather(directory: Directory, *, today: date, server_name: str) -> Facts:
    """The facts of one reading on one day. Pure: the same for the same input, whatever its order."""
    directory = without_hidden_parents(directory)
    partners = {id_: partner for id_, partner in directory.partners.items() if is_active(partner, today)}
    claims, doubtful = belonging(partners.values(), own_server=server_name)
    belongs = seats(claims, partners, directory.guests, directory.terms, graced=directory.graced, today=today)
    accounts = {person.user: person for person in directory.people.values() if person.active and person.user}
    user_of = {id_: person.user for id_, person in directory.people.items() if person.active and person.user}
    employees = frozenset(accounts)
    off = (person for person in directory.people.values() if not person.active and person.user)
    inactive = {person.user: person for person in off if person.user not in employees}
    members, others = direct_members(directory, user_of)
    named = _named(others)
    everybody_named = frozenset().union(*named.values())
    outsiders = frozenset(user for user in everybody_named - employees if partner_of(user, belongs))
    known = everybody_named & employees | outsiders
    for group_id, users in named.items():
        members[group_id] |= users & known
    # Who sees an outer room would see who belongs to the hidden group inside.
    hidden = frozenset(group.id for group in directory.groups.values() if is_hidden(group))
    expand(members, others, sealed=hidden)
    for group_id in others if outsiders else ():
        members[group_id] = _admit(directory.groups[group_id], members[group_id], outsiders, belongs)
    lineage = lineage_of(directory.groups)
    led = owning(directory, user_of=user_of, employees=employees, members=members, lineage=lineage, belongs=belongs)
    findings = (
        *map(_claimed_twice, sorted(doubtful)),
        *_not_admitted(named, members, directory, claims),
        *_nested_in_vain(others, hidden),
        *led.findings,
    )
    return Facts(
        directory=without_sealed(directory, others, hidden),
        server_name=server_name,
        accounts=accounts,
        employees=employees,
        inactive=inactive,
        members=members,
        owners=led.owners,
        partners=partners,
        belongs=belongs,
        claims=claims,
        dismissed=_dismissed(directory, belongs, claims, today=today, server_name=server_name),
        moderators=led.moderators,
        delegates=led.delegates,
        heirs=led.heirs,
        lineage=lineage,
        namesakes=_namesakes((*accounts.values(), *inactive.values())),
        findings=findings,
    )


def _dismissed(
    directory: Directory, belongs: Mapping[str, str], claims: Mapping[str, str], *, today: date, server_name: str
) -> dict[str, str]:
    """Whose removal was asked for or announced, and so needs nobody's word: all of partners that are over, and single
    people who have a seat no longer."""
    over = [partner for partner in directory.partners.values() if is_over(partner, today)]
    found = belonging(over, own_server=server_name)[0]
    for guest in directory.guests.values():
        if belongs.get(guest.user) == "":
            found[guest.user] = guest.partner
    late = {user: partner_of(user, claims) for user in directory.graced if belongs.get(user) == ""}
    return found | {user: partner for user, partner in late.items() if partner and user not in found}


def _namesakes(people: Iterable[Person]) -> frozenset[str]:
    borne = Counter(person.name for person in people)
    return frozenset(name for name, number in borne.items() if number > 1)


def _named(others: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Members that are declared by user id, by group: partner members above all."""
    named = {group_id: frozenset(filter(is_user_id, members)) for group_id, members in others.items()}
    return {group_id: users for group_id, users in named.items() if users}


def _admit(
    group: Group, expanded: frozenset[str], outsiders: frozenset[str], belongs: Mapping[str, str]
) -> frozenset[str]:
    """Nesting may carry partner members into a group that does not admit their partner: they stay out."""
    refused = {user for user in expanded & outsiders if partner_of(user, belongs) not in group.partners}
    return expanded - refused if refused else expanded


def _not_admitted(
    named: Mapping[str, frozenset[str]],
    members: Mapping[str, frozenset[str]],
    directory: Directory,
    claims: Mapping[str, str],
) -> Iterator[Finding]:
    for group_id in sorted(named):
        group = directory.groups[group_id]
        for user in sorted(named[group_id] - members[group_id]):
            yield Finding("not-admitted", user, _why_out(user, group, directory, claims), group_id)


def _why_out(user: str, group: Group, directory: Directory, claims: Mapping[str, str]) -> Message:
    """Why somebody whom a group names has no seat in it."""
    id_, guest = partner_of(user, claims), directory.guests.get(user)
    if id_ is None or id_ not in group.partners:
        return say("{user} is named in the group {group}, which admits no partner of theirs.", user=user,
                   group=group.name)  # fmt: skip
    partner = directory.partners[id_]
    if not partner.terms or (guest and guest.standing is not Standing.INVITED):
        return say("{user} is named in the group {group}, but is not let in as one of {partner} any more.", user=user,
                   group=group.name, partner=partner.name)  # fmt: skip
    return say("{user} is named in the group {group}, and has not accepted the terms for people of {partner} yet: until"
               " they do, they stay out.", user=user, group=group.name, partner=partner.name)  # fmt: skip


def _nested_in_vain(others: Mapping[str, Sequence[str]], hidden: frozenset[str]) -> Iterator[Finding]:
    """Told of the inner group, so that its members alone read it. They need not know the outer one, so it is not
    named; and one that is hidden itself is told by ``parvis check`` alone."""
    outer = others.keys() - hidden if hidden else ()
    inner = {group_id for outer_id in outer for group_id in nested_in(others[outer_id])}
    for group_id in sorted(inner.intersection(hidden)):
        text = say("Another group names {group} among its members. It is hidden, so nobody belongs to another group "
                   "through it.", group=group_id)  # fmt: skip
        yield Finding("hidden-source", group_id, text, group_id)


def _claimed_twice(claim: str) -> Finding:
    text = say("Two partners claim {claim}, so it belongs to neither until the directory is put right.", claim=claim)
    return Finding("claimed-twice", claim, text)


def is_hidden(group: Group) -> bool:
    """Whether only its members may know of the group."""
    return group.visibility is Visibility.HIDDEN
