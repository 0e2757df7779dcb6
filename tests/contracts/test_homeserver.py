"""What every homeserver behind the port does: the fake, and Synapse with room versions 11 and 12."""

import pytest

from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.rooms import Membership
from bridge.ports.homeserver import Reach, RoomCreation
from tests.contracts.homeservers import DEAD, World, room
from tests.support.synapse import BOT, CORP


async def test_a_room_is_made_whole(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room("finance", version=version))
    view = await world.homeserver.read_room(room_id)
    assert view.version == version
    assert view.members == {BOT: Membership.JOIN}
    assert view.state["m.room.name", ""] == {"name": "finance"}
    assert view.state["io.parvis.group", ""] == {"group": "finance"}
    assert view.state["m.room.guest_access", ""] == {"guest_access": "forbidden"}
    assert view.state["m.room.history_visibility", ""] == {"history_visibility": "joined"}
    assert view.state["m.room.join_rules", ""] == {"join_rule": "invite"}
    assert view.state["m.room.power_levels", ""]["invite"] == 50


async def test_a_space_that_stays_at_home(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version, space=True, federate=False))
    create = (await world.homeserver.read_room(room_id)).state["m.room.create", ""]
    assert create["type"] == "m.space"
    assert create["m.federate"] is False


async def test_the_default_version_is_one_we_know(world: World) -> None:
    assert await world.homeserver.default_room_version() in {"11", "12"}


async def test_a_room_is_found_by_its_marker_and_no_other(world: World, version: str) -> None:
    marker = f"found-{version}-{id(world)}"
    room_id = await world.homeserver.create_room(room(marker, version=version))
    assert await world.homeserver.find_room(marker) == room_id


async def test_an_invitation_is_sent_once_and_repeating_is_harmless(world: World, version: str) -> None:
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    for _ in range(2):
        await world.homeserver.invite(room_id, ann, "by the directory")
    assert (await world.homeserver.read_room(room_id)).members[ann] is Membership.INVITE
    assert await world.act(ann, "join", room_id)
    await world.homeserver.invite(room_id, ann)
    assert (await world.homeserver.read_room(room_id)).members[ann] is Membership.JOIN


async def test_removing_works_for_members_the_invited_and_those_who_are_out(world: World, version: str) -> None:
    ann, bob = await world.person("ann"), await world.person("bob", partner=True)
    room_id = await world.homeserver.create_room(room(version=version))
    for user in (ann, bob):
        await world.homeserver.invite(room_id, user)
    assert await world.act(ann, "join", room_id)
    for _ in range(2):
        for user in (ann, bob, f"@nobody:{CORP}"):
            await world.homeserver.remove(room_id, user, "left the group")
    view = await world.homeserver.read_room(room_id)
    assert view.members == {BOT: Membership.JOIN}
    assert view.left == frozenset()


async def test_a_knock_is_taken_away(world: World, version: str) -> None:
    ann = await world.person("ann")
    rules = ("m.room.join_rules", "", {"join_rule": "knock"})
    room_id = await world.homeserver.create_room(room(version=version, initial_state=(rules,)))
    assert await world.act(ann, "knock", room_id)
    assert (await world.homeserver.read_room(room_id)).members[ann] is Membership.KNOCK
    await world.homeserver.remove(room_id, ann)
    assert ann not in (await world.homeserver.read_room(room_id)).members


async def test_who_left_by_themselves_is_told_from_who_was_removed(world: World, version: str) -> None:
    leaver, decliner, removed = [await world.person(name) for name in ("leaver", "decliner", "removed")]
    room_id = await world.homeserver.create_room(room(version=version))
    for user in (leaver, decliner, removed):
        await world.homeserver.invite(room_id, user)
    assert await world.act(leaver, "join", room_id)
    assert await world.act(leaver, "leave", room_id)
    assert await world.act(decliner, "leave", room_id)
    await world.homeserver.remove(room_id, removed)
    assert (await world.homeserver.read_room(room_id)).left == {leaver, decliner}


async def test_a_banned_person_is_seen_and_cannot_be_invited(world: World, version: str) -> None:
    ann, bad = await world.person("ann"), await world.person("bad")
    powers = {"users": {ann: 60} | ({} if version == "12" else {BOT: 100}), "invite": 50}
    room_id = await world.homeserver.create_room(room(version=version, power_levels=powers))
    await world.homeserver.invite(room_id, ann)
    assert await world.act(ann, "join", room_id)
    assert await world.act(ann, "ban", room_id, user_id=bad)
    assert (await world.homeserver.read_room(room_id)).members[bad] is Membership.BAN
    await world.homeserver.remove(room_id, bad)
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.invite(room_id, bad)
    assert caught.value.kind is ErrorKind.REFUSED


async def test_a_setting_is_written_and_drift_is_seen(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    for _ in range(2):
        await world.homeserver.set_state(room_id, "m.room.topic", "", {"topic": "Budget"})
    acl = {"allow": [CORP, "acme.test"], "deny": [], "allow_ip_literals": False}
    await world.homeserver.set_state(room_id, "m.room.server_acl", "", acl)
    view = await world.homeserver.read_room(room_id)
    assert view.state["m.room.topic", ""] == {"topic": "Budget"}
    assert view.state["m.room.server_acl", ""] == acl


async def test_an_acl_that_denies_ourselves_is_refused(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.set_state(room_id, "m.room.server_acl", "", {"allow": ["acme.test"]})
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.REFUSED, True)


async def test_members_may_not_write_what_decides_visibility(world: World, version: str) -> None:
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, ann)
    assert await world.act(ann, "join", room_id)
    assert not await world.write(ann, room_id, "m.room.join_rules", {"join_rule": "public"})
    assert not await world.act(ann, "invite", room_id, user_id=await world.person("stranger"))


async def test_a_creator_is_not_named_in_the_powers_of_version_12(world: World, version: str) -> None:
    creation = room(version=version, power_levels={"users": {BOT: 100} if version == "12" else {}})
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.create_room(creation)
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.REFUSED, True)


async def test_an_unknown_room_version_is_refused(world: World) -> None:
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.create_room(RoomCreation(name="x", version="99"))
    assert caught.value.errcode == "M_UNSUPPORTED_ROOM_VERSION"


async def test_a_room_that_stays_at_home_refuses_partners(world: World, version: str) -> None:
    bob = await world.person("bob", partner=True)
    room_id = await world.homeserver.create_room(room(version=version, federate=False))
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.invite(room_id, bob)
    assert caught.value.kind is ErrorKind.REFUSED


async def test_people_of_a_server_that_does_not_answer_are_for_later(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    with pytest.raises(HomeserverError, match=DEAD) as caught:
        await world.homeserver.invite(room_id, f"@bob:{DEAD}")
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.TEMPORARY, True)
    assert (await world.homeserver.read_room(room_id)).members == {BOT: Membership.JOIN}


async def test_whether_another_server_can_be_reached_is_told(world: World, version: str) -> None:
    bob = await world.person("bob", partner=True)
    assert await world.homeserver.reach(bob) is Reach.UNSEEN, "profiles are for who shares a room"
    assert await world.homeserver.reach(f"@bob:{DEAD}") is Reach.NO


async def test_publishing_and_withdrawing(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    assert not await world.homeserver.published(room_id)
    for visible in (True, True, False, False):
        await world.homeserver.publish(room_id, visible)
        assert await world.homeserver.published(room_id) is visible


async def test_aliases_come_and_go(world: World, version: str) -> None:
    first, second = [await world.homeserver.create_room(room(version=version)) for _ in range(2)]
    alias = f"#grp_a{version}x{abs(hash(first))}:{CORP}"
    for _ in range(2):
        await world.homeserver.add_alias(alias, first)
    assert await world.homeserver.aliases(first) == (alias,)
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.add_alias(alias, second)
    assert caught.value.kind is ErrorKind.CONFLICT
    for _ in range(2):
        await world.homeserver.remove_alias(alias)
    assert await world.homeserver.aliases(first) == ()


async def test_a_room_that_the_bot_has_left_is_not_shown_as_present(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.request("POST", f"/_matrix/client/v3/rooms/{room_id}/leave", {})
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.read_room(room_id)
    assert caught.value.kind is ErrorKind.REFUSED


async def test_where_the_bot_is_no_longer_nothing_counts_as_done(world: World, version: str) -> None:
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    await world.homeserver.request("POST", f"/_matrix/client/v3/rooms/{room_id}/leave", {})
    for change in (world.homeserver.remove, world.homeserver.invite):
        with pytest.raises(HomeserverError) as caught:
            await change(room_id, ann)
        assert caught.value.kind is ErrorKind.REFUSED


async def test_an_unknown_room_is_refused(world: World) -> None:
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.read_room(f"!nothing:{CORP}")
    assert caught.value.kind is ErrorKind.REFUSED


async def test_people_are_joined_at_once_through_the_service_account(world: World, version: str) -> None:
    homeserver, ann = world.homeserver, await world.person("ann")
    assert not homeserver.joins_directly
    await homeserver.check_admin(frozenset({ann}))
    service = homeserver.service_user
    assert service is not None
    powers = {"users": {service: 50} | ({} if version == "12" else {BOT: 100}), "invite": 50}
    room_id = await homeserver.create_room(room(version=version, power_levels=powers))
    await homeserver.invite(room_id, service)
    for user in (service, ann, ann, service):
        await homeserver.join_directly(room_id, user)
    members = (await homeserver.read_room(room_id)).members
    assert members == dict.fromkeys((BOT, service, ann), Membership.JOIN)


async def test_the_service_account_cannot_join_people_where_it_is_not(world: World, version: str) -> None:
    await world.homeserver.check_admin(frozenset())
    room_id, ann = await world.homeserver.create_room(room(version=version)), await world.person("ann")
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.join_directly(room_id, ann)
    assert caught.value.kind is ErrorKind.REFUSED


async def test_the_admin_token_of_a_person_is_refused(world: World) -> None:
    await world.homeserver.check_admin(frozenset())
    owner = world.homeserver.service_user
    assert owner is not None
    with pytest.raises(InputError, match="is a person"):
        await world.homeserver.check_admin(frozenset({owner}))


async def test_the_bot_enters_where_it_is_invited(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.enter(room_id)
    assert (await world.homeserver.read_room(room_id)).members == {BOT: Membership.JOIN}
