"""What others change of our rooms: put back, kept with who it was, and told to those who may know."""

from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN, alone
from bridge.services.drifts import DRIFT, TOLD, lately, told
from bridge.services.status import StatusReport
from bridge.services.watch import LastLook
from tests.services.household import Household, household
from tests.world import BOT, directory, group, user


async def settled() -> Household:
    house = household(
        directory(
            group("news").public().owners("ann").members("ann", "bob"),
            group("board").hidden().owners("ann").members("ann"),
            people=["bob"],
        ),
        joins_directly=True,
    )
    for _ in range(2):
        await house.settle()
    await house.hear()
    return house


def vandalise(house: Household, name: str, kind: str, content: dict[str, object]) -> None:
    """By somebody with more power than anybody should have."""
    room = house.homeserver.synapse.room(house.room(name))
    room.append(user("bob"), kind, content, "")


async def notes(house: Household, compartment: str = OPEN) -> list[str]:
    async with house.store.view() as view:
        entries = await lately(view, {compartment}, house.clock.now() - TOLD)
    assert house.world
    return [str(finding.text) for finding in told(entries, house.world.facts)]


async def test_who_changed_what_is_known_and_it_is_put_back() -> None:
    house = await settled()
    vandalise(house, "news", "m.room.name", {"name": "Mischief"})
    await house.hear()
    assert await notes(house) == [f"{user('bob')} changed this in News: the name. It is put back."]
    await house.settle()
    assert house.homeserver.synapse.room(house.room("news")).content("m.room.name") == {"name": "News"}


async def test_who_stands_in_no_directory_is_told_by_name_and_user_id() -> None:
    house = await settled()
    room = house.homeserver.synapse.room(house.room("news"))
    for who, name in (("admin", " Server\nadmin"), ("mallory", "mallory")):
        room.append(user(who), "m.room.member", {"membership": "join", "displayname": name}, user(who))
        room.append(user(who), "m.room.name", {"name": who}, "")
        room.append(BOT, "m.room.member", {"membership": "leave"}, user(who))
        await house.hear()
    vandalise(house, "news", "m.room.name", {"name": "Mischief"})
    await house.hear()
    assert house.world
    last = LastLook(at=house.clock.now(), world=house.world)
    report = StatusReport(homeserver=house.homeserver, store=house.store, society=house.society, last=lambda: last)
    told = [str(one.text) for one in (await report.standing(alone(user("ann")))).findings]
    names = [one.partition(" changed")[0] for one in told]
    assert sorted(names) == sorted([user("bob"), user("mallory"), f"Server admin ({user('admin')})"])


async def test_a_room_that_somebody_closed_is_opened_again_without_anybodys_word() -> None:
    house = await settled()
    before = house.homeserver.synapse.room(house.room("news")).content("m.room.join_rules")
    vandalise(house, "news", "m.room.join_rules", {"join_rule": "invite"})
    await house.hear()
    world = await house.settle()
    assert world.plan.held is None
    assert house.homeserver.synapse.room(house.room("news")).content("m.room.join_rules") == before


async def test_once_it_is_mended_the_next_opening_waits_again() -> None:
    house = await settled()
    vandalise(house, "news", "m.room.join_rules", {"join_rule": "invite"})
    await house.hear()
    for _ in range(2):
        await house.settle()
    async with house.store.view() as view:
        assert await view.pending.open(DRIFT) == []
    house.homeserver.synapse.room(house.room("news")).append(BOT, "m.room.join_rules", {"join_rule": "invite"}, "")
    await house.hear()
    assert (await house.settle()).plan.held is not None


async def test_an_event_that_comes_twice_is_noted_once() -> None:
    house = await settled()
    vandalise(house, "news", "m.room.topic", {"topic": "Mischief"})
    await house.hear()
    house.heard.clear()
    await house.hear()
    assert len(await notes(house)) == 1


async def test_what_is_nobodys_business_is_no_drift() -> None:
    house = await settled()
    vandalise(house, "news", "m.room.avatar", {"url": "mxc://corp.example/logo"})
    vandalise(house, "news", "com.example.widget", {"on": True})
    await house.hear()
    assert await notes(house) == []


async def test_drift_in_a_hidden_room_is_told_to_its_members_alone() -> None:
    house = await settled()
    vandalise(house, "board", "m.room.topic", {"topic": "Mischief"})
    await house.hear()
    assert await notes(house) == []
    assert await notes(house, "board") == [f"{user('bob')} changed this in Board: the topic. It is put back."]
    access = house.society.access()
    assert access
    assert "board" in access.compartments(alone(user("ann")))
    assert "board" not in access.compartments(alone(user("bob")))
    assert house.world
    assert house.world.refs[house.room("board")] == group_room("board")


async def test_what_the_bridge_writes_itself_is_no_drift() -> None:
    house = await settled()
    house.homeserver.synapse.room(house.room("news")).append(BOT, "m.room.topic", {"topic": "Ours"}, "")
    await house.hear()
    assert await notes(house) == []
