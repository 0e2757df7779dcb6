"""Clients of the secrecy check on a homeserver that a test writes by hand: nothing that it answers is missed."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from bridge.adapters.leavings import Leavings, LogEar
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.gateway import Gateway
from bridge.adapters.matrix.media import MatrixMedia
from bridge.adapters.matrix.peering import Peer
from bridge.adapters.matrix.probing import IT, Account, MatrixProbes
from bridge.adapters.matrix.probing_rooms import Workshop
from bridge.domain.errors import ParvisError
from bridge.domain.secrecy import PUSH, READ, SAY, Asker, Question, Seen
from bridge.ports.probes import Gathered, Traces
from tests.fakes.clock import FakeChance, FakeClock
from tests.world import BOT, SERVER

ROOM = Question(method="GET", path="/rooms/{room}")
DIGEST = "@parvis_digest:corp.example"
SECRET = {"room": "!secret", "name": "zephyr", "alias": "#zephyr:corp.example"}
FURTHER = frozenset({"digest"})
TRACES = Traces(alias="grp_lobby", account="secrecy-1")

Answer = Callable[[web.Request], web.Response]


@asynccontextmanager
async def homeserver(answer: Answer, seen: list[web.Request] | None = None) -> AsyncIterator[MatrixProbes]:
    """Probes of a homeserver that answers so, with one account."""

    async def handle(request: web.Request) -> web.Response:
        if seen is not None:
            seen.append(request)
        return answer(request)

    async with answering(handle) as probes:
        yield probes


@asynccontextmanager
async def answering(handle: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[MatrixProbes]:
    """The same, where the answer takes reading what was asked."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    clock = FakeClock(eager=True)
    calls = Calls(address, "as-token", clock=clock)
    probes = MatrixProbes(
        address=address,
        server=SERVER,
        bots={"": BOT, "digest": DIGEST},
        bridge=Account(address=address, token="hs-token"),
        given={Asker.COLLEAGUE: Account(address=address, token="token-of-luc")},
        workshop=Workshop(me=calls.user(BOT), bot=BOT, server=SERVER, media=MatrixMedia(calls, BOT)),
        gateway=Gateway(),
        leavings=Leavings(copy=no_copy),
        clock=clock,
        chance=FakeChance(),
    )
    try:
        yield probes
    finally:
        await probes.gateway.close()
        await calls.close()
        await runner.cleanup()


async def no_copy(file: Path) -> None:
    raise AssertionError(f"nobody asked for {file}")


def says(content: Any, status: int = 200) -> Answer:
    return lambda _: web.json_response(content, status=status)


async def test_what_an_answer_repeats_of_the_question_is_taken_out_and_all_else_stays() -> None:
    async with homeserver(says({"error": "no !secret here, but zephyr"}, 404)) as probes:
        seen = await probes.ask(Asker.ANYBODY, ROOM, SECRET)
    assert seen == Seen(status=404, text=f'{{"error": "no {IT} here, but zephyr"}}')


async def test_what_changes_from_moment_to_moment_is_no_difference_wherever_it_stands() -> None:
    async with homeserver(
        says({"rooms": [{"age": 5, "name": "x", "unsigned": {"age": 1}}], "next_batch": "s1"})
    ) as one:
        seen = await one.ask(Asker.ANYBODY, ROOM, SECRET)
    assert json.loads(seen.text) == {"rooms": [{"name": "x"}]}


async def test_words_are_found_in_answers_that_are_no_json_too() -> None:
    async with homeserver(lambda _: web.Response(text="parvis_groups{name=zephyr} 1")) as probes:
        seen = await probes.ask(Asker.ANYBODY, ROOM, SECRET)
    assert "zephyr" in seen.text


async def test_each_asks_with_their_own_token_the_bridge_is_asked_with_the_homeservers_and_ids_stay_quoted() -> None:
    seen = list[web.Request]()
    async with homeserver(says({"user_id": "@luc:corp.example"}), seen) as probes:
        found = await probes.gather(TRACES)
        assert found == Gathered(users={Asker.COLLEAGUE: "@luc:corp.example", Asker.READER: ""}, bots=FURTHER)
        await probes.ask(Asker.COLLEAGUE, ROOM, SECRET)
        await probes.ask(Asker.ANYBODY, Question(method="GET", path="/x/{alias}"), SECRET)
        await probes.ask(Asker.ANYBODY, Question(method="GET", path="/metrics", bridge=True), SECRET)
    tokens = [one.headers.get("Authorization") for one in seen]
    assert tokens == [*["Bearer token-of-luc"] * 3, None, "Bearer hs-token"]
    assert [one.raw_path for one in seen][2:] == ["/rooms/%21secret", "/x/%23zephyr%3Acorp.example", "/metrics"]


async def test_who_is_asked_too_often_answers_later_and_who_is_gone_not_at_all() -> None:
    busy = [{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2000}]

    def answer(_: web.Request) -> web.Response:
        return web.json_response(busy.pop(), status=429) if busy else web.json_response({"name": "x"})

    async with homeserver(answer) as probes:
        assert (await probes.ask(Asker.ANYBODY, ROOM, SECRET)).status == 200
        assert probes.clock.monotonic() == 2
    assert (await probes.ask(Asker.ANYBODY, ROOM, SECRET)).status == 0


async def test_an_account_whose_token_counts_no_more_is_nobody_to_ask_as_and_it_is_told_what_was_answered() -> None:
    async with homeserver(says({"errcode": "M_UNKNOWN_TOKEN"}, 401)) as probes:
        refused = Seen(status=401, errcode="M_UNKNOWN_TOKEN")
        mute = {Asker.COLLEAGUE: refused}
        assert await probes.gather(TRACES) == Gathered(users={Asker.READER: ""}, mute=mute, bots=FURTHER)
        assert await probes.ask(Asker.COLLEAGUE, Question(method=SAY, path="help"), SECRET) == Seen()


async def test_all_pages_of_a_reply_are_read_and_nothing_that_refers_to_another_line() -> None:
    def reply(to: str, text: str) -> dict[str, Any]:
        relation = {"m.in_reply_to": {"event_id": to}}
        return {"content": {"io.parvis.reply": {"status": "ok"}, "body": text, "m.relates_to": relation}}

    pages = [[reply("$line", "one"), reply("$other", "not this")], [reply("$line", "two")], []]

    def answer(request: web.Request) -> web.Response:
        path = request.path
        if path.endswith("/whoami"):
            return web.json_response({"user_id": "@luc:corp.example"})
        if path.endswith("/joined_members"):
            return web.json_response({"joined": {BOT: {}}})
        if path.endswith("/sync"):
            events = pages.pop(0) if "since" in request.query else []
            return web.json_response(
                {"next_batch": "s", "rooms": {"join": {"!talk": {"timeline": {"events": events}}}}}
            )
        return web.json_response({"room": "!talk", "event_id": "$line"})

    async with homeserver(answer) as probes:
        await probes.gather(TRACES)
        seen = await probes.ask(Asker.COLLEAGUE, Question(method=SAY, path="group show {name}"), SECRET)
    assert (seen.status, seen.errcode) == (200, "ok")
    assert [one["body"] for one in json.loads(seen.text)] == ["one", "two"]


async def test_with_each_bot_an_account_has_a_conversation_of_its_own_and_notes_which() -> None:
    notes, said = dict[str, str](), list[tuple[str, str]]()

    async def answer(request: web.Request) -> web.Response:
        path, body = request.path, await request.json() if request.can_read_body else {}
        kind = path.rpartition("/")[2]
        if "/account_data/" in path and request.method == "PUT":
            notes[kind] = body["room"]
        if "/account_data/" in path:
            return web.json_response({"room": notes[kind]} if kind in notes else {})
        if path.endswith("/createRoom"):
            return web.json_response({"room_id": f"!with{body['invite'][0]}"})
        if "/send/" in path:
            said.append((path.split("/")[5], body["body"]))
            return web.json_response({"event_id": "$line"})
        if path.endswith("/sync"):
            await probes.clock.sleep(5)  # as long as a homeserver waits for news
        return web.json_response({"user_id": "@luc:corp.example", "joined": {BOT: {}, DIGEST: {}}, "next_batch": "s"})

    async with answering(answer) as probes:
        for _ in range(2):
            await probes.gather(TRACES)
            for question in (Question(method=SAY, path="help"), Question(method=SAY, path="digest", bot="digest")):
                await probes.ask(Asker.COLLEAGUE, question, SECRET)
            await probes.gateway.close()
    assert notes == {"io.parvis.secrecy": f"!with{BOT}", "io.parvis.secrecy.digest": f"!with{DIGEST}"}
    assert said == [(f"!with{BOT}", "help"), (f"!with{DIGEST}", "digest")] * 2


@pytest.mark.parametrize("joined", [{}, {BOT: {}}])
async def test_a_bot_that_never_comes_or_never_answers_is_waited_for_once(joined: object) -> None:
    seen: list[web.Request] = []
    told = {"user_id": "@luc:corp.example", "room_id": "!talk", "event_id": "$line", "joined": joined}

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        await probes.clock.sleep(5)  # as long as a homeserver waits for news
        return web.json_response(told)

    async with answering(answer) as probes:
        await probes.gather(TRACES)
        line = Question(method=SAY, path="group show {name}")
        first = await probes.ask(Asker.COLLEAGUE, line, SECRET)
        asked = len(seen)
        further = [await probes.ask(Asker.COLLEAGUE, line, SECRET) for _ in range(3)]
    assert [first, *further] == [Seen()] * 4
    assert len(seen) == asked


async def test_another_homeserver_asks_with_a_signature_and_counts_if_it_is_believed() -> None:
    seen, key = list[web.Request](), "ed25519 a_key YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"
    for status, users, mute in ((404, {Asker.PEER: "acme.example"}, {}), (401, {}, {Asker.PEER: Seen(status=401)})):
        async with homeserver(says({}, status), seen) as probes:
            probes.given = {Asker.PEER: Account(address=probes.address, peer=Peer(server="acme.example", key=key))}
            gathered = Gathered(users=users | {Asker.READER: ""}, mute=mute, bots=FURTHER)
            assert await probes.gather(TRACES) == gathered
            await probes.gateway.close()
    header = seen[0].headers["Authorization"]
    named = f'X-Matrix origin="acme.example",destination="{SERVER}",key="ed25519:a_key",sig="'
    assert header.startswith(named)


async def test_what_is_pushed_to_an_account_is_kept_for_it_alone_until_the_check_is_over() -> None:
    pushers = list[dict[str, Any]]()
    pushed = Question(method=PUSH, path="")

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/pushers/set"):
            pushers.append(await request.json())
        absent = request.path.startswith("/_matrix/client/v3/directory")
        return web.json_response({"user_id": "@luc:corp.example"}, status=404 if absent else 200)

    async with answering(answer) as probes:
        await probes.gather(TRACES)
        address, key = pushers[0]["data"]["url"], pushers[0]["pushkey"]
        message = {"notification": {"room_id": "!secret", "devices": [{"pushkey": key}, {"pushkey": "gone"}]}}
        async with ClientSession() as http, http.post(address, json=message) as reply:
            assert await reply.json() == {"rejected": ["gone"]}
        assert json.loads((await probes.ask(Asker.COLLEAGUE, pushed, SECRET)).text) == [{"room_id": "!secret"}]
        assert await probes.ask(Asker.STRANGER, pushed, SECRET) == Seen()
        await probes.tidy(TRACES)
        assert await probes.ask(Asker.COLLEAGUE, pushed, SECRET) == Seen()
    assert [one["kind"] for one in pushers] == ["http", None]
    assert {(one["app_id"], one["pushkey"]) for one in pushers} == {("io.parvis.secrecy", key)}


async def test_an_account_that_may_have_nothing_pushed_to_it_is_nobody_to_ask_as() -> None:
    def answer(request: web.Request) -> web.Response:
        status = 403 if request.path.endswith("/pushers/set") else 200
        return web.json_response({"user_id": "@luc:corp.example"}, status=status)

    async with homeserver(answer) as probes:
        await probes.gather(TRACES)
        assert await probes.ask(Asker.COLLEAGUE, Question(method=PUSH, path=""), SECRET) == Seen()


async def test_where_nobody_can_listen_for_what_is_pushed_it_is_said_what_to_write() -> None:
    async with homeserver(says({"user_id": "@luc:corp.example"})) as probes:
        taken = Gateway()
        port = URL(await taken.open()).port
        assert port is not None
        probes.gateway = Gateway("127.0.0.1", port)
        with pytest.raises(ParvisError, match=r"secrecy\.gateway"):
            await probes.gather(TRACES)
        await taken.close()


async def test_of_files_it_is_told_which_words_stand_there_and_nothing_where_nobody_can_look() -> None:
    async with homeserver(says({})) as probes:
        probes.leavings = Leavings(copy=no_copy, log=(ear := LogEar()))
        await probes.gather(TRACES)
        ear(None, "info", "a line with zephyr")
        log = Question(method=READ, path="log {name} {room}")
        assert await probes.ask(Asker.READER, log, SECRET) == Seen(status=200, text="zephyr")
        assert await probes.ask(Asker.READER, Question(method=READ, path="backup {name}"), SECRET) == Seen()


async def test_an_answer_is_timed_from_where_it_was_asked_and_none_takes_no_time() -> None:
    def reply(request: web.Request) -> web.Response:
        if request.path.endswith("/joined_members"):
            return web.json_response({"joined": {BOT: {}}})
        content = {"io.parvis.reply": {}, "m.relates_to": {"m.in_reply_to": {"event_id": "$line"}}}
        joined = {"!talk": {"timeline": {"events": [{"content": content}] if "since" in request.query else []}}}
        found = {"next_batch": "s", "rooms": {"join": joined}} if request.path.endswith("/sync") else {}
        return web.json_response({"user_id": "@luc:corp.example", "room": "!talk", "event_id": "$line"} | found)

    line = Question(method=SAY, path="group show {name}")
    async with homeserver(reply) as probes:
        await probes.gather(TRACES)
        assert await probes.time(Asker.COLLEAGUE, line, SECRET) == 0  # the clock of tests stands still
        assert await probes.time(Asker.STRANGER, line, SECRET) is None
        assert await probes.time(Asker.ANYBODY, ROOM, SECRET) == 0
    assert await probes.time(Asker.ANYBODY, ROOM, SECRET) is None


@pytest.mark.parametrize("status", [200, 403], ids=["let", "refused"])
async def test_a_room_is_published_where_the_homeserver_lets_it_and_a_refusal_ends_no_check(status: int) -> None:
    asked: list[tuple[str, str, object]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.method, request.path, await request.json()))
        return web.json_response({} if status == 200 else {"errcode": "M_FORBIDDEN", "error": "no"}, status=status)

    async with answering(answer) as probes:
        assert await probes.publish("!lobby") is (status == 200)
        await probes.unpublish("!lobby")
        await probes.appear()
    listed = "/_matrix/client/v3/directory/list/room/!lobby"
    assert asked == [
        ("PUT", listed, {"visibility": "public"}),
        ("PUT", listed, {"visibility": "private"}),
        ("PUT", f"/_matrix/client/v3/presence/{BOT}/status", {"presence": "online"}),
    ]
