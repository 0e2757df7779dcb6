"""The lines for a reverse proxy in ``docs/homeserver.md``, in a real nginx before a real Synapse."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import aiohttp
import pytest

from bridge.adapters.matrix.outside import BY_ID
from deploy.localnet.network import network
from deploy.localnet.ports import ReservedPort
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.requests import call
from deploy.localnet.server import Server
from deploy.localnet.specs import ServerSpec
from tests.localnet.talk import eventually
from tests.rules.doctor.test_proxy_lines import VERSIONS, documented
from tests.support.company import CORP

NGINX: Final = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = [
    pytest.mark.homeserver,
    pytest.mark.skipif(NGINX is None, reason="nginx: the reverse proxy comes from apt, which not every machine has"),
]

CLIENT: Final = "/_matrix/client"
USUAL: Final = """
location ~ ^(/_matrix|/_synapse/client) {{ proxy_pass {address}; proxy_set_header Host $host:$server_port; }}
location /_synapse/admin {{ proxy_pass {address}; }}
"""
"""What stands in such files; the first part is Synapse's own example (docs/reverse_proxy.md)."""
ORDERS: Final = {"before": "{lines}{usual}", "after": "{usual}{lines}"}
ASKED: Final = [
    *(("GET", f"{CLIENT}/{way}") for way in BY_ID),
    *(("PUT", f"{CLIENT}/{version}/directory/room/%23x:{CORP}") for version in VERSIONS),
]


async def test_whether_a_room_is_there_is_told_to_nobody_wherever_the_lines_are_pasted(tmp_path: Path) -> None:
    async with network([ServerSpec(CORP)], folder=tmp_path / "servers") as net:
        corp = net[CORP]
        ann = await corp.register("ann")
        made = await corp.request("POST", f"{CLIENT}/v3/createRoom", token=ann.access_token, body={})
        room = made.ok("creating a room")["room_id"]
        async with proxied(corp, tmp_path, "{usual}") as open_to_all:
            assert [asked for asked in ASKED if not await tells(open_to_all, asked, room)] == []
        for order in ORDERS.values():
            async with proxied(corp, tmp_path, order) as address:
                assert [asked for asked in ASKED if await tells(address, asked, room)] == []
                assert (await call("GET", f"{address}/_synapse/admin/v1/rooms")).status == 403
                found = await call("GET", f"{address}{CLIENT}/v3/directory/room/%23x:{CORP}")
                assert (found.status, found.content["errcode"]) == (404, "M_NOT_FOUND")


async def tells(address: str, asked: tuple[str, str], room: str) -> bool:
    """Whether the room is answered otherwise than one that is not there, to who has no account."""
    method, path = asked
    answers = []
    for one in (room, "!" + "A" * (len(room) - 1)):
        body = {"room_id": one} if method == "PUT" else None
        reply = await call(method, address + path.replace("{room}", quote(one, safe="")), body=body)
        answers.append((reply.status, str(reply.content).replace(one, "")))
    return answers[0] != answers[1]


@asynccontextmanager
async def proxied(server: Server, folder: Path, order: str) -> AsyncIterator[str]:
    """The address of an nginx before the server, with its usual locations and the documented lines in this order."""
    port, file = ReservedPort(), folder / "nginx.conf"
    server_block = order.format(lines=documented(), usual=USUAL.format(address=server.client_url))
    temporary = "".join(
        f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port.number};\n{server_block}}} }}\n",
        encoding="utf-8",
    )
    command = [str(NGINX), "-c", str(file), "-p", str(folder)]
    nginx = GuardedProcess(command, log=folder / "nginx.log", folder=folder, env=minimal_environment(folder))
    address = f"http://127.0.0.1:{port.number}"

    async def answers() -> bool:
        assert nginx.running, (folder / "nginx.log").read_text(encoding="utf-8")
        try:
            return (await call("GET", f"{address}{CLIENT}/versions")).status == 200
        except aiohttp.ClientError:
            return False

    try:
        await eventually(answers, bool)
        yield address
    finally:
        await nginx.stop()
        port.release()
