"""A real Synapse that limits, forbids, dies or is cut off in the middle of a call: nothing is lost or done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from bridge.adapters.matrix.accounts import ensure_registered
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.adapters.matrix.messenger import MatrixMessenger, resend_open
from bridge.adapters.time import SystemClock
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import Membership
from deploy.localnet.network import network
from deploy.localnet.specs import ServerSpec
from tests.contracts.homeservers import RealWorld, real_world, room
from tests.support.memory_outbox import MemoryOutbox
from tests.support.proxy import FaultyProxy, Trouble
from tests.support.synapse import AS_TOKEN, BOT, CORP, RealServers, registration

pytestmark = pytest.mark.homeserver

HELLO = {"msgtype": "m.notice", "body": "Bonjour"}
AFTER = [Trouble.BAD_GATEWAY_AFTER, Trouble.DROP_AFTER]
BEFORE = [Trouble.BAD_GATEWAY, Trouble.DROP]


class Impatient(SystemClock):
    """The real time, but who sleeps wakes at once and believes to have slept."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self._skipped += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def proxy(real_servers: RealServers) -> AsyncIterator[FaultyProxy]:
    async with FaultyProxy(real_servers.corp.client_url) as proxy:
        yield proxy


@pytest.fixture
async def world(real_servers: RealServers, proxy: FaultyProxy) -> AsyncIterator[RealWorld]:
    world = await real_world(real_servers, proxy.url, Impatient())
    proxy.requests.clear()
    yield world
    await world.close()


async def joined(world: RealWorld) -> list[str]:
    rooms: list[str] = (await world.homeserver.request("GET", "/_matrix/client/v3/joined_rooms"))["joined_rooms"]
    return rooms


async def bodies(world: RealWorld, room_id: str) -> list[str]:
    return [content["body"] for content in await world.timeline(room_id)]


@pytest.mark.parametrize("trouble", AFTER + BEFORE)
async def test_a_message_of_unknown_fate_is_sent_once(world: RealWorld, proxy: FaultyProxy, trouble: Trouble) -> None:
    room_id = await world.homeserver.create_room(room())
    proxy.cause(trouble, method="PUT", contains="/send/")
    await MatrixMessenger(world.calls, MemoryOutbox().store, BOT).send(room_id, HELLO, claim="a")
    assert await bodies(world, room_id) == ["Bonjour"]
    assert proxy.count("PUT", "/send/") == (1 if trouble in AFTER else 2)


@pytest.mark.parametrize("trouble", AFTER + BEFORE)
async def test_a_room_of_unknown_fate_is_found_or_made_once(
    world: RealWorld, proxy: FaultyProxy, trouble: Trouble
) -> None:
    before, marker = len(await joined(world)), f"unknown-{trouble.name}"
    proxy.cause(trouble, contains="createRoom")
    with pytest.raises(HomeserverError) as caught:
        await world.homeserver.create_room(room(marker))
    assert not caught.value.certain
    assert proxy.count(contains="createRoom") == 1
    found = await world.homeserver.find_room(marker)
    assert (found is not None) is (trouble in AFTER)
    assert len(await joined(world)) - before == (1 if trouble in AFTER else 0)


@pytest.mark.parametrize("trouble", AFTER + BEFORE)
async def test_a_setting_is_written_again_only_when_it_was_not(
    world: RealWorld, proxy: FaultyProxy, trouble: Trouble
) -> None:
    room_id = await world.homeserver.create_room(room())
    proxy.cause(trouble, method="PUT", contains="m.room.topic")
    await world.homeserver.set_state(room_id, "m.room.topic", "", {"topic": "Budget"})
    assert (await world.homeserver.read_room(room_id)).state["m.room.topic", ""] == {"topic": "Budget"}
    assert proxy.count("PUT", "m.room.topic") == (1 if trouble in AFTER else 2)


@pytest.mark.parametrize("trouble", AFTER + BEFORE)
async def test_memberships_publication_and_aliases_survive_a_broken_connection(
    world: RealWorld, proxy: FaultyProxy, trouble: Trouble
) -> None:
    homeserver, ann = world.homeserver, await world.person("ann")
    await homeserver.check_admin(frozenset())
    service = homeserver.service_user
    assert service is not None
    room_id = await homeserver.create_room(room(power_levels={"users": {service: 50}, "invite": 50}))
    alias = f"#grp_trouble_{trouble.name.lower()}:{CORP}"
    for part in ("/invite", "/join/", "/_synapse/admin/v1/join", "/kick", "/directory/list", "/directory/room"):
        proxy.cause(trouble, contains=part)
    await homeserver.invite(room_id, service)
    await homeserver.join_directly(room_id, service)
    await homeserver.join_directly(room_id, ann)
    await homeserver.publish(room_id, visible=True)
    await homeserver.add_alias(alias, room_id)
    members = (await homeserver.read_room(room_id)).members
    assert members == dict.fromkeys((BOT, service, ann), Membership.JOIN)
    await homeserver.remove(room_id, ann)
    assert ann not in (await homeserver.read_room(room_id)).members
    assert await homeserver.published(room_id)
    assert await homeserver.aliases(room_id) == (alias,)


@pytest.mark.parametrize("trouble", [Trouble.DROP_AFTER, Trouble.DROP])
async def test_a_message_survives_the_death_of_the_homeserver(
    world: RealWorld, proxy: FaultyProxy, trouble: Trouble
) -> None:
    room_id, corp = await world.homeserver.create_room(room()), world.servers.corp

    async def die_and_come_back() -> None:
        await corp.kill()
        await corp.start()

    proxy.cause(trouble, method="PUT", contains="/send/", before_answer=die_and_come_back)
    await MatrixMessenger(world.calls, MemoryOutbox().store, BOT).send(room_id, HELLO, claim="a")
    assert await bodies(world, room_id) == ["Bonjour"]


async def test_many_messages_under_way_survive_the_death_of_the_homeserver(world: RealWorld) -> None:
    room_id, corp = await world.homeserver.create_room(room()), world.servers.corp
    outbox = MemoryOutbox()
    messenger = MatrixMessenger(world.calls, outbox.store, BOT)
    numbers = [str(number) for number in range(20)]

    some_are_sent = asyncio.Event()

    async def send(number: str) -> None:
        with suppress(HomeserverError):
            await messenger.send(room_id, {**HELLO, "body": number}, claim=number)
        if int(number) == 4:
            some_are_sent.set()

    async def kill_in_the_middle() -> None:
        await some_are_sent.wait()
        await corp.kill()

    await asyncio.gather(kill_in_the_middle(), *(send(number) for number in numbers))
    assert await outbox.open_claims()
    await corp.start()
    assert await resend_open(world.calls, outbox.store) == 0
    assert sorted(await bodies(world, room_id)) == sorted(numbers)


async def test_who_has_no_account_yet_is_named(world: RealWorld) -> None:
    homeserver = world.homeserver
    await homeserver.check_admin(frozenset())
    service = homeserver.service_user
    assert service is not None
    room_id = await homeserver.create_room(room(power_levels={"users": {service: 50}, "invite": 50}))
    await homeserver.invite(room_id, service)
    await homeserver.join_directly(room_id, service)
    with pytest.raises(HomeserverError, match=f"@nobody:{CORP} has no account on the homeserver yet"):
        await homeserver.join_directly(room_id, f"@nobody:{CORP}")


async def test_a_wrong_token_is_told_by_its_setting(real_servers: RealServers) -> None:
    calls = Calls(real_servers.corp.client_url, "wrong" * 10, clock=Impatient())
    homeserver = MatrixHomeserver(calls, server_name=CORP, bot=BOT, admin_token="wrong")
    with pytest.raises(HomeserverError, match=r"appservice\.as_token") as caught:
        await homeserver.reachable()
    assert caught.value.kind is ErrorKind.REFUSED
    with pytest.raises(HomeserverError, match=r"homeserver\.admin_token"):
        await homeserver.check_admin(frozenset())
    await calls.close()


@pytest.mark.parametrize("bot", [f"@somebody:{CORP}", "@parvis:elsewhere.test"])
async def test_a_bot_that_is_not_ours_is_told_at_the_start(real_servers: RealServers, bot: str) -> None:
    calls = Calls(real_servers.corp.client_url, AS_TOKEN, clock=Impatient())
    with pytest.raises(HomeserverError, match="sender_localpart") as caught:
        await MatrixHomeserver(calls, server_name=bot.partition(":")[2], bot=bot).reachable()
    assert caught.value.kind is ErrorKind.REFUSED
    await calls.close()


async def test_a_strict_homeserver_slows_down_a_bot_and_forbids_publishing(tmp_path: Path) -> None:
    limits = {"rc_message": {"per_second": 4, "burst_count": 2}}
    ours = {**registration(), "rate_limited": True}
    spec = ServerSpec(CORP, appservices=(ours,), rate_limited=True, may_publish=(), extra=limits)
    seen: list[tuple[str, str]] = []
    async with network([spec], folder=tmp_path) as net:
        calls = Calls(
            net[CORP].client_url,
            AS_TOKEN,
            clock=SystemClock(),
            observe=lambda verb, outcome, _seconds: seen.append((verb, outcome)),
        )
        bot, ghost = MatrixHomeserver(calls, server_name=CORP, bot=BOT), f"@parvis_digest:{CORP}"
        for user in (BOT, ghost):
            await ensure_registered(calls, user)
        room_id = await bot.create_room(room())
        await bot.invite(room_id, ghost)
        messenger = MatrixMessenger(calls, MemoryOutbox().store, ghost)
        await messenger.join(room_id)
        sent = [await messenger.send(room_id, HELLO, claim=str(number)) for number in range(6)]
        assert len(set(sent)) == 6
        assert ("send", "limited") in seen
        with pytest.raises(HomeserverError, match="room_list_publication_rules") as caught:
            await bot.publish(room_id, visible=True)
        assert caught.value.kind is ErrorKind.REFUSED
        assert not await bot.published(room_id)
        await calls.close()
