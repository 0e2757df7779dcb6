"""From the directory to the world as it should be: one desired room per group, partner and company. Pure."""

from collections.abc import Iterator
from datetime import date

from bridge.domain.desired import Desired, DesiredRoom
from bridge.domain.directory import Directory, Group, GroupState, Visibility
from bridge.domain.findings import Finding
from bridge.domain.messages import Language, say
from bridge.domain.partners import PartnerState
from bridge.domain.rooms import ADMIN_ROOM, COMPANY, RoomRef, group_room, partner_space, subspace
from bridge.domain.viewers import OPEN
from bridge.rules.facts import Facts, gather
from bridge.rules.partners import partner_of
from bridge.rules.settings import (
    House,
    admin_room_settings,
    archived,
    closed,
    company_settings,
    group_settings,
    partner_settings,
    subspace_settings,
)


def desire(
    directory: Directory,
    *,
    today: date,
    server_name: str,
    bot: str,
    language: Language = "en",
    alias_prefix: str = "grp_",
    company_name: str = "",
    service_users: frozenset[str] = frozenset(),
    service_user: str | None = None,
) -> Desired:
    """The desired world of one reading on one day. Room names are in ``language``."""
    house = House(server_name=server_name, language=language, alias_prefix=alias_prefix, company_name=company_name)
    return desire_from(
        gather(directory, today=today, server_name=server_name),
        house,
        bot=bot,
        service_users=service_users,
        service_user=service_user,
    )


def desire_from(
    facts: Facts,
    house: House,
    *,
    bot: str,
    service_users: frozenset[str] = frozenset(),
    service_user: str | None = None,
) -> Desired:
    """The desired world, from facts that are known already."""
    rooms: dict[RoomRef, DesiredRoom] = {COMPANY: _company(facts, house)}
    if admins := house.admins - facts.inactive.keys():
        rooms[ADMIN_ROOM] = DesiredRoom(ref=ADMIN_ROOM, settings=admin_room_settings(house), members=admins)
    for room in _partner_spaces(facts, house):
        rooms[room.ref] = room
    for group in facts.directory.groups.values():
        ref = group_room(group.id)
        rooms[ref] = _group(ref, group, facts, house)
    for room in _subspaces(facts, house):
        rooms[room.ref] = room
    return Desired(
        rooms=rooms,
        employees=facts.employees,
        inactive=frozenset(facts.inactive),
        partner_of=facts.belongs,
        dismissed=facts.dismissed,
        bot=bot,
        service_users=service_users | {service_user} if service_user else service_users,
        service_user=service_user,
        delete_let_go=house.delete_let_go,
        findings=(*facts.findings, *_not_deleted(facts, house)),
    )


def _not_deleted(facts: Facts, house: House) -> Iterator[Finding]:
    """Groups that ask for what the homeserver does not do."""
    if house.retains:
        return
    for group in facts.directory.groups.values():
        if group.retention and group.state is not GroupState.RETIRED:
            text = say(
                "The homeserver does not delete what is said in {group} when its time is over. Switch on retention in"
                " its configuration, as docs/homeserver.md says; Parvis sees it within an hour.",
                group=group.name,
            )
            yield Finding("retention-off", group.id, text, group.id)


def _company(facts: Facts, house: House) -> DesiredRoom:
    return DesiredRoom(ref=COMPANY, settings=company_settings(house), members=facts.employees, open_to_employees=True)


def _group(ref: RoomRef, group: Group, facts: Facts, house: House) -> DesiredRoom:
    settings = group_settings(group, facts, house)
    compartment = group.id if group.visibility is Visibility.HIDDEN else OPEN
    if group.state is GroupState.RETIRED:
        return DesiredRoom(
            ref=ref,
            settings=closed(settings),
            members=frozenset(),
            ended=True,
            let_go=True,
            compartment=compartment,
        )
    public, over = group.visibility is Visibility.PUBLIC, group.state is GroupState.ARCHIVED
    return DesiredRoom(
        ref=ref,
        settings=archived(settings) if over else settings,
        members=facts.people_of(group.id),
        open_to_employees=public,
        open_to_partners=frozenset(facts.admitted(group)) if public else frozenset(),
        mandatory=group.mandatory,
        membership=group.membership,
        ended=over,
        plain=group.encrypted is False,
        heirs=facts.owners[group.id] if group.id in facts.heirs else frozenset(),
        compartment=compartment,
    )


def _subspaces(facts: Facts, house: House) -> Iterator[DesiredRoom]:
    """A space for each group that others lie below: employees of any of these are in it, others may come in."""
    seated: dict[str, frozenset[str]] = {}
    for group_id in facts.lineage.lowest_first():
        below = facts.lineage.children[group_id]
        people = facts.people_of(group_id).union(*(seated.get(one) or facts.people_of(one) for one in below))
        seated[group_id] = people & facts.employees
        yield DesiredRoom(
            ref=subspace(group_id),
            settings=subspace_settings(facts.directory.groups[group_id], facts, house),
            members=seated[group_id],
            open_to_employees=True,
        )


def _partner_spaces(facts: Facts, house: House) -> Iterator[DesiredRoom]:
    """A space for each partner that was ever agreed to, kept but emptied of its people once the agreement has ended."""
    named = _partner_members(facts)
    for partner in facts.directory.partners.values():
        if partner.state is PartnerState.PROPOSED:
            continue
        active = partner.id in facts.partners
        yield DesiredRoom(
            ref=partner_space(partner.id),
            settings=partner_settings(partner, house, active=active),
            members=frozenset(named.get(partner.id, set()).union(facts.answerable(partner))),
            open_to_partners=frozenset({partner.id}) if active else frozenset(),
            ended=not active,
        )


def _partner_members(facts: Facts) -> dict[str, set[str]]:
    """Who is known of each partner: named by it, invited, or named by a visible group. A hidden group tells a space
    nothing."""
    found: dict[str, set[str]] = {}
    for partner in facts.partners.values():
        found[partner.id] = {user for user in partner.users if partner_of(user, facts.belongs) == partner.id}
    for user, guest in facts.directory.guests.items():
        # Who was invited by nobody accepted terms because a file names them: perhaps a hidden group's.
        if guest.invited_by and (theirs := facts.belongs.get(user)):
            found[theirs].add(user)
    for group in facts.directory.groups.values():
        if group.partners and group.visibility is not Visibility.HIDDEN:
            for user in facts.members[group.id] - facts.employees:
                if theirs := partner_of(user, facts.belongs):
                    found[theirs].add(user)
    return found
