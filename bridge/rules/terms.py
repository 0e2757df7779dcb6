"""Whose acceptance of terms is missing. Pure; used by ``services.terms``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bridge.domain.findings import Finding
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.domain.partners import Guest, Partner, Standing
from bridge.domain.policy import Terms
from bridge.rules.facts import Facts
from bridge.rules.inviting import people_of, terms_for
from bridge.rules.partners import partner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Somebody who has terms to accept; ``guest`` is what is kept of them, None for who is named by files alone. ``by``
    is their last day to do so if they are in meanwhile, None if they are not."""

    user: str
    partner: Partner
    terms: Terms
    guest: Guest | None = None
    by: date | None = None


def due(facts: Facts, today: date) -> Iterator[Due]:
    """Everybody who is wanted and has not accepted the present version, in order of user ids."""
    if not any(partner.terms for partner in facts.partners.values()):
        return
    for user in sorted(_wanted(facts)):
        if one := due_from(facts, user, today):
            yield one


def due_from(facts: Facts, user: str, today: date) -> Due | None:
    """What somebody has still to accept, if they are wanted."""
    partner = facts.partners.get(partner_of(user, facts.claims) or "")
    guest = facts.directory.guests.get(user)
    if partner is None or (guest and not _is_wanted(guest, today)):
        return None
    terms = terms_for(facts, partner, guest)
    if terms is None or (guest is None and user not in _wanted(facts)):
        return None
    by = facts.directory.graced.get(user)
    if guest and guest.accepted and terms.by:
        by = max(by or terms.by, terms.by)
    return Due(user=user, partner=partner, terms=terms, guest=guest, by=by if by and by >= today else None)


def staying(facts: Facts, today: date) -> Iterator[Due]:
    """One for each partner of which somebody is in who has still to accept, by the earliest of their days. Nobody
    counts who is known through hidden groups alone."""
    found: dict[str, Due] = {}
    for one in due(facts, today):
        id_ = one.partner.id
        if one.by and (id_ not in found or (found[id_].by or one.by) > one.by) and one.user in people_of(facts, id_):
            found[id_] = one
    yield from found.values()


def staying_on(facts: Facts, today: date) -> Iterator[Finding]:
    """What administrators read of it."""
    for one in staying(facts, today):
        day = one.by or today
        text = say("People of {partner} who are in already have until {day} to accept the terms, version {version}."
                   " Whoever has not by then is taken out of all rooms, until they do.", partner=one.partner.name,
                   day=day, version=one.terms.version)  # fmt: skip
        yield Finding("terms-asked", one.partner.id, text)


def _is_wanted(guest: Guest, today: date) -> bool:
    return guest.standing is Standing.INVITED and (guest.until is None or today <= guest.until)


def _wanted(facts: Facts) -> set[str]:
    """Guests, and whoever is named: by the partner itself, or by a group that admits it."""
    agreed = {id_ for id_, partner in facts.partners.items() if partner.terms}
    found = {guest.user for guest in facts.directory.guests.values()}
    for id_ in agreed:
        found.update(facts.partners[id_].users)
    for group in facts.directory.groups.values():
        if not agreed.isdisjoint(group.partners):
            named = (user for user in group.members if is_user_id(user))
            found.update(user for user in named if partner_of(user, facts.claims) in group.partners)
    return found
