"""The server ACLs that the rules make, held to the specification's own order of evaluation."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.domain.messages import Text
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.rooms import group_room, partner_space
from bridge.planning.desiring import desire
from bridge.rules.openness import fence_of
from bridge.rules.state import acl_content
from tests.support.acl_model import Acl, acls, claims, fits, hosts, is_address, lets_in, servers, without_port
from tests.world import TODAY, directory, group

pytestmark = pytest.mark.slow

OWN = st.one_of(hosts(), servers)
TWO = st.tuples(st.lists(claims, min_size=1, max_size=3), st.lists(claims, max_size=3))


def partners(first: list[str], second: list[str]) -> list[Partner]:
    both = {"acme": first, "apex": second}
    return [Partner(id=id_, name=Text.same(id_), servers=tuple(claimed)) for id_, claimed in both.items()]


def acl(own: str, known: list[Partner], *admitted: str, hidden: bool = False) -> dict[str, Any]:
    """The ACL of the room of a group that admits these partners."""
    one = group("deal").admits(*admitted)
    world = directory(one.hidden() if hidden else one, partners=known)
    bot = f"@parvis:{own}"
    wanted = desire(world, today=TODAY, server_name=own, bot=bot).rooms[group_room("deal")].settings
    return dict(acl_content(wanted.servers or (), bot))


def claimed_by(partner: Partner, server: str) -> bool:
    """Whether the partner says that the server is its own: by its name or as one below a domain. Addresses are
    nobody's."""
    host = without_port(server).lower()
    named = [without_port(claim).lower() for claim in partner.servers]
    below = any(claim.startswith("*.") and host.endswith(claim[1:]) for claim in named)
    return not is_address(host) and (host in named or below)


@given(OWN, TWO)
def test_our_own_server_is_always_in_whatever_its_name_and_whoever_is_admitted(own: str, two: Any) -> None:
    content = acl(own, partners(*two), "acme", "apex")
    assert lets_in(content, own)
    assert lets_in(content, own.upper())


@given(TWO, servers)
def test_a_server_is_in_if_and_only_if_an_admitted_partner_has_it(two: Any, server: str) -> None:
    known = partners(*two)
    assume(not fits("corp.example", without_port(server)))
    for admitted in (["acme"], ["apex"], ["acme", "apex"]):
        wanted = any(claimed_by(one, server) for one in known if one.id in admitted)
        for hidden in (False, True):
            assert lets_in(acl("corp.example", known, *admitted, hidden=hidden), server) is wanted


@given(OWN, TWO)
def test_an_acl_is_sorted_in_small_letters_without_repetition_ports_or_other_globs(own: str, two: Any) -> None:
    content = acl(own, partners(*two), "apex", "acme")
    allowed = content["allow"]
    assert allowed == sorted(set(allowed))
    assert content["deny"] == []
    for name in allowed:
        assert name == name.lower()
        assert name == without_port(name)
        assert not {"*", "?"} & set(name.removeprefix("*."))


@given(OWN, TWO)
def test_the_order_in_which_partners_and_servers_stand_changes_nothing(own: str, two: Any) -> None:
    known = partners(*two)
    turned = [replace(one, servers=one.servers[::-1]) for one in reversed(known)]
    assert acl(own, known, "acme", "apex") == acl(own, turned, "apex", "acme", "acme")


@given(OWN, TWO, servers)
def test_addresses_are_never_let_in_but_for_our_own(own: str, two: Any, server: str) -> None:
    assume(is_address(without_port(server)) and without_port(server) != without_port(own))
    assert not lets_in(acl(own, partners(*two), "acme", "apex"), server)


@given(st.lists(claims, min_size=1, max_size=3), servers, st.sampled_from(PartnerState))
def test_only_while_an_agreement_runs_are_its_servers_in(claimed: list[str], server: str, state: PartnerState) -> None:
    assume(not fits("corp.example", without_port(server)))
    acme = replace(partners(claimed, [])[0], state=state)
    wanted = state is PartnerState.ACTIVE and claimed_by(acme, server)
    assert lets_in(acl("corp.example", [acme], "acme"), server) is wanted
    space = desire(directory(partners=[acme]), today=TODAY, server_name="corp.example", bot="@parvis:corp.example")
    room = space.rooms.get(partner_space("acme"))
    if room is not None:
        assert wanted or not lets_in(acl_content(room.settings.servers or (), "@parvis:corp.example"), server)


@given(acls, hosts())
def test_an_acl_is_read_as_the_specification_reads_it(content: Acl, host: str) -> None:
    assert fence_of(content).lets_in(host.lower()) is lets_in(content, host)
