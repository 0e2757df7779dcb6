"""A company moves from tables to an LDAP server, which knows less and calls a group otherwise: no room is doubled or
lost, on a real homeserver and a real OpenLDAP."""

from collections.abc import Iterator
from typing import Final

import pytest
import yaml

from tests.support.company import Company, members
from tests.support.park import Park
from tests.support.slapd import MissingSlapd, Slapd, slapd

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

NAMES: Final = ("ann", "bob", "cleo", "dan")
PEOPLE: Final = "id,username,name\n" + "".join(f"{at},{one}~,{one.title()}\n" for at, one in enumerate(NAMES))
MEMBERSHIPS: Final = """\
group,group name,visibility,purpose,parent,member,role
sales,Sales,public,What is sold,,0,owner
sales,,,,,1,
sales,,,,,2,
emea,Sales EMEA,invite-only,,sales,1,owner
emea,,,,,2,
cafe,Café & thé,public,,,2,owner
cafe,,,,,3,
board,Board,hidden,,,0,owner
board,,,,,3,
"""
GROUPS: Final = {
    "Sales": ("ann", "bob", "cleo"),
    "Sales EMEA": ("bob", "cleo"),
    "Café et thé": ("cleo", "dan"),
    "Board": ("ann", "dan"),
    "Brand new": ("ann", "bob"),
}


def ldif(suffix: str) -> str:
    people = [
        f"dn: uid={one}{suffix},ou=people,dc=corp,dc=example\nobjectClass: inetOrgPerson\n"
        f"uid: {one}{suffix}\ncn: {one.title()}\nsn: {one.title()}\n"
        for one in NAMES
    ]
    groups = [
        f"dn: cn={name},ou=groups,dc=corp,dc=example\nobjectClass: groupOfNames\ncn: {name}\n"
        + "".join(f"member: uid={one}{suffix},ou=people,dc=corp,dc=example\n" for one in inside)
        for name, inside in GROUPS.items()
    ]
    return "\n".join([*people, *groups])


@pytest.fixture
def company(park: Park) -> Company:
    company = park.company(
        directory={"type": "csv", "path": "people.csv", "memberships": "memberships.csv"},
        policies="policies.yaml",
        safety={"max_removal_share": 1.0},
    )
    for name, text in (("people.csv", PEOPLE), ("memberships.csv", MEMBERSHIPS), ("policies.yaml", "groups: {}\n")):
        (company.folder / name).write_text(text.replace("~", company.suffix), encoding="utf-8")
    return company


@pytest.fixture
def server(company: Company) -> Iterator[Slapd]:
    try:
        with slapd(ldif(company.suffix)) as running:
            yield running
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


def move(company: Company, server: Slapd) -> None:
    path = company.folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["directory"] = {
        "type": "ldap",
        "url": f"ldap://127.0.0.1:{server.port}",
        "start_tls": "no",
        "bind_dn": "cn=parvis,dc=corp,dc=example",
        "password": company.house.keep_secret("keys/ldap", "swordfish"),
        "base": "dc=corp,dc=example",
        "preset": "openldap",
    }
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


async def seated(rooms: dict[str, str], company: Company) -> dict[str, set[str]]:
    """Who is in each of these rooms, or asked into it; the name of a hidden one is not its group's."""
    return {one: members(await company.state(room_id), "join", "invite") for one, room_id in rooms.items()}


async def test_a_company_moves_to_a_server_that_knows_less_and_keeps_every_room_and_its_people(
    company: Company, server: Slapd
) -> None:
    await company.hire(*NAMES)
    await company.hire_service()
    applied = await company.parvis("apply")
    assert applied.code == 0, applied.said
    rooms = await company.rooms()
    people = await seated(rooms, company)
    assert company.user("bob") in people["emea"]

    move(company, server)
    planned = await company.parvis("plan")
    assert "As all went at once, 3 new ones get no rooms until" in planned.said, planned.said
    early = await company.parvis("apply")
    assert (early.code, "As all went at once" in early.said) == (0, True), early.said
    assert await company.rooms() == rooms, "nothing was doubled"
    assert await seated(rooms, company) == people, "nobody left"

    listed = await company.parvis("group", "same")
    assert listed.code == 3, listed.said
    row = next(line.split() for line in listed.out.splitlines() if line.startswith("Sales EMEA"))
    at = row.index("emea")
    assert row[at + 2 : at + 5] == ["2", "2", "0"], "the account that joins people is none of them"
    lost = listed.out[listed.out.index("    groups:") :].partition("\n\n")[0]
    lines = yaml.safe_load("\n".join(line[4:] for line in lost.splitlines() if line.startswith("    ")))
    said = lines["groups"]
    assert {one.get("parent") for one in said.values()} == {None, "sales"}
    assert {one.get("visibility") for one in said.values()} == {None, "public", "hidden"}

    refused = await company.parvis("group", "same", "Café & thé", "Café et té")
    assert (refused.code, "There is no group Café et té." in refused.said) == (2, True)
    pairs = company.folder / "pairs.csv"
    pairs.write_text("old,new\nCafé & thé,Café et thé\nboard,Board\nSales,Sales\nemea,Sales EMEA\n", encoding="utf-8")
    unsaid = await company.parvis("group", "same", "--from", str(pairs))
    assert (unsaid.code, "pairs.csv:3: board is hidden" in unsaid.said) == (2, True), unsaid.said
    groups = {**said, "cafe": {"visibility": "public"}}
    (company.folder / "policies.yaml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    checked = await company.parvis("check")
    assert "policies.yaml" not in checked.err, checked.said
    same = await company.parvis("group", "same", "--from", str(pairs))
    assert (same.code, "4 groups are those of before" in same.said) == (0, True), same.said
    checked = await company.parvis("check")
    assert "policies.yaml" not in checked.err, checked.said

    final = await company.parvis("apply")
    assert final.code == 0, final.said
    after = await company.rooms()
    new = after.keys() - rooms.keys()
    assert (len(new), {one: after[one] for one in rooms}) == (1, rooms), "Brand new alone has a room of its own"
    assert await seated(rooms, company) == people
    assert (await company.parvis("plan")).code == 0
