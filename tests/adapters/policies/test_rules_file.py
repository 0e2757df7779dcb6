"""The section ``rules`` of a policy file: what is understood, and what is refused and where."""

from pathlib import Path

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.domain.mapping import Condition
from bridge.rules.mapping import mapped
from tests.adapters.policies.test_policy_file import complaints, written

GOOD = """\
rules:
  - when:
      path: ["**,OU=Projects , dc=corp,dc=example", "/Projects/*"]
      attributes: {businessCategory: [project, team], description: {contains: chantier}}
    visibility: hidden
    owners: ["0123"]
    template: project
  - when: {source: hr, id: "x-*", name: "tmp *"}
    room: no
  - partners: [acme]
"""
LDIF = """\
dn: uid=ann,ou=people,dc=corp,dc=example
objectClass: inetOrgPerson
uid: ann
cn: Ann

dn: cn=Apollo,OU=Projects, DC=corp,dc=example
objectClass: groupOfNames
cn: Apollo
businessCategory: Project
member: uid=ann,ou=people,dc=corp,dc=example

dn: cn=Lunch,ou=clubs,dc=corp,dc=example
objectClass: groupOfNames
cn: Lunch
member: uid=ann,ou=people,dc=corp,dc=example
"""


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    reading = written(tmp_path, GOOD).read_now()
    first, second, third = reading.policy.rules
    assert first.when.path == (("dc=example", "dc=corp", "ou=projects", "**"), ("Projects", "*"))
    assert first.when.equals == {"businesscategory": ("project", "team")}
    assert first.when.contains == {"description": ("chantier",)}
    assert first.values == {"visibility": "hidden", "owners": ["0123"], "template": "project"}
    assert (second.maps, second.when) == (False, Condition(source=("hr",), id=("x-*",), name=("tmp *",)))
    assert (third.when, third.values) == (Condition(), {"partners": ["acme"]})
    assert reading.spots["rules[1]"].line == 8


def test_what_cannot_be_a_rule_is_told_where_it_stands(tmp_path: Path) -> None:
    for rule, expected in (
        ("{when: {pathe: x}}", "rules[0].when.pathe: pathe is not known here; did you mean path?"),
        ("{when: {path: ou}}", "rules[0].when.path: ou is neither a path such as"),
        ("{when: {attributes: {ou: {has: x}}}}", "rules[0].when.attributes.ou.has: has is not known here"),
        ("{when: {name: []}}", "rules[0].when.name: One word is expected here."),
        ("{room: perhaps}", "rules[0].room: perhaps is neither true nor false."),
        ("{members: [ann]}", "rules[0].members: members is not known here"),
        ("{template: clubb}", "rules[0].template: clubb is not known here"),
        ("{visibility: secret}", "rules[0].visibility: "),
    ):
        (told,) = complaints(tmp_path, f"rules:\n  - {rule}\n")
        assert expected in told
    assert "A list is expected here." in complaints(tmp_path, "rules: {when: x}\n")[0]


@pytest.mark.parametrize(("said", "meant"), [("oui", True), ("Non", False), ("no", False), ("vrai", True)])
def test_whether_groups_have_a_room_may_be_said_in_french(tmp_path: Path, said: str, *, meant: bool) -> None:
    (rule,) = written(tmp_path, f"rules:\n  - {{when: {{name: x}}, room: {said}}}\n").read_now().policy.rules
    assert rule.maps is meant


def test_values_of_rules_may_be_french_and_count_as_the_rules_call_them(tmp_path: Path) -> None:
    """Whoever asks later whether a group is hidden compares one word."""
    (rule,) = written(tmp_path, "rules:\n  - {visibility: Cachée, listed: non}\n").read_now().policy.rules
    assert rule.values["visibility"] == "hidden"
    policy = written(tmp_path, "groups:\n  ventes: {visibility: sur invitation}\n").read_now().policy
    assert policy.groups["ventes"]["visibility"] == "invite-only"


async def test_the_name_of_an_entry_is_compared_as_directories_compare_it(tmp_path: Path) -> None:
    (tmp_path / "corp.ldif").write_text(LDIF)
    directory = (await directory_source("ldif", tmp_path / "corp.ldif", server_name="corp.example").read()).directory
    text = 'rules:\n  - when: {path: "cn=*,ou=PROJECTS,dc=corp, dc=example", attributes: {businesscategory: project}}\n'
    found = mapped(directory, written(tmp_path, text).read_now().policy)
    assert set(found.directory.groups) == {"apollo"}
    assert [one.id for one in found.unmapped] == ["lunch"]
