"""Every message exactly once: killed between any two steps, with a homeserver that fails or forgets."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.matrix.answers import Failure, Fate, judge
from bridge.adapters.matrix.delivery import Delivery
from bridge.adapters.matrix.messenger import MatrixPost
from bridge.domain.errors import HomeserverError
from bridge.ports.store import Claim
from tests.fakes.homeserver import BOT, FakeHomeserver, texts
from tests.fakes.synapse import BAD_GATEWAY, BROKEN, UNSENT, limited
from tests.support.memory_outbox import Fuse, Killed, MemoryOutbox


class BurningPost:
    """The real post, with a step before and one after everything it does."""

    def __init__(self, post: MatrixPost, fuse: Fuse) -> None:
        self._post, self._fuse = post, fuse

    async def put(self, claim: Claim) -> str:
        self._fuse.burn()
        event_id = await self._post.put(claim)
        self._fuse.burn()
        return event_id

    async def find(self, claim: Claim) -> str | None:
        self._fuse.burn()
        found = await self._post.find(claim)
        self._fuse.burn()
        return found


@dataclass
class World:
    """A room, what survives a crash (homeserver and store), and the process that does not."""

    homeserver: FakeHomeserver
    room_id: str
    outbox: MemoryOutbox

    def process(self, *, dies_at: int = 0) -> tuple[Delivery, Fuse]:
        fuse = Fuse(dies_at)
        self.outbox.fuse = fuse
        return Delivery(self.outbox.store, BurningPost(MatrixPost(self.homeserver.calls), fuse)), fuse

    def claim(self, key: str = "reply $1", body: str = "hello") -> Claim:
        return Claim(
            key=key,
            sender=BOT,
            room_id=self.room_id,
            event_type="m.room.message",
            content={"msgtype": "m.notice", "body": body},
            claimed_at=self.homeserver.calls.clock.now(),
        )

    @property
    def texts(self) -> list[str]:
        return texts(self.homeserver.synapse, self.room_id)


def make_world() -> World:
    homeserver = FakeHomeserver()
    return World(homeserver, homeserver.synapse.create(BOT, {}), MemoryOutbox())


@pytest.fixture
def world() -> World:
    return make_world()


async def test_the_usual_message_costs_two_units_of_work_and_one_call(world: World) -> None:
    delivery, _ = world.process()
    event_id = await delivery.deliver(world.claim())
    assert world.outbox.units_of_work == 2
    assert world.homeserver.synapse.asked == [("send", BOT)]
    assert world.outbox.claims["reply $1"].event_id == event_id
    assert world.homeserver.synapse.rooms[world.room_id].timeline[-1]["content"]["io.parvis.claim"] == "reply $1"


async def test_a_message_known_to_be_sent_costs_no_call(world: World) -> None:
    delivery, _ = world.process()
    first = await delivery.deliver(world.claim())
    world.homeserver.synapse.asked.clear()
    assert await delivery.deliver(world.claim(body="something else")) == first
    assert world.homeserver.synapse.asked == []
    assert world.texts == ["hello"]


@pytest.mark.parametrize("homeserver_dies_too", [False, True])
@pytest.mark.parametrize("replayed", [False, True])
async def test_a_crash_between_any_two_steps_leaves_exactly_one_message(
    homeserver_dies_too: bool, replayed: bool
) -> None:
    step = 0
    while True:
        step += 1
        world = make_world()
        delivery, fuse = world.process(dies_at=step)
        with suppress(Killed):
            await delivery.deliver(world.claim())
        if not fuse.burnt:
            break
        if homeserver_dies_too:
            world.homeserver.synapse.restart()
        claimed = bool(world.outbox.claims)
        delivery, _ = world.process()
        if not replayed:
            assert await delivery.resume() == 0
        if replayed or not claimed:
            await delivery.deliver(world.claim())
        assert world.texts == ["hello"], f"killed at step {step}"
        assert world.outbox.claims["reply $1"].event_id
    assert step == 7, "two per unit of work and two per request, then none"


FAULTS = st.sampled_from([UNSENT, BROKEN, BAD_GATEWAY, limited(1), judge(500, "M_UNKNOWN", "", None)])


@given(
    faults=st.lists(st.tuples(FAULTS, st.booleans(), st.integers(1, 4)), max_size=4),
    deaths=st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=4),
    messages=st.integers(1, 3),
)
async def test_faults_and_crashes_in_any_order_make_no_message_twice_or_lost(
    faults: list[tuple[Failure, bool, int]], deaths: list[tuple[int, bool]], messages: int
) -> None:
    world = make_world()
    for failure, after, times in faults:
        # What takes effect is never answered with "not now" or "no connection".
        world.homeserver.synapse.fail("send", failure, after=after and not failure.certain, times=times)
    claims = [world.claim(f"claim {number}", f"text {number}") for number in range(messages)]
    for dies_at, homeserver_too in deaths:
        delivery, _ = world.process(dies_at=dies_at)
        with suppress(Killed):
            await delivery.resume()
            for claim in claims:
                # As dispatch does: what failed is tried again another time.
                with suppress(HomeserverError):
                    await delivery.deliver(claim)
        if homeserver_too:
            world.homeserver.synapse.restart()
    delivery, _ = world.process()
    world.homeserver.synapse.faults.clear()
    for claim in claims:
        await delivery.deliver(claim)
    assert sorted(world.texts) == sorted(str(claim.content["body"]) for claim in claims)
    assert await delivery.resume() == 0


async def test_a_message_that_arrived_unseen_is_found_and_not_sent_again(world: World) -> None:
    world.homeserver.synapse.fail("send", BROKEN, after=True)
    delivery, _ = world.process()
    await delivery.deliver(world.claim())
    assert world.texts == ["hello"]
    assert [verb for verb, _ in world.homeserver.synapse.asked] == ["send", "look for message"]


async def test_a_message_is_found_beneath_many_others(world: World) -> None:
    delivery, _ = world.process(dies_at=4)
    with pytest.raises(Killed):
        await delivery.deliver(world.claim())
    room = world.homeserver.synapse.rooms[world.room_id]
    for number in range(350):
        room.say(BOT, "m.room.message", {"body": str(number)})
    world.homeserver.synapse.restart()
    delivery, _ = world.process()
    assert await delivery.resume() == 0
    assert world.texts.count("hello") == 1
    assert world.homeserver.synapse.count("look for message") == 4


async def test_looking_ends_where_the_claim_is_younger_than_the_messages(world: World) -> None:
    room = world.homeserver.synapse.rooms[world.room_id]
    for number in range(350):
        room.say(BOT, "m.room.message", {"body": str(number)})
    await world.homeserver.synapse.clock.sleep(2 * 3600)
    delivery, _ = world.process(dies_at=3)
    with pytest.raises(Killed):
        await delivery.deliver(world.claim())
    delivery, _ = world.process()
    await delivery.resume()
    assert world.homeserver.synapse.count("look for message") == 1
    assert world.texts.count("hello") == 1


async def test_a_refused_message_is_given_up_at_the_next_start_and_a_wrong_token_costs_none(world: World) -> None:
    world.homeserver.synapse.knows_us = False
    delivery, _ = world.process()
    with pytest.raises(HomeserverError):
        await delivery.deliver(world.claim())
    assert await delivery.resume() == 1
    world.homeserver.synapse.knows_us = True
    world.homeserver.people.leave(BOT, world.room_id)
    assert await delivery.resume() == 0
    assert await delivery.resume() == 0
    assert world.texts == []


async def test_a_refused_message_is_not_sent_at_a_later_start_when_something_else_was_said_instead(
    world: World,
) -> None:
    world.homeserver.synapse.fail(
        "send", Failure(fate=Fate.REFUSED, status=400, errcode="M_UNKNOWN", said="no such thread"), times=1
    )
    delivery, _ = world.process()
    with pytest.raises(HomeserverError):
        await delivery.deliver(world.claim())
    delivery, _ = world.process()
    await delivery.resume()
    assert world.texts == []
    await delivery.deliver(world.claim())
    assert world.texts == ["hello"]


async def test_two_at_once_with_the_same_claim_send_one_message(world: World) -> None:
    delivery, _ = world.process()
    first, second = await asyncio.gather(delivery.deliver(world.claim()), delivery.deliver(world.claim()))
    assert first == second
    assert world.texts == ["hello"]
