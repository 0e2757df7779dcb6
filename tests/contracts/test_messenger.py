"""What every messenger behind the port does, on the fake homeserver and on Synapse."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.kit.standing import still_stands
from bridge.adapters.matrix.accounts import ensure_registered
from bridge.adapters.matrix.messenger import MatrixMessenger, resend_open
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.rooms import Membership
from tests.contracts.homeservers import World, room
from tests.support.memory_outbox import MemoryOutbox
from tests.support.synapse import BOT, CORP

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELLO = {"msgtype": "m.notice", "body": "Bonjour"}
SECOND_BOT = f"@parvis_digest:{CORP}"


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


@pytest.fixture
def messenger(world: World, outbox: MemoryOutbox) -> MatrixMessenger:
    return MatrixMessenger(world.calls, outbox.store, BOT)


async def bodies(world: World, room_id: str) -> list[str]:
    return [content["body"] for content in await world.timeline(room_id)]


async def test_a_message_carries_its_claim(world: World, messenger: MatrixMessenger, version: str) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    await messenger.send(room_id, HELLO, claim="reply $1")
    assert await world.timeline(room_id) == [{**HELLO, "io.parvis.claim": "reply $1"}]


async def test_a_claim_makes_one_event_however_often_it_is_sent(
    world: World, messenger: MatrixMessenger, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    first, second = await asyncio.gather(*(messenger.send(room_id, HELLO, claim="a") for _ in range(2)))
    assert first == second == await messenger.send(room_id, HELLO, claim="a")
    assert await messenger.send(room_id, {**HELLO, "body": "Encore"}, claim="b") != first
    assert await bodies(world, room_id) == ["Bonjour", "Encore"]


async def test_a_message_sent_by_a_process_that_died_is_found(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    event_id = await messenger.send(room_id, HELLO, claim="a")
    # As if killed before the store heard of it; under another key the homeserver's own memory could not help.
    claim = replace(outbox.claims["a"], event_id=None, content=HELLO)
    outbox.claims["a"] = claim
    assert await resend_open(world.calls, outbox.store) == 0
    assert outbox.claims["a"].event_id == event_id
    assert await bodies(world, room_id) == ["Bonjour"]


async def test_a_message_that_was_never_sent_is_sent_at_the_next_start(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    await messenger.send(room_id, HELLO, claim="a")
    outbox.claims["b"] = replace(outbox.claims["a"], key="b", event_id=None, content={**HELLO, "body": "Encore"})
    assert await resend_open(world.calls, outbox.store) == 0
    assert await bodies(world, room_id) == ["Bonjour", "Encore"]


async def test_two_bots_with_the_same_claim_do_not_silence_each_other(world: World, version: str) -> None:
    await ensure_registered(world.calls, SECOND_BOT)
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, SECOND_BOT)
    for user in (BOT, SECOND_BOT):
        messenger = MatrixMessenger(world.calls, MemoryOutbox().store, user)
        await messenger.join(room_id)
        await messenger.send(room_id, HELLO, claim="week 47")
    assert len(await bodies(world, room_id)) == 2


async def test_a_message_is_found_in_an_encrypted_room(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.set_state(room_id, "m.room.encryption", "", {"algorithm": "m.megolm.v1.aes-sha2"})
    event_id = await messenger.send(room_id, HELLO, claim="a")
    outbox.claims["a"] = replace(outbox.claims["a"], event_id=None, content=HELLO)
    assert await messenger.send(room_id, HELLO, claim="a") == event_id
    assert (await messenger.surroundings(room_id)).encrypted


async def test_a_redaction_is_sent_once_like_a_message(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    redacts = {"redacts": await messenger.send(room_id, HELLO, claim="a"), "reason": "a slip"}
    event_id = await messenger.send(room_id, redacts, claim="b", event_type="m.room.redaction")
    outbox.claims["b"] = replace(outbox.claims["b"], event_id=None, content=redacts)
    assert await messenger.send(room_id, redacts, claim="b", event_type="m.room.redaction") == event_id
    assert await world.timeline(room_id) == [{}]


async def test_a_message_that_was_edited_or_taken_back_no_longer_stands(
    world: World, messenger: MatrixMessenger, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    events = [
        Event(id=await messenger.send(room_id, HELLO, claim=claim), room_id=room_id, sender=BOT, type="m.room.message",
              sent_at=NOW)
        for claim in ("a", "b", "c")
    ]  # fmt: skip
    await messenger.edit(room_id, events[1].id, {**HELLO, "body": "Encore"}, claim="d")
    await messenger.send(room_id, {"redacts": events[2].id}, claim="e", event_type="m.room.redaction")
    assert [await still_stands(messenger, event) for event in events] == [True, False, False]
    assert not await still_stands(messenger, replace(events[0], id="$nothing"))


async def test_where_the_bot_is_not_it_cannot_speak(world: World, outbox: MemoryOutbox, version: str) -> None:
    await ensure_registered(world.calls, SECOND_BOT)
    room_id = await world.homeserver.create_room(room(version=version))
    messenger = MatrixMessenger(world.calls, outbox.store, SECOND_BOT)
    with pytest.raises(HomeserverError) as caught:
        await messenger.send(room_id, HELLO, claim="a")
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.REFUSED, True)
    # At the next start it is given up, not asked for ever.
    assert await resend_open(world.calls, outbox.store) == 0
    assert await outbox.open_claims() == []


async def test_surroundings_are_those_of_the_moment(world: World, messenger: MatrixMessenger, version: str) -> None:
    ann, room_id = await world.person("ann"), await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, ann)
    rule = {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": "!space:corp.test"}]}
    await world.homeserver.set_state(room_id, "m.room.join_rules", "", rule)
    seen = await messenger.surroundings(room_id)
    assert seen.members == {BOT: Membership.JOIN, ann: Membership.INVITE}
    assert (seen.join_rule, seen.history, seen.encrypted) == ("restricted", "joined", False)
    assert seen.allow == {"!space:corp.test"}


async def test_joining_and_leaving_may_be_repeated(world: World, outbox: MemoryOutbox, version: str) -> None:
    await ensure_registered(world.calls, SECOND_BOT)
    room_id = await world.homeserver.create_room(room(version=version))
    await world.homeserver.invite(room_id, SECOND_BOT)
    messenger = MatrixMessenger(world.calls, outbox.store, SECOND_BOT)
    for _ in range(2):
        await messenger.join(room_id)
    assert (await messenger.surroundings(room_id)).members[SECOND_BOT] is Membership.JOIN
    for _ in range(2):
        await messenger.leave(room_id)
    with pytest.raises(HomeserverError):
        await messenger.surroundings(room_id)


async def test_leaving_where_one_never_was_is_no_error(world: World, outbox: MemoryOutbox, version: str) -> None:
    await ensure_registered(world.calls, SECOND_BOT)
    room_id = await world.homeserver.create_room(room(version=version))
    await MatrixMessenger(world.calls, outbox.store, SECOND_BOT).leave(room_id)


async def test_a_name_is_known_or_made_of_the_user_id(world: World, messenger: MatrixMessenger) -> None:
    await ensure_registered(world.calls, BOT, display_name="Parvis")
    await ensure_registered(world.calls, BOT, display_name="Parvis")
    assert await messenger.display_name(BOT) == "Parvis"
    assert await messenger.display_name(f"@nobody:{CORP}") == "nobody"
    assert await messenger.display_name("@far:dead.test") == "far"


async def test_an_edit_is_sent_once_and_tells_what_it_replaces_and_what_it_answers(
    world: World, messenger: MatrixMessenger, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    event_id = await messenger.send(room_id, HELLO, claim="a")
    content = {**HELLO, "body": "Fini", "ours": 1, "m.relates_to": {"m.in_reply_to": {"event_id": event_id}}}
    first = await messenger.edit(room_id, event_id, content, claim="b")
    assert await messenger.edit(room_id, event_id, {**HELLO, "body": "Autre"}, claim="b") == first
    [_, edit] = await world.timeline(room_id)
    assert (edit["body"], edit["ours"]) == ("* Fini", 1)
    assert edit["m.new_content"] == {"msgtype": "m.notice", "body": "Fini", "ours": 1}
    relation = {"rel_type": "m.replace", "event_id": event_id, "m.in_reply_to": {"event_id": event_id}}
    assert edit["m.relates_to"] == relation


async def test_a_revision_for_the_moment_is_not_sent_again_at_the_next_start(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    event_id = await messenger.send(room_id, HELLO, claim="a")
    for percent in ("10 %", "20 %"):
        await messenger.revise(room_id, event_id, {**HELLO, "body": percent})
    assert (await bodies(world, room_id))[1:] == ["* 10 %", "* 20 %"]
    assert outbox.claims.keys() == {"a"}


async def test_a_reaction_is_put_once_also_by_a_process_that_forgot_the_first(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    event_id = await messenger.send(room_id, HELLO, claim="a")
    for claim in ("b", "b", "c"):
        await messenger.react(room_id, event_id, "✅", claim=claim)
    outbox.claims["b"] = replace(outbox.claims["b"], event_id=None)
    assert await resend_open(world.calls, outbox.store) == 0
    assert outbox.claims.keys() == {"a", "b"}


async def test_what_was_said_under_a_claim_is_known_and_what_was_interrupted_is_finished(
    world: World, messenger: MatrixMessenger, outbox: MemoryOutbox, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    assert await messenger.said("a") is None
    event_id = await messenger.send(room_id, HELLO, claim="a")
    assert await messenger.said("a") == event_id
    outbox.claims["a"] = replace(outbox.claims["a"], event_id=None, content=HELLO)
    assert await messenger.said("a") == event_id
    assert await bodies(world, room_id) == ["Bonjour"]


async def test_a_bot_knows_in_which_rooms_it_is_without_being_refused(
    world: World, messenger: MatrixMessenger, version: str
) -> None:
    first = await world.homeserver.create_room(room(version=version))
    assert await messenger.is_in(first)
    assert not await messenger.is_in("!another:corp.test")
    second = await world.homeserver.create_room(room(version=version))
    messenger.moved(second, inside=True)
    messenger.moved(first, inside=False)
    assert [await messenger.is_in(one) for one in (first, second)] == [False, True]


async def test_what_is_heard_before_the_homeserver_is_asked_is_newer_than_its_answer(
    world: World, messenger: MatrixMessenger, version: str
) -> None:
    room_id = await world.homeserver.create_room(room(version=version))
    messenger.moved(room_id, inside=False)
    messenger.moved("!new:corp.test", inside=True)
    assert [await messenger.is_in(one) for one in (room_id, "!new:corp.test")] == [False, True]
