"""Who may be invited from a partner, by whom, and whose word is still needed. Pure; used by ``services.inviting``."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from bridge.domain.directory import Group, GroupState, Vouchers
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.ids import covers, server_of
from bridge.domain.messages import Message, say
from bridge.domain.partners import Guest, Partner, PartnerState, Standing
from bridge.domain.policy import Terms
from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import is_over, partner_of


class NotInvitable(ParvisError):
    """The invitation cannot be made; the sentence says who can do what about it."""

    kind = ErrorKind.REFUSED


def partner_for(access: Access, viewer: Viewer, user: str, today: date) -> Partner:
    """The partner to which somebody belongs, with a seat or without. Raises ``NotInvitable``."""
    facts, server = access.facts, server_of(user)
    if server == facts.server_name.lower():
        raise NotInvitable(say("{user} has an account here: who is of the company is added, not invited.", user=user))
    known = {one.id for one in access.visible_partners(viewer)}
    found = partner_of(user, facts.claims)
    if found is not None and found in known:
        return facts.partners[found]
    for partner in facts.directory.partners.values():
        if partner.id in known and (user in partner.users or any(covers(one, server) for one in partner.servers)):
            raise NotInvitable(_why_not(partner, user, today))
    raise NotInvitable(
        say("{server} belongs to no partner, so nobody is invited from there. An administrator can add the partner"
            " first.", server=server)
    )  # fmt: skip


def _why_not(partner: Partner, user: str, today: date) -> Message:
    """A partner has the server, and still the user does not belong to it."""
    if partner.state is PartnerState.PROPOSED:
        return say("{partner} is only proposed so far: nobody of it is let in yet.", partner=partner.name)
    if partner.state is PartnerState.SUSPENDED:
        return say("{partner} is suspended: nobody of it is let in until it is resumed.", partner=partner.name)
    if is_over(partner, today):
        return say("The agreement with {partner} is over: nobody of it is let in.", partner=partner.name)
    if partner.since is not None and partner.since > today:
        return say("The agreement with {partner} begins on {day}: nobody of it is let in before.",
                   partner=partner.name, day=partner.since)  # fmt: skip
    return say("{server} is shared with others, so {partner} names its people one by one: who answers for it can add"
               " {user} to them.", server=server_of(user), partner=partner.name, user=user)  # fmt: skip


def check_groups(access: Access, viewer: Viewer, partner: Partner, groups: Iterable[Group]) -> None:
    """That these groups let the partner's people in, and that the asker may say so. Raises ``NotInvitable``."""
    answers, named = access.may_answer_for(viewer, partner.id), list(groups)
    for group in named:
        if group.state is not GroupState.ACTIVE:
            raise NotInvitable(say("{group} is archived: whoever governs it can reopen it.", group=group.name))
        if partner.id not in group.partners:
            raise NotInvitable(say("{group} does not admit {partner}. Its owners can decide that: {owners}.",
                                   group=group.name, partner=partner.name, owners=_owners(access, group)))  # fmt: skip
        governs = access.owns(viewer.asker, group.id) if is_hidden(group) else access.may_govern(viewer, group.id)
        if not (viewer.cleared or governs or (answers and not is_hidden(group))):
            raise NotInvitable(say("Into {group}, its owners and who answers for {partner} invite: {names}.",
                                   group=group.name, partner=partner.name,
                                   names=_once(_owners(access, group), sponsors(access, partner))))  # fmt: skip
    if not named and not answers:
        raise NotInvitable(say("Who answers for {partner} invites its people: {names}. Owners of groups name their"
                               " group, too.", partner=partner.name, names=sponsors(access, partner)))  # fmt: skip


def asking_for_two(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Those of the groups into which nobody of a partner comes by the word of one person."""
    return tuple(group for group in groups if group.vouching is Vouchers.TWO)


def may_second(access: Access, viewer: Viewer, partner_id: str, groups: Iterable[str]) -> bool:
    """Whether somebody's word counts beside that of who invites into these groups, by their ids: they know each of
    them, and govern it or answer for the partner."""
    answers = access.may_answer_for(viewer, partner_id)
    return all(
        access.may_know(viewer.unaided, group) and (answers or access.may_govern(viewer, group)) for group in groups
    )


def seconds(access: Access, partner: Partner, groups: Iterable[str], *, asker: str) -> tuple[str, ...]:
    """Who is asked for the second word, sorted: who answers for the partner and owners of the groups; delegates and
    administrators where none of these may give it. Never who invites."""
    facts, ids = access.facts, list(groups)
    first = {*facts.answerable(partner), *(user for id_ in ids for user in facts.owners.get(id_, ()))}
    others = {*access.admins, *(user for id_ in ids for user in facts.delegates_over(id_))}
    for asked in (first, others):
        found = sorted(one for one in asked - {asker} if may_second(access, alone(one), partner.id, ids))
        if found:
            return tuple(found)
    return ()


def check_until(partner: Partner, until: date | None, today: date) -> None:
    """That somebody is not invited for longer than is agreed. Raises ``NotInvitable``."""
    if until is not None and until < today:
        raise NotInvitable(say("{day} is over.", day=until))
    if until is not None and partner.until is not None and until > partner.until:
        raise NotInvitable(say("The agreement with {partner} ends on {day}: nobody is invited for longer.",
                               partner=partner.name, day=partner.until))  # fmt: skip


def check_limits(facts: Facts, partner: Partner, user: str, *, waiting: int) -> None:
    """That there is room for one more; ``waiting`` are open invitations of others. Raises ``NotInvitable``."""
    people = people_of(facts, partner.id) - {user}
    if partner.max_people and len(people) >= partner.max_people:
        raise NotInvitable(say("{partner} has {count} people here, and more are not agreed. Who answers for it can let"
                               " somebody go, or have the limit raised.",
                               partner=partner.name, count=len(people)))  # fmt: skip
    if partner.max_invitations and waiting >= partner.max_invitations:
        raise NotInvitable(say("{count} invitations of {partner} wait for an answer, and more are not agreed. Who"
                               " answers for it can take some back.", partner=partner.name, count=waiting))  # fmt: skip


def people_of(facts: Facts, partner_id: str) -> frozenset[str]:
    """Who is known of a partner in the open: invited, or named by it or by a group that is not hidden."""
    found = {guest.user for guest in invited(facts, partner_id)}
    found.update(user for user in facts.directory.partners[partner_id].users)
    for group in facts.directory.groups.values():
        if partner_id in group.partners and not is_hidden(group):
            others = facts.members[group.id] - facts.employees
            found.update(user for user in others if partner_of(user, facts.claims) == partner_id)
    return frozenset(found)


def invited(facts: Facts, partner_id: str) -> Iterator[Guest]:
    """Those whom somebody, or a code, invited, as long as they are wanted."""
    for guest in facts.directory.guests.values():
        if guest.partner == partner_id and guest.invited_by and guest.standing is not Standing.OUT:
            yield guest


def terms_for(facts: Facts, partner: Partner, guest: Guest | None) -> Terms | None:
    """What somebody has still to accept before their first room."""
    terms = facts.directory.terms.get(partner.terms) if partner.terms else None
    if terms is None or (guest and guest.accepted and guest.accepted.version == terms.version):
        return None
    return terms


def sponsors(access: Access, partner: Partner) -> tuple[str, ...]:
    """What those are called who answer for a partner: where nobody does, administrators."""
    facts = access.facts
    found = facts.answerable(partner) or sorted(access.admins & facts.employees)
    return tuple(facts.accounts[user].name or user for user in found)


def _once(*names: Iterable[str]) -> tuple[str, ...]:
    """Who owns a group may answer for the partner as well."""
    return tuple(dict.fromkeys(chain.from_iterable(names)))


def _owners(access: Access, group: Group) -> tuple[str, ...]:
    facts = access.facts
    return tuple(facts.accounts[user].name or user for user in sorted(facts.owners.get(group.id, ())))
