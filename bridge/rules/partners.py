"""Which partner a user belongs to, and which servers a partner brings. Used by every rule that lets partners in."""

from collections.abc import Iterable, Mapping
from datetime import date

from bridge.domain.directory import Partner
from bridge.domain.ids import is_server_name, server_of


def is_active(partner: Partner, today: date) -> bool:
    """Whether the agreement still runs: ``until`` is its last day."""
    return partner.until is None or today <= partner.until


def belonging(partners: Iterable[Partner], *, own_server: str) -> tuple[dict[str, str], frozenset[str]]:
    """Partner ids by server name and by user id, and the servers that two partners claim whole.

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
    """The partner of a user: by the exact user id where one is named, else by server."""
    return belongs.get(user) or belongs.get(server_of(user))


def acl_names(partner: Partner) -> frozenset[str]:
    """The partner's servers as a server ACL wants them: without ports, which match nothing there, and without globs."""
    servers = {*(server.lower() for server in partner.servers), *(server_of(user) for user in partner.users)}
    return frozenset(host_of(server) for server in servers if is_server_name(server))


def host_of(server: str) -> str:
    """A server name without its port; a literal IPv6 address keeps its brackets."""
    head, colon, port = server.rpartition(":")
    return head if colon and port.isdigit() and (not server.startswith("[") or head.endswith("]")) else server
