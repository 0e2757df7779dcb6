import datetime
import json
from pathlib import Path

import pytest

from bridge.domain.directory import Group, Inviting, JoinRequests, MembershipMode, Person, Posting, Visibility, Vouchers
from bridge.domain.mapping import Origin
from bridge.domain.messages import Text
from bridge.domain.partners import Partner, PartnerKind
from bridge.domain.rooms import HistoryVisibility
from tests.adapters.directory.reading import GOOD, complaints, in_json, read


def test_a_good_directory_becomes_people_groups_and_partners(tmp_path: Path) -> None:
    directory = read(tmp_path).directory
    assert directory.people["0123"] == Person(
        id="0123", user="@claire:corp.example", name="Claire", manager="0007", active=False
    )
    assert directory.groups == {
        "sales": Group(
            id="sales",
            name=Text(fr="Ventes", en="Sales"),
            visibility=Visibility.PUBLIC,
            listed=True,
            owners=("0007",),
            members=("0123", "group:deal"),
            declared=frozenset({"name", "visibility", "listed", "owners", "members"}),
            origin=Origin(path=("sales",)),
        ),
        "deal": Group(
            id="deal",
            name=Text.same("Deal"),
            parent="sales",
            owners=("0123",),
            members=("0123", "@bob:acme.example"),
            partners=("acme",),
            declared=frozenset({"name", "parent", "owners", "members", "partners"}),
            origin=Origin(path=("sales", "deal")),
        ),
    }
    assert directory.partners["acme"] == Partner(
        id="acme",
        name=Text.same("Acme SA"),
        kind=PartnerKind.CUSTOMER,
        servers=("acme.example",),
        sponsor="0123",
        until=datetime.date(2027, 6, 30),
        declared=frozenset({"name", "kind", "servers", "sponsor", "until"}),
    )


def test_a_group_may_say_how_its_room_is_used(tmp_path: Path) -> None:
    said = (
        "moderators: [0123], membership: both, requests: knock, posting: owners, history: invited, encrypted: no, "
        "inviting: moderators, vouching: two, retention: 12w, digest: no, "
        "language: fr, welcome: {fr: Bonjour}, template: deal-room, parent: ''"
    )
    deal = read(tmp_path, GOOD.replace(
        "  - id: deal\n    name: Deal\n", "  - {id: room, name: Room, " + said + "}\n  - id: deal\n    name: Deal\n"
    )).directory.groups["room"]  # fmt: skip
    assert deal == Group(
        id="room",
        name=Text.same("Room"),
        moderators=("0123",),
        membership=MembershipMode.BOTH,
        requests=JoinRequests.KNOCK,
        posting=Posting.OWNERS,
        inviting=Inviting.MODERATORS,
        vouching=Vouchers.TWO,
        retention=84,
        digest=False,
        history=HistoryVisibility.INVITED,
        encrypted=False,
        language="fr",
        welcome=Text(fr="Bonjour"),
        template="deal-room",
        declared=frozenset(
            ("name", "moderators", "membership", "requests", "posting", "history", "encrypted", "language", "welcome")
        )
        | {"template", "inviting", "vouching", "retention", "digest"},
        origin=Origin(path=("room",)),
    )


@pytest.mark.parametrize("days", [90, 0])
def test_json_may_say_days_as_a_number(tmp_path: Path, days: int) -> None:
    text = in_json(groups=[{"id": "all", "name": "All", "retention": days}])
    assert read(tmp_path, text, "json").directory.groups["all"].retention == days


@pytest.mark.parametrize("days", [-1, 40_000])
def test_json_cannot_say_an_impossible_number_of_days(tmp_path: Path, days: int) -> None:
    [found] = complaints(tmp_path, in_json(groups=[{"id": "all", "name": "All", "retention": days}]), "json")
    assert "is no number of days" in found


def test_json_says_the_same_as_yaml(tmp_path: Path) -> None:
    text = in_json(groups=[{"id": "all", "name": "All", "members": ["ann"], "listed": False, "owners": ["ann"]}])
    assert read(tmp_path, text, "json").directory == read(tmp_path, text, "yaml").directory


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("- {user: '@a:corp.example'}", "people[2].id: id is missing or empty."),
        ("- {id: '', user: '@a:corp.example'}", "people[2].id: id is missing or empty."),
        ("- {id: a}", "people[2].user: user is missing or empty."),
        ("- a", "people[2]: A table of keys and values is expected here."),
        ("- {id: a, user: '@a:corp.example', e-mail: x}", "people[2].e-mail: e-mail is not known here; did you mean e"),
        ("- {id: a, user: '@a:corp.example', active: maybe}", "people[2].active: maybe is neither true nor false."),
        ("- {id: a, user: '@a:corp.example', name: [A, B]}", "people[2].name: One value is expected here, not several"),
        (
            "- {id: a, user: '@a:corp.example', as_token: x}",
            "people[2].as_token: Tokens and passwords do not belong in a directory: the bridge's own go into",
        ),
    ],
)  # fmt: skip
def test_a_person_written_wrongly_is_told_with_line_and_path(tmp_path: Path, line: str, complaint: str) -> None:
    assert complaints(tmp_path, GOOD.replace("groups:", f"  {line}\ngroups:"))[0].startswith(f"4: {complaint}")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("visibility: public", "visibility: Pubic", "7: groups[0].visibility: Pubic is not known here; did you mean"),
        ("visibility: public", "visiblity: public", "7: groups[0].visiblity: visiblity is not known here; did you mea"),
        ("name: Deal", "name: ''", "12: groups[1].name: name is missing or empty."),
        ("{fr: Ventes, en: Sales}", "{fr: '', en: ''}", "6: groups[0].name: name is missing or empty."),
        ("{fr: Ventes, en: Sales}", "{de: Verkauf, en: x}", "6: groups[0].name.de: de is not known here; it may be on"),
        ("members: [0123, \"group:deal\"]", "members: 0123", "10: groups[0].members: A list is expected here."),
        ("members: [0123, \"group:deal\"]", "members: ['', [x]]", "10: groups[0].members[0]: One word is expected her"),
        ("until: 2027-06-30", "until: 2027-02-30", "18: partners[0].until: 2027-02-30 is not a date such as 2027-06-3"),
        ("until: 2027-06-30", "until: 30/06/2027", "18: partners[0].until: 30/06/2027 is not a date such as 2027-06-3"),
        ("kind: customer", "kind: client", "18: partners[0].kind: client is not known here; it may be one of"),
        ("partners:\n", "partner:\n", "17: partner: partner is not known here; did you mean partners?"),
    ],
)  # fmt: skip
def test_a_group_or_partner_written_wrongly_is_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(line.startswith(complaint) for line in complaints(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "This file is empty."),
        (b"people: [", "1: The file ends before something that was begun is closed; is it truncated?"),
        ("people: [é]".encode("utf-16"), "This file is not in UTF-8; it looks like UTF-16: save it again as UTF-8."),
        ("people:\n - Zoé".encode("cp1252"), "2: This file is not in UTF-8; it looks like Windows-1252: save it again"),
        (b"just words", "A directory has three parts: people, groups, partners. Nothing of that is here."),
        (b"people: []", "This directory has no people."),
        (b"people: {}", "1: people: A list is expected here."),
        (b"groups: []", "This directory has no people."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_directory_is_one_clear_sentence(tmp_path: Path, text: bytes, complaint: str) -> None:
    (found,) = complaints(tmp_path, text)
    assert found.removeprefix("1: ").startswith(complaint.removeprefix("1: "))


def test_a_huge_yaml_directory_names_json_as_the_remedy(tmp_path: Path) -> None:
    found = complaints(tmp_path, b"#" * (17 << 20))
    assert found == ["This file is larger than 16 MiB: write a directory of that size as JSON."]


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("0007", "0123", 1).replace("public", "pubic").replace("2027-06-30", "never")
    text = text.replace("parent: sales", "parent: sale").replace("partners: [acme]", "partners: [acne]")
    paths = [line.split(": ")[1] for line in complaints(tmp_path, text)]
    assert paths == [
        "people[1].id",
        "people[1].manager",
        "groups[0].visibility",
        "groups[0].owners[0]",
        "groups[1].parent",
        "groups[1].members[1]",
        "groups[1].partners[0]",
        "partners[0].until",
    ]


@pytest.mark.parametrize(("kind", "people"), [("yaml", 1), ("json", 1), ("json", 6000)])
def test_an_id_is_the_same_whether_its_accents_are_written_apart(tmp_path: Path, kind: str, people: int) -> None:
    others = [{"id": f"p{number}", "user": f"@p{number}:corp.example"} for number in range(people)]
    written = {
        "people": [{"id": "ren\u00e9", "user": "@rene:corp.example"}, *others],
        "groups": [{"id": "g", "name": "G", "owners": ["rene\u0301"], "members": ["rene\u0301", "p0"]}],
    }
    group = read(tmp_path, json.dumps(written, ensure_ascii=False), kind).directory.groups["g"]
    assert (group.owners, group.members) == (("ren\u00e9",), ("ren\u00e9", "p0"))
