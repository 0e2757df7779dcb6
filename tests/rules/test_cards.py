"""Who sees which field of a profile card: circles, pins, and hidden groups that nobody else may notice."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.domain.cards import Card, Circle, Field
from bridge.domain.directory import Directory
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.rules.access import Access
from bridge.rules.cards import Nearness, Sight, answering
from bridge.rules.contacts import Part, contacts
from bridge.rules.facts import gather
from tests.world import SERVER, TODAY, AGroup, directory, group, partner, user

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BOB, BEA, EVE, GIL = (
    user(name) for name in ("bob:acme.example", "bea:acme.example", "eve:evil.example", "gil:glo.example")
)
CARD = Card(
    user=BOB,
    values={Field.NAME: ("Bob",), Field.PHONE: ("+33 6",), Field.EMAIL: ("b@x.fr",), Field.TOPICS: ("customs",)},
    at=NOW,
)
BOARD = group("board").hidden().owners("claire").members("claire", "hugo", "bob:acme.example").admits("acme")


def company(*more: AGroup) -> Directory:
    source = directory(
        group("corner").owners("luc").members("ann", "bob:acme.example").admits("acme"),
        group("fair").public().owners("zoe").members("gil:glo.example").admits("acme", "glo"),
        group("sales").members("ann", "dora"),
        *more,
        partners=[partner("acme", sponsor="sam"), partner("glo", sponsor="sam")],
        people=["ann", "claire", "dora", "hugo", "sam"],
    )
    people = {id_: replace(one, name=id_.title(), title="Boss", manager="sam") for id_, one in source.people.items()}
    return replace(source, people=people)


def access(source: Directory) -> Access:
    return Access(gather(source, today=TODAY, server_name=SERVER), admins=frozenset({user("ines")}))


def sight(viewer: Viewer, *more: AGroup) -> Sight:
    return Sight(access(company(*more)), viewer)


def seen(viewer: Viewer, card: Card = CARD, *more: AGroup) -> set[Field] | None:
    shown = sight(viewer, *more).shown(card.user, card)
    return None if shown is None else {one.field for one in shown}


def nowhere(_: str) -> bool:
    """The asker came into no room by themselves."""
    return False


def room(asker: str, *readers: str, everyone: bool = False, partners: frozenset[str] = frozenset()) -> Viewer:
    return Viewer(asker=asker, readers=frozenset({asker, *readers}), everyone=everyone, partners=partners)


@pytest.mark.parametrize(
    ("who", "nearness"),
    [
        ("bob:acme.example", Nearness.ANSWERABLE),
        ("sam", Nearness.ANSWERABLE),
        ("ann", Nearness.GROUPS),
        ("luc", Nearness.GROUPS),
        ("dora", Nearness.NETWORK),
        ("bea:acme.example", Nearness.NETWORK),
        ("gil:glo.example", Nearness.STRANGER),
        ("eve:evil.example", Nearness.STRANGER),
    ],
)
def test_how_near_people_are_to_somebody_of_a_partner(who: str, nearness: Nearness) -> None:
    assert sight(alone(user(who))).nearness(BOB) is nearness


def test_each_circle_sees_what_is_for_it_and_for_wider_ones() -> None:
    assert seen(alone(BOB)) == {Field.NAME, Field.ORGANISATION, Field.PHONE, Field.EMAIL, Field.TOPICS}
    assert seen(alone(user("ann"))) == {Field.NAME, Field.ORGANISATION, Field.EMAIL, Field.TOPICS}
    assert seen(alone(user("dora"))) == {Field.NAME, Field.ORGANISATION, Field.TOPICS}
    assert seen(alone(GIL)) is None


def test_a_chosen_circle_replaces_the_one_that_counts_by_itself() -> None:
    wide = CARD.encircled(Field.PHONE, Circle.NETWORK, NOW).encircled(Field.TOPICS, Circle.SPONSOR, NOW)
    assert seen(alone(user("dora")), wide) == {Field.NAME, Field.ORGANISATION, Field.PHONE}


def test_what_is_shown_is_fit_for_everybody_who_reads_along() -> None:
    assert seen(room(user("sam"), user("ann"))) == seen(alone(user("ann")))
    assert seen(room(user("ann"), user("dora"))) == seen(alone(user("dora")))
    assert seen(room(user("ann"), EVE)) is None
    assert seen(room(BOB, BEA, partners=frozenset({"acme"}))) == {Field.NAME, Field.ORGANISATION, Field.TOPICS}
    assert seen(room(user("ann"), everyone=True)) == seen(alone(user("dora")))
    assert seen(room(user("ann"), everyone=True, partners=frozenset({"glo"}))) is None


def test_employees_know_of_people_of_partners_by_groups_that_are_not_hidden() -> None:
    hidden_alone = group("lab").hidden().members("claire", "bea:acme.example").admits("acme")
    bea = replace(CARD, user=BEA)
    assert seen(alone(user("dora")), bea) is None
    assert seen(alone(user("dora")), bea, hidden_alone) is None
    open_group = group("lab").members("claire", "bea:acme.example").admits("acme")
    assert seen(alone(user("dora")), bea, open_group) == {Field.NAME, Field.ORGANISATION, Field.TOPICS}


def test_a_hidden_group_counts_for_its_members_where_nobody_reads_along() -> None:
    assert sight(alone(user("hugo")), BOARD).nearness(BOB) is Nearness.GROUPS
    assert sight(alone(BOB), BOARD).nearness(user("claire")) is Nearness.GROUPS
    together = room(user("hugo"), BOB, user("claire"))
    assert sight(together, BOARD).nearness(user("claire")) is Nearness.STRANGER


def test_a_hidden_group_changes_nothing_for_anybody_else() -> None:
    people = [user(name) for name in ("ann", "claire", "dora", "hugo", "luc", "sam", "ines", "zoe")] + [
        BOB,
        BEA,
        GIL,
        EVE,
    ]
    viewers = [alone(one) for one in people if one not in (user("claire"), user("hugo"), BOB)]
    viewers += [room(one, other) for one in people for other in people if one != other]
    viewers += [room(one, everyone=True, partners=frozenset({"acme"})) for one in people]
    bare, full = access(company()), access(company(BOARD))
    for viewer in viewers:
        without, with_it = Sight(bare, viewer), Sight(full, viewer)
        for one in people:
            assert without.shown(one, CARD) == with_it.shown(one, CARD), (viewer, one)
        for come_in in (nowhere, lambda group: group == "fair"):
            assert contacts(without, come_in) == contacts(with_it, come_in), viewer


def test_what_the_directory_says_is_for_employees_until_the_person_chooses_a_circle() -> None:
    ann, everything = user("ann"), {Field.NAME, Field.TITLE}
    assert {one.field for one in sight(alone(user("dora"))).shown(ann, None) or ()} == everything
    assert {one.field for one in sight(alone(BOB)).shown(ann, None) or ()} == {Field.NAME}
    chosen = Card(user=ann, at=NOW).encircled(Field.TITLE, Circle.GROUPS, NOW)
    assert {one.field for one in sight(alone(BOB)).shown(ann, chosen) or ()} == everything


def test_a_declared_field_wins_over_what_the_card_says() -> None:
    card = Card(user=user("ann"), values={Field.NAME: ("Nanou",)}, at=NOW)
    name = next(iter(sight(alone(user("dora"))).shown(user("ann"), card) or []))
    assert name.values == ("Ann",)
    assert str(name.source) == "the directory"


def test_the_history_is_no_wider_than_both_sides_say() -> None:
    ann = alone(user("ann"))
    theirs = CARD.encircled(Field.HISTORY, Circle.GROUPS, NOW)
    company_s = replace(CARD, history_leave=Circle.NETWORK)
    assert not sight(ann).sees(BOB, CARD, Field.HISTORY)
    assert not sight(ann).sees(BOB, theirs, Field.HISTORY)
    assert not sight(ann).sees(BOB, company_s, Field.HISTORY)
    assert sight(ann).sees(BOB, replace(theirs, history_leave=Circle.NETWORK), Field.HISTORY)
    assert not sight(alone(user("dora"))).sees(BOB, replace(theirs, history_leave=Circle.NETWORK), Field.HISTORY)


def test_an_archived_card_shows_only_what_others_declare() -> None:
    archived = replace(CARD, archived=NOW)
    assert seen(alone(user("ann")), archived) == {Field.ORGANISATION}
    assert not sight(alone(BOB)).sees(BOB, archived, Field.HISTORY)


def test_the_command_line_sees_everything() -> None:
    assert seen(COMMAND_LINE) == seen(alone(BOB))


def test_who_answers_for_whom() -> None:
    facts = access(company()).facts
    assert answering(facts, BOB) == (user("sam"),)
    assert answering(facts, user("ann")) == (user("sam"),)
    assert answering(facts, EVE) == ()


def test_contacts_are_who_answers_for_one_and_the_owners_of_ones_groups() -> None:
    found = contacts(sight(alone(BOB), BOARD), nowhere)
    assert [(one.user, one.part, [each.id for each in one.groups]) for one in found] == [
        (user("sam"), Part.SPONSOR, []),
        (user("claire"), None, ["board"]),
        (user("luc"), None, ["corner"]),
    ]
    [manager] = contacts(sight(alone(user("dora"))), nowhere)
    assert (manager.user, manager.part) == (user("sam"), Part.MANAGER)


def test_the_owner_of_a_group_that_one_came_into_by_oneself_is_a_contact_and_a_hidden_group_stays_unknown() -> None:
    found = contacts(sight(alone(GIL), BOARD), lambda group: group in ("fair", "board"))
    assert [(one.user, [each.id for each in one.groups]) for one in found] == [
        (user("sam"), []),
        (user("zoe"), ["fair"]),
    ]
    come_in = contacts(sight(alone(BOB)), lambda group: group == "fair")
    assert user("zoe") in [one.user for one in come_in]
