"""However the parent ends, no process of the network stays."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.localnet.network import network
from deploy.localnet.specs import ServerSpec
from deploy.localnet.waiting import until
from tests.localnet.running import running, running_with

pytestmark = pytest.mark.homeserver

PARENT = """
import asyncio, json, os, signal, sys
from pathlib import Path
from deploy.localnet.network import network
from deploy.localnet.specs import ServerSpec

async def main() -> None:
    specs = [ServerSpec("corp.test"), ServerSpec("acme.test")]
    async with network(specs, folder=Path(sys.argv[1])) as net:
        net["acme.test"].pause()
        if "fork" in sys.argv and os.fork() == 0:
            signal.alarm(30)  # this child keeps every open file of the parent for a while
            signal.pause()
        print(json.dumps([pid for server in net for pid in server.process_ids]), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def parent(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A program with two servers, one of them paused; and the process ids that must vanish with it."""
    command = [sys.executable, "-c", PARENT, str(tmp_path), *getattr(request, "param", [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout
        pids = json.loads(process.stdout.readline())
        assert len(running(pids)) == 4
        yield process, pids
        process.kill()


@pytest.mark.parametrize("parent", [[], ["fork"]], indirect=True, ids=["alone", "with a fork that holds its files"])
async def test_a_killed_parent_takes_every_server_along_even_a_paused_one(
    parent: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, pids = parent
    process.kill()

    await until(lambda: not running(pids), 60)


async def test_a_server_whose_guard_is_killed_ends_too(tmp_path: Path) -> None:
    async with network([ServerSpec("corp.test")], folder=tmp_path) as net:
        corp = net["corp.test"]
        synapse, guard = corp.process_ids
        os.kill(guard, signal.SIGKILL)

        await until(lambda: not running([synapse]), 60)
        assert not corp.running
        await corp.start()
        assert corp.running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_command_line_ends_cleanly_and_removes_its_data(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "deploy.localnet", "up", "corp.test", "acme.test"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as up:
        assert up.stdout
        said: list[str] = []
        for line in up.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        up.send_signal(number)
        said += up.stdout.read().splitlines()
    assert up.returncode == 0
    assert any("@localnet-admin:acme.test" in line for line in said)
    assert said[-1] == "Stopped."
    assert not list(tmp_path.iterdir())
    assert not running_with(str(tmp_path))
