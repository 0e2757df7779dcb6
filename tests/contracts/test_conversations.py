"""What every homeserver tells of single messages: the fake, and Synapse with room versions 11 and 12."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bridge.adapters.matrix.conversations import MatrixConversations
from bridge.domain.rooms import Membership
from tests.contracts.homeservers import V3, World, room
from tests.support.synapse import BOT

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
numbers = itertools.count()


async def said(world: World, room_id: str, body: str, **more: Any) -> str:
    path = f"{V3}/rooms/{quote(room_id, safe='')}/send/m.room.message/said{next(numbers)}"
    answer = await world.homeserver.request("PUT", path, {"msgtype": "m.text", "body": body, **more})
    return str(answer["event_id"])


async def history(world: World, room_id: str, rule: str) -> None:
    await world.homeserver.set_state(room_id, "m.room.history_visibility", "", {"history_visibility": rule})


async def test_a_message_comes_with_the_rule_and_those_who_were_there(world: World, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    asked = MatrixConversations(world.homeserver)
    ann, leo = await world.person("ann"), await world.person("leo")
    before = await said(world, room_id, "Before anybody came")
    for user in (ann, leo):
        await world.homeserver.invite(room_id, user)
    assert await world.act(ann, "join", room_id)
    between = await said(world, room_id, "Ann is in, Leo is invited")
    await history(world, room_id, "shared")
    after = await said(world, room_id, "Open to whoever comes")
    assert await world.act(ann, "leave", room_id)

    opening = await asked.opening(room_id, before)
    assert opening is not None
    assert (opening.history, opening.sender, opening.there) == ("joined", BOT, {BOT: Membership.JOIN})
    assert opening.said["body"] == "Before anybody came"
    opening = await asked.opening(room_id, between)
    assert opening is not None
    assert opening.there == {BOT: Membership.JOIN, ann: Membership.JOIN, leo: Membership.INVITE}
    opening = await asked.opening(room_id, after)
    assert opening is not None
    assert (opening.history, opening.there) == ("shared", None)


async def test_a_message_is_given_as_it_was_edited_last_and_not_once_it_is_taken_back(world: World) -> None:
    room_id = await world.homeserver.create_room(room())
    asked = MatrixConversations(world.homeserver)
    event = await said(world, room_id, "The fair in Lyon")
    for body in ("The fair in Nice", "The fair in Nantes"):
        new = {"msgtype": "m.text", "body": body}
        relation = {"rel_type": "m.replace", "event_id": event}
        await said(world, room_id, f"* {body}", **{"m.new_content": new, "m.relates_to": relation})
    opening = await asked.opening(room_id, event)
    assert opening is not None
    assert opening.said["body"] == "The fair in Nantes"
    path = f"{V3}/rooms/{quote(room_id, safe='')}/redact/{quote(event, safe='')}/gone{next(numbers)}"
    await world.homeserver.request("PUT", path, {})
    assert await asked.opening(room_id, event) is None


async def test_a_message_that_does_not_exist_is_none(world: World) -> None:
    room_id = await world.homeserver.create_room(room())
    asked = MatrixConversations(world.homeserver)
    assert await asked.opening(room_id, "$nothing") is None
    assert await asked.opening("!elsewhere:corp.test", "$nothing") is None


async def test_whoever_came_in_is_told_once_the_latest_first(world: World) -> None:
    room_id = await world.homeserver.create_room(room())
    asked = MatrixConversations(world.homeserver)
    ann, leo, eve = [await world.person(name) for name in ("ann", "leo", "eve")]
    for user in (ann, leo, eve):
        await world.homeserver.invite(room_id, user)
    assert await world.act(ann, "join", room_id)
    assert await world.act(leo, "join", room_id)
    found = await asked.comings(room_id, since=LONG_AGO, most=10)
    assert [one.user for one in found] == [leo, ann, BOT]
    assert [one.user for one in await asked.comings(room_id, since=LONG_AGO, most=1)] == [leo]
    assert not await asked.comings(room_id, since=found[0].at + timedelta(minutes=1), most=10)


async def test_people_bear_the_name_that_all_in_the_room_see_and_nobody_else_has_one(world: World) -> None:
    room_id = await world.homeserver.create_room(room())
    ann, asked = await world.person("ann"), MatrixConversations(world.homeserver)
    await world.homeserver.invite(room_id, ann)
    assert await world.act(ann, "join", room_id)
    member = f"{V3}/rooms/{quote(room_id, safe='')}/state/m.room.member/{quote(ann, safe='')}"
    content = await world.homeserver.request("GET", member)
    assert await asked.named(room_id, ann) == content.get("displayname", "")
    assert await asked.named(room_id, "@nobody:corp.test") == ""
    assert await asked.named("!elsewhere:corp.test", ann) == ""


async def test_it_is_known_when_a_room_was_made(world: World) -> None:
    room_id = await world.homeserver.create_room(room())
    asked = MatrixConversations(world.homeserver)
    made = await asked.made(room_id)
    assert made is not None
    assert made <= (await asked.comings(room_id, since=LONG_AGO, most=1))[0].at
    assert await asked.made("!elsewhere:corp.test") is None
