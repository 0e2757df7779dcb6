"""The inbound endpoint over real connections: who gets in, what is stored, what is answered."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import aiohttp
import pytest

from bridge.adapters.appservice.server import InboundServer
from bridge.domain.errors import ParvisError
from bridge.domain.viewers import OPEN
from bridge.ports.store import InboxCounts
from bridge.services.counting import Counting
from bridge.services.intake import Intake
from tests.fakes.clock import FakeClock
from tests.services.inbox import Inbox, make_event

TOKEN = "homeserver-token-of-more-than-32-characters"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
TXN = "/_matrix/app/v1/transactions/"


class FakeHealth:
    """What the endpoint asks about the rest of the bridge."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.lacking: tuple[str, ...] = ()

    async def status(self, counted: Callable[[str], bool] | None = None) -> InboxCounts:
        async with self._inbox.view() as view:
            return await view.inbox.counts(counted)

    def missing(self) -> Sequence[str]:
        return self.lacking


class World:
    """A running endpoint and a homeserver's connection to it; ``disturbances`` is what the endpoint told of."""

    def __init__(
        self,
        inbox: Inbox,
        server: InboundServer,
        health: FakeHealth,
        http: aiohttp.ClientSession,
        disturbances: list[bool],
    ) -> None:
        self.inbox, self.server, self.health, self.http = inbox, server, health, http
        self.disturbances = disturbances

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        async with self.http.request(method, f"http://127.0.0.1:{self.server.port}{path}", **options) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if answer.content_type == "application/json" else text

    async def push(self, transaction_id: str, body: bytes, headers: dict[str, str] = RIGHT) -> tuple[int, Any]:
        return await self.ask("PUT", TXN + transaction_id, data=io.BytesIO(body), headers=headers)

    @property
    def stored(self) -> list[str]:
        return list(self.inbox.entries)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    inbox = Inbox()
    health = FakeHealth(inbox)
    intake = Intake(inbox, FakeClock(), lambda _: None)
    heard: list[bool] = []
    counting = Counting()
    counting.knows_rooms({"!a": OPEN, "!hidden": "quartz"})
    server = InboundServer(
        hs_token=TOKEN,
        intake=intake,
        health=health,
        max_body=32 * 2**20,
        counting=counting,
        disturbed=lambda: heard.append(True),
    )
    await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as http:
        yield World(inbox, server, health, http, heard)
    await server.stop()


def body(*numbers: int, odd: Sequence[Any] = ()) -> bytes:
    parts = [make_event(n).payload for n in numbers] + [json.dumps(event).encode() for event in odd]
    return b'{"events": [' + b", ".join(parts) + b"]}"


async def test_a_transaction_is_stored_whole_with_the_very_bytes_of_its_events(world: World) -> None:
    assert await world.push("1", body(1, 2)) == (200, {})
    assert [entry.payload for entry in world.inbox.entries.values()] == [make_event(1).payload, make_event(2).payload]


async def test_the_same_transaction_and_the_same_events_are_stored_once(world: World) -> None:
    for transaction in ("1", "1", "2"):
        assert await world.push(transaction, body(1, 2)) == (200, {})
    assert await asyncio.gather(*(world.push("3", body(3)) for _ in range(4))) == [(200, {})] * 4
    assert world.stored == ["$1", "$2", "$3"]


async def test_a_transaction_that_comes_again_tells_that_the_homeserver_is_in_trouble_with_us(world: World) -> None:
    await world.push("1", body(1))
    await world.push("2", b'{"events": []}')
    assert not world.disturbances
    await world.push("3", body(1))
    assert len(world.disturbances) == 1


@pytest.mark.parametrize("transaction_ids", [("a", "b"), ("%61", "%62"), ("%ff", "%fe"), ("a?access_token=x", "b")])
async def test_transaction_ids_that_differ_stay_different(world: World, transaction_ids: tuple[str, str]) -> None:
    for number, transaction_id in enumerate(transaction_ids):
        assert (await world.push(transaction_id, body(number)))[0] == 200
    assert world.stored == ["$0", "$1"]


@pytest.mark.parametrize(
    ("headers", "status", "errcode"),
    [
        ({}, 401, "M_MISSING_TOKEN"),
        ({"Authorization": "Basic eDp5"}, 401, "M_MISSING_TOKEN"),
        ({"Authorization": "Bearer "}, 401, "M_MISSING_TOKEN"),
        ({"Authorization": "Bearer wrong"}, 403, "M_FORBIDDEN"),
        ({"Authorization": "Bearer é"}, 403, "M_FORBIDDEN"),
        ({"Authorization": f"Bearer {TOKEN}x"}, 403, "M_FORBIDDEN"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", TXN + "1"), ("GET", "/_matrix/app/v1/users/@a:b"), ("POST", "/_matrix/app/v1/ping")],
)
async def test_who_does_not_bring_the_token_gets_nothing(
    world: World, headers: dict[str, str], status: int, errcode: str, method: str, path: str
) -> None:
    got, answer = await world.ask(method, path, data=body(1), headers=headers)
    assert (got, answer["errcode"]) == (status, errcode)
    assert not world.inbox.data.transactions


async def test_a_token_in_the_address_is_no_token(world: World) -> None:
    assert (await world.push(f"1?access_token={TOKEN}", body(1), headers={}))[0] == 401
    assert not world.inbox.data.transactions


@pytest.mark.parametrize(
    ("text", "errcode"),
    [
        (b"", "M_NOT_JSON"),
        (b'{"events": [{"type": "m.room', "M_NOT_JSON"),
        (b'{"events": []} x', "M_NOT_JSON"),
        (b"\xff\xfe", "M_NOT_JSON"),
        (b'{"events": ' + b"[" * 100_000, "M_NOT_JSON"),
        (b"[]", "M_BAD_JSON"),
        (b'{"events": 7}', "M_BAD_JSON"),
        (b"null", "M_BAD_JSON"),
    ],
)
async def test_a_body_that_is_no_transaction_is_refused_and_not_stored(world: World, text: bytes, errcode: str) -> None:
    status, answer = await world.push("1", text)
    assert (status, answer["errcode"]) == (400, errcode)
    assert not world.inbox.data.transactions
    assert (await world.push("1", body(1)))[0] == 200, "the endpoint lives on"


@pytest.mark.parametrize(
    "odd",
    [
        7,
        None,
        [],
        {},
        {"event_id": "$9"},
        *({"event_id": i, "room_id": "!a"} for i in (9, "a\0b", "$" * 300, "\ud800")),
    ],
)
async def test_what_nothing_could_refer_to_is_passed_over_and_the_others_stored(world: World, odd: Any) -> None:
    assert await world.push("1", body(1, 2, odd=[odd])) == (200, {})
    assert world.stored == ["$1", "$2"]
    assert "parvis_events_passed_over_total 1.0" in (await world.ask("GET", "/metrics"))[1]


@pytest.mark.parametrize("content", [None, 7, {"body": "\ud800"}, {"membership": "unheard_of"}])
async def test_an_event_with_odd_content_is_stored_like_any_other(world: World, content: Any) -> None:
    assert await world.push("1", body(1, odd=[{"event_id": "$9", "room_id": "!a", "content": content}])) == (200, {})
    assert world.stored == ["$1", "$9"]


async def test_transactions_without_events_are_fine(world: World) -> None:
    assert await world.push("1", b'{"events": []}') == (200, {})
    assert await world.push("2", b'{"ephemeral": [{"type": "m.typing"}]}') == (200, {})


async def test_sixteen_mebibytes_and_more_are_taken(world: World) -> None:
    events = [make_event(n, content={"msgtype": "m.text", "body": "h" * 170_000}).payload for n in range(100)]
    huge = b'{"events":[' + b",".join(events) + b"]}"
    assert len(huge) > 16 * 2**20
    assert await world.push("1", huge) == (200, {})
    assert len(world.stored) == 100


async def test_beyond_the_limit_is_said_so_and_the_endpoint_lives_on(world: World) -> None:
    status, answer = await world.push("1", b'{"events": [], "x": "' + b"y" * (33 * 2**20) + b'"}')
    assert (status, answer["errcode"]) == (413, "M_TOO_LARGE")
    assert await world.push("2", body(1)) == (200, {})


async def test_when_it_cannot_be_stored_the_homeserver_is_asked_to_repeat(world: World) -> None:
    world.inbox.out_of_order = True
    for _ in range(2):
        status, answer = await world.push("1", body(1))
        assert (status, answer["errcode"]) == (503, "M_UNKNOWN")
        assert world.disturbances
    world.inbox.out_of_order = False
    assert await world.push("1", body(1)) == (200, {})
    assert world.stored == ["$1"]


async def test_a_homeserver_that_hangs_up_in_the_middle_leaves_nothing_behind(world: World) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", world.server.port)
    head = f"PUT {TXN}1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode() + b'{"events": [')
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await world.push("1", body(1)) == (200, {})
    assert world.stored == ["$1"]


async def test_users_and_rooms_are_unknown_whoever_they_are(world: World) -> None:
    answers = [
        await world.ask("GET", f"/_matrix/app/v1/{path}", headers=RIGHT)
        for path in ("users/@parvis:corp.test", "users/@nobody:corp.test", "rooms/%23grp_sales:corp.test", "rooms/x")
    ]
    assert answers == [(404, {"errcode": "M_NOT_FOUND", "error": "Not found."})] * 4


async def test_a_ping_is_answered(world: World) -> None:
    ping = await world.ask("POST", "/_matrix/app/v1/ping", headers=RIGHT, json={"transaction_id": "x"})
    assert ping == (200, {})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("PUT", "/transactions/1", 404),
        ("PUT", TXN, 404),
        ("GET", "/_matrix/app/v1/thirdparty/protocol/irc", 404),
        ("GET", TXN + "1", 405),
        ("PUT", "/_matrix/app/v1/users/@a:b", 405),
        ("GET", "/_matrix/app/v1/ping", 405),
        ("POST", "/metrics", 405),
    ],
)
async def test_other_paths_and_methods_are_not_recognised(world: World, method: str, path: str, status: int) -> None:
    got, answer = await world.ask(method, path, headers=RIGHT)
    assert (got, answer["errcode"]) == (status, "M_UNRECOGNIZED")


async def test_health_tells_what_is_missing(world: World) -> None:
    assert await world.ask("GET", "/health/live") == (200, {})
    assert await world.ask("GET", "/health/ready") == (200, {"ready": True})
    world.health.lacking = ("dispatch",)
    assert await world.ask("GET", "/health/ready") == (503, {"ready": False, "missing": ["dispatch"]})
    world.inbox.out_of_order = True
    assert await world.ask("GET", "/health/ready") == (503, {"ready": False, "missing": ["dispatch", "store"]})
    assert await world.ask("GET", "/health/live") == (200, {})


async def test_metrics_count_and_name_nobody(world: World) -> None:
    await world.push("1", body(1, 2))
    await world.push("2", b"[]")
    await world.push("3", body(3), headers={})
    _, text = await world.ask("GET", "/metrics")
    assert 'parvis_transactions_total{outcome="accepted"} 1.0' in text
    assert 'parvis_transactions_total{outcome="malformed"} 1.0' in text
    assert 'parvis_transactions_total{outcome="unauthorised"} 1.0' in text
    assert "parvis_events_total 2.0" in text
    assert 'parvis_inbox{state="waiting"} 2.0' in text
    for secret in ("corp.test", "!a", "$1", TOKEN):
        assert secret not in text


async def test_a_taken_port_is_one_clear_sentence(world: World) -> None:
    second = InboundServer(hs_token=TOKEN, intake=Intake(world.inbox, FakeClock(), lambda _: None), health=world.health)
    with pytest.raises(ParvisError, match=rf"Cannot listen on 127\.0\.0\.1, port {world.server.port}: .*in use"):
        await second.start("127.0.0.1", world.server.port)
    await second.stop()


async def test_answers_do_not_tell_what_they_are_made_with(world: World) -> None:
    async with world.http.get(f"http://127.0.0.1:{world.server.port}/") as answer:
        assert answer.headers["Server"] == "parvis"
