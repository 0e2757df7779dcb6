"""Several sources as one directory: who counts, what is contradicted, where references lead."""

from dataclasses import replace

from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.rules.merging import HIDDEN_ONCE, Together, Told, together
from bridge.services.remarks import for_chat

ANN = Person(id="uuid-ann", user="@ann:corp.example", name="Ann", email="ann@corp.example")
BOB = Person(id="uuid-bob", user="@bob:corp.example", name="Bob", email="Bob@corp.example")
STAFF = Group(id="staff", name=Text.same("Staff"), members=("uuid-ann", "uuid-bob"), declared=frozenset({"members"}))


REMEDY = " If that one is wrong, correct it there; else in projects."


def directory(*rows: Person | Group | Partner) -> Directory:
    return Directory(
        people={row.id: row for row in rows if isinstance(row, Person)},
        groups={row.id: row for row in rows if isinstance(row, Group)},
        partners={row.id: row for row in rows if isinstance(row, Partner)},
    )


def both(first: Directory, second: Directory) -> Together:
    return together([Told("ldap", first), Told("projects", second)])


def project(*members: str, **fields: object) -> Group:
    group = Group(id="apollo", name=Text.same("Apollo"), members=members, declared=frozenset({"name", "members"}))
    return replace(group, **fields)  # type: ignore[arg-type]  # fields are named by the tests


def test_a_group_of_one_source_names_people_of_another_by_id_account_address_or_login() -> None:
    for named in ("uuid-ann", "@ann:corp.example", "ANN@corp.example", "ann", "Ann"):
        found = both(directory(ANN, BOB), directory(project(named)))
        assert found.directory.groups["apollo"].members == ("uuid-ann",), named
        assert found.findings == ()


def test_who_is_nobody_anywhere_is_left_out_and_told() -> None:
    found = both(directory(ANN), directory(project("ann", "zoe", "group:nowhere", parent="gone", partners=("acme",))))
    apollo = found.directory.groups["apollo"]
    assert (apollo.members, apollo.parent, apollo.partners) == (("uuid-ann",), "", ())
    (finding,) = found.findings
    assert (finding.kind, finding.group) == ("source-reference", "apollo")
    assert "4 names that projects writes in apollo" in str(finding.text)


def test_a_name_that_two_people_answer_to_means_neither() -> None:
    twin = replace(BOB, email="ann@corp.example")
    found = both(directory(ANN, twin), directory(project("ann@corp.example", "zoe")))
    assert found.directory.groups["apollo"].members == ()
    shared, lost = map(str, (one.text for one in found.findings))
    assert shared == (
        "1 name that projects writes in apollo is that of several people and is left out: ann@corp.example."
        " Write their id or their account."
    )
    assert lost.endswith("leads nowhere and is left out: zoe.")


def test_one_account_in_two_sources_is_one_person_and_the_earlier_source_counts() -> None:
    again = Person(id="7", user=ANN.user, name="Ann Müller", title="Director")
    found = both(directory(ANN), directory(again, project("7", owners=("7",))))
    person = found.directory.people["uuid-ann"]
    assert (person.name, person.title, person.email) == ("Ann", "Director", "ann@corp.example")
    assert "7" not in found.directory.people
    assert found.directory.groups["apollo"].members == ("uuid-ann",)
    assert found.directory.groups["apollo"].owners == ("uuid-ann",)
    (finding,) = found.findings
    assert "projects describes 1 person otherwise" in str(finding.text)
    assert str(finding.text).endswith("which counts: Ann (name: Ann, not Ann Müller)." + REMEDY)


def test_who_is_off_in_any_source_is_off() -> None:
    for first, second in ((True, False), (False, True)):
        found = both(directory(replace(ANN, active=first)), directory(replace(ANN, active=second)))
        assert not found.directory.people["uuid-ann"].active
        (finding,) = found.findings
        off = "projects" if first else "ldap"
        told = f"1 person is switched off in {off} and active in another source, and so is off: Ann."
        assert str(finding.text) == f"{told} Who is still with the company has to be active in every source."


def test_the_same_id_for_another_account_is_somebody_else_and_gets_nothing() -> None:
    other = Person(id="uuid-ann", user="@anna:corp.example", name="Anna")
    found = both(directory(ANN, STAFF), directory(other, project("uuid-ann")))
    assert found.directory.people["uuid-ann"] == ANN
    assert found.directory.groups["apollo"].members == ()
    assert "under an id that is another account" in str(found.findings[0].text)
    assert "Anna, uuid-ann (@ann:corp.example, not @anna:corp.example)" in str(found.findings[0].text)
    assert "Give them an id of their own in projects" in str(found.findings[0].text)


def test_a_group_in_two_sources_takes_from_the_later_what_the_earlier_does_not_say() -> None:
    hidden = Group(id="staff", name=Text.same("Staff"), visibility=Visibility.HIDDEN, owners=("ann",),
                   declared=frozenset({"visibility", "owners"}))  # fmt: skip
    found = both(directory(ANN, BOB, STAFF), directory(hidden))
    staff = found.directory.groups["staff"]
    assert (staff.visibility, staff.owners, staff.members) == (Visibility.HIDDEN, ("uuid-ann",), STAFF.members)
    assert staff.declared == {"members", "visibility", "owners"}
    assert found.findings == ()


def test_what_two_sources_say_otherwise_of_a_group_is_told_to_those_who_may_know_it() -> None:
    found = both(directory(ANN, BOB, STAFF), directory(replace(STAFF, members=("ann",))))
    assert found.directory.groups["staff"].members == STAFF.members
    (finding,) = found.findings
    assert (finding.kind, finding.group) == ("source-conflict", "staff")
    told = "projects describes Staff otherwise than an earlier source, which counts: members."
    assert str(finding.text) == told + REMEDY


def test_who_is_left_out_of_a_group_for_an_earlier_source_is_told() -> None:
    second = replace(STAFF, members=("uuid-bob", "uuid-ann"))
    found = both(directory(ANN, BOB, replace(STAFF, members=("uuid-ann",))), directory(second))
    assert str(found.findings[0].text).endswith("which counts: members (left out: Bob)." + REMEDY)


def test_words_that_two_sources_say_of_a_group_are_told_beside_each_other() -> None:
    named = replace(STAFF, members=(), visibility=Visibility.PUBLIC, declared=frozenset({"name", "visibility"}))
    otherwise = replace(named, name=Text(en="All", fr="Tous"), visibility=Visibility.HIDDEN)
    (finding,) = both(directory(named), directory(otherwise)).findings
    assert str(finding.text).endswith("which counts: name (Staff, not All), visibility (public, not hidden)." + REMEDY)


def test_what_a_later_source_keeps_hidden_is_told_on_the_terminal_alone() -> None:
    """Whoever may know the open group may know neither name nor people of the hidden one."""
    secret = replace(STAFF, name=Text.same("Merger"), visibility=Visibility.HIDDEN, members=("uuid-bob", "ghost"),
                     declared=frozenset({"name", "visibility", "members"}))  # fmt: skip
    open_to_all = replace(STAFF, visibility=Visibility.PUBLIC, declared=secret.declared)
    found = both(directory(ANN, BOB, open_to_all), directory(secret)).findings
    assert {one.kind for one in found} == {HIDDEN_ONCE}
    assert len(found) == 2
    assert for_chat(found) == ()
    described = replace(secret, purpose=Text.same("To buy Acme"), declared=secret.declared | {"purpose"})
    taken = both(directory(ANN, BOB, open_to_all), directory(described)).directory.groups["staff"]
    assert taken == both(directory(ANN, BOB, open_to_all), directory()).directory.groups["staff"]
    assert {one.kind for one in both(directory(ANN, BOB, secret), directory(open_to_all)).findings} == {
        "source-conflict",
        "source-reference",
    }


def test_the_order_of_members_is_no_contradiction() -> None:
    assert both(directory(ANN, BOB, STAFF), directory(replace(STAFF, members=("bob", "ann")))).findings == ()


def test_a_partner_of_two_sources_is_the_earlier_ones() -> None:
    acme = Partner(id="acme", name=Text.same("Acme"), servers=("acme.example",), sponsor="ann")
    found = both(directory(ANN, acme), directory(replace(acme, servers=("other.example",))))
    assert found.directory.partners["acme"] == replace(acme, sponsor="uuid-ann")
    assert [one.kind for one in found.findings] == ["source-conflict"]


def test_who_is_switched_off_is_so_in_every_source_that_says_it() -> None:
    off = replace(BOB, active=False)
    for sources, told in (((off, BOB), ("ldap",)), ((BOB, off), ("projects",)), ((off, off), ("ldap", "projects"))):
        person = both(*map(directory, sources)).directory.people["uuid-bob"]
        assert (person.active, person.off_in) == (False, told)
