"""`make demo` as a newcomer starts it: the story comes true, and nothing stays behind, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.demo.story import STORY
from deploy.localnet.waiting import until
from tests.localnet.running import running_with

pytestmark = pytest.mark.homeserver


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The demo as a program of its own, with everything temporary in the folder."""
    command = [sys.executable, "-m", "deploy.demo", *arguments]
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        yield run
        run.kill()


def read_until(run: subprocess.Popen[str], word: str) -> str:
    """Everything said up to the line with this word, or up to the end."""
    assert run.stdout
    said: list[str] = []
    for line in run.stdout:
        said.append(line)
        if word in line:
            break
    return "".join(said)


def test_the_story_comes_true_and_nothing_is_left(tmp_path: Path) -> None:
    with demo(tmp_path, "--once", "--lang", "fr") as run:
        said = run.communicate()[0]

    assert run.returncode == 0, said
    assert said.count("✔") == len(STORY), said
    assert "Comité exécutif" in said
    assert not list(tmp_path.iterdir())
    assert not running_with(str(tmp_path))


def test_it_stays_up_to_log_in_until_ctrl_c(tmp_path: Path) -> None:
    with demo(tmp_path) as run:
        said = read_until(run, "Ctrl-C")
        assert running_with(str(tmp_path)), said
        run.send_signal(signal.SIGINT)
        said += run.communicate()[0]

    assert run.returncode == 0, said
    assert said.count("✔") == len(STORY), said
    assert "@claire:corp.test" in said
    assert "syt_" not in said, "an access token is printed"
    assert not list(tmp_path.iterdir())
    assert not running_with(str(tmp_path))


async def test_killed_in_the_middle_it_takes_servers_and_bridge_along(tmp_path: Path) -> None:
    with demo(tmp_path, "--once") as run:
        said = read_until(run, "The story")
        assert len(running_with(str(tmp_path))) >= 4, said
        run.kill()

    await until(lambda: not running_with(str(tmp_path)), 60)
