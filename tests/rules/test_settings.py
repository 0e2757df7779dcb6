"""The table of visibilities, cell by cell."""

import pytest

from bridge.domain.desired import Desired, DesiredRoom, JoinRule
from bridge.domain.rooms import COMPANY, HistoryVisibility, group_room, partner_space
from bridge.planning.desiring import desire
from tests.world import BOT, SERVER, TODAY, AGroup, desired, directory, group, partner, users

ACME = partner("acme", sponsor="sam")


def room_of(one: AGroup) -> DesiredRoom:
    return desired(directory(one, partners=[ACME])).rooms[group_room(one.value.id)]


def test_a_public_group_is_entered_through_the_spaces_of_its_audience() -> None:
    room = room_of(group("sales").public().members("ann", "kim:acme.example").admits("acme"))
    assert room.settings.join_rule is JoinRule.RESTRICTED
    assert room.settings.allow == room.settings.parents == (COMPANY, partner_space("acme"))
    assert room.settings.servers == ("acme.example", "corp.example")
    assert room.settings.history is HistoryVisibility.SHARED
    assert (room.settings.published, room.settings.alias) == (False, None)
    assert room.open_to_employees
    assert room.open_to_partners == {"acme"}
    assert room.members == users("ann", "kim:acme.example")


def test_a_listed_group_is_open_to_anybody_who_can_reach_the_homeserver() -> None:
    settings = room_of(group("news").listed().members("ann")).settings
    assert (settings.join_rule, settings.allow) == (JoinRule.PUBLIC, ())
    assert (settings.published, settings.alias) == (True, f"#grp_news:{SERVER}")
    assert settings.servers == ("corp.example",)


@pytest.mark.parametrize("one", [group("deal").listed().admits("acme"), group("deal").listed().admits("ended")])
def test_a_group_with_partners_is_never_listed(one: AGroup) -> None:
    settings = room_of(one).settings
    assert (settings.join_rule, settings.published, settings.alias) == (JoinRule.RESTRICTED, False, None)


def test_an_invite_only_group_is_known_to_its_audience_and_entered_by_invitation() -> None:
    room = room_of(group("deal").members("ann").owners("zoe").admits("acme"))
    assert room.settings.join_rule is JoinRule.INVITE
    assert room.settings.parents == (COMPANY, partner_space("acme"))
    assert room.settings.alias is None
    assert room.members == users("ann", "zoe")
    assert room.settings.owners == users("zoe")
    assert not room.open_to_employees
    assert not room.open_to_partners


def test_a_hidden_group_says_nothing_outside_its_room() -> None:
    room = room_of(group("board").hidden().called("Fusion with Globex", "Secret talks").members("zoe"))
    settings = room.settings
    assert settings.name == "Private group"
    assert settings.topic == ""
    assert settings.told_name == "Fusion with Globex"
    assert settings.parents == settings.allow == ()
    assert (settings.published, settings.alias) == (False, None)
    assert settings.join_rule is JoinRule.INVITE
    assert settings.history is HistoryVisibility.JOINED
    assert (settings.federate, settings.servers) == (False, None)
    assert settings.encrypted
    assert room.hidden


def test_a_hidden_group_that_says_it_is_listed_is_hidden() -> None:
    settings = room_of(AGroup(group("board").listed().value).hidden()).settings
    assert (settings.join_rule, settings.published, settings.alias) == (JoinRule.INVITE, False, None)


def test_a_hidden_group_federates_only_for_the_partner_that_it_admits() -> None:
    settings = room_of(group("merger").hidden().members("zoe", "kim:acme.example").admits("acme")).settings
    assert settings.federate
    assert settings.servers == ("acme.example", "corp.example")
    assert settings.parents == ()


def test_the_company_space_is_for_employees_on_our_homeserver_alone() -> None:
    room = desired(directory(people=["ann", "bob"], gone=["cat"])).rooms[COMPANY]
    assert room.members == users("ann", "bob")
    assert (room.settings.space, room.settings.federate, room.settings.encrypted) == (True, False, False)
    assert room.settings.join_rule is JoinRule.INVITE
    assert room.settings.name == SERVER


def test_a_partner_space_holds_its_people_and_its_sponsor() -> None:
    world = desired(
        directory(
            group("deal").members("ann", "kim:acme.example").admits("acme"),
            group("plot").hidden().members("ann", "lee:acme.example").admits("acme"),
            partners=[partner("acme", sponsor="sam", servers=["acme.example:8448"], named=["max:shared.example"])],
        )
    )
    assert world.rooms[partner_space("acme")].settings.servers == ("acme.example", "corp.example", "shared.example")
    # ``kim`` is of the server with another port name, hence of nobody; ``lee`` is known to a hidden group alone.
    assert world.rooms[partner_space("acme")].members == users("sam", "max:shared.example")


def test_a_hidden_group_tells_a_partner_space_nothing() -> None:
    world = desired(
        directory(
            group("deal").members("kim:acme.example").admits("acme"),
            group("plot").hidden().members("lee:acme.example").admits("acme"),
            partners=[ACME],
        )
    )
    assert world.rooms[partner_space("acme")].members == users("sam", "kim:acme.example")


def test_names_are_in_one_language_and_ids_stand_in_for_missing_ones() -> None:
    world = directory(group("board").hidden(), group("deal").called(""))
    french = desire(world, today=TODAY, server_name=SERVER, bot=BOT, language="fr", company_name="Corp")
    assert names(french) == {"Corp", "Groupe privé", "deal"}


def names(world: Desired) -> set[str]:
    return {room.settings.name for room in world.rooms.values()}
