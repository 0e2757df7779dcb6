"""Whose people they are."""

from bridge.domain.ids import host_of
from bridge.domain.partners import Partner
from bridge.rules.partners import acl_names, belonging, partner_of
from tests.world import SERVER, partner


def belongs(*partners: Partner) -> dict[str, str]:
    return belonging(partners, own_server=SERVER)[0]


def test_everybody_on_a_partners_server_belongs_to_it() -> None:
    assert partner_of("@kim:ACME.example", belongs(partner("acme"))) == "acme"


def test_a_partner_that_names_people_on_a_shared_server_speaks_for_these_alone() -> None:
    known = belongs(partner("acme", servers=["shared.example"], named=["kim:shared.example"]))
    assert partner_of("@kim:shared.example", known) == "acme"
    assert partner_of("@eve:shared.example", known) is None


def test_two_partners_may_share_a_server_by_naming_their_people() -> None:
    known = belongs(partner("acme", named=["kim:shared.example"]), partner("globex", named=["lee:shared.example"]))
    assert partner_of("@lee:shared.example", known) == "globex"


def test_a_server_that_two_partners_claim_belongs_to_neither() -> None:
    known, doubtful = belonging(
        [partner("a", servers=["x.example"]), partner("b", servers=["x.example"])], own_server=SERVER
    )
    assert known == {}
    assert doubtful == {"x.example"}


def test_our_own_people_are_nobodys_partner_members() -> None:
    assert belongs(partner("trojan", servers=[SERVER], named=[f"ann:{SERVER}"])) == {}


def test_an_acl_names_servers_without_ports_and_addresses_and_whole_domains() -> None:
    servers = ["acme.example:8448", "*.acme.test", "a*.test", "[::1]:8448", "192.0.2.7"]
    assert acl_names(partner("acme", servers=servers, named=["kim:shared.example"])) == {
        "acme.example",
        "*.acme.test",
        "shared.example",
    }


def test_a_domain_speaks_for_all_servers_below_it_and_an_exact_name_before_it() -> None:
    known = belongs(partner("acme", servers=["*.acme.test"]), partner("apex", servers=["fr.acme.test"]))
    users = ("@a:acme.test", "@a:eu.acme.test:8448", "@a:lab.eu.acme.test", "@a:fr.acme.test", "@a:notacme.test")
    assert [partner_of(user, known) for user in users] == [None, "acme", "acme", "apex", None]


def test_ports_are_cut_off_names_and_addresses() -> None:
    assert [host_of(name) for name in ("a.example", "a.example:1", "[::1]", "[::1]:1", "1.2.3.4:5")] == [
        "a.example",
        "a.example",
        "[::1]",
        "[::1]",
        "1.2.3.4",
    ]
