"""Stop, crash, hang, fail to start: what a server keeps and what it says."""

import asyncio
import itertools
import socket
from pathlib import Path

import pytest

from deploy.localnet.errors import LocalnetError
from deploy.localnet.installation import installed_synapse
from deploy.localnet.network import network, prepared
from deploy.localnet.requests import call
from deploy.localnet.server import Server
from deploy.localnet.specs import ServerSpec
from deploy.localnet.template import template_database
from deploy.localnet.waiting import until
from tests.localnet.running import running_with
from tests.localnet.talk import CLIENT, create_room, eventually, messages, say

pytestmark = pytest.mark.homeserver

BOT: dict[str, object] = {
    "id": "parvis", "url": None, "as_token": "as-secret", "hs_token": "hs-secret", "sender_localpart": "parvis",
    "rate_limited": False, "namespaces": {"users": [{"regex": "@parvis.*", "exclusive": True}]},
}  # fmt: skip


async def test_a_crash_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        corp, url = net["corp.test"], net["corp.test"].client_url
        ann = await corp.register("ann")
        room = await create_room(corp, ann)
        acknowledged: list[str] = []

        async def chatter() -> None:
            for text in map(str, itertools.count()):
                (await say(corp, ann, room, text)).ok("sending")
                acknowledged.append(text)

        talking = asyncio.create_task(chatter())
        await until(lambda: len(acknowledged) >= 20, 30)
        await corp.kill()
        assert not corp.running
        await asyncio.gather(talking, return_exceptions=True)
        await corp.start()

        assert corp.client_url == url
        found = await messages(corp, ann, room)
        # The one on its way when the server died may or may not be there.
        assert found[: len(acknowledged)] == acknowledged
        assert len(found) <= len(acknowledged) + 1


async def test_stop_and_start_keep_accounts_rooms_and_the_admin(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        corp = net["corp.test"]
        ann, admin = await corp.register("ann", password="pass"), await corp.admin()
        room = await create_room(corp, ann)
        await say(corp, ann, room, "before")
        first = corp.pid
        await corp.stop()
        stopped = corp.pid
        await corp.start()

        assert stopped is None
        assert corp.pid not in {None, first}
        assert await messages(corp, ann, room) == ["before"]
        assert (await corp.log_in("ann", "pass")).user_id == ann.user_id
        assert await corp.admin() == admin


async def test_a_folder_can_be_used_again_by_a_later_network(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        ann, admin = await net["corp.test"].register("ann"), await net["corp.test"].admin()
        room = await create_room(net["corp.test"], ann)
        await say(net["corp.test"], ann, room, "yesterday")

    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        assert await messages(net["corp.test"], ann, room) == ["yesterday"]
        assert (await net["corp.test"].admin()).user_id == admin.user_id
        assert not net["corp.test"].used_template


async def hangs(server: Server) -> bool:
    """Whether it accepts a request and does not answer: its guard stops it a moment after it was asked to."""
    try:
        await asyncio.wait_for(server.request("GET", "/health"), 0.3)
    except TimeoutError:
        return True
    return False


async def test_a_paused_server_hangs_and_a_stopped_one_refuses(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        corp = net["corp.test"]
        corp.pause()
        await eventually(lambda: hangs(corp), bool)
        corp.resume()
        assert (await corp.request("GET", "/health")).status == 200
        await corp.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", corp.client_port))


async def test_two_networks_with_the_same_names_live_side_by_side(tmp_path: Path) -> None:
    specs = [ServerSpec("corp.test"), ServerSpec("acme.test")]
    async with network(specs, folder=tmp_path / "one") as one, network(specs, folder=tmp_path / "two") as two:
        await asyncio.gather(one.federated(), two.federated())
        ann = await one["corp.test"].register("ann")
        whoami = f"{CLIENT}/account/whoami"

        assert (await one["corp.test"].request("GET", whoami, token=ann.access_token)).status == 200
        assert (await two["corp.test"].request("GET", whoami, token=ann.access_token)).status == 401


async def test_a_start_that_fails_says_why_and_leaves_nothing_running(tmp_path: Path) -> None:
    started: list[Server] = []
    with pytest.raises(LocalnetError, match=r"(?s)bad\.test ended at once.*abacus"):
        async with network(
            [ServerSpec("good.test"), ServerSpec("bad.test", extra={"database": {"name": "abacus"}})],
            folder=tmp_path,
        ) as net:
            started.extend(net)
    assert started == []
    assert not running_with(str(tmp_path))


async def test_a_port_that_somebody_took_is_named_in_the_error(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        corp = net["corp.test"]
        await corp.stop()
        with (
            socket.create_server(("127.0.0.1", corp.client_port)),
            pytest.raises(LocalnetError, match=r"(?s)corp\.test .*Failed to listen on TCP port"),
        ):
            await corp.start()
        await corp.start()
        assert corp.running


async def test_limits_can_be_left_in_place_and_lifted_at_the_next_start(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test", rate_limited=True)], folder=tmp_path) as net:
        corp = net["corp.test"]
        ann = await corp.register("ann")
        room = await create_room(corp, ann)
        await eventually(lambda: say(corp, ann, room, "quick"), lambda reply: reply.status == 429)

        await corp.stop()
        corp.reconfigure(ServerSpec("corp.test"))
        await corp.start()
        assert {(await say(corp, ann, room, "quick")).status for _ in range(30)} == {200}


async def test_the_app_services_sender_may_publish_and_a_user_may_not(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test", appservices=(BOT,))], folder=tmp_path) as net:
        corp = net["corp.test"]
        ann = await corp.register("ann")
        whoami = await corp.request("GET", f"{CLIENT}/account/whoami", token="as-secret")
        assert whoami.content["user_id"] == "@parvis:corp.test"

        assert await published(corp, "as-secret") == 200
        assert await published(corp, ann.access_token) == 403


async def test_the_template_is_made_once_by_whoever_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = (await installed_synapse()).parents[2]
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "venvs").symlink_to(installed)
    monkeypatch.setenv("PARVIS_CACHE", str(tmp_path / "cache"))
    python, said = await installed_synapse(), list[str]()

    first, second = await asyncio.gather(*(template_database(python, said.append) for _ in range(2)))

    assert first == second
    assert said == ["Preparing an empty database (once)"]
    assert sorted(path.name for path in first.parent.iterdir()) == [first.name, f"{first.stem}.lock"]


def test_a_network_can_be_used_without_an_event_loop_of_ones_own(tmp_path: Path) -> None:
    net = asyncio.run(prepared([ServerSpec("corp.test")], folder=tmp_path))
    try:
        asyncio.run(net.start())
        assert asyncio.run(call("GET", f"{net['corp.test'].client_url}/health")).status == 200
    finally:
        asyncio.run(net.close())
    assert not running_with(str(tmp_path))


async def published(server: Server, token: str) -> int:
    body = {"preset": "public_chat"}
    created = await server.request("POST", f"{CLIENT}/createRoom", token=token, body=body)
    path = f"{CLIENT}/directory/list/room/{created.ok('creating a room')['room_id']}"
    return (await server.request("PUT", path, token=token, body={"visibility": "public"})).status
