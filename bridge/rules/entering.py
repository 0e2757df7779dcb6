"""Who may ask to be let into a group, and who answers. Pure; used by ``services.requests`` and what belongs to it."""

from collections.abc import Collection

from bridge.domain.directory import Group, Inviting, Visibility, Vouchers
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of


def may_ask(facts: Facts, user: str, group: Group) -> bool:
    """Whether the user is of the group's audience and could belong to it."""
    return user in facts.employees or partner_of(user, facts.belongs) in facts.admitted(group)


def may_request(facts: Facts, user: str, group: Group) -> bool:
    """Whether somebody's own request, answered by one person, lets them in: of a partner's people not where a group
    asks for two."""
    return may_ask(facts, user, group) and (user in facts.employees or group.vouching is Vouchers.ONE)


def has_a_place(facts: Facts, user: str, group: Group) -> bool:
    """Whether the user belongs to the group, or may come into its room by themselves."""
    if user in facts.people_of(group.id):
        return True
    return group.visibility is Visibility.PUBLIC and may_ask(facts, user, group)


def answerers(facts: Facts, group_id: str, admins: Collection[str]) -> frozenset[str]:
    """Who is asked: the group's owners, else the nearest delegates, else the administrators who work here."""
    above = (group_id, *facts.lineage.ancestors(group_id)) if facts.delegates else ()
    delegates = next((found for one in above if (found := facts.delegates.get(one))), None)
    return facts.owners.get(group_id) or delegates or facts.employees.intersection(admins)


def may_let_in(facts: Facts, user: str, group: Group) -> bool:
    """Whether the user's own invitation counts as saying that somebody belongs to the group, where people say so."""
    if user in facts.owners.get(group.id, ()):
        return group.inviting is not Inviting.NOBODY
    if group.inviting is Inviting.MODERATORS:
        return user in facts.moderators.get(group.id, ())
    return group.inviting is Inviting.ALL and user in facts.people_of(group.id)


def names_of(facts: Facts, user: str) -> tuple[str, ...]:
    """What else the user may be called among the members of a group."""
    person = facts.accounts.get(user)
    return (person.id,) if person else ()
