"""Requests as another homeserver makes them, signed with its key: what a partner's administrator can ask ours."""

from yarl import URL

from bridge.adapters.matrix.peering import Peer
from deploy.localnet.requests import Reply, call
from deploy.localnet.server import Server


async def ask_as_server(peer: Server, target: Server, path: str) -> Reply:
    """GET ``path`` of ``target``'s federation API in the name of ``peer``."""
    path = URL(target.client_url + path).raw_path_qs  # as it is sent: aiohttp undoes some of the quoting
    signing = Peer(server=peer.server_name, key=signing_key(peer))
    headers = {"Authorization": signing.header("GET", target.server_name, path)}
    return await call("GET", target.client_url + path, headers=headers)


def signing_key(server: Server) -> str:
    """The line of its ``signing.key``."""
    return (server.folder / "signing.key").read_text().strip()
