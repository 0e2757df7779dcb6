"""The homeserver port when calls fail half-way: what is repeated, what is looked up, what is told."""

import pytest

from bridge.adapters.matrix.answers import Failure
from bridge.adapters.matrix.calls import JUST_NOW
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.homeserver import RoomCreation
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import BOT, FakeHomeserver
from tests.fakes.synapse import BAD_GATEWAY, BROKEN, UNSENT, limited
from tests.fakes.synapse_rooms import No

MARKED = (("io.parvis.group", "", {"group": "late"}),)
CREATION = RoomCreation(name="", initial_state=MARKED)


class Slow(FakeClock):
    """Something else happens while one sleeps."""

    def __init__(self) -> None:
        super().__init__(eager=True)
        self.homeserver: FakeHomeserver | None = None

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.homeserver is not None:
            state = {"type": "io.parvis.group", "state_key": "", "content": {"group": "late"}}
            self.homeserver.synapse.create(BOT, {"initial_state": [state]})


async def test_a_room_whose_creation_ends_late_is_found_all_the_same() -> None:
    clock = Slow()
    homeserver = FakeHomeserver(clock=clock)
    homeserver.synapse.fail("create room", BROKEN)
    with pytest.raises(HomeserverError) as caught:
        await homeserver.create_room(CREATION)
    assert not caught.value.certain
    clock.homeserver = homeserver
    assert await homeserver.find_room("late") in homeserver.synapse.rooms


async def test_absence_is_believed_at_once_when_no_creation_can_be_under_way() -> None:
    clock = FakeClock(eager=True)
    homeserver = FakeHomeserver(clock=clock)
    await clock.advance(60)
    assert await homeserver.find_room("nothing") is None
    assert clock.slept == []


@pytest.mark.parametrize(("failure", "calls"), [(UNSENT, 2), (limited(1), 2), (BROKEN, 1), (BAD_GATEWAY, 1)])
async def test_a_creation_is_repeated_only_when_it_certainly_did_nothing(failure: Failure, calls: int) -> None:
    homeserver = FakeHomeserver()
    homeserver.synapse.fail("create room", failure, after=calls == 1)
    try:
        await homeserver.create_room(CREATION)
    except HomeserverError as error:
        certain = error.certain
    else:
        certain = True
    assert certain is (calls == 2)
    assert len(homeserver.synapse.rooms) == 1


async def test_a_setting_that_was_written_unseen_is_not_written_again() -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(CREATION)
    homeserver.synapse.fail("set state", BROKEN, after=True)
    await homeserver.set_state(room_id, "m.room.topic", "", {"topic": "x"})
    assert homeserver.synapse.count("set state") == 1


async def test_a_setting_that_never_arrives_is_given_up_as_unknown() -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(CREATION)
    homeserver.synapse.fail("set state", BROKEN, times=9)
    with pytest.raises(HomeserverError) as caught:
        await homeserver.set_state(room_id, "m.room.topic", "", {"topic": "x"})
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.TEMPORARY, False)


async def test_who_blocks_invitations_is_told_as_such() -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(CREATION)
    homeserver.synapse.blocking.add("@ann:corp.example")
    with pytest.raises(HomeserverError, match="does not accept invitations") as caught:
        await homeserver.invite(room_id, "@ann:corp.example")
    assert caught.value.kind is ErrorKind.REFUSED


async def test_a_dead_homeserver_is_told_without_waiting_when_asked_whether_it_lives() -> None:
    homeserver = FakeHomeserver()
    homeserver.synapse.fail("whoami", UNSENT, times=9)
    with pytest.raises(HomeserverError, match=r"homeserver\.address") as caught:
        await homeserver.reachable()
    assert caught.value.kind is ErrorKind.TEMPORARY
    assert homeserver.synapse.faults[0].times == 8


async def test_a_homeserver_that_has_just_answered_is_asked_again_only_later() -> None:
    clock = FakeClock(eager=True)
    homeserver = FakeHomeserver(clock=clock)
    await homeserver.create_room(CREATION)
    homeserver.synapse.asked.clear()
    await homeserver.reachable()
    assert homeserver.synapse.asked == []
    await clock.advance(JUST_NOW + 1)
    await homeserver.reachable()
    assert homeserver.synapse.asked == [("whoami", BOT)]


async def test_publishing_against_the_rules_names_them() -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(CREATION)
    homeserver.synapse.may_publish = False
    with pytest.raises(HomeserverError, match="room_list_publication_rules"):
        await homeserver.publish(room_id, visible=True)


async def test_people_in_the_fake_are_bound_by_the_same_rules() -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(CREATION)
    with pytest.raises(No):
        homeserver.people.join("@ann:corp.example", room_id)
    await homeserver.invite(room_id, "@ann:corp.example")
    homeserver.people.accept_everything(["@ann:corp.example"])
    with pytest.raises(No):
        homeserver.people.write("@ann:corp.example", room_id, "m.room.name", {"name": "mine"})
