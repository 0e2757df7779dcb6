import base64
import os
from pathlib import Path

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Visibility
from bridge.domain.messages import Text
from bridge.ports.directory import Reading
from tests.adapters.directory.reading import complaints, read

SHARED = Path(os.environ.get("PARVIS_SHARED", Path(__file__).parents[4] / "shared"))
REAL = SHARED / "data/directories"

real_files = pytest.mark.skipif(not REAL.is_dir(), reason="the real directories are not here (PARVIS_SHARED)")

PEOPLE = f"""\
version: 1

# a comment that is
  folded
dn: uid=ann,ou=people,dc=corp,dc=example
objectClass: inetOrgPerson
uid: ann
cn: Ann Martin
cn: A. Martin
displayName;lang-fr:: {base64.b64encode("Anne Métivier".encode()).decode()}
mail: ann@corp.example
title: Directrice
 \x20commerciale
departmentNumber: 12
ou: Ventes
preferredLanguage: fr-FR
jpegPhoto:: /9j/4AA=

dn: uid=Bob Ü,ou=people,dc=corp,dc=example
objectclass: PERSON
uid: Bob Ü
cn: Bob
employeeType: inactive
manager: UID=Ann, ou=People,dc=corp, dc=example

dn: cn=Carol,dc=corp,dc=example
objectClass: organizationalPerson
cn: Carol
nsAccountLock: TRUE
"""

GROUPS = """
dn: cn=Équipe Ventes,ou=groups,dc=corp,dc=example
objectClass: groupOfNames
cn: Équipe Ventes
description: Ceux qui vendent
owner: uid=ann,ou=people,dc=corp,dc=example
member: uid=ann,ou=people,dc=corp,dc=example
member: cn=all,ou=groups,dc=corp,dc=example

dn: cn=all,ou=groups,dc=corp,dc=example
objectClass: posixGroup
cn: all
memberUid: ANN
memberUid: gone
"""


def real(name: str, visibility: Visibility = Visibility.INVITE_ONLY) -> Reading:
    return directory_source("ldif", REAL / name, server_name="example.com", visibility=visibility).file.read_now()


def test_entries_become_people(tmp_path: Path) -> None:
    people = read(tmp_path, PEOPLE, "ldif").directory.people
    ann, bob, carol = people.values()
    assert (ann.id, ann.user, ann.name) == ("ann", "@ann:corp.example", "Anne Métivier")
    assert (ann.title, ann.department, ann.language) == ("Directrice commerciale", "12", "fr")
    assert (ann.email, ann.active) == ("ann@corp.example", True)
    assert (bob.id, bob.user, bob.manager, bob.active) == ("Bob Ü", "@bob=20=c3=bc:corp.example", "ann", False)
    assert (carol.id, carol.user, carol.active) == ("Carol", "@carol:corp.example", False)


def test_entries_become_groups(tmp_path: Path) -> None:
    reading = read(tmp_path, PEOPLE + GROUPS, "ldif")
    sales, everybody = reading.directory.groups.values()
    assert (sales.id, sales.name, sales.purpose) == (
        "equipe-ventes",
        Text.same("Équipe Ventes"),
        Text.same("Ceux qui vendent"),
    )
    assert (sales.owners, sales.members) == (("ann",), ("ann", "group:all"))
    assert sales.visibility is Visibility.INVITE_ONLY
    assert everybody.members == ("ann",)
    assert [str(warning.message) for warning in reading.warnings] == [
        "1 member leads nowhere and is left out: gone.",
        "This group has no owner.",
    ]


def test_groups_of_one_name_have_ids_that_do_not_depend_on_their_order(tmp_path: Path) -> None:
    one, other = (f"\ndn: cn=Ops,ou={ou},o=x\nobjectClass: groupOfNames\ncn: Ops\nowner: uid=ann,o=x\n" for ou in "ab")
    ids = set(read(tmp_path, PEOPLE + one + other, "ldif").directory.groups)
    assert len(ids) == 2
    assert set(read(tmp_path, PEOPLE + other + one, "ldif").directory.groups) == ids


def test_the_id_of_a_group_does_not_change_when_another_comes_whose_letters_are_not_ours(tmp_path: Path) -> None:
    one, other = (f"\ndn: cn=Team {name},o=x\nobjectClass: groupOfNames\ncn: Team {name}\n" for name in ("王", "李"))
    (alone,) = read(tmp_path, PEOPLE + one, "ldif").directory.groups
    both = read(tmp_path, PEOPLE + one + other, "ldif").directory.groups
    assert len(both) == 2
    assert alone in both


def test_entries_that_are_added_are_entries(tmp_path: Path) -> None:
    """Active Directory's own tool writes them so."""
    text = PEOPLE.replace("\nobjectClass: inetOrgPerson", "\nchangetype: add\nobjectClass: inetOrgPerson")
    assert read(tmp_path, text, "ldif").directory == read(tmp_path, PEOPLE, "ldif").directory


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encoding_is_found_and_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.ldif"
    path.write_bytes((PEOPLE + GROUPS).encode(encoding))
    reading = directory_source("ldif", path, server_name="corp.example").file.read_now()
    assert reading.directory == read(tmp_path, PEOPLE + GROUPS, "ldif").directory
    named = [str(one.message) for one in reading.warnings if "is read so" in str(one)]
    said = {"utf-8-sig": [], "cp1252": ["This file is in Windows-1252 and is read so."]}
    assert named == said.get(encoding, ["This file is in UTF-16 and is read so."])


def test_what_has_no_options_comes_first(tmp_path: Path) -> None:
    text = (PEOPLE + GROUPS).replace("\ncn: all", "\ncn;lang-fr: Tous\ncn: all")
    text = text.replace("displayName;lang-fr:", "displayName;lang-de: Anna\ndisplayName: Ann\ndisplayName;lang-fr:")
    directory = read(tmp_path, text, "ldif").directory
    assert directory.people["ann"].name == "Ann"
    assert directory.groups["all"].name == Text.same("all")


def test_what_nobody_reads_may_be_anywhere_and_anything(tmp_path: Path) -> None:
    text = PEOPLE.replace("jpegPhoto:: /9j/4AA=", "jpegPhoto:< file:///photo.jpg\nuserCertificate;binary:: /w==")
    assert read(tmp_path, text, "ldif").directory == read(tmp_path, PEOPLE, "ldif").directory
    reading = read(tmp_path, PEOPLE.replace("title: Directrice", "title:: 6Q==\ntitle: Directrice"), "ldif")
    assert reading.directory.people["ann"].title == "Directrice commerciale"
    (told,) = reading.warnings
    assert str(told.message) == "1 value is no text in UTF-8 and is left out, in line 12."


def test_what_ldapsearch_writes_beside_entries_is_passed_over_unless_it_ends_early(tmp_path: Path) -> None:
    beside = "\n# search reference\nref: ldap://other.example/o=x\n\n# search result\nsearch: 2\nresult: {}\n"
    whole = read(tmp_path, PEOPLE + beside.format("0 Success"), "ldif").directory
    assert whole == read(tmp_path, PEOPLE, "ldif").directory
    assert complaints(tmp_path, PEOPLE + beside.format("4 Size limit exceeded"), "ldif") == [
        "36: This answer ended with 4 Size limit exceeded: what stands here is not the whole."
    ]


NOEL = "dn: uid=noel,dc=corp,dc=example\nobjectClass: inetOrgPerson\nuid: noel\nmail: noel@corp.example"


@pytest.mark.parametrize(
    "end",
    [
        "dn: uid=noel,dc=cor",
        "dn: uid=noel,dc=corp,dc=example",
        "dn: cn=New,dc=corp,dc=example\nobjectClass: groupOfN",
        "dn: cn=New,dc=corp,dc=example\nobjectClass: groupOfNames\ncn: New\nmember: uid=ann,ou=peop",
        "dn: cn=New,dc=corp,dc=example\nobjectClass: groupOfNames\ncn: New\nmember: uid=ann,ou=people,dc=corp,dc=exam",
        "dn: cn=New,dc=corp,dc=example\nobjectClass: posixGroup\ncn: New\nmemberUid: an",
        "dn: uid=noel,dc=corp,dc=example\nobjectClass: organizationalPerson\ncn: Noel\nnsAccountLock: TR",
        "dn: uid=noel,dc=corp,dc=example\nobjectClass: inetOrgPerson\nuid: no",
        NOEL.removesuffix("ple"),
        "\n\n".join(NOEL.replace("noel", one) for one in ("a", "b", "c", "d")).removesuffix("\nmail: d@corp.example"),
    ],
)
def test_an_export_that_ends_in_the_middle_of_a_line_counts_for_nothing(tmp_path: Path, end: str) -> None:
    cut = PEOPLE + GROUPS + "\n" + end
    (told,) = complaints(tmp_path, cut, "ldif")
    assert told.startswith(f"{len(cut.splitlines())}: This file ends in the middle of a line and is taken for")


@pytest.mark.parametrize(
    "end",
    [
        "dn: cn=N,dc=corp,dc=example\nobjectClass: groupOfNames\ncn: N\nmember: UID=Ann, ou=People,dc=corp, dc=example",
        "dn: cn=N,dc=corp,dc=example\nmember: uid=ann,ou=people,dc=corp,dc=example\ncn: N\nobjectClass: groupOfNames",
        "dn: cn=New,dc=corp,dc=example\nobjectClass: posixGroup\nmemberUid: ann\ncn: New",
        NOEL + "\ntelephoneNumber: +33 1",
        "\n\n".join(NOEL.replace("noel", one) for one in ("a", "b", "c", "d")) + "\ntitle: Directrice",
        "dn: ou=more,dc=corp,dc=example\nobjectClass: organizationalUnit\nou: more",
    ],
)
def test_a_whole_export_whose_last_line_has_no_end_counts_and_it_is_told(tmp_path: Path, end: str) -> None:
    text = PEOPLE + GROUPS + "\n" + end
    reading = read(tmp_path, text, "ldif")
    assert reading.directory == read(tmp_path, text + "\n", "ldif").directory
    assert "The last line of this file has no end: is it truncated?" in [str(one.message) for one in reading.warnings]


def test_an_entry_that_stands_here_twice_counts_once_and_two_that_differ_are_told(tmp_path: Path) -> None:
    again = PEOPLE.partition("folded")[2].replace("dn: uid=ann,ou=people", "dn: UID=Ann, OU=people")
    twice = read(tmp_path, PEOPLE + GROUPS + again, "ldif")
    assert twice.directory == read(tmp_path, PEOPLE + GROUPS, "ldif").directory
    told = [str(one.message) for one in twice.warnings]
    assert "3 entries stand here twice, the same, and count once." in told
    other = "\ndn: UID=Ann, ou=people,dc=corp,dc=example\nobjectClass: inetOrgPerson\nuid: ann2\n"
    assert complaints(tmp_path, PEOPLE + other, "ldif") == [
        "31: UID=Ann, ou=people,dc=corp,dc=example: This entry stands in line 5 already, and is another one there."
    ]


def test_a_login_that_is_too_long_for_an_account_leaves_one_person_out_and_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, PEOPLE + f"\ndn: uid=x,o=x\nobjectClass: person\nuid: {'é' * 50}\n", "ldif")
    assert reading.directory == read(tmp_path, PEOPLE, "ldif").directory
    assert "1 person has a login that is too long for an account" in str(reading.warnings[0])


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_others_are_line_ends(tmp_path: Path, end: str) -> None:
    text = PEOPLE + GROUPS
    assert read(tmp_path, text.replace("\n", end), "ldif").directory == read(tmp_path, text, "ldif").directory


def test_a_member_may_be_named_by_any_login_and_the_first_is_the_account(tmp_path: Path) -> None:
    text = (PEOPLE + GROUPS).replace("uid: ann\n", "uid: ann\nuid: amartin\nuid: Bob Ü\n", 1)
    text = text.replace("memberUid: gone", "memberUid: AMartin\nmemberUid: Bob Ü")
    directory = read(tmp_path, text, "ldif").directory
    assert directory.people["ann"].user == "@ann:corp.example"
    assert directory.groups["all"].members == ("ann", "Bob Ü")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dn: uid=a,o=x\nchangetype: delete\n", "2: This is a list of changes (changetype); a directory file holds wh"),
        ("dn: uid=a,o=x\nuid:< file:///etc/passwd\n", "2: A value is to be fetched from an address here (:<): that is"),
        ("dn: uid=a,o=x\nuid:: no base64\n", "2: uid: This is not text in base64."),
        ("dn:: /w==\nuid: a\n", "1: This is not text in base64."),
        ("dn: uid=a,o=x\nobjectCla", "2: This line is not of the form name: value; is the file truncated?"),
        ("version: 2\n", "1: Only version 1 of LDIF is known."),
        ("uid: a\n", "1: An entry begins with its dn; here it begins with uid."),
        ("dn: o=x\no: x\n", "There are no people in this file."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    (found,) = complaints(tmp_path, text, "ldif")
    assert found.startswith(complaint)


def test_two_people_of_one_uid_are_told_with_line_and_name(tmp_path: Path) -> None:
    twin = "\ndn: uid=ann,ou=others,o=x\nobjectClass: person\nuid: ann\n"
    assert complaints(tmp_path, PEOPLE + twin, "ldif") == [
        "31: uid=ann,ou=others,o=x: @ann:corp.example is already the account of ann.",
        "31: uid=ann,ou=others,o=x: The id ann is already that of uid=ann,ou=people,dc=corp,dc=example (line 5).",
    ]


@real_files
def test_389_directory_server_exports_150_people_and_5_groups() -> None:
    directory = real("389ds-Example.ldif").directory
    assert len(directory.people) == 150
    assert len(directory.groups) == 5
    assert sum(len(group.members) for group in directory.groups.values()) == 11
    assert sum(bool(person.manager) for person in directory.people.values()) == 149
    assert directory.groups["qa-managers"].members == ("abergin", "jwalker")


@real_files
def test_seven_seas_has_members_in_odd_writings_and_members_that_are_gone() -> None:
    reading = real("sevenSeas.ldif")
    groups = reading.directory.groups
    assert (len(reading.directory.people), len(groups)) == (13, 5)
    assert groups["hms-lydia"].members == ("hhornblo", "wbush", "tquist")
    assert groups["top-group"].members == ("group:hms-lydia",)
    assert reading.directory.people["user.with.points"].user == "@user.with.points:example.com"
    assert [str(warning.message)[:40] for warning in reading.warnings if "nowhere" in str(warning)] == [
        "4 members lead nowhere and are left out:",
        "2 members lead nowhere and are left out:",
    ]


@real_files
def test_openldap_has_groups_of_both_kinds_and_people_of_its_own() -> None:
    directory = real("openldap-test.ldif", Visibility.HIDDEN).directory
    assert (len(directory.people), len(directory.groups)) == (11, 3)
    assert sum(len(group.members) for group in directory.groups.values()) == 22
    assert {group.visibility for group in directory.groups.values()} == {Visibility.HIDDEN}
