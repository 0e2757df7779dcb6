"""The gate: who may know of a group, read it, join it, govern it."""

import pytest

from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import gather
from bridge.rules.roles import Role, rights_of
from tests.world import SERVER, TODAY, directory, group, partner, user, users

WORLD = directory(
    group("sales").public().members("ann").owners("ann"),
    group("deal").members("ann", "kim:acme.example").owners("zoe").admits("acme"),
    group("fair").public().members("ann").admits("acme"),
    group("board").hidden().members("zoe").owners("bob"),
    group("merger").hidden().members("zoe", "kim:acme.example").admits("acme"),
    partners=[partner("acme"), partner("globex")],
    people=["eve", "ines"],
    gone=["gus"],
)
GATE = Access(gather(WORLD, today=TODAY, server_name=SERVER), admins=users("ines", "gus", "root"))
EVERYBODY = Viewer(asker=user("zoe"), readers=users("zoe"), everyone=True)


def seen(viewer: Viewer) -> list[str]:
    return [group.id for group in GATE.visible_groups(viewer)]


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        ("eve", ["deal", "fair", "sales"]),
        ("zoe", ["board", "deal", "fair", "merger", "sales"]),
        ("bob", ["board", "deal", "fair", "sales"]),
        ("ines", ["deal", "fair", "sales"]),
        ("root", ["deal", "fair", "sales"]),
        ("gus", []),
        ("kim:acme.example", ["deal", "fair", "merger"]),
        ("lee:acme.example", ["deal", "fair"]),
        ("max:globex.example", []),
        ("mallory:evil.example", []),
        ("nobody", []),
    ],
)
def test_what_somebody_sees_alone_with_the_bot(who: str, groups: list[str]) -> None:
    assert seen(alone(user(who))) == groups
    for known in WORLD.groups:
        assert GATE.may_know(alone(user(who)), known) is (known in groups)


def test_the_command_line_sees_everything() -> None:
    assert seen(COMMAND_LINE) == sorted(WORLD.groups)
    assert GATE.compartments(COMMAND_LINE) == {OPEN, "board", "merger"}
    assert all(GATE.may_read(COMMAND_LINE, known) and GATE.may_govern(COMMAND_LINE, known) for known in WORLD.groups)


def test_a_room_sees_what_the_least_cleared_of_its_readers_sees() -> None:
    assert seen(Viewer(asker=user("zoe"), readers=users("zoe", "eve"))) == ["deal", "fair", "sales"]
    assert seen(Viewer(asker=user("zoe"), readers=users("zoe", "kim:acme.example"))) == ["deal", "fair", "merger"]
    assert seen(Viewer(asker=user("zoe"), readers=users("zoe", "mallory:evil.example"))) == []


def test_what_is_planned_for_everybody_is_shown_to_insiders_alone() -> None:
    """It names every partner, and a partner never sees which others there are."""
    assert GATE.compartments(alone(user("root"))) == {OPEN}
    assert GATE.compartments(alone(user("zoe"))) == {OPEN, "board", "merger"}
    assert GATE.compartments(alone(user("kim:acme.example"))) == {"merger"}
    assert GATE.compartments(Viewer(asker=user("ines"), readers=users("ines", "lee:acme.example"))) == frozenset()
    assert GATE.compartments(alone(user("gus"))) == frozenset()


def test_who_may_come_later_counts_as_a_reader() -> None:
    assert seen(EVERYBODY) == ["deal", "fair", "sales"]
    partners = Viewer(asker=user("zoe"), readers=users("zoe"), everyone=True, partners=frozenset({"acme"}))
    assert seen(partners) == ["deal", "fair"]
    assert GATE.compartments(EVERYBODY) == {OPEN}
    assert GATE.compartments(partners) == frozenset()


def test_a_viewer_who_is_nobody_sees_nothing() -> None:
    assert seen(Viewer(asker="")) == []


def test_unknown_and_not_cleared_are_the_same_answer() -> None:
    assert GATE.find(alone(user("eve")), "board") is GATE.find(alone(user("eve")), "no-such-group") is None
    assert GATE.find(alone(user("eve")), "") is None
    assert GATE.find(COMMAND_LINE, "") is None
    assert GATE.find(alone(user("zoe")), " board ") is WORLD.groups["board"]


def test_any_apostrophe_finds_a_name_that_has_one() -> None:
    world = directory(group("welcome").public().called("L'accueil"), people=["eve"])
    gate = Access(gather(world, today=TODAY, server_name=SERVER))
    for written in ("L'accueil", "l’accueil", "Lʼaccueil"):
        assert gate.find(alone(user("eve")), written) is world.groups["welcome"]


def test_a_group_called_like_the_id_of_a_hidden_one_opens_nothing() -> None:
    world = directory(
        group("board").hidden().members("zoe").owners("bob"), group("chess").public().called("Board"), people=["eve"]
    )
    gate = Access(gather(world, today=TODAY, server_name=SERVER))
    eve, bob = alone(user("eve")), Viewer(asker=user("bob"), readers=users("bob", "eve"))
    assert gate.find(eve, "board") is world.groups["chess"]
    assert not gate.may_know(eve, "board")
    assert not gate.may_read(eve, "board")
    assert not gate.may_join(eve, "board")
    assert rights_of(gate, bob).owned == frozenset()
    assert gate.find(alone(user("zoe")), "board") is world.groups["board"]


def test_a_group_that_names_a_hidden_one_opens_nothing_to_its_members() -> None:
    world = directory(
        group("board").hidden().members("zoe"), group("club").members("eve", "group:board"), people=["ines"]
    )
    gate = Access(gather(world, today=TODAY, server_name=SERVER), admins=users("ines"))
    for viewer in (alone(user("zoe")), Viewer(asker=user("zoe"), readers=users("zoe", "eve"))):
        assert not gate.may_join(viewer, "club")
        assert not gate.may_read(viewer, "club")
    assert gate.may_read(alone(user("eve")), "club")
    assert gate.find(alone(user("eve")), "board") is None


def test_reading_joining_and_governing() -> None:
    assert GATE.may_read(alone(user("eve")), "sales")
    assert not GATE.may_read(alone(user("eve")), "deal")
    assert GATE.may_join(alone(user("eve")), "sales")
    assert not GATE.may_join(alone(user("eve")), "deal")
    assert GATE.may_join(alone(user("zoe")), "deal")
    assert GATE.may_govern(alone(user("zoe")), "deal")
    assert not GATE.may_govern(alone(user("eve")), "deal")
    assert GATE.may_govern(alone(user("ines")), "deal")
    assert not GATE.may_govern(alone(user("ines")), "board")


def test_what_is_said_of_a_hidden_group_is_never_read_where_others_may_come() -> None:
    assert GATE.may_read(alone(user("zoe")), "board")
    assert not GATE.may_read(EVERYBODY, "board")
    assert not GATE.may_read(EVERYBODY, "deal")


def test_suggestions_come_only_from_what_the_viewer_may_know() -> None:
    assert GATE.closest(alone(user("eve")), "bord") is None
    assert GATE.closest(alone(user("zoe")), "bord") == "board"
    assert GATE.closest(alone(user("eve")), "sale") == "sales"


@pytest.mark.parametrize(
    ("viewer", "role"),
    [
        (alone(user("ines")), Role.ADMIN),
        (alone(user("gus")), Role.STRANGER),
        (alone(user("ann")), Role.OWNER),
        (alone(user("eve")), Role.EMPLOYEE),
        (alone(user("bob")), Role.OWNER),
        (Viewer(asker=user("bob"), readers=users("bob", "eve")), Role.EMPLOYEE),
        (alone(user("kim:acme.example")), Role.PARTNER_MEMBER),
        (alone(user("mallory:evil.example")), Role.STRANGER),
        (COMMAND_LINE, Role.ADMIN),
    ],
)
def test_roles_as_far_as_those_who_read_along_may_know_them(viewer: Viewer, role: Role) -> None:
    rights = rights_of(GATE, viewer)
    assert rights.role is role
    assert rights.allows(role)
    assert rights.allows(Role.ADMIN) is (role is Role.ADMIN)
