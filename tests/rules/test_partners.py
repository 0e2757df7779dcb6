"""Whose people they are."""

from bridge.domain.directory import Partner
from bridge.rules.partners import acl_names, belonging, host_of, partner_of
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


def test_an_acl_names_servers_without_ports_and_without_globs() -> None:
    one = partner("acme", servers=["acme.example:8448", "*.example", "[::1]:8448"], named=["kim:shared.example"])
    assert acl_names(one) == {"acme.example", "[::1]", "shared.example"}


def test_ports_are_cut_off_names_and_addresses() -> None:
    assert [host_of(name) for name in ("a.example", "a.example:1", "[::1]", "[::1]:1", "1.2.3.4:5")] == [
        "a.example",
        "a.example",
        "[::1]",
        "[::1]",
        "1.2.3.4",
    ]
