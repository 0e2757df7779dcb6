"""Delegates: who administers a group and all below it, and nothing above, beside or hidden from them."""

import pytest

from bridge.domain.directory import Directory, GroupState
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.rules.access import Access
from bridge.rules.decisions import reasons
from bridge.rules.entering import answerers
from bridge.rules.facts import Facts, gather
from bridge.rules.roles import Role, rights_of
from tests.world import SERVER, TODAY, AGroup, directory, group, partner, user, users

CLAIRE = alone(user("claire"))


def below(child: str, parent: str) -> AGroup:
    return group(child).having(parent=parent)


def company(*more: AGroup) -> Directory:
    return directory(
        group("trade").owners("zoe"),
        below("sales", "trade").having(delegates=("claire", user("luc"), "@kim:acme.example", "gone")),
        below("emea", "sales").owners("ann"),
        below("paris", "emea").having(delegates=("paul",)),
        below("deal", "emea").hidden().owners("ann").members("ann"),
        group("legal").owners("zoe"),
        *more,
        partners=[partner("acme", sponsor="luc")],
        people=("claire", "luc", "ines", "paul"),
        gone=["gone"],
    )


def facts(source: Directory) -> Facts:
    return gather(source, today=TODAY, server_name=SERVER)


GATE = Access(facts(company()), admins=users("ines"))


def governed(gate: Access, viewer: Viewer) -> list[str]:
    return [known for known in sorted(gate.facts.directory.groups) if gate.may_govern(viewer, known)]


def test_only_employees_are_delegates() -> None:
    assert GATE.facts.delegates == {"sales": users("claire", "luc"), "paris": users("paul")}


def test_a_delegate_governs_the_group_and_all_below_it_and_nothing_above_or_beside() -> None:
    assert governed(GATE, CLAIRE) == ["emea", "paris", "sales"]
    assert governed(GATE, alone(user("paul"))) == ["paris"]


def test_a_hidden_group_below_stays_unknown_to_a_delegate_who_is_no_member() -> None:
    assert not GATE.may_know(CLAIRE, "deal")
    inside = below("deal", "emea").hidden().owners("ann").members("ann", "claire")
    assert "deal" in governed(Access(facts(company(inside))), CLAIRE)


def test_delegating_a_hidden_group_shows_it_to_nobody() -> None:
    gate = Access(facts(company(group("quartz").hidden().members("ann").having(delegates=("claire", "ann")))))
    assert not gate.may_know(CLAIRE, "quartz")
    assert rights_of(gate, CLAIRE).delegated == {"sales"}
    assert governed(gate, alone(user("ann"))) == ["deal", "emea", "quartz"]


def test_below_a_hidden_group_its_delegates_govern_nothing() -> None:
    """Who is below it would tell that it is there."""
    secret = group("quartz").hidden().members("claire").having(delegates=("paul",), parent="sales")
    gate = Access(facts(company(secret, below("open", "quartz"))))
    assert "open" not in governed(gate, alone(user("paul")))
    assert "open" in governed(gate, CLAIRE)


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        ("ines", ["emea", "legal", "paris", "sales", "trade"]),
        ("claire", ["emea", "paris"]),
        ("ann", []),
        ("paul", []),
        ("zoe", []),
    ],
)
def test_delegates_are_named_from_above(who: str, groups: list[str]) -> None:
    """Neither owners, who may not decide about other owners' groups below theirs, nor delegates beside themselves."""
    assert [
        known for known in sorted(GATE.facts.directory.groups) if GATE.may_delegate(alone(user(who)), known)
    ] == groups


def test_nobody_hands_groups_of_others_to_delegates_by_moving_the_group_above_them() -> None:
    """``legal`` stands alone; ``emea`` has groups below it, and ``sales`` has delegates."""
    more = (below("press", "media").owners("ann"), group("media").owners("zoe"))
    gate = Access(facts(company(*more)), admins=users("ines"))
    zoe = alone(user("zoe"))
    assert gate.may_place(zoe, "legal", "sales")
    assert not gate.may_place(zoe, "media", "sales")
    assert gate.may_place(zoe, "media", "trade")
    assert gate.may_place(zoe, "media", "")
    assert gate.may_place(alone(user("ines")), "media", "sales")


def test_a_hidden_group_below_does_not_show_in_what_may_be_moved() -> None:
    secret = (below("quartz", "media").hidden().members("ann"), group("media").owners("zoe"))
    gate = Access(facts(company(*secret)))
    assert gate.may_place(alone(user("zoe")), "media", "sales")


def test_the_command_line_names_delegates_everywhere() -> None:
    assert all(GATE.may_delegate(COMMAND_LINE, known) for known in GATE.facts.directory.groups)


def test_a_delegate_may_run_what_owners_may_and_name_delegates() -> None:
    found = rights_of(GATE, CLAIRE)
    assert found.role is Role.OWNER
    assert found.parts == {"stranger", "partner_member", "employee", "owner", "delegate"}
    assert "delegate" not in rights_of(GATE, alone(user("ann"))).parts
    assert {"delegate", "admin"} <= rights_of(GATE, alone(user("ines"))).parts


def test_who_answers_for_a_partner_is_its_sponsor() -> None:
    assert rights_of(GATE, alone(user("luc"))).sponsored == {"acme"}
    assert "sponsor" in rights_of(GATE, alone(user("luc"))).parts
    assert "sponsor" not in rights_of(GATE, CLAIRE).parts


def test_requests_to_join_a_group_without_owners_are_answered_by_the_nearest_delegates() -> None:
    found = GATE.facts
    assert answerers(found, "paris", users("ines")) == users("paul")
    assert answerers(found, "sales", users("ines")) == users("claire", "luc")
    assert answerers(found, "emea", users("ines")) == users("ann")


def test_a_change_of_rights_is_asked_first() -> None:
    plain, more = group("sales").value, group("sales").having(delegates=("claire",), owners=("ann",)).value
    assert len(list(reasons(plain, more))) == 2
    assert len(list(reasons(more, plain))) == 2
    assert more.state is GroupState.ACTIVE
