"""Plain calls to a server's client port. A session per call: nothing here belongs to an event loop."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from deploy.localnet.errors import LocalnetError
from deploy.localnet.specs import Account

PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered; `content` is the parsed JSON, or the text if it was none."""

    status: int
    content: Any

    def ok(self, what: str) -> Any:
        """The content of a 200, else an error that says what did not work."""
        if self.status != 200:
            raise LocalnetError(f"{what} failed: {self.status} {self.content}")
        return self.content


async def call(
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: object = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = PATIENCE,
) -> Reply:
    headers = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    # Not aiohttp's default of trust in the environment: a proxy has no business on loopback.
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds), trust_env=False) as session,
        session.request(method, url, headers=headers, json=body, params=query) as response,
    ):
        text = await response.text()
        try:
            return Reply(status=response.status, content=json.loads(text))
        except ValueError:
            return Reply(status=response.status, content=text)


async def register(
    base_url: str, secret: str, name: str, *, password: str, admin: bool, display_name: str | None
) -> Reply:
    """Make a user through the admin API, which a shared secret opens even for the first admin."""
    url = f"{base_url}/_synapse/admin/v1/register"
    nonce = (await call("GET", url)).ok("asking for a nonce")["nonce"]
    words = [nonce, name, password, "admin" if admin else "notadmin"]
    mac = hmac.new(secret.encode(), "\0".join(words).encode(), hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
    return await call("POST", url, body=body | ({"displayname": display_name} if display_name else {}))


async def log_in(base_url: str, name: str, password: str) -> Reply:
    identifier = {"type": "m.id.user", "user": name}
    body = {"type": "m.login.password", "identifier": identifier, "password": password}
    return await call("POST", f"{base_url}/_matrix/client/v3/login", body=body)


def account_from(content: Mapping[str, str], password: str) -> Account:
    return Account(
        user_id=content["user_id"],
        access_token=content["access_token"],
        device_id=content["device_id"],
        password=password,
    )
