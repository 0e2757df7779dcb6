"""Requests as another homeserver makes them, signed with its key: what a partner's administrator can ask ours."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from yarl import URL

from deploy.localnet.requests import Reply, call
from deploy.localnet.server import Server


async def ask_as_server(peer: Server, target: Server, path: str) -> Reply:
    """GET ``path`` of ``target``'s federation API in the name of ``peer`` (server-server API, request signing)."""
    path = URL(target.client_url + path).raw_path_qs  # as it is sent: aiohttp undoes some of the quoting
    algorithm, version, seed = (peer.folder / "signing.key").read_text().split()
    key = Ed25519PrivateKey.from_private_bytes(_decoded(seed))
    names = {"origin": peer.server_name, "destination": target.server_name}
    signed = json.dumps({"method": "GET", "uri": path, **names}, sort_keys=True, separators=(",", ":"))
    signature = base64.b64encode(key.sign(signed.encode())).decode().rstrip("=")
    words = {**names, "key": f"{algorithm}:{version}", "sig": signature}
    header = "X-Matrix " + ",".join(f'{name}="{value}"' for name, value in words.items())
    return await call("GET", target.client_url + path, headers={"Authorization": header})


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
