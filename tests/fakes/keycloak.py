"""Keycloak's admin API with an exported realm behind it: what version 26 answers, or 22 with whole trees of groups.

A real server on loopback. Users come in the order of their names and groups in that of theirs, a hundred at once.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Row = dict[str, Any]
BRIEF = ("id", "username", "enabled", "firstName", "lastName", "email", "emailVerified")


@dataclass
class FakeKeycloak:
    """A realm that may be changed while it is served. ``before`` sees every request and may raise or change things."""

    realm: Row
    version: int = 26
    lifespan: int = 300
    secret: str = "s3cret"
    may: frozenset[str] = frozenset({"view-users"})
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    before: Callable[[str], None] = lambda _path: None
    url: str = ""

    @property
    def users(self) -> list[Row]:
        """Who is listed: accounts of services are not."""
        people = [user for user in self.realm["users"] if "serviceAccountClientId" not in user]
        return sorted(people, key=lambda user: str(user["username"]))

    def groups(self) -> Iterator[Row]:
        """Every group of the realm."""
        waiting = list(self.realm["groups"])
        while waiting:
            group = waiting.pop()
            waiting += group.get("subGroups", [])
            yield group

    def app(self) -> web.Application:
        """The routes that are known here; everything else is 404, as there."""
        base = f"/admin/realms/{self.realm['realm']}"
        app = web.Application(middlewares=[self._watched])
        app.router.add_post(f"/realms/{self.realm['realm']}/protocol/openid-connect/token", self._token)
        app.router.add_get(f"{base}/users", self._users)
        app.router.add_get(f"{base}/users/count", self._count)
        app.router.add_get(f"{base}/groups", self._groups)
        app.router.add_get(f"{base}/groups/{{id}}/children", self._children)
        app.router.add_get(f"{base}/groups/{{id}}/members", self._members)
        return app

    @web.middleware
    async def _watched(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.before(request.path_qs)
        if request.path.startswith("/admin/"):
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.good:
                return web.json_response({"error": "HTTP 401 Unauthorized"}, status=401)
            if "view-users" not in self.may:
                return web.json_response({"error": "HTTP 403 Forbidden"}, status=403)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form.get("grant_type"), form.get("client_secret")) != ("client_credentials", self.secret):
            wrong = {
                "error": "unauthorized_client",
                "error_description": "Invalid client or Invalid client credentials",
            }
            return web.json_response(wrong, status=401)
        self.tokens.append(f"token-{len(self.tokens)}")
        self.good = {self.tokens[-1]}
        return web.json_response(
            {"access_token": self.tokens[-1], "expires_in": self.lifespan, "token_type": "Bearer", "scope": "email"}
        )

    async def _users(self, request: web.Request) -> web.Response:
        return _page(request, [_user(request, user) for user in self.users])

    async def _count(self, _request: web.Request) -> web.Response:
        return web.json_response(len(self.users))

    async def _groups(self, request: web.Request) -> web.Response:
        return _page(request, [self._shown(group) for group in _sorted(self.realm["groups"])])

    async def _children(self, request: web.Request) -> web.Response:
        if self.version < 23:
            raise web.HTTPNotFound
        inner = self._found(request).get("subGroups", [])
        return _page(request, [self._shown(group) for group in _sorted(inner)])

    async def _members(self, request: web.Request) -> web.Response:
        path = self._found(request)["path"]
        return _page(request, [_user(request, user) for user in self.users if path in user.get("groups", ())])

    def _found(self, request: web.Request) -> Row:
        for group in self.groups():
            if group["id"] == request.match_info["id"]:
                return group
        raise web.HTTPNotFound(text=json.dumps({"error": "Could not find group by id"}))

    def _shown(self, group: Row) -> Row:
        inner = _sorted(group.get("subGroups", []))
        if self.version < 23:
            return {**group, "subGroups": [self._shown(one) for one in inner]}
        return {**group, "subGroups": [], "subGroupCount": len(inner)}


def _sorted(groups: list[Row]) -> list[Row]:
    return sorted(groups, key=lambda group: str(group["name"]))


def _user(request: web.Request, user: Row) -> Row:
    """As the API says a user: without groups, and in brief without attributes."""
    brief = request.query.get("briefRepresentation", "false") == "true"
    return {
        key: value for key, value in user.items() if (key in BRIEF if brief else key not in ("groups", "credentials"))
    }


def _page(request: web.Request, rows: list[Row]) -> web.Response:
    first, most = int(request.query.get("first", 0)), int(request.query.get("max", 100))
    return web.json_response(rows[first : first + most])


@asynccontextmanager
async def serving(keycloak: FakeKeycloak, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeKeycloak]:
    """The realm on a port of its own."""
    runner = web.AppRunner(keycloak.app(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        keycloak.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield keycloak
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
