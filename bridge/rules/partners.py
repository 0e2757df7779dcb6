"""Which partner a user belongs to, whether they have a seat, and which servers a partner brings.

Used by every rule that lets partners in.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bridge.domain.ids import WILD, host_of, is_address, is_server_name, server_of
from bridge.domain.partners import Guest, Partner, PartnerState, Standing
from bridge.domain.policy import Terms


def is_active(partner: Partner, today: date) -> bool:
    """Whether the agreement runs: ``since`` and ``until`` are its first and its last day."""
    begun = partner.since is None or partner.since <= today
    return partner.state is PartnerState.ACTIVE and begun and (partner.until is None or today <= partner.until)


def is_over(partner: Partner, today: date) -> bool:
    """Whether somebody ended or suspended the agreement, or its last day is over: all know that its people go."""
    ended = partner.state in (PartnerState.SUSPENDED, PartnerState.ENDED)
    return ended or (partner.until is not None and partner.until < today)


def belonging(partners: Iterable[Partner], *, own_server: str) -> tuple[dict[str, str], frozenset[str]]:
    """Partner ids by server name, by ``*.domain`` and by user id, and the claims of two partners.

    A partner that names people on a server speaks for these people alone there; otherwise for the whole server.
    A server or a user claimed twice belongs to nobody, as do our own: letting in must never rest on a guess.
    """
    claims: dict[str, set[str]] = {}
    for partner in partners:
        for claim in _claims(partner):
            claims.setdefault(claim, set()).add(partner.id)
    ours = own_server.lower()
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for claim, claimants in claims.items():
        if ours in (claim, server_of(claim)):
            continue
        if len(claimants) == 1:
            found[claim] = next(iter(claimants))
        else:
            doubtful.add(claim)
    return found, frozenset(doubtful)


def _claims(partner: Partner) -> set[str]:
    named = {server_of(user) for user in partner.users}
    whole = {server.lower() for server in partner.servers}
    return {*partner.users, *(whole - named)}


def partner_of(user: str, belongs: Mapping[str, str]) -> str | None:
    """The partner of a user: by the exact user id where one is named, else by server, else by a domain above it.

    An exact user id that leads to nothing belongs to nobody, whatever its server.
    """
    found = belongs.get(user)
    if found is None:
        server = server_of(user)
        found = belongs.get(server) or next(filter(None, map(belongs.get, domains_above(server))), None)
    return found or None


def domains_above(server: str) -> Iterator[str]:
    """The wildcards that cover a server, the narrowest first."""
    labels = host_of(server).split(".")
    return (WILD + ".".join(labels[place:]) for place in range(1, len(labels)))


def seated(guest: Guest, terms: Terms | None, today: date) -> bool:
    """Whether somebody who was invited may be in rooms: agreed to, not over, and the terms accepted."""
    if guest.standing is not Standing.INVITED or (guest.until is not None and guest.until < today):
        return False
    if terms is None or (guest.accepted and guest.accepted.version == terms.version):
        return True
    return guest.accepted is not None and terms.by is not None and today <= terms.by


def seats(
    belongs: Mapping[str, str],
    partners: Mapping[str, Partner],
    guests: Mapping[str, Guest],
    terms: Mapping[str, Terms],
    *,
    graced: Mapping[str, date],
    today: date,
) -> dict[str, str]:
    """``belongs`` with what each single person may: whoever is invited and seated counts by user id, whoever is not
    belongs to nobody. Where there are terms, nobody has a seat who did not accept them, by server neither; who was in
    before these were asked has one until their day in ``graced``."""
    found = {claim: partner for claim, partner in belongs.items() if not partners[partner].terms}
    for user, day in graced.items():
        partner_id = partner_of(user, belongs)
        if partner_id is not None and partners[partner_id].terms:
            found[user] = partner_id if today <= day else ""
    for guest in guests.values():
        partner_id = partner_of(guest.user, belongs)
        if partner_id is not None:
            named = partners[partner_id].terms
            still = today <= graced.get(guest.user, date.min)
            lost = bool(named) and named not in terms and guest.accepted is None and not still
            asked = None if still else terms.get(named)
            found[guest.user] = partner_id if not lost and seated(guest, asked, today) else ""
    return found


def acl_names(partner: Partner) -> frozenset[str]:
    """The partner's servers as a server ACL wants them: without ports, which match nothing there. The one glob is a
    leading ``*.``, for a partner that has a whole domain."""
    servers = {*(server.lower() for server in partner.servers), *(server_of(user) for user in partner.users)}
    names = frozenset(host_of(server) for server in servers if is_server_name(server.removeprefix(WILD)))
    return frozenset(name for name in names if not is_address(name))
