"""Calls over real connections: a small homeserver of our own make behind a proxy that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bridge.adapters.matrix.calls import Calls, Limits
from bridge.domain.errors import ErrorKind, HomeserverError
from tests.fakes.clock import FakeClock
from tests.support.proxy import FaultyProxy, Trouble

BOT = "@parvis:corp.example"
CALM = Limits(patience=30, timeout=5)


class Echo:
    """Answers with what it was asked."""

    def __init__(self) -> None:
        self.arrived = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.arrived += 1
        body = await request.json() if request.method != "GET" else None
        token = request.headers["Authorization"]
        return web.json_response({"body": body, "query": dict(request.query), "path": request.path, "token": token})


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultyProxy]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", echo.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with FaultyProxy(f"http://{host}:{port}") as proxy:
        yield proxy
    await runner.cleanup()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(eager=True)


@pytest.fixture
async def calls(proxy: FaultyProxy, clock: FakeClock) -> AsyncIterator[Calls]:
    calls = Calls(proxy.url, "the-token", clock=clock, limits=CALM)
    yield calls
    await calls.close()


async def ask(calls: Calls, method: str = "PUT", *, repeatable: bool = False) -> Any:
    return await calls.user(BOT).call("verb", method, "_matrix/x", {"a": 1}, repeatable=repeatable)


async def test_a_call_speaks_as_its_user_with_the_token_in_the_header(calls: Calls) -> None:
    answer = await calls.user(BOT).call("verb", "POST", "_matrix/x", {"a": 1}, query={"dir": "b"})
    expected = {
        "body": {"a": 1},
        "query": {"dir": "b", "user_id": BOT},
        "path": "/_matrix/x",
        "token": "Bearer the-token",
    }
    assert answer == expected


async def test_an_owner_speaks_with_their_own_token_for_themselves(calls: Calls) -> None:
    answer = await calls.owner("secret", "homeserver.admin_token").call("verb", "POST", "_synapse/admin/x")
    assert (answer["token"], answer["query"]) == ("Bearer secret", {})


async def test_a_plain_path_may_have_a_query(calls: Calls) -> None:
    answer = await calls.user(BOT).plain("get", "/_matrix/%21room?limit=3&dir=b")
    assert answer["query"] == {"limit": "3", "dir": "b", "user_id": BOT}
    assert answer["path"] == "/_matrix/!room"


async def test_a_limit_is_waited_for_as_told(calls: Calls, proxy: FaultyProxy, clock: FakeClock) -> None:
    proxy.cause(Trouble.LIMIT, seconds=2.5, times=2)
    await ask(calls)
    assert clock.slept == [2.5, 2.5]
    assert proxy.count() == 3


async def test_a_limit_longer_than_the_patience_is_told(calls: Calls, proxy: FaultyProxy, clock: FakeClock) -> None:
    proxy.cause(Trouble.LIMIT, seconds=31)
    with pytest.raises(HomeserverError) as caught:
        await ask(calls)
    assert (caught.value.kind, caught.value.certain, clock.slept) == (ErrorKind.TEMPORARY, True, [])


@pytest.mark.parametrize("trouble", [Trouble.BAD_GATEWAY, Trouble.BAD_GATEWAY_AFTER, Trouble.DROP, Trouble.DROP_AFTER])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
async def test_one_request_is_one_call_even_on_a_kept_connection(
    calls: Calls, proxy: FaultyProxy, trouble: Trouble, method: str
) -> None:
    await ask(calls, "GET")
    proxy.requests.clear()
    proxy.cause(trouble)
    if method == "GET":
        await ask(calls, method)
        assert proxy.count() == 2
        return
    with pytest.raises(HomeserverError) as caught:
        await ask(calls, method)
    assert (caught.value.kind, caught.value.certain, proxy.count()) == (ErrorKind.TEMPORARY, False, 1)


@pytest.mark.parametrize("trouble", [Trouble.BAD_GATEWAY, Trouble.DROP_AFTER])
async def test_what_is_harmless_is_repeated_until_it_works(calls: Calls, proxy: FaultyProxy, trouble: Trouble) -> None:
    proxy.cause(trouble, times=3)
    await ask(calls, "POST", repeatable=True)
    assert proxy.count() == 4


async def test_an_answer_that_never_comes_has_an_unknown_fate(proxy: FaultyProxy, clock: FakeClock) -> None:
    calls = Calls(proxy.url, "the-token", clock=clock, limits=Limits(timeout=0.05))
    proxy.cause(Trouble.DELAY, seconds=0.5)
    with pytest.raises(HomeserverError) as caught:
        await ask(calls)
    await calls.close()
    assert (caught.value.kind, caught.value.certain) == (ErrorKind.TEMPORARY, False)


async def test_a_dead_homeserver_is_waited_for_once_and_then_asked_without_waiting(clock: FakeClock) -> None:
    calls = Calls("http://127.0.0.1:9", "the-token", clock=clock, limits=Limits(patience=3))
    waits = []
    for _ in range(2):
        with pytest.raises(HomeserverError) as caught:
            await ask(calls)
        waits.append(len(clock.slept))
    await calls.close()
    assert waits == [3, 3]
    assert (caught.value.kind, caught.value.certain, caught.value.status) == (ErrorKind.TEMPORARY, True, 0)


async def test_few_calls_are_under_way_at_once(proxy: FaultyProxy) -> None:
    calls = Calls(proxy.url, "the-token", clock=FakeClock(eager=True), limits=Limits(at_once=3))
    proxy.cause(Trouble.DELAY, seconds=0.01, times=20)
    await asyncio.gather(*(ask(calls) for _ in range(20)))
    await calls.close()
    assert proxy.most_at_once == 3


async def test_every_request_is_counted_with_its_outcome(proxy: FaultyProxy, clock: FakeClock) -> None:
    seen: list[tuple[str, str]] = []
    calls = Calls(
        proxy.url, "the-token", clock=clock, observe=lambda verb, outcome, _seconds: seen.append((verb, outcome))
    )
    proxy.cause(Trouble.LIMIT, seconds=1)
    await ask(calls)
    await calls.close()
    assert seen == [("verb", "limited"), ("verb", "ok")]


async def test_nothing_of_a_message_or_a_token_reaches_the_log(
    calls: Calls, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(0):
        await calls.user(BOT).call("send", "PUT", "_matrix/x", {"body": "the secret words"})
    shown = caplog.text + "".join(capsys.readouterr())
    assert "secret words" not in shown
    assert "the-token" not in shown
    assert "the-token" not in repr(calls.user(BOT))
