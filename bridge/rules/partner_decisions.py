"""One decision about one partner, before it is stored: whether it may be taken, by whom, and what contradicts it.

Called by ``services.partnerships`` on behalf of somebody who answers for the partner.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bridge.domain.ids import covers, server_of
from bridge.domain.messages import Message, say
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.policy import Value
from bridge.rules.decisions import DIRECTORY, Pinned
from bridge.rules.fields import BadValue
from bridge.rules.partner_effects import LABELS
from bridge.rules.partner_fields import attribute
from bridge.rules.partner_layers import claimed_by

STATE: Final = "state"
BRAKE: Final = frozenset({PartnerState.SUSPENDED.value, PartnerState.ENDED.value})
"""What nobody can forbid by a file."""
APPROVED: Final = frozenset({"kind", "servers", "since", "terms", "max-people", "max-invitations"})
"""What an administrator agreed to when the partner was let in: a sponsor decides none of it afterwards."""
PUBLIC: Final = frozenset({"matrix.org", "tchncs.de", "envs.net", "unredacted.org", "mozilla.org", "kde.org",
                           "gitter.im", "beeper.com", "catgirl.cloud", "4d2.org", "nope.chat"})  # fmt: skip
"""Servers of which everybody knows that they serve people of many organisations. There are more: nobody has a list."""


def refuse_pinned(partner: Partner, field: str, value: Value, file: str) -> None:
    """Raise ``Pinned`` where the directory, called ``file``, says the field of the partner. To be out counts whatever
    it says, and so does taking that back."""
    if attribute(field) in partner.declared:
        raised = field == STATE and (value in BRAKE or STATE in partner.decided)
        if not raised:
            raise Pinned(partner.name, LABELS[field], file or DIRECTORY)


def reserved(was: Partner, now: Partner, fields: Collection[str]) -> Message | None:
    """Why a sponsor cannot decide these ``fields`` alone; None when they can."""
    if now.state is not was.state and was.state in (PartnerState.PROPOSED, PartnerState.ENDED):
        return say("Administrators decide whether {partner} is let in.", partner=was.name)
    if was.state is PartnerState.PROPOSED:
        return None
    for field in fields:
        if field in APPROVED:
            return say("Administrators decide the {field} of {partner}.", field=LABELS[field], partner=was.name)
    foreign = [user for user in now.users if not any(covers(one, server_of(user)) for one in was.servers)]
    if set(foreign) - set(was.users):
        return say("Administrators decide which servers {partner} has.", partner=was.name)
    return None


def refuse_contradictions(was: Partner, now: Partner, others: Iterable[Partner], own_server: str) -> None:
    """Raise ``BadValue`` where the partner cannot be as it is ``now``: with people who belong to somebody else, or to
    nobody, with days that come in the wrong order, or as a proposal again."""
    if now.state is PartnerState.PROPOSED and was.state is not PartnerState.PROPOSED:
        raise BadValue(say("What was agreed to does not become a proposal again."))
    if now.since and now.until and now.until < now.since:
        raise BadValue(say("The last day of the agreement comes before its first one."))
    if now.state is PartnerState.ACTIVE and not (now.servers or now.users):
        raise BadValue(say("Say on which servers its people are, or who they are."))
    if now.servers != was.servers or now.users != was.users or was.state is PartnerState.PROPOSED:
        _refuse_claims(now, {one.id: one for one in others}, own_server)


def _refuse_claims(partner: Partner, others: Mapping[str, Partner], own_server: str) -> None:
    """Every user belongs to one partner at most, and never by a guess."""
    named = {server_of(user) for user in partner.users}
    for claim in (*partner.servers, *partner.users):
        owner = claimed_by(claim, partner.id, others, own_server=own_server)
        if owner == own_server:
            raise BadValue(say("{what} is of our own server, which is no partner.", what=claim))
        if owner is not None:
            raise BadValue(say("{what} belongs already to the partner {other}.", what=claim, other=others[owner].name))
    for server in set(partner.servers) - named:
        shared = (one for one in others.values() if one.id != partner.id and one.state is not PartnerState.ENDED)
        theirs = next((one for one in shared if any(covers(server, server_of(user)) for user in one.users)), None)
        if theirs:
            raise BadValue(say("People of {other} are on {server}: name those of {partner} one by one, as users.",
                               other=theirs.name, server=server, partner=partner.name))  # fmt: skip
        if server in PUBLIC:
            raise BadValue(say("Anybody can have an account on {server}: name the people one by one, as users.",
                               server=server))  # fmt: skip
