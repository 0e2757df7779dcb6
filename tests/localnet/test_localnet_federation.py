"""Three real servers that talk to each other."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from bridge.domain.messages import Text
from deploy.demo.people import Person, following
from deploy.localnet.network import Network, network
from deploy.localnet.server import Server
from deploy.localnet.specs import Account, ServerSpec
from tests.localnet.talk import create_room, eventually, join, messages, say

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Network]:
    specs = [ServerSpec(name) for name in ("corp.test", "acme.test", "stranger.test")]
    async with network(specs, folder=tmp_path_factory.mktemp("three")) as net:
        yield net


async def test_every_server_reaches_every_other(three: Network) -> None:
    await three.federated()


async def test_a_message_sent_on_one_server_is_read_on_the_others(three: Network) -> None:
    corp, ann = three["corp.test"], await three["corp.test"].register("ann", display_name="Ann")
    room = await create_room(corp, ann, preset="public_chat")
    guests: list[tuple[Server, Account]] = []
    for name in ("acme.test", "stranger.test"):
        guest = await three[name].register("bob")
        assert (await join(three[name], guest, room, via="corp.test")).status == 200
        guests.append((three[name], guest))

    await say(corp, ann, room, "good morning")

    for server, guest in guests:
        await eventually(partial(messages, server, guest, room), lambda found: "good morning" in found)


async def test_an_answer_from_the_third_server_reaches_the_second(three: Network) -> None:
    acme, stranger = three["acme.test"], three["stranger.test"]
    host, guest = await acme.register("host"), await stranger.register("guest")
    room = await create_room(acme, host, preset="public_chat")
    assert (await join(stranger, guest, room, via="acme.test")).status == 200

    await say(stranger, guest, room, "hello from outside")

    await eventually(lambda: messages(acme, host, room), lambda found: "hello from outside" in found)


async def test_who_is_put_out_and_invited_again_before_their_client_asks_sees_the_invitation(three: Network) -> None:
    """Synapse tells such a client both at once, that it is out and that it is invited."""
    corp, acme = three["corp.test"], three["acme.test"]
    ann, bob = await corp.register("anna"), Person(await acme.register("bobby"), acme, "Bob")
    room = await create_room(corp, ann, preset="private_chat", invite=[bob.user_id])
    async with following(bob):
        await bob.until(lambda: room in bob.invited, Text.same("Bob is not invited"))
        await bob.accept(room)
        await bob.until(lambda: room in bob.joined, Text.same("Bob is not in"))
    for change, section in (("kick", "leave"), ("invite", "invite")):
        path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/{change}"
        reply = await corp.request("POST", path, token=ann.access_token, body={"user_id": bob.user_id})
        assert reply.status == 200
        await eventually(partial(told, acme, bob, section), lambda rooms: room in rooms)
    async with following(bob):
        await bob.until(lambda: room in bob.invited, Text.same("Bob is not invited again"))
    assert room not in bob.joined


async def told(server: Server, person: Person, section: str) -> dict[str, Any]:
    """The rooms of a client that asks for the first time, by how the person stands to them."""
    query = {"filter": '{"room":{"include_leave":true}}'}
    reply = await server.request("GET", "/_matrix/client/v3/sync", token=person.account.access_token, query=query)
    return dict(reply.content.get("rooms", {}).get(section, {}))


async def test_a_name_outside_the_network_is_refused_at_once(three: Network) -> None:
    corp = three["corp.test"]

    reply = await corp.request("GET", "/_matrix/client/v3/directory/room/%23room%3Amatrix.example")

    assert reply.status == 502


async def test_a_profile_is_not_shown_without_login(three: Network) -> None:
    corp, carol = three["corp.test"], await three["corp.test"].register("carol", display_name="Carol")
    path = f"/_matrix/client/v3/profile/{carol.user_id}"

    assert (await corp.request("GET", path)).status == 401
    assert (await corp.request("GET", path, token=carol.access_token)).content["displayname"] == "Carol"


async def test_the_admin_is_an_admin_and_stays_the_same(three: Network) -> None:
    corp = three["corp.test"]
    admin = await corp.admin()

    assert await corp.admin() == admin
    assert (await corp.request("GET", "/_synapse/admin/v1/rooms", token=admin.access_token)).status == 200


async def test_the_room_version_is_the_default_that_was_asked_for(three: Network) -> None:
    corp, dora = three["corp.test"], await three["corp.test"].register("dora")

    reply = await corp.request("GET", "/_matrix/client/v3/capabilities", token=dora.access_token)

    assert reply.content["capabilities"]["m.room_versions"]["default"] == "12"


async def test_every_server_started_from_the_template(three: Network) -> None:
    assert [server.used_template for server in three] == [True, True, True]


async def test_servers_write_only_into_their_own_folder(three: Network) -> None:
    for server in three:
        assert server.folder == three.folder / server.server_name
        assert server.log_path.read_text().strip()
        assert (server.folder / "homeserver.db").exists()
