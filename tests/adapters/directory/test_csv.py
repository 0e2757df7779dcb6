import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.group_ids import group_id
from bridge.adapters.directory.source import LARGE, directory_source
from bridge.domain.directory import Visibility
from bridge.domain.messages import Text
from bridge.domain.problems import InvalidInput
from bridge.ports.directory import Reading

TABLES = Path(__file__).parent / "tables"
EXPECTED: dict[str, Any] = json.loads((TABLES / "expected.json").read_text(encoding="utf-8"))

PEOPLE = """\
id,user,name,email,manager,active
0007,@ines:corp.example,Inès,ines@corp.example,,yes
0123,,Claire,claire@corp.example,0007,
"""
SHORT = "This line has 2 values where the first has 6 columns; is a delimiter inside a value, or the file truncated?"
MEMBERSHIPS = """\
group,group name,description,visibility,parent,member,role
sales,Ventes,Ceux qui vendent,public,,0007,owner
sales,,,,,claire@corp.example,
deal,,,hidden,sales,0123,moderator
empty,Nobody yet,,,,,
"""


def exported(people: str, members: str = "") -> Reading:
    memberships = TABLES / members if members else None
    source = directory_source("csv", TABLES / people, server_name="corp.example", memberships=memberships)
    return source.file.read_now()


def read(folder: Path, people: str | bytes = PEOPLE, memberships: str | bytes | None = MEMBERSHIPS) -> Reading:
    paths: list[Path | None] = []
    for name, text in (("people.csv", people), ("members.csv", memberships)):
        path = folder / name
        if text is not None:
            path.write_bytes(text.encode() if isinstance(text, str) else text)
            path.chmod(0o600)
        paths.append(path if text is not None else None)
    assert paths[0]
    return directory_source("csv", paths[0], server_name="corp.example", memberships=paths[1]).file.read_now()


def complaints(folder: Path, people: str | bytes = PEOPLE, memberships: str | bytes | None = MEMBERSHIPS) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(folder, people, memberships)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems if not problem.warning]


@pytest.mark.parametrize(
    ("system", "people", "members"),
    [
        ("google", "google_people.csv", "google_members.csv"),
        ("moodle", "moodle.csv", ""),
        ("mattermost", "mattermost_people.csv", "mattermost_members.csv"),
    ],
)
def test_exports_say_what_an_independent_reading_of_them_says(system: str, people: str, members: str) -> None:
    directory = exported(people, members).directory
    found = {
        "people": {
            person.id: {"user": person.user, "name": person.name, "active": person.active}
            for person in directory.people.values()
        },
        "groups": {group.id: sorted(group.members) for group in directory.groups.values()},
    }
    assert found == EXPECTED[system]


def test_google_says_who_leads_and_who_is_gone() -> None:
    reading = exported("google_people.csv", "google_members.csv")
    groups, people = reading.directory.groups, reading.directory.people
    assert (groups["sales"].owners, groups["support-emea"].moderators) == (
        ("claire@corp.example",),
        ("lukasz@corp.example",),
    )
    assert people["lukasz@corp.example"].title == "Support\nNiveau 2"
    assert people["claire@corp.example"].manager == "ines.moreau@corp.example"
    told = [str(warning).removeprefix(f"{TABLES}/") for warning in reading.warnings]
    assert told == [
        "google_members.csv:5: 1 member leads nowhere and is left out: former@corp.example.",
        "google_people.csv:4: Manager Email: The manager gone@corp.example is no person of this file.",
        "google_members.csv:6: This group has no owner.",
    ]


def test_the_encoding_is_found_and_named_where_it_is_not_the_usual_one() -> None:
    assert "moodle.csv: This file is in Windows-1252 and is read so." in str(exported("moodle.csv").warnings[0])
    assert "UTF-16" in str(exported("mattermost_people.csv").warnings[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end_says_the_same(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    text = PEOPLE.replace(",", delimiter).replace("\n", end)
    people = read(tmp_path, text.encode(encoding), None).directory.people
    assert people == read(tmp_path).directory.people


def test_a_group_has_what_its_lines_say_together(tmp_path: Path) -> None:
    sales, deal, empty = read(tmp_path).directory.groups.values()
    assert (sales.name, sales.purpose) == (Text.same("Ventes"), Text.same("Ceux qui vendent"))
    assert (sales.visibility, sales.owners, sales.members) == (Visibility.PUBLIC, ("0007",), ("0007", "0123"))
    assert sales.declared == {"name", "purpose", "visibility", "owners", "members"}
    assert (deal.visibility, deal.parent, deal.moderators) == (Visibility.HIDDEN, "sales", ("0123",))
    assert not empty.members
    assert (empty.visibility, empty.declared) == (Visibility.INVITE_ONLY, frozenset({"name", "members"}))


def test_groups_may_stand_in_the_table_of_people(tmp_path: Path) -> None:
    text = 'username,groups,Cohort 1\nann,"Sales; R&D",\nbob,Sales,all\n'
    groups = read(tmp_path, text, None).directory.groups
    assert {group.id: group.members for group in groups.values()} == {
        "sales": ("ann", "bob"),
        "r-d": ("ann",),
        "all": ("bob",),
    }


def test_the_id_of_a_group_depends_on_its_own_name_alone() -> None:
    assert group_id("Équipe Ventes") == group_id("équipe ventes") == "equipe-ventes"
    assert group_id("sales@corp.example") == "sales"
    assert group_id("東京 A") != group_id("大阪 A")


NEITHER = "perhaps says neither that somebody is active nor that they are not, as yes, no, active, suspended do."


def test_everything_wrong_is_said_at_once_with_file_and_line(tmp_path: Path) -> None:
    people = PEOPLE + ",,Nobody,,,\n0123,@eve:corp.example,Eve,,,perhaps\n1,2\n"
    members = MEMBERSHIPS + "sales,Vente,,,,0007,boss\n,,,,,0007,\ndeal,,,secret,,0007,\n"
    assert complaints(tmp_path, people, members) == [
        "members.csv:6: group name: sales has the group name Ventes on another line.",
        "members.csv:6: role: boss is not known here; it may be one of: member, owner, moderator, manager.",
        "members.csv:7: group: group is missing or empty.",
        "members.csv:8: visibility: deal has the visibility hidden on another line.",
        "people.csv:4: id: id is missing or empty.",
        f"people.csv:5: active: {NEITHER}",
        "people.csv:5: id: The id 0123 is already that of line 3.",
        f"people.csv:6: {SHORT}",
    ]


@pytest.mark.parametrize(
    ("people", "complaint"),
    [
        ("", "people.csv: This file is empty."),
        ("colour,shape\nred,round\n", "people.csv:1: None of these columns is known: colour, shape."),
        ("name\nAnn\n", "people.csv:1: A column such as id is missing."),
        ("id,id\na,b\n", "people.csv:1: There are two columns id."),
        ('id,name\na,"Ann\nb,Bob\n', "people.csv:2: The quotation marks of the line that begins here are not closed"),
        ("id\n", "people.csv: There are no people in this file."),
        (bytes(range(1, 256)), "people.csv: This is not a text file: a workbook has to be exported as a table"),
        ("id\na\0b\n", "people.csv:2: This is not a text file: it contains zero bytes."),
        ("id,name\na,é\nb,è\nc,ê\n".encode() + b"d,\xe9\n", "people.csv:5: This line is not in UTF-8, as the rest of"),
        (b"id,name\na,\xe9\nb,\x81\n", "people.csv:2: This file is neither in UTF-8 nor in Windows-1252"),
        (b"\xff\xfei\0d\0\n\0a", "people.csv: This file begins as UTF-16 and does not go on so; is it truncated?"),
    ],
)
def test_what_cannot_be_read_is_one_clear_sentence(tmp_path: Path, people: str | bytes, complaint: str) -> None:
    (found,) = complaints(tmp_path, people, None)
    assert found.startswith(complaint)


def test_what_is_wrong_with_both_files_is_said_together(tmp_path: Path) -> None:
    assert complaints(tmp_path, "", "") == ["members.csv: This file is empty.", "people.csv: This file is empty."]


def test_members_of_which_none_is_known_are_those_of_another_system(tmp_path: Path) -> None:
    (found,) = complaints(tmp_path, PEOPLE, "group,member\nsales,x1\nsales,x2\n")
    assert found.startswith("members.csv: None of the members is one of the people")


@pytest.mark.parametrize("nobody", ["id,name\n", "Prénom;id\n".encode("cp1252"), "id,name\n0,Ann,1\n"])
def test_where_people_cannot_be_read_nothing_is_said_of_members(tmp_path: Path, nobody: str | bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, nobody, "group,member\nsales,x1\nsales,x2\n")
    (wrong,) = [one for one in caught.value.problems if not one.warning]
    assert wrong.spot.file.endswith("people.csv")
    assert not [one for one in caught.value.problems if "members" in str(one.message)]


def test_a_member_who_is_nobody_is_told_at_their_line_and_many_are_counted(tmp_path: Path) -> None:
    def told(members: str) -> list[str]:
        warnings = [str(one) for one in read(tmp_path, PEOPLE, members).warnings if "nowhere" in str(one)]
        return [one.removeprefix(f"{tmp_path}/") for one in warnings]

    members = "group,member\nsales,0007\nsales,x1\ndeal,0123\nsales,x2\n"
    assert told(members) == [
        "members.csv:3: 1 member leads nowhere and is left out: x1.",
        "members.csv:5: 1 member leads nowhere and is left out: x2.",
    ]
    assert told(f"{members}sales,x3\nsales,x4\n") == [
        "members.csv:3: 4 members lead nowhere and are left out: x1, x2, x3, …."
    ]


def test_columns_that_are_not_read_are_named_and_what_takes_the_place_of_an_id(tmp_path: Path) -> None:
    def known_by(column: str) -> str:
        return f"People are known again by the column {column}: who has another one there is somebody else."

    reading = read(tmp_path, "Ident,Compte,Courriel\n7,ann,ann@corp.example\n", "group,member,since\nsales,,2020\n")
    assert [str(one).removeprefix(f"{tmp_path}/") for one in reading.remarks] == [
        f"people.csv: {known_by('Courriel')} A column id with what never changes is safer.",
        "people.csv: Columns that are not read: Ident, Compte.",
        "members.csv: Columns that are not read: since.",
    ]
    assert read(tmp_path).remarks == ()


def test_nobody_is_meant_by_an_address_that_two_people_have(tmp_path: Path) -> None:
    people = "id,email\na,team@corp.example\nb,team@corp.example\n"
    found = complaints(tmp_path, people.replace("a,", "a,", 1), "group,member\nsales,a\nsales,team@corp.example\n")
    assert "members.csv:3: member: team@corp.example may be several people: name them by their id." in found


def test_a_file_that_declares_hidden_groups_is_for_its_owner_alone(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "members.csv").chmod(0o644)
    source = directory_source(
        "csv", tmp_path / "people.csv", server_name="corp.example", memberships=tmp_path / "members.csv"
    )
    (warning,) = [str(one) for one in source.file.read_now().warnings if "chmod" in str(one)]
    assert warning.startswith(f"{tmp_path}/members.csv: This file declares hidden groups")


async def test_a_change_of_either_file_is_seen(tmp_path: Path) -> None:
    read(tmp_path)
    members = tmp_path / "members.csv"
    source = directory_source("csv", tmp_path / "people.csv", server_name="corp.example", memberships=members)
    first = await source.read()
    assert await source.read() is first
    members.write_text("group,member\nsales,0123\n")
    second = await source.read()
    assert second.stamp != first.stamp
    assert second.directory.groups["sales"].members == ("0123",)
    assert not source.is_large()
    members.write_text("group,member\n" * (LARGE // 13 + 1))
    assert source.is_large()


def test_tables_can_be_sent_to_another_process(tmp_path: Path) -> None:
    read(tmp_path)
    members = tmp_path / "members.csv"
    file = directory_source("csv", tmp_path / "people.csv", server_name="corp.example", memberships=members).file
    assert pickle.loads(pickle.dumps(file)).read_now() == file.read_now()


def test_headings_and_words_may_be_french(tmp_path: Path) -> None:
    people = (
        "Matricule;Identifiant;Prénom;Nom;Courriel;Actif;Service\n7;ines;Inès;Moreau;ines@corp.example;oui;Direction\n"
    )
    people += "8;zoe;Zoé;Neil;zoe@corp.example;non;Ventes\n"
    members = "Groupe;Nom du groupe;Membre;Rôle\nventes;Ventes;7;propriétaire\nventes;;zoe;membre\n"
    directory = read(tmp_path, people, members).directory
    ines, zoe = directory.people.values()
    assert (ines.user, ines.name, ines.email, ines.department, ines.active) == (
        "@ines:corp.example", "Inès Moreau", "ines@corp.example", "Direction", True,
    )  # fmt: skip
    assert not zoe.active
    assert directory.groups["ventes"].owners == (ines.id,)
    assert directory.groups["ventes"].members == (ines.id, zoe.id)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Publique", Visibility.PUBLIC), ("public", Visibility.PUBLIC), ("sur invitation", Visibility.INVITE_ONLY),
        ("Sur Invitation", Visibility.INVITE_ONLY), ("invite only", Visibility.INVITE_ONLY),
        ("cachée", Visibility.HIDDEN), ("CACHEE", Visibility.HIDDEN), ("masqué", Visibility.HIDDEN),
        ("masque\u0301e", Visibility.HIDDEN),
    ],
)  # fmt: skip
def test_who_may_see_a_group_may_be_said_in_french(tmp_path: Path, written: str, meant: Visibility) -> None:
    (sales,) = read(tmp_path, PEOPLE, f"Groupe;Visibilité;Membre\nventes;{written};0007\n").directory.groups.values()
    assert sales.visibility is meant


@pytest.mark.parametrize(
    ("written", "owns", "moderates"),
    [
        ("Propriétaire", True, False), ("modératrice", False, True), ("modérateur", False, True),
        ("responsable", False, True), ("gestionnaire", False, True), ("Membre", False, False),
    ],
)  # fmt: skip
def test_roles_may_be_said_in_french(tmp_path: Path, written: str, *, owns: bool, moderates: bool) -> None:
    rows = f"Groupe;Membre;Rôle;Type\nventes;0007;{written};Personne\ntous;groupe:ventes;;Groupe\n"
    sales, everybody = read(tmp_path, PEOPLE, rows).directory.groups.values()
    assert (sales.members, everybody.members) == (("0007",), ("group:ventes",))
    assert (bool(sales.owners), bool(sales.moderators)) == (owns, moderates)


def test_what_is_wrong_is_told_in_the_words_of_the_file(tmp_path: Path) -> None:
    people = "Identifiant;Prénom;Nom;Actif\nines;Inès;Moreau;peut-être\n;Zoé;Neil;oui\n"
    members = "Groupe;Visibilité;Membre;Rôle\nventes;cahcée;ines;Présidente\nventes;;;\n;;ines;\n"
    assert complaints(tmp_path, people, members) == [
        "members.csv:2: Rôle: Présidente is not known here; it may be one of: member, owner, moderator, manager.",
        "members.csv:2: Visibilité: cahcée is not known here; did you mean cachée?",
        "members.csv:4: Groupe: Groupe is missing or empty.",
        f"people.csv:2: Actif: {NEITHER.replace('perhaps', 'peut-être')}",
        "people.csv:3: Identifiant: Identifiant is missing or empty.",
    ]


def test_identifiant_is_the_id_where_another_column_is_the_user_name(tmp_path: Path) -> None:
    people = "Identifiant;Nom d’utilisateur;Nom complet;Adresse e-mail\n0007;ines;Inès Moreau;ines@corp.example\n"
    [ines] = read(tmp_path, people, "groupe;membre\nventes;0007\n").directory.people.values()
    assert (ines.id, ines.user, ines.email) == ("0007", "@ines:corp.example", "ines@corp.example")


def test_identifiant_beside_an_account_is_the_id_without_any_doubt(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "identifiant,user,nom complet\n0007,@ines:corp.example,Inès Moreau\n", "groupe,membre\nventes,0007\n"
    )
    [ines] = reading.directory.people.values()
    assert (ines.id, ines.user) == ("0007", "@ines:corp.example")
    assert reading.remarks == ()


def test_whoever_came_back_is_their_new_line_and_a_repeated_line_counts_once(tmp_path: Path) -> None:
    people = "id,username,status\n1,claire,Suspended\n2,claire,Active\n3,luc,Active\n3,luc,Active\n"
    reading = read(tmp_path, people, "group,member\nsales,claire\nsales,luc\n")
    assert {one.id: one.active for one in reading.directory.people.values()} == {"2": True, "3": True}
    assert reading.directory.groups["sales"].members == ("2", "3")
    told = [str(warning.message) for warning in reading.warnings]
    assert "1 account is switched off and left out, as somebody active has its login." in told
    assert "This line is the same as line 4, and is passed over." in told


def test_two_active_people_with_one_account_are_still_told(tmp_path: Path) -> None:
    people = "id,username,status\n1,claire,Active\n2,claire,Active\n"
    assert any("is already the account of 1" in one for one in complaints(tmp_path, people, "group,member\n"))


def test_one_line_of_another_encoding_is_told_and_spoils_no_names(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes("id,name\n1,Inès\n2,Ann\n".encode() + "3,Zoé Noël Müller\n".encode("cp1252"))
    with pytest.raises(InvalidInput, match="This line is not in UTF-8, as the rest of the file is"):
        directory_source("csv", tmp_path / "people.csv", server_name="corp.example").file.read_now()


def test_a_table_without_names_is_told(tmp_path: Path) -> None:
    """A heading that is not known would leave everybody nameless without a word."""
    reading = read(tmp_path, "id,Keresztnév\n1,Ann\n2,Bob\n3,Eve\n4,Luc\n5,Zoe\n", "group,member\nsales,1\n")
    assert "None of the 5 people has a name." in [str(warning.message) for warning in reading.warnings]


def test_a_few_without_a_name_are_counted_and_the_first_of_them_told(tmp_path: Path) -> None:
    people = "id,username,name,active\n0,ann,Ann,yes\n1,bob,,no\n" + "".join(f"{n},p{n},,yes\n" for n in range(2, 6))
    several = read(tmp_path, people, "group,member\nsales,1\n")
    accounts = ", ".join(f"@p{n}:corp.example" for n in (2, 3, 4))
    told = f"4 people have no name and are called by their accounts: {accounts}, …."
    assert told in [str(warning.message) for warning in several.warnings]
    one = read(tmp_path, "id,username,name\n0,ann,Ann\n1,bob,\n", "group,member\nsales,1\n")
    assert "1 person has no name and is called by their account: @bob:corp.example." in [
        str(warning.message) for warning in one.warnings
    ]


def test_a_heading_that_is_almost_known_is_told(tmp_path: Path) -> None:
    """Nobody is switched off by a column that nobody reads."""
    reading = read(tmp_path, "id,name,actve,LastLogin,Telephone\n1,Ann,no,x,y\n", "group,member,rôles\nsales,1,owner\n")
    told = [str(one) for one in reading.warnings if "is not read" in str(one)]
    assert [one.rpartition("/")[2] for one in told] == [
        "people.csv: The column actve is not read; did you mean active?",
        "members.csv: The column rôles is not read; did you mean role?",
    ]


@pytest.mark.parametrize(
    ("people", "members"),
    [
        ("Personalnummer;Benutzername;Vorname;Name;E-Mail-Adresse;Aktiv;Gruppen", "Gruppe;Mitglied;Rolle"),
        ("Numéro;Nom d’utilisateur;Prénom;Nom;Adresse de courriel;Actif;Groupes", "Groupe;Membre;Rôle"),
        ("Legajo;Nombre de usuario;Nombre;Apellido(s);Correo electrónico;Activo;Grupos", "Grupo;Miembro;Rol"),
        ("Matricola;Nome utente;Nome;Cognome;Indirizzo e-mail;Attivo;Gruppi", "Gruppo;Membro;Ruolo"),
        ("Nummer;Gebruikersnaam;Voornaam;Achternaam;E-mailadres;Actief;Groepen", "Groep;Lid;Rol"),
    ],
)
def test_headings_and_words_may_be_those_of_the_neighbours(tmp_path: Path, people: str, members: str) -> None:
    rows = f"{people}\n7;zoe;Zoë;O’Neil;zoe@corp.example;ja;Alle\n8;bo;Bo;Old;bo@corp.example;no;\n"
    directory = read(tmp_path, rows, f"{members}\nSud;ZOE;Proprietario\nSud;bo@corp.example;lid\n").directory
    told = [(one.id, one.name, one.email, one.active) for one in directory.people.values()]
    assert told == [("zoe", "Zoë O’Neil", "zoe@corp.example", True), ("bo", "Bo Old", "bo@corp.example", False)]
    assert {one.id: (one.members, one.owners) for one in directory.groups.values()} == {
        "alle": (("zoe",), ()),
        "sud": (("zoe", "bo"), ("zoe",)),
    }


def test_mattermost_may_write_several_roles(tmp_path: Path) -> None:
    rows = "team_name,username,role\nsales,ines,team_user team_admin\nsales,claire,channel_user\n"
    (sales,) = read(tmp_path, "username\nines\nclaire\n", rows).directory.groups.values()
    assert (sales.members, sales.moderators) == (("ines", "claire"), ("ines",))
    assert complaints(tmp_path, "username\nines\n", "team,username,role\nsales,ines,team_user team_boss\n")


def test_whoever_is_in_no_group_of_moodle_is_in_none(tmp_path: Path) -> None:
    rows = "Email address,Groups\na@x.example,No groups\nb@x.example,Aucun groupe\nc@x.example,Team A\n"
    assert list(read(tmp_path, rows, None).directory.groups) == ["team-a"]


def test_a_name_is_the_same_whether_its_accents_are_written_apart(tmp_path: Path) -> None:
    people = "id,username,email\ne\u0301,zoe\u0308,\u00e9@x.example\nb,bo,b@x.example\n"
    members = "group,member\none,\u00e9\ntwo,ZO\u00cb\nthree,E\u0301@x.example\n"
    groups = read(tmp_path, people, members).directory.groups.values()
    assert [one.members for one in groups] == [("e\u0301",)] * 3


def test_a_line_may_end_in_delimiters_that_stand_for_nothing(tmp_path: Path) -> None:
    assert list(read(tmp_path, "id,name\n1,a,,\n2,b,\n", None).directory.people) == ["1", "2"]
    assert complaints(tmp_path, "id,name\n1,a,b\n", None)
