"""Whoever asks the bridge's port for a hidden group and whoever asks for none get the same answer, after the same work:
status, headers and body, and what was asked of the store.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import aiohttp
from aiohttp import web

from bridge.adapters.appservice.replies import not_found
from bridge.adapters.appservice.server import Door, InboundServer
from bridge.adapters.scim.door import ScimDoor
from bridge.domain.rooms import group_room
from bridge.ports.scim import ResourceKind, ScimResource
from bridge.ports.store import InboxCounts
from bridge.services.intake import Intake
from tests.fakes.store import FakeStore
from tests.mutations.test_same_work import HIDDEN, NOTHING
from tests.services.household import Household
from tests.services.test_secrecy_in_chat import two_worlds
from tests.support.tallying import Tally

TOKEN: Final = "homeserver-token-of-more-than-32-characters"
TOKENS: Final = (TOKEN, "wrong", "")
LEAKY: Final = "/leaky/"
PATHS: Final = (
    "GET /_matrix/app/v1/users/{}",
    "GET /_matrix/app/v1/rooms/{}",
    "GET /_matrix/app/v1/thirdparty/location/{}",
    "POST /_matrix/app/v1/ping?{}",
    "GET /health/live?{}",
    "GET /health/ready?{}",
    "GET /metrics?{}",
    "GET /scim/v2/Groups/{}",
    "GET /scim/v2/Groups?filter=displayName%20eq%20%22{}%22",
    "PATCH /scim/v2/Groups/{}",
    "GET /{}",
)
OF_THE_MOMENT: Final = frozenset({"Date", "Content-Length"})
"""When it was asked, and how long a number is that says when counting began; the body itself is compared."""


class Answer(NamedTuple):
    """What came back, and what it took of the store."""

    status: int
    headers: Mapping[str, str]
    body: str
    store: Mapping[str, int]


class Health:
    """As the dispatcher says it."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def status(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        async with self._store.view() as view:
            return await view.inbox.counts(counted)

    def missing(self) -> Sequence[str]:
        return ()


class LeakyDoor:
    """Answers alike, but looks for a room's people where there is such a room."""

    prefix: Final = LEAKY

    def __init__(self, house: Household) -> None:
        self._house = house

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        async with self._house.store.view() as view:
            ref = group_room(request.rel_url.path.removeprefix(LEAKY))
            if any(one.ref == ref for one in await view.rooms.bindings()):
                await view.rooms.actual([ref])
        return not_found()


async def asked(house: Household, name: str, paths: Sequence[str], doors: Sequence[Door] = ()) -> dict[str, Answer]:
    """Every path about a group of this name, with each token."""
    tally, found = Tally(house.store, house.homeserver), {}
    intake = Intake(house.store, house.clock, lambda _: None)
    server = InboundServer(hs_token=TOKEN, intake=intake, health=Health(house.store), doors=doors)
    await server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as http:
            for token in TOKENS:
                for path in paths:
                    method, _, rest = path.format(name).partition(" ")
                    tally.begin()
                    url, given = f"http://127.0.0.1:{server.port}{rest}", {"Authorization": f"Bearer {token}"}
                    async with http.request(method, url, headers=given) as reply:
                        headers = {key: value for key, value in reply.headers.items() if key not in OF_THE_MOMENT}
                        body = "\n".join(line for line in (await reply.text()).splitlines() if "_created" not in line)
                        found[f"{path} {token}"] = Answer(reply.status, headers, body, dict(tally.store))
    finally:
        await server.stop()
    return found


def scim_door(house: Household) -> ScimDoor:
    """Where the identity provider tells of people and groups; it has a token of its own."""
    return ScimDoor(
        store=house.store, clock=house.clock, chance=house.chance, changed=house.requests.changed, settle=timedelta()
    )


async def _provision(house: Household, *, present: bool) -> None:
    """The identity provider told of the company's groups, also of the hidden one where it is ``present``."""
    now = house.clock.now()
    async with house.store.work() as work:
        for name in ("sales", *([HIDDEN] if present else ())):
            told = ScimResource(id=name, kind=ResourceKind.GROUP, document={"displayName": name}, created=now,
                                changed=now)  # fmt: skip
            await work.scim.put(told, ())


async def differences(paths: Sequence[str], leaky: bool = False) -> set[str]:
    """Paths that are not answered alike: about the hidden group, about none, and where there is no such group."""
    answers = []
    for name, present in ((HIDDEN, True), (NOTHING, True), (HIDDEN, False)):
        house = (await two_worlds(settled=True))[present]
        await _provision(house, present=present)
        answers.append(await asked(house, name, paths, [LeakyDoor(house)] if leaky else [scim_door(house)]))
    return {path for path in answers[0] if not answers[0][path] == answers[1][path] == answers[2][path]}


async def test_every_path_answers_alike_about_a_hidden_group_and_none() -> None:
    assert await differences(PATHS) == set()


async def test_a_path_that_looks_longer_for_a_hidden_group_is_noticed() -> None:
    assert await differences((f"GET {LEAKY}{{}}",), leaky=True)
