"""Who reads an answer along: people, never the accounts of the bridge itself."""

from dataclasses import replace

from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.rooms import Membership
from bridge.domain.viewers import alone
from tests.services.household import household
from tests.world import BOT, directory, group, user


async def test_the_account_that_joins_people_is_no_reader_in_the_rooms_where_it_sits() -> None:
    house = household(directory(group("sales").public().members("ann")), joins_directly=True)
    for _ in range(2):  # the world that a pass found is the one before it
        await house.settle()
    messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
    surroundings = await messenger.surroundings(house.room("sales"))
    assert house.homeserver.service_user in surroundings.members

    viewer = await house.society.viewer_of(surroundings, user("ann"))
    seen = await house.groups.find(viewer, "sales")

    assert viewer.readers == {user("ann")}
    assert seen is not None
    assert seen.members == 1


async def test_in_a_room_that_anybody_may_enter_only_what_anybody_may_know_is_said_unless_it_is_ours() -> None:
    house = household(directory(group("news").listed().members("ann")))
    for _ in range(2):
        await house.settle()
    ours = await MatrixMessenger(house.homeserver.calls, house.store, BOT).surroundings(house.room("news"))
    assert ours.join_rule == "public"
    members = {user("ann"): Membership.JOIN, BOT: Membership.JOIN}
    elsewhere = replace(ours, room_id="!elsewhere", members=members)

    inside = await house.society.viewer_of(ours, user("ann"))
    outside = await house.society.viewer_of(elsewhere, user("ann"))
    behind_a_door = await house.society.viewer_of(replace(elsewhere, join_rule="invite"), user("ann"))

    assert [view.id for view in await house.groups.visible(inside)] == ["news"]
    assert not await house.groups.visible(outside)
    assert behind_a_door == alone(user("ann"))


async def test_a_group_is_found_by_its_room_and_a_hidden_one_only_by_its_members() -> None:
    source = directory(group("news").listed().members("ann"), group("quartz").hidden().members("ann"), people=("luc",))
    house = household(source)
    for _ in range(2):
        await house.settle()
    access = house.society.access()
    assert access is not None
    news, quartz = house.room("news"), house.room("quartz")

    def found(who: str, address: str) -> str | None:
        group = access.find(alone(user(who)), address)
        return group.id if group else None

    assert [found("luc", address) for address in (news, "#grp_news:corp.example", "#news")] == ["news"] * 3
    assert [found("ann", address) for address in (quartz, news)] == ["quartz", "news"]
    assert [found("luc", address) for address in (quartz, "!nowhere", "#grp_quartz:corp.example")] == [None] * 3
