"""Who owns a group, and who does when everybody who did is gone: the last-owner rule."""

from bridge.domain.directory import Directory, GroupState
from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import Facts, gather
from tests.world import SERVER, TODAY, AGroup, desired, directory, group, partner, user, users


def below(child: str, parent: str) -> AGroup:
    return group(child).having(parent=parent)


def facts(source: Directory) -> Facts:
    return gather(source, today=TODAY, server_name=SERVER)


def test_owners_and_moderators_are_named_by_a_persons_id_or_an_employees_user_id() -> None:
    sales = group("sales").having(owners=("ann", user("bob")), moderators=(user("cat"), "dan"))
    found = facts(directory(sales, people=["bob", "cat"]))
    assert found.owners["sales"] == users("ann", "bob")
    assert found.moderators["sales"] == users("cat", "dan")
    assert found.people_of("sales") == users("ann", "bob", "cat", "dan")


def test_nobody_but_an_employee_owns_or_moderates() -> None:
    sales = group("sales").having(owners=("@kim:acme.example",), moderators=("@gone:corp.example",))
    found = facts(directory(sales))
    assert (found.owners, found.moderators) == ({}, {})


def test_one_owner_who_is_left_is_enough() -> None:
    found = facts(directory(below("emea", "sales").owners("ann", "bob"), group("sales").owners("eve"), gone=["ann"]))
    assert (found.owners["emea"], found.heirs, found.findings) == (users("bob"), {}, ())


def test_a_group_whose_owners_are_gone_is_given_to_those_of_the_nearest_group_above_that_has_some() -> None:
    tree = directory(
        group("sales").owners("eve"), below("emea", "sales").owners("max"), below("france", "emea").owners("ann"),
        gone=["ann", "max"],
    )  # fmt: skip
    found = facts(tree)
    assert found.owners == {"sales": users("eve"), "emea": users("eve"), "france": users("eve")}
    assert found.heirs == {"emea": "sales", "france": "sales"}
    assert [(one.kind, one.subject) for one in found.findings] == [("owners-gone", "emea"), ("owners-gone", "france")]
    said = "All owners of Emea are gone. The owners of Sales own it until another is named."
    assert str(found.findings[0].text) == said


def test_a_group_that_never_named_an_owner_is_given_to_nobody() -> None:
    found = facts(directory(group("sales").owners("eve"), below("emea", "sales").members("bob")))
    assert (found.owners, found.findings) == ({"sales": users("eve")}, ())


def test_where_nobody_above_owns_anything_it_is_told() -> None:
    found = facts(directory(group("sales").members("bob"), below("emea", "sales").owners("ann"), gone=["ann"]))
    assert (found.owners, found.heirs) == ({}, {})
    assert [(one.kind, one.group) for one in found.findings] == [("ownerless", "emea")]
    assert str(found.findings[0].text).startswith("All owners of Emea are gone")


def test_a_group_that_ended_needs_no_owner() -> None:
    over = group("deal").owners("ann").having(state=GroupState.RETIRED)
    assert facts(directory(over, gone=["ann"])).findings == ()


BOARD = group("board").hidden().members("kim:acme.example", "gil", "zoe", "bob").owners("ann").admits("acme")
HIDDEN = directory(BOARD, group("sales").owners("eve"), partners=[partner("acme")], gone=["ann", "gil"])


def test_a_hidden_group_is_given_to_the_employee_who_has_belonged_to_it_longest() -> None:
    found = facts(HIDDEN)
    assert (found.owners["board"], found.heirs) == (users("zoe"), {"board": "board"})
    [finding] = found.findings
    assert (finding.kind, finding.group) == ("owners-gone", "board")
    assert user("zoe") in str(finding.text)
    assert desired(HIDDEN).rooms[next(ref for ref in desired(HIDDEN).rooms if ref.id == "board")].settings.owners == {
        user("zoe")
    }


def test_it_is_told_inside_alone() -> None:
    access = Access(facts(HIDDEN), admins=users("ines"))
    for outsider in (alone(user("eve")), alone(user("ines")), Viewer(asker=user("zoe"), everyone=True)):
        assert access.compartments(outsider) == {OPEN}
    assert "board" in access.compartments(alone(user("zoe")))
    assert "board" in access.compartments(COMMAND_LINE)


def test_a_hidden_group_is_never_given_to_owners_of_a_group_above_it() -> None:
    board = below("board", "sales").hidden().members("zoe").owners("ann")
    found = facts(directory(board, group("sales").owners("eve"), gone=["ann"]))
    assert found.owners["board"] == users("zoe")


def test_whoever_belongs_through_another_group_comes_after_those_listed() -> None:
    crew = group("crew").members("group:board", "dan", "cat")
    board = group("board").hidden().members("group:crew", "eve").owners("ann")
    assert facts(directory(board, crew, gone=["ann"])).owners["board"] == users("eve")
    assert facts(directory(board, crew, gone=["ann", "eve"])).owners["board"] == users("cat")


def test_a_hidden_group_of_nobody_is_told_to_be_without_owner() -> None:
    found = facts(directory(group("board").hidden().owners("ann"), gone=["ann"]))
    assert [(one.kind, one.group) for one in found.findings] == [("ownerless", "board")]


def test_owners_of_a_hidden_group_do_not_pass_to_those_below_it() -> None:
    tree = directory(
        group("sales").owners("eve"), below("board", "sales").hidden().owners("zoe"),
        below("emea", "board").owners("ann"), gone=["ann"],
    )  # fmt: skip
    assert facts(tree).heirs == {"emea": "sales"}
    assert "board" not in str(facts(tree).findings)


def test_no_group_shows_a_hidden_one_as_its_parent() -> None:
    tree = directory(group("sales"), below("board", "sales").hidden(), below("emea", "board"))
    assert facts(tree).directory.groups["emea"].parent == "sales"
