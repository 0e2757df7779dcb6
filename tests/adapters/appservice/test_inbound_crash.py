"""The real process is killed at any moment while the homeserver pushes: nothing is lost, nothing is done twice."""

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.adapters.appservice.inbound_process import TOKEN
from tests.services.inbox import make_event

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
EVENTS, PER_TRANSACTION = 2_000, 20
KILLS = 40 if os.environ.get("PARVIS_PROOF") else 8


class Homeserver:
    """Pushes one transaction after the other and repeats each until it hears 200; starts the bridge when it is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bridge: subprocess.Popen[str] | None = None
        self._connection: http.client.HTTPConnection | None = None
        self.starts = 0

    def bridge(self) -> "subprocess.Popen[str]":
        """The running bridge."""
        if self._bridge is None or self._bridge.poll() is not None:
            self.stop()
            command = [sys.executable, "-m", "tests.adapters.appservice.inbound_process", str(self._folder)]
            self._bridge = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert self._bridge.stdout is not None
            while not (line := self._bridge.stdout.readline()).startswith("{"):
                assert line, "the bridge did not start"
            self.address = json.loads(line)["url"].removeprefix("http://")
            self.starts += 1
        return self._bridge

    def push(self, transaction_id: str, body: bytes) -> None:
        while not self._attempt(transaction_id, body):
            self._hang_up()

    def status(self) -> dict[str, float]:
        """The inbox as /metrics tells it, and how much was ever handled, which only the store knows."""
        self.bridge()
        with closing(sqlite3.connect(self._folder / "parvis.db")) as database:
            (handled,) = database.execute("SELECT number FROM meta WHERE name = 'handled'").fetchone()
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=30) as answer:
            lines = [line.rpartition(" ") for line in answer.read().decode().splitlines()]
        counts = {name: float(value) for name, _, value in lines if name.startswith("parvis_inbox")}
        return {"handled": handled, **counts}

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        self._hang_up()
        if self._bridge is None:
            return None
        self._bridge.send_signal(number)
        code = self._bridge.wait(30)
        assert self._bridge.stdout is not None
        self._bridge.stdout.close()
        self._bridge = None
        return code

    def _attempt(self, transaction_id: str, body: bytes) -> bool:
        self.bridge()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            self._connection = self._connection or http.client.HTTPConnection(self.address, timeout=30)
            self._connection.request("PUT", f"/_matrix/app/v1/transactions/{transaction_id}", body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        return answer.status == 200

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@pytest.fixture
def homeserver(tmp_path: Path) -> Iterator[Homeserver]:
    homeserver = Homeserver(tmp_path)
    yield homeserver
    homeserver.stop(signal.SIGKILL)


def until_handled(homeserver: Homeserver, count: int) -> dict[str, float]:
    deadline = time.monotonic() + 60
    while (status := homeserver.status())["handled"] < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return status


def test_kill_nine_at_any_moment_loses_no_acknowledged_event_and_repeats_no_reply(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    seed = int(os.environ.get("PARVIS_SEED", "") or random.SystemRandom().randrange(10**9))
    sys.stdout.write(f"PARVIS_SEED={seed}\n")
    chance = random.Random(seed)
    kinds = ["m.room.message", "m.room.message", "m.reaction"]
    events = [make_event(n, f"!{chance.randrange(30)}", type=chance.choice(kinds)) for n in range(EVENTS)]
    bodies = [
        b'{"events":[' + b",".join(event.payload for event in events[start : start + PER_TRANSACTION]) + b"]}"
        for start in range(0, EVENTS, PER_TRANSACTION)
    ]
    doomed = set(chance.sample(range(len(bodies)), KILLS))
    for number, body in enumerate(bodies):
        if number in doomed:
            bridge = homeserver.bridge()
            killer = threading.Timer(chance.uniform(0, 0.008), bridge.kill)
            killer.start()
        homeserver.push(str(number), body)
        if number in doomed:
            killer.join()
            bridge.wait(30)  # what is dying still answers, or resets the next connection
        if chance.random() < 0.1:
            homeserver.push(f"{number}-again", body)
    status = until_handled(homeserver, EVENTS)
    assert status == {
        "handled": EVENTS,
        'parvis_inbox{state="waiting"}': 0,
        'parvis_inbox{state="retrying"}': 0,
        'parvis_inbox{state="set_aside"}': 0,
    }
    assert homeserver.starts > KILLS
    assert homeserver.stop() == 0
    replies = (tmp_path / "replies").read_text().split()
    wanted = [event.event_id for event in events if b"m.room.message" in event.payload]
    assert sorted(replies) == sorted(wanted)
    assert_in_order_per_room(replies, {event.event_id: event.room_id for event in events})


def assert_in_order_per_room(replies: list[str], rooms: dict[str, str]) -> None:
    for room in set(rooms.values()):
        numbers = [int(reply[1:]) for reply in replies if rooms[reply] == room]
        assert numbers == sorted(numbers)
