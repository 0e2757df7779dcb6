"""An LDAP server looked at step by step: does it answer, is its certificate good, does it let us in, what is there.

For ``parvis doctor``; blocks, for a thread.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from shlex import quote
from typing import Final

from bridge.adapters.directory.certificates import Door, handshake
from bridge.adapters.directory.ldap import LdapPlace, Said
from bridge.adapters.directory.ldap_calls import LdapSession, session
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.soundings import Sounding, Step, Trust
from bridge.domain.sources import Sasl
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

CURRENT: Final = "currentTime"
"""The clock of Active Directory, in the root of its tree; other servers do not tell theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Attributes of people or of groups, of which entries should have one: the key of the configuration names them."""

    key: str
    names: tuple[str, ...]
    people: bool = True


def ldap_sounding(place: LdapPlace, asked: Sequence[Asked], clock: Clock) -> tuple[Sounding, Reading | None]:
    """What is so with the server, and the whole reading where there is one. Blocks."""
    found, access = Sounding(place=str(place.access), look=_look(place)), place.access
    if access.tls or access.start_tls:
        door = Door(
            host=access.host, port=access.port, asked=not access.tls, ca_file=access.ca_file,
            certificate=access.certificate, key=access.key, timeout=access.timeout,
        )  # fmt: skip
        found = replace(found, handshake=handshake(door))
        if found.handshake and found.handshake.trust is not Trust.GOOD:
            return replace(found, failed=Step.TLS), None
    with ExitStack() as stack:
        try:
            server = stack.enter_context(session(access))
        except ParvisError as error:
            step = Step.CONNECT if error.kind is ErrorKind.TEMPORARY else Step.BIND
            return replace(found, failed=step, error=error.message), None
        try:
            found = replace(found, ahead=_ahead(server, clock))
            said = place.said_by(server, clock.now())
            found = replace(found, absent=tuple(_absent(said, asked)))
            return found, place.understood(said, clock.now())
        except ParvisError as error:
            return found.unread(error), None


def _ahead(server: LdapSession, clock: Clock) -> float | None:
    """Seconds by which its clock is before ours; None where it does not tell."""
    root = server.entry("", [CURRENT])
    values: Mapping[str, Sequence[bytes]] = root[1] if root else {}
    told = next((one[0] for name, one in values.items() if name.lower() == CURRENT.lower() and one), b"")
    try:
        now = datetime.strptime(told.decode()[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return (now - clock.now()).total_seconds()


def _absent(said: Said, asked: Sequence[Asked]) -> list[tuple[str, str]]:
    """Where there are no entries at all, their attributes are not what is wrong."""
    found: list[tuple[str, str]] = []
    for one in asked:
        entries = said.people if one.people else said.groups
        if entries and not any(entry.first(*one.names) for entry in entries):
            found.append((one.key, " / ".join(one.names)))
    return found


def _look(place: LdapPlace) -> str:
    """How an operator sees the entries of people, with everything that they have."""
    access = place.access
    way = {None: f"-x -D {quote(access.bind_dn)} -W", Sasl.EXTERNAL: "-Y EXTERNAL", Sasl.GSSAPI: "-Y GSSAPI"}
    tls = "-ZZ " if access.start_tls and not access.tls else ""
    return f"ldapsearch {tls}-H {access} {way[access.sasl]} -b {quote(place.people.base)} -z 3 '*' '+'"
