"""Who may invite, how long is kept what was said, and the digest: what groups may say, and what becomes of it."""

import pytest

from bridge.domain.contradictions import contradictions
from bridge.domain.desired import RoomSettings
from bridge.domain.directory import Inviting, MembershipMode, Visibility
from bridge.domain.lifetimes import MAX_DAYS, days_in
from bridge.domain.policy import Value
from bridge.domain.rooms import group_room
from bridge.planning.desiring import desire_from
from bridge.rules.decisions import reasons
from bridge.rules.effects import effect_of
from bridge.rules.entering import may_let_in
from bridge.rules.facts import Facts, gather
from bridge.rules.policy import FIELDS, read_value
from bridge.rules.settings import House
from tests.world import BOT, SERVER, TODAY, AGroup, directory, group, partner, user

LEVELS = {None: 60, Inviting.NOBODY: 75, Inviting.OWNERS: 60, Inviting.MODERATORS: 50, Inviting.ALL: 0}


def facts_of(one: AGroup) -> Facts:
    return gather(directory(one, partners=[partner("acme", sponsor="sam")]), today=TODAY, server_name=SERVER)


def settings_of(one: AGroup, *, retains: bool = True) -> RoomSettings:
    house = House(server_name=SERVER, retains=retains)
    return desire_from(facts_of(one), house, bot=BOT).rooms[group_room(one.value.id)].settings


@pytest.mark.parametrize("who", LEVELS)
def test_who_may_invite_is_a_level_unless_the_group_is_hidden_or_admits_partners(who: Inviting | None) -> None:
    sales = group("sales").having(inviting=who)
    assert settings_of(sales).invite_power == LEVELS[who]
    assert settings_of(sales.public()).invite_power == LEVELS[who]
    assert settings_of(sales.admits("acme")).invite_power == 75
    assert settings_of(sales.hidden()).invite_power == 100


@pytest.mark.parametrize(
    ("one", "refused"),
    [
        (group("a").hidden(), {Inviting.OWNERS, Inviting.MODERATORS, Inviting.ALL}),
        (group("a").admits("acme"), {Inviting.OWNERS, Inviting.MODERATORS, Inviting.ALL}),
        (group("a"), {Inviting.MODERATORS, Inviting.ALL}),
        (group("a").public(), set()),
        (group("a").having(membership=MembershipMode.BOTH), set()),
    ],
)
def test_what_the_rest_of_the_group_does_not_allow_is_a_contradiction(one: AGroup, refused: set[Inviting]) -> None:
    found = {who for who in Inviting if any(contradictions(one.having(inviting=who).value))}
    assert found == refused


def test_whoever_may_invite_says_who_belongs_to_the_group() -> None:
    made = group("a").owners("zoe").members("ann").having(moderators=("max",), membership=MembershipMode.OWNERS)
    for who, lets in {
        None: {"zoe"},
        Inviting.NOBODY: set[str](),
        Inviting.OWNERS: {"zoe"},
        Inviting.MODERATORS: {"zoe", "max"},
        Inviting.ALL: {"zoe", "max", "ann"},
    }.items():
        one = made.having(inviting=who)
        facts = facts_of(one)
        found = {name for name in ("zoe", "max", "ann", "eve") if may_let_in(facts, user(name), one.value)}
        assert found == lets, who


def test_how_long_is_kept_what_was_said_counts_where_the_homeserver_deletes_and_is_a_finding_elsewhere() -> None:
    sales = group("sales").having(retention=90)
    assert settings_of(sales).retention == 90
    assert settings_of(group("sales")).retention == 0
    assert settings_of(sales, retains=False).retention is None
    house = House(server_name=SERVER)
    [finding] = desire_from(facts_of(sales), house, bot=BOT).findings
    assert (finding.kind, finding.group) == ("retention-off", "sales")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *(("90", 90), ("12w", 84), ("6m", 180), ("1y", 365), ("default", 0), ("0", 0), ("", 0)),
        *(("-1", None), ("1.5", None), ("soon", None), (str(MAX_DAYS + 1), None), ("٣", None)),
    ],
)
def test_a_time_is_a_number_of_days(text: str, days: int | None) -> None:
    assert days_in(text) == days


def test_what_takes_words_away_or_lets_everybody_invite_is_asked_again() -> None:
    was = group("a").value
    assert not list(reasons(was, group("a").having(inviting=Inviting.MODERATORS).value))
    assert len(list(reasons(was, group("a").having(inviting=Inviting.ALL).value))) == 1
    month, year = group("a").having(retention=30).value, group("a").having(retention=365).value
    assert [len(list(reasons(*pair))) for pair in ((was, month), (year, month), (month, year), (month, was))] == [
        1, 1, 0, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("visibility", Visibility)
def test_every_field_has_an_effect_in_words_whatever_it_says(visibility: Visibility) -> None:
    said: dict[str, Value] = {"inviting": "all", "retention": "30", "digest": False}
    for name, value in said.items():
        before = group("a").having(visibility=visibility)
        after = before.having(**{name: read_value(name, value)})
        assert effect_of(before.value, name) != effect_of(after.value, name)
    assert all(str(effect_of(group("a").value, name)) for name in FIELDS)
