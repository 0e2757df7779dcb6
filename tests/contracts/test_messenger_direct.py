"""Direct conversations: one per person, found again after a crash, never with somebody else reading along."""

import asyncio

import pytest

from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.errors import HomeserverError
from bridge.domain.rooms import Membership
from bridge.ports.messenger import Calling
from tests.contracts.homeservers import World, room
from tests.fakes.store import FakeStore
from tests.support.synapse import BOT


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def messenger(world: World, store: FakeStore) -> MatrixMessenger:
    return MatrixMessenger(world.calls, store, BOT)


def forget_room(store: FakeStore) -> None:
    """As if killed after the homeserver made the room and before the store heard of it."""
    [(place, value)] = store.data.preferences.items()
    store.data.preferences[place] = value.split(',"room_id"')[0] + "}"


async def test_a_person_has_one_conversation_to_which_they_are_invited(
    world: World, messenger: MatrixMessenger
) -> None:
    ann, bob = await world.person("ann"), await world.person("bob")
    assert await messenger.conversation_with(ann) is None
    first, second = await asyncio.gather(messenger.direct_room(ann), messenger.direct_room(ann))
    assert first == second == await messenger.direct_room(ann)
    assert await messenger.direct_room(bob) != first
    seen = await messenger.surroundings(first)
    assert seen.members == {BOT: Membership.JOIN, ann: Membership.INVITE}
    assert (seen.join_rule, seen.history, seen.encrypted) == ("invite", "invited", False)
    assert await messenger.conversation_with(ann) is None, "she has not come"
    assert await world.act(ann, "join", first)
    assert await messenger.direct_room(ann) == first == await messenger.conversation_with(ann)


async def test_conversations_with_several_people_are_made_side_by_side(
    world: World, messenger: MatrixMessenger
) -> None:
    people = [await world.person(name) for name in ("ann", "bob", "eve")]
    rooms = await asyncio.gather(*(messenger.direct_room(one) for one in people for _ in range(2)))
    assert rooms[::2] == rooms[1::2]
    assert len(set(rooms)) == len(people)


async def test_a_conversation_made_by_a_process_that_died_is_found(
    world: World, messenger: MatrixMessenger, store: FakeStore
) -> None:
    ann = await world.person("ann")
    first = await messenger.direct_room(ann)
    forget_room(store)
    assert await MatrixMessenger(world.calls, store, BOT).direct_room(ann) == first


async def test_a_room_of_somebody_else_is_not_taken_for_the_conversation(
    world: World, messenger: MatrixMessenger, store: FakeStore
) -> None:
    ann = await world.person("ann")
    first = await messenger.direct_room(ann)
    await messenger.leave(first)
    forget_room(store)
    assert await messenger.direct_room(ann) != first


async def test_who_left_is_invited_again_to_the_same_conversation(world: World, messenger: MatrixMessenger) -> None:
    ann = await world.person("ann")
    room_id = await messenger.direct_room(ann)
    assert await world.act(ann, "join", room_id)
    assert await world.act(ann, "leave", room_id)
    assert await messenger.direct_room(ann) == room_id
    assert (await messenger.surroundings(room_id)).members[ann] is Membership.INVITE


async def test_where_somebody_reads_along_another_conversation_is_made(
    world: World, messenger: MatrixMessenger
) -> None:
    ann, bob = await world.person("ann"), await world.person("bob")
    first = await messenger.direct_room(ann)
    await world.homeserver.invite(first, bob)
    second = await messenger.direct_room(ann)
    assert second != first
    assert await messenger.direct_room(ann) == second


async def test_a_conversation_that_the_person_opened_is_theirs(world: World, messenger: MatrixMessenger) -> None:
    ann = await world.person("ann")
    opened = await world.homeserver.create_room(room())
    await world.homeserver.invite(opened, ann)
    assert await world.act(ann, "join", opened)
    await messenger.keep_direct(ann, opened)
    await messenger.keep_direct(ann, "!another")
    assert await messenger.direct_room(ann) == opened


async def test_a_conversation_that_the_person_opened_stands_for_one_in_which_they_are_not(
    world: World, messenger: MatrixMessenger
) -> None:
    ann = await world.person("ann")
    ours = await messenger.direct_room(ann)
    opened = await world.homeserver.create_room(room())
    await world.homeserver.invite(opened, ann)
    assert await world.act(ann, "join", opened)
    await messenger.keep_direct(ann, opened)
    assert await messenger.direct_room(ann) == opened != ours


async def test_a_refused_invitation_leaves_one_room_for_the_next_attempt(
    world: World, messenger: MatrixMessenger
) -> None:
    nobody = "@nobody:dead.test"
    for _ in range(2):
        with pytest.raises(HomeserverError):
            await messenger.direct_room(nobody)


async def test_who_is_invited_reads_who_calls_and_why_in_their_language(world: World, store: FakeStore) -> None:
    async def called(user: str) -> Calling:
        return Calling(name="Accueil", reason="Bonjour !") if user == ann else Calling()

    ann, bob = await world.person("ann"), await world.person("bob")
    messenger = MatrixMessenger(world.calls, store, BOT, called=called)
    for person, name, reason in ((ann, "Accueil", "Bonjour !"), (bob, None, None)):
        room_id = await messenger.direct_room(person)
        path = f"/_matrix/client/v3/rooms/{room_id}/state/m.room.member"
        bot = await messenger.request("GET", f"{path}/{BOT}")
        invited = await messenger.request("GET", f"{path}/{person}")
        assert (invited["membership"], invited.get("reason")) == ("invite", reason)
        assert name is None or bot["displayname"] == name
        assert bot["membership"] == "join"


async def test_who_comes_back_reads_the_name_in_the_language_of_now(world: World, store: FakeStore) -> None:
    names = ["Welcome"]

    async def called(_: str) -> Calling:
        return Calling(name=names[-1])

    ann = await world.person("ann")
    messenger = MatrixMessenger(world.calls, store, BOT, called=called)
    room_id = await messenger.direct_room(ann)
    assert await world.act(ann, "leave", room_id)
    names.append("Accueil")
    assert await messenger.direct_room(ann) == room_id
    bot = await messenger.request("GET", f"/_matrix/client/v3/rooms/{room_id}/state/m.room.member/{BOT}")
    assert bot["displayname"] == "Accueil"
