"""m.room.server_acl as the specification evaluates it, written a second time and simply: what the rules are held to.

Used by the properties of the rules and of planning, and compared with what a real Synapse does.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, TypeAlias

from hypothesis import strategies as st

Acl: TypeAlias = Mapping[str, Any] | None
"""The content of the event; None for a room without one."""


def lets_in(acl: Acl, server: str) -> bool:
    """Whether events of the server pass: no event, then addresses, then ``deny``, then ``allow``, else not."""
    if acl is None:
        return True
    host = without_port(server)
    if acl.get("allow_ip_literals") is False and is_address(host):
        return False
    if any(fits(pattern, host) for pattern in acl.get("deny", [])):
        return False
    return any(fits(pattern, host) for pattern in acl.get("allow", []))


def without_port(server: str) -> str:
    """``a.example:8448`` and ``[::1]:8448`` without what follows the name."""
    if server.startswith("["):
        return server[: server.index("]") + 1]
    return server.split(":", maxsplit=1)[0]


def is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def fits(pattern: str, host: str) -> bool:
    """A glob: ``*`` for any letters, none too, ``?`` for one; capitals mean nothing."""
    return _fits(pattern.lower(), host.lower())


def _fits(pattern: str, host: str) -> bool:
    if not pattern:
        return not host
    if pattern[0] == "*":
        return _fits(pattern[1:], host) or (bool(host) and _fits(pattern, host[1:]))
    return bool(host) and pattern[0] in ("?", host[0]) and _fits(pattern[1:], host[1:])


LABELS = ("acme", "Apex", "eu", "fr", "corp")
DOMAINS = ("test", "example", "TEST")
ADDRESSES = ("192.0.2.7", "[::1]", "[2001:db8::7]")
PORTS = ("", "", "", ":8448", ":1")


@st.composite
def hosts(draw: st.DrawFn) -> str:
    """``eu.Acme.test`` and its like: so few of them that they meet."""
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=2))
    return ".".join([*labels, draw(st.sampled_from(DOMAINS))])


servers = st.builds(str.__add__, st.one_of(hosts(), hosts(), st.sampled_from(ADDRESSES)), st.sampled_from(PORTS))
"""Names of servers, with and without ports, and addresses."""
claims = st.one_of(servers, servers, hosts().map(lambda host: f"*.{host}"))
"""What a partner may be said to have."""
patterns = st.one_of(
    claims,
    hosts().map(lambda host: f"*{host[1:]}"),
    hosts().map(lambda host: f"?{host[1:]}"),
    st.sampled_from(("*", "", "acme.test:*", "*.test:8448")),
)
"""What somebody may write into an ACL."""
acls: st.SearchStrategy[Acl] = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"allow": st.lists(patterns, max_size=3)},
        optional={"deny": st.lists(patterns, max_size=2), "allow_ip_literals": st.booleans()},
    ),
)
"""Any ACL that a room may be found with."""
