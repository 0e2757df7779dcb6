from pathlib import Path

import pytest

from tests.adapters.directory.reading import GOOD, complaints, read

CLAIRE = '- {id: 0123, user: "@claire:corp.example", name: Claire, manager: "0007", active: no}'


def test_the_good_directory_is_good(tmp_path: Path) -> None:
    assert read(tmp_path).warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("id: 0123", 'id: "0007"', "people[1].id: The id 0007 is already that of people[0] (line 2)."),
        ("@claire:corp.example", "@ines:corp.example", "people[1].user: @ines:corp.example is already the account of"),
        ("@claire:corp.example", "claire", "people[1].user: claire is not a user id such as @claire:corp.example."),
        (
            "@claire:corp.example",
            "@claire:acme.example",
            "people[1].user: @claire:acme.example is not on corp.example: people from elsewhere are named by the group",
        ),
        ('manager: "0007"', 'manager: "0008"', "people[1].manager: There is no person 0008; did you mean 0007?"),
        ("language: fr", "language: de", "people[0].language: de is not one of our languages: en, fr."),
        ("Europe/Paris", "Paris/Europe", "people[0].timezone: Paris/Europe is not a time zone such as Europe/Paris."),
        ("name: Claire,", 'name: Claire}\n  - {id: "group:x", user: "@x:corp.example",', "people[2].id: As a member,"),
        ("name: Claire,", 'name: Claire}\n  - {id: "@x:y.z", user: "@x:corp.example",', "people[2].id: As a member, @"),
        ("name: Claire,", 'name: Claire}\n  - {id: "a\\tb", user: "@x:corp.example",', "people[2].id: An id has at mo"),
    ],
)  # fmt: skip
def test_people_who_cannot_be_are_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(complaint in line for line in complaints(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("id: deal", "id: sales", "groups[1].id: The id sales is already that of groups[0] (line"),
        ("parent: sales", "parent: Sales", "groups[1].parent: There is no group Sales; did you mean sales?"),
        ("parent: sales", "parent: deal", "groups[1].parent: These groups are above themselves: deal → deal."),
        ('"group:deal"', '"group:dael"', "groups[0].members[1]: There is no group dael; did you mean deal?"),
        ('"group:deal"', "deal", "groups[0].members[1]: deal is a group; as a member it is written group:deal."),
        ('"group:deal"', "'0124'", "groups[0].members[1]: There is no person 0124; did you mean 0123?"),
        ('"group:deal"', "nobody", "groups[0].members[1]: There is no person nobody."),
        ('"@bob:acme.example"', '"group:sales"', "These groups are members of themselves: sales → deal → sales."),
        ('"@bob:acme.example"', '"@bob:acne.example"', "groups[1].members[1]: @bob:acne.example is of no partner that"),
        ('"@bob:acme.example"', '"@claire:corp.example"', "is on our own server: as a member, employees are named by"),
        ('"group:deal"', '"@bob:acme.example"', "@bob:acme.example is of the partner acme, which this group does not"),
        ("partners: [acme]", "partners: [acme, acne]", "groups[1].partners[1]: There is no partner acne; did you mean"),
        ('owners: ["0007"]', "owners: ['@bob:acme.example']", "groups[0].owners[0]: There is no person @bob:acme.exam"),
        ("visibility: public", "visibility: hidden", "groups[0].listed: Only a public group can be listed; this one i"),
        ("parent: sales", "visibility: public\n    listed: true", "A group that admits partners is not listed: its al"),
        ("id: sales\n", "id: 'a:b'\n", "groups[0].listed: A listed group has an alias, so its id can hold neither sp"),
        ("parent: sales", "moderators: ['0124']", "groups[1].moderators[0]: There is no person 0124; did you mean"),
        ("parent: sales", "language: de", "groups[1].language: de is not one of our languages: en, fr."),
        ("parent: sales", "state: retired", "groups[1].state: state is not known here; it may be one of: id, name,"),
        ("parent: sales", "visibility: hidden\n    history: shared", "groups[1].history: Members of a hidden gro"),
        ("parent: sales", "visibility: hidden\n    requests: knock", "groups[1].requests: Nobody can knock at a"),
    ],
)  # fmt: skip
def test_groups_that_cannot_be_are_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(complaint in line for line in complaints(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[Acme.Example]", "[acme.example, Corp.Example]", "partners[0].servers[1]: corp.example is our own server: i"),
        ("[Acme.Example]", "[acme.example, '192.0.2.1:8448']", "partners[0].servers[1]: 192.0.2.1:8448 is an address,"),
        ("[Acme.Example]", "[acme.example, '[2001:db8::1]']", "partners[0].servers[1]: [2001:db8::1] is an address, n"),
        ("[Acme.Example]", "[acme.example, '*.example']", "partners[0].servers[1]: *.example is our own server: it ca"),
        ("[Acme.Example]", "[acme.example, '*.test']", "partners[0].servers[1]: *.test is not a domain such as *.acme"),
        ("[Acme.Example]", "[acme.example, 'a*.test']", "partners[0].servers[1]: a*.test is not a server name such as"),
        ("kind: customer", "deputy: 0132", "partners[0].deputy: There is no person 0132; did you mean 0123?"),
        ("kind: customer", "max_people: few", "partners[0].max_people: few is not a whole number up to 100000."),
        ("kind: customer", "since: 2028-01-01", "partners[0].until: The agreement would end before it begins."),
        ("servers: [Acme.Example], ", "", "partners[0]: A partner needs servers, or users when its server is shared w"),
        ("sponsor: 0123", "sponsor: 0132", "partners[0].sponsor: There is no person 0132; did you mean 0123?"),
        ("kind: customer", "users: ['@x:corp.example']", "partners[0].users[0]: @x:corp.example is on our own server:"),
        ("kind: customer", "users: [x]", "partners[0].users[0]: x is not a user id such as @bob:acme.example."),
    ],
)  # fmt: skip
def test_partners_that_cannot_be_are_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(complaint in line for line in complaints(tmp_path, GOOD.replace(old, new, 1)))


def test_a_server_belongs_to_one_partner(tmp_path: Path) -> None:
    other = "  - {id: apex, name: Apex, servers: [acme.example], users: ['@a:shared.example']}\n"
    again = "  - {id: arch, name: Arch, users: ['@a:shared.example', '@b:shared.example']}\n"
    assert complaints(tmp_path, GOOD + other + again) == [
        "19: partners[1].servers[0]: acme.example belongs already to the partner acme.",
        "20: partners[2].users[0]: @a:shared.example belongs already to the partner apex.",
    ]


def test_a_partner_of_a_shared_server_names_its_people(tmp_path: Path) -> None:
    apex = "  - {id: apex, name: Apex, users: ['@a:shared.example']}\n"
    text = GOOD.replace("partners: [acme]", "partners: [acme, apex]") + apex
    text = text.replace('"@bob:acme.example"', '"@bob:acme.example", "@a:shared.example"')
    assert "@a:shared.example" in read(tmp_path, text).directory.groups["deal"].members
    (found,) = complaints(tmp_path, text.replace('"@a:shared.example"]', '"@z:shared.example"]'))
    assert "@z:shared.example is of no partner that is declared" in found


@pytest.mark.parametrize("odd", ["no", "1:30", "null", "1e5", "2026-11-22", "é", "a b", "-x", "*y", "@z", "~"])
def test_odd_ids_are_ids_like_any_other(tmp_path: Path, odd: str) -> None:
    text = GOOD.replace("0123", f"'{odd}'")
    assert odd in read(tmp_path, text).directory.people
    assert read(tmp_path, text).directory.groups["deal"].members[0] == odd


def test_a_hidden_group_named_as_a_member_is_worth_a_warning(tmp_path: Path) -> None:
    (warning,) = read(tmp_path, GOOD.replace("parent: sales", "visibility: hidden")).warnings
    assert "groups[0].members[1]: group:deal is hidden, so nobody belongs to this group through it." in str(warning)


def test_hidden_groups_in_a_file_that_everybody_reads_are_worth_a_warning(tmp_path: Path) -> None:
    text = GOOD.replace("parent: sales", "visibility: hidden").replace(', "group:deal"', "")
    assert read(tmp_path, text).warnings == ()
    path = tmp_path / "directory.yaml"
    path.write_text(text)
    path.chmod(0o644)
    from bridge.adapters.directory.source import directory_source

    (warning,) = directory_source("yaml", path, server_name="corp.example").file.read_now().warnings
    assert warning.warning
    assert "every user of this machine can read it" in str(warning)


def test_groups_without_owner_and_members_named_twice_are_worth_a_warning(tmp_path: Path) -> None:
    text = GOOD.replace("    owners: [0123]\n", "").replace('[0123, "group:deal"]', '[0123, "group:deal", 0123]')
    messages = [str(warning.message) for warning in read(tmp_path, text).warnings]
    assert messages == ["This group has no owner.", "Somebody is named twice among the members."]


def test_many_groups_without_owner_are_one_warning(tmp_path: Path) -> None:
    groups = "".join(f"  - {{id: g{number}, name: G, members: []}}\n" for number in range(9))
    (warning,) = read(tmp_path, GOOD.replace("groups:\n", "groups:\n" + groups)).warnings
    assert str(warning.message) == "9 groups have no owner."
