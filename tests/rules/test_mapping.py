"""Rules over paths and attributes: which groups have a room, and as what."""

import pytest

from bridge.domain.directory import Directory, Group, GroupState, Person, Visibility
from bridge.domain.mapping import Condition, MappingRule, Origin
from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy
from bridge.rules.mapping import fits, mapped, path_of

APOLLO = Origin(
    source="ldap",
    path=("dc=example", "dc=corp", "ou=projects", "cn=apollo"),
    attributes=(("businesscategory", ("Project", "secret")), ("description", ("Chantier de la tour",))),
)
PATHS = (
    (("dc=example", "dc=corp", "ou=projects", "*"), True),
    (("dc=example", "**"), True),
    (("**", "cn=apollo"), True),
    (("**", "ou=projects", "**"), True),
    (("**", "ou=projects", "cn=apollo", "**"), True),
    (("**",), True),
    (("dc=example", "ou=projects", "**"), False),
    (("dc=example", "dc=corp", "ou=projects"), False),
    (("**", "ou=proj?cts", "cn=a*"), True),
    (("**", "ou=proj?ects", "**"), False),
)


def group(id_: str, *members: str, origin: Origin = APOLLO, parent: str = "", name: str = "") -> Group:
    return Group(id=id_, name=Text.same(name or id_), members=members, origin=origin, parent=parent)


def directory(*groups: Group) -> Directory:
    people = {name: Person(id=name, user=f"@{name}:corp.example") for name in ("ann", "bob")}
    return Directory(people, {one.id: one for one in groups})


def named(pattern: str, *, maps: bool = True, **values: object) -> MappingRule:
    return MappingRule(when=Condition(id=(pattern,)), maps=maps, values=values)


@pytest.mark.parametrize(("pattern", "expected"), PATHS)
def test_a_path_is_compared_step_by_step(pattern: tuple[str, ...], expected: bool) -> None:
    assert fits(Condition(path=(pattern,)), group("apollo")) is expected


def test_attributes_are_compared_whole_or_in_part_whatever_the_case() -> None:
    apollo = group("apollo")
    assert fits(Condition(equals={"businesscategory": ("project",)}), apollo)
    assert fits(Condition(equals={"businesscategory": ("team", "sec*")}), apollo)
    assert not fits(Condition(equals={"businesscategory": ("proj",)}), apollo)
    assert fits(Condition(contains={"description": ("CHANTIER",)}), apollo)
    assert not fits(Condition(contains={"nothing": ("x",)}), apollo)
    assert not fits(Condition(equals={"businesscategory": ("project",)}, contains={"description": ("mine",)}), apollo)


def test_letters_that_mean_something_elsewhere_mean_themselves() -> None:
    assert fits(Condition(name=("[a](b)",)), group("x", name="[a](b)"))
    assert not fits(Condition(name=("[a](b)",)), group("x", name="a(b)"))


def test_the_first_rule_that_fits_counts_and_the_group_itself_counts_more() -> None:
    policy = FilePolicy(
        rules=(named("a*", visibility="hidden", owners=["ann"]), named("*", visibility="public")),
        groups={"apollo": {"visibility": "invite-only"}},
    )
    found = mapped(directory(group("apollo"), group("atlas"), group("sales")), policy)
    assert found.policy.groups == {
        "apollo": {"visibility": "invite-only", "owners": ["ann"]},
        "atlas": {"visibility": "hidden", "owners": ["ann"]},
        "sales": {"visibility": "public"},
    }
    assert (found.unmapped, found.idle) == ((), ())


def test_without_rules_every_group_is_mapped() -> None:
    all_groups = directory(group("apollo"))
    assert mapped(all_groups, FilePolicy()).directory is all_groups


def test_what_no_rule_fits_has_no_room_unless_the_file_names_it() -> None:
    policy = FilePolicy(rules=(named("a*"), named("b*", maps=False), named("z*")), groups={"kept": {}})
    found = mapped(directory(group("apollo"), group("bees"), group("kept"), group("other")), policy)
    assert set(found.directory.groups) == {"apollo", "kept"}
    assert {one.id for one in found.unmapped} == {"bees", "other"}
    assert found.idle == (2,)
    assert "2 groups of the directory fit no rule" in str(found.findings[0].text)


def test_a_group_that_has_a_room_is_archived_when_no_rule_fits_any_more() -> None:
    found = mapped(directory(group("apollo"), group("sales", "ann")), FilePolicy(rules=(named("a*"),)), {"sales"})
    assert found.directory.groups["sales"].state is GroupState.ARCHIVED
    assert found.directory.groups["sales"].members == ("ann",)
    assert found.unmapped == ()


def test_members_of_unmapped_groups_belong_to_the_groups_that_name_them() -> None:
    groups = (
        group("apollo", "ann", "group:team", parent="team"),
        group("team", "bob", "group:inner", parent="area"),
        group("inner", "ann", "group:team", "group:atlas"),
        group("area"),
        group("atlas", parent="area"),
    )
    found = mapped(directory(*groups), FilePolicy(rules=(named("a*"),)))
    apollo = found.directory.groups["apollo"]
    assert apollo.members == ("ann", "bob", "group:atlas")
    assert apollo.parent == "area"


def test_a_hidden_group_without_a_room_is_not_even_counted_and_gives_its_members_to_nobody() -> None:
    secret = Group(id="secret", name=Text.same("Secret"), visibility=Visibility.HIDDEN, members=("bob",))
    found = mapped(directory(group("apollo", "ann", "group:secret"), secret), FilePolicy(rules=(named("a*"),)))
    assert found.findings == ()
    assert found.directory.groups["apollo"].members == ("ann",)


def test_a_path_is_shown_as_rules_write_it() -> None:
    assert path_of(APOLLO) == "cn=apollo,ou=projects,dc=corp,dc=example"
    assert path_of(Origin(path=("Ventes", "EMEA"))) == "/Ventes/EMEA"
