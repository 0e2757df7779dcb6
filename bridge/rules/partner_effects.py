"""What is decided about a partner, in plain words: what each field means, and why it is asked again before it counts.

Called by ``services.partnerships`` and by whoever shows a partner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from bridge.domain.ids import WILD, server_of
from bridge.domain.messages import Message, Text, say, shown
from bridge.domain.partners import Partner, PartnerKind, PartnerState
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.partner_fields import attribute
from bridge.rules.partners import is_active

LABELS: Final[Mapping[str, Message]] = {
    "name": say("name"),
    "kind": say("kind"),
    "servers": say("servers"),
    "users": say("people on shared servers"),
    "state": say("state"),
    "sponsor": say("sponsor"),
    "deputy": say("deputy"),
    "since": say("first day"),
    "until": say("last day"),
    "terms": say("terms"),
    "max-people": say("limit of people"),
    "max-invitations": say("limit of open invitations"),
    "note": say("note"),
}
"""What people call the fields of a partner."""
KINDS: Final[Mapping[PartnerKind, Message]] = {
    PartnerKind.RESELLER: say("reseller"),
    PartnerKind.CUSTOMER: say("customer"),
    PartnerKind.SUPPLIER: say("supplier"),
    PartnerKind.OTHER: say("other"),
}
STATES: Final[Mapping[PartnerState, Message]] = {
    PartnerState.PROPOSED: say("proposed"),
    PartnerState.ACTIVE: say("active"),
    PartnerState.SUSPENDED: say("suspended"),
    PartnerState.ENDED: say("ended"),
}
SAID: Final[Mapping[PartnerState, Message]] = {
    PartnerState.PROPOSED: say("The partner is proposed: nobody of it is let in before an administrator agrees."),
    PartnerState.ACTIVE: say("The partner is let in, from the first to the last day of the agreement."),
    PartnerState.SUSPENDED: say("The partner is suspended: everybody of it is out until it is resumed."),
    PartnerState.ENDED: say("The agreement has ended: everybody of the partner is out for good."),
}


def spoken(partner: Partner, facts: Facts) -> Partner:
    """The partner with who answers for it as people call them: for words alone."""
    sponsor, deputy = (called(facts, who) if who else "" for who in (partner.sponsor, partner.deputy))
    return replace(partner, sponsor=sponsor, deputy=deputy)


def effect_of(partner: Partner, field: str) -> Message:
    """What a field of the partner means, in plain words."""
    if field == "state":
        return SAID[partner.state]
    value = value_of(partner, field)
    if value is None:
        return say("{field}: nothing", field=LABELS[field])
    return say("{field}: {value}", field=LABELS[field], value=value)


def value_of(partner: Partner, field: str) -> Message | Text | str | tuple[str, ...] | None:
    """The value of a field as people read it; None where there is none."""
    value: Any = getattr(partner, attribute(field))
    if field == "kind":
        return KINDS[partner.kind]
    if field == "state":
        return STATES[partner.state]
    if isinstance(value, date):
        return shown(value)
    if not value:
        return None
    return value if isinstance(value, Text | tuple) else str(value)


def reasons(was: Partner, now: Partner, today: date) -> Iterator[Message]:
    """Why it is asked again before the partner becomes as it is ``now``: that others come in, or have to go. Nothing
    where that is not so."""
    if now.state is PartnerState.PROPOSED:
        return
    if now.state is not was.state:
        yield _turned(was.state, now.state)
    yield from _claims(was, now)
    yield from _term(was, now, today)
    if now.terms != was.terms:
        yield _agreed_to(now)
    if now.sponsor and now.sponsor != was.sponsor:
        yield say("{person} answers for the partner: for who comes in, and until when.", person=now.sponsor)
    if now.deputy and now.deputy != was.deputy:
        yield say("{person} may decide about the partner like its sponsor.", person=now.deputy)


def _turned(was: PartnerState, now: PartnerState) -> Message:
    if now is PartnerState.SUSPENDED:
        return say("Everybody of the partner is taken out of every room and space, then its servers are shut out. All "
                   "that was decided is kept.")  # fmt: skip
    if now is PartnerState.ENDED:
        return say("Everybody of the partner is taken out of every room and space for good, then its servers are shut "
                   "out. What their servers keep of the past cannot be called back.")  # fmt: skip
    if was is PartnerState.PROPOSED:
        return say("From now on people of the partner can be let into groups that admit it.")
    return say("Everybody who was let in is invited again, and accepts again.")


def _claims(was: Partner, now: Partner) -> Iterator[Message]:
    """Who counts as being of the partner, where that becomes another; before it was agreed to nobody did."""
    before = frozenset() if was.state is PartnerState.PROPOSED else _whole(was)
    added = tuple(one for one in now.servers if one in _whole(now) - before)
    for wild in (one for one in added if one.startswith(WILD)):
        yield say(
            "{wild} stands for every server whose name ends in {ending}, also those that are made tomorrow: everybody "
            "on any of them counts as one of the partner.",
            wild=wild,
            ending=wild[1:],
        )
    if plain := tuple(one for one in added if not one.startswith(WILD)):
        yield say("Everybody with an account on {servers} counts as one of the partner.", servers=plain)
    if lost := tuple(one for one in was.servers if one in before - _whole(now)):
        yield say("Whoever belongs to the partner by {servers} alone is taken out of every room.", servers=lost)
    if named := tuple(user for user in now.users if user not in was.users or was.state is PartnerState.PROPOSED):
        yield say("These people count as being of the partner: {users}", users=named)
    if dropped := tuple(user for user in was.users if user not in now.users):
        yield say("These people do not count as being of the partner any more: {users}", users=dropped)


def _whole(partner: Partner) -> frozenset[str]:
    """The servers of which everybody is of the partner."""
    return frozenset(partner.servers) - {server_of(user) for user in partner.users}


def _term(was: Partner, now: Partner, today: date) -> Iterator[Message]:
    if now.state is not PartnerState.ACTIVE or was.state is not PartnerState.ACTIVE:
        return
    if is_active(was, today) and not is_active(now, today):
        yield say("By these days the agreement does not run today: everybody of the partner is taken out.")
    elif not is_active(was, today) and is_active(now, today):
        yield say("By these days the agreement runs again, and everybody who was let in is invited again.")
    elif now.until and (was.until is None or now.until < was.until):
        yield say("Everybody of the partner is taken out after {day}.", day=now.until)


def _agreed_to(now: Partner) -> Message:
    if now.terms:
        return say("Its people accept the terms {terms} first; whoever does not is taken out.", terms=now.terms)
    return say("Its people need not accept anything any more.")
