"""Decisions about groups: plain values become typed ones and back, and layers lie over one another."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.domain.directory import Directory, Group, GroupState, JoinRequests, MembershipMode, Visibility
from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy, GroupPolicy, Template, Value
from bridge.domain.rooms import HistoryVisibility
from bridge.rules.fields import BadValue
from bridge.rules.layers import Governed, overlay
from bridge.rules.policy import FIELDS, read_value, write_value
from tests.world import AGroup, directory, group, partner, user

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NONE = FilePolicy()


def decided(group_id: str, *, created: bool = False, **values: Any) -> dict[str, GroupPolicy]:
    return {group_id: GroupPolicy(group=group_id, values=values, created=created, at=NOON)}


def declaring(one: AGroup, *fields: str) -> AGroup:
    return AGroup(replace(one.value, declared=frozenset(fields)))


def the(governed: Governed, group_id: str) -> Group:
    return governed.directory.groups[group_id]


def reasons(governed: Governed) -> list[str]:
    return [str(finding.text.places["reason"]) for finding in governed.findings]


def test_every_field_is_written_as_it_is_read() -> None:
    full = Group(
        id="sales",
        name=Text(en="Sales", fr="Ventes"),
        purpose=Text.same("To sell"),
        visibility=Visibility.HIDDEN,
        listed=True,
        mandatory=True,
        parent="company",
        owners=("ann",),
        moderators=("bob",),
        members=("ann", "group:other"),
        partners=("acme",),
        membership=MembershipMode.BOTH,
        requests=JoinRequests.KNOCK,
        history=HistoryVisibility.INVITED,
        encrypted=False,
        language="fr",
        welcome=Text(fr="Bienvenue"),
        template="deal-room",
        state=GroupState.ARCHIVED,
    )
    for name in FIELDS:
        assert read_value(name, write_value(full, name)) == getattr(full, name)
    assert all(read_value(name, write_value(Group(id="x", name=Text.same("X")), name)) is not ... for name in FIELDS)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("visibility", "hiden", "did you mean hidden?"),
        ("visibility", "blue", "it may be one of: public, invite-only, hidden."),
        ("visiblity", "public", "did you mean visibility?"),
        ("listed", "perhaps", "neither true nor false"),
        ("history", "world_readable", "it may be one of: default, joined, invited, shared."),
        ("name", "  ", "A name is needed here."),
        ("name", "x" * 101, "at most 100 characters"),
        ("name", {"de": "Vertrieb"}, "not one of our languages"),
        ("owners", {"en": "ann"}, "A list is expected here."),
        ("parent", ["a", "b"], "One value is expected here"),
    ],
)
def test_a_value_that_a_field_cannot_have_is_told_in_a_sentence(field: str, value: Value, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence.replace("?", r"\?")):
        read_value(field, value)


@pytest.mark.parametrize(
    ("field", "value", "meant"),
    [
        ("visibility", "Invite Only", Visibility.INVITE_ONLY),
        ("listed", "oui", True),
        ("encrypted", "default", None),
        ("encrypted", "no", False),
        ("history", None, None),
        ("name", " Two\n words ", Text.same("Two words")),
        ("owners", ["ann", "bob", "ann"], ("ann", "bob")),
    ],
)
def test_values_are_read_as_people_write_them(field: str, value: Value, meant: Any) -> None:
    assert read_value(field, value) == meant


def test_a_directory_of_which_nothing_else_is_said_passes_untouched() -> None:
    source = directory(group("sales").owners("ann"), group("deal").hidden())
    assert overlay(source, {}, NONE).directory is source
    assert the(overlay(source, decided("sales", mandatory=True), NONE), "deal") is source.groups["deal"]


def test_commands_give_way_to_the_policy_file_and_that_to_the_directory() -> None:
    source = directory(declaring(group("sales").public(), "name", "visibility"))
    said = decided("sales", visibility="hidden", mandatory=True, posting="owners", language="fr")
    rules = FilePolicy(groups={"sales": {"visibility": "invite-only", "mandatory": "false"}})
    sales = the(overlay(source, said, rules), "sales")
    assert (sales.visibility, sales.mandatory, sales.posting, sales.language) == ("public", False, "owners", "fr")
    assert sales.declared >= {"name", "visibility", "mandatory"}
    assert sales.ruled == {"mandatory"}
    assert not {"posting", "language"} & sales.declared


def test_a_template_gives_way_to_everything_else_and_may_be_named_in_any_layer() -> None:
    deal = Template(name=Text.same("Deal"), values={"visibility": "hidden", "encrypted": True, "posting": "owners"})
    rules = FilePolicy(templates={"deal": deal}, defaults={"posting": "all", "mandatory": True})
    source = directory(
        group("one"), AGroup(replace(group("two").value, template="deal", declared=frozenset({"template"})))
    )
    governed = overlay(source, decided("one", template="deal", visibility="public"), rules)
    one, two = the(governed, "one"), the(governed, "two")
    assert (one.visibility, one.encrypted, one.posting, one.template) == ("public", True, "owners", "deal")
    assert (two.visibility, two.mandatory, two.template) == ("hidden", True, "deal")
    named = overlay(source, {}, replace(rules, groups={"one": {"template": "deal"}}))
    assert the(named, "one").visibility == "hidden"
    assert reasons(overlay(source, decided("one", template="none"), NONE))[0] == "There is no template none."


def test_a_group_may_exist_by_command_alone_until_the_directory_has_one_of_its_id() -> None:
    source = directory(group("sales").owners("ann"), people=["bob"])
    said = decided("club-x1", created=True, name={"en": "Club"}, owners=[user("bob")], members=["ann", user("bob")])
    club = the(overlay(source, said, NONE), "club-x1")
    assert (club.name, club.owners, club.members) == (Text(en="Club"), ("bob",), ("ann", "bob"))
    assert club.membership is MembershipMode.OWNERS
    assert not club.declared
    taken = directory(declaring(group("club-x1").called("Real").members("ann"), "name", "members"))
    real = the(overlay(taken, said, NONE), "club-x1")
    assert (real.name, real.members) == (Text.same("Real"), ("ann",))


def test_who_belongs_to_a_group_is_said_by_the_directory_by_owners_or_by_both() -> None:
    source = directory(declaring(group("sales").members("ann"), "name", "members"), people=["bob"])
    added: dict[str, Any] = {"members": [user("bob"), user("ann")]}
    modes = {
        mode: the(overlay(source, decided("sales", membership=mode, **added), NONE), "sales")
        for mode in ("directory", "owners", "both")
    }
    assert {mode: sales.members for mode, sales in modes.items()} == {
        "directory": ("ann",),
        "owners": ("bob", "ann"),
        "both": ("ann", "bob"),
    }
    assert [mode for mode, sales in modes.items() if "members" in sales.declared] == ["directory"]


def test_people_who_are_gone_and_partners_who_ended_are_left_out_and_told() -> None:
    source = directory(group("sales").members("ann"), partners=[partner("acme")])
    said = decided(
        "sales",
        membership="both",
        owners=["gone"],
        members=["@bob:acme.example", "group:none"],
        partners=["acme", "old"],
    )
    governed = overlay(source, said, NONE)
    sales = the(governed, "sales")
    assert (sales.owners, sales.members, sales.partners) == ((), ("ann", "@bob:acme.example"), ("acme",))
    assert len(governed.findings) == 3
    assert {finding.group for finding in governed.findings} == {"sales"}


@pytest.mark.parametrize(
    ("values", "field", "remains"),
    [
        ({"visibility": "hidden", "listed": True}, "listed", False),
        ({"visibility": "public", "listed": True, "partners": ["acme"]}, "listed", False),
        ({"visibility": "hidden", "history": "shared"}, "history", None),
        ({"visibility": "hidden", "requests": "knock"}, "requests", JoinRequests.BOT),
        ({"parent": "none"}, "parent", ""),
        ({"parent": "sales"}, "parent", ""),
        ({"visibility": "blue"}, "visibility", Visibility.INVITE_ONLY),
        ({"colour": "blue"}, "name", Text.same("Sales")),
    ],
)
def test_what_cannot_be_true_is_left_out_and_told(values: dict[str, Any], field: str, remains: Any) -> None:
    source = directory(group("sales"), partners=[partner("acme")])
    governed = overlay(source, decided("sales", **values), NONE)
    assert getattr(the(governed, "sales"), field) == remains
    assert len(governed.findings) == 1


def test_groups_neither_stand_above_nor_belong_to_themselves() -> None:
    source = directory(
        AGroup(replace(group("a").value, parent="b", declared=frozenset({"parent"}))), group("b"), group("c")
    )
    said = {**decided("b", parent="c"), **decided("c", parent="a")}
    governed = overlay(source, said, NONE)
    assert [the(governed, id_).parent for id_ in "abc"] == ["b", "", "a"]
    nested = {
        **decided("a", membership="both", members=["group:b"]),
        **decided("b", membership="both", members=["group:a"]),
    }
    inside = overlay(source, nested, NONE)
    assert [the(inside, id_).members for id_ in "ab"] == [(), ("group:a",)]
    assert "member of itself" in reasons(inside)[0]


def test_what_is_decided_in_another_order_ends_the_same() -> None:
    source = directory(group("a").members("ann"), group("b"), group("c"))
    said = {**decided("c", parent="a"), **decided("a", parent="b"), **decided("b", parent="c")}
    backwards = Directory(source.people, dict(reversed(list(source.groups.items()))), source.partners)
    one = overlay(source, said, NONE)
    other = overlay(backwards, dict(reversed(list(said.items()))), NONE)
    assert dict(one.directory.groups) == dict(other.directory.groups)
    assert one.findings == other.findings
