import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise

import pytest

from bridge.adapters.apart import PACKAGES, asked
from bridge.domain.errors import ErrorKind, ParvisError
from tests.support.answering import PIECES

pytestmark = pytest.mark.slow

CHILD = "tests.support.answering"
DEADLINE = 20.0


async def answer_to(question: bytes) -> list[bytes]:
    async with asked(CHILD, question) as pieces:
        return [piece async for piece in pieces]


def is_gone(process: int) -> bool:
    """Whether the process has ended: a zombie that nobody waits for has."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_the_pieces_arrive_as_they_were_sent_whatever_else_is_printed() -> None:
    assert await answer_to(b"talk") == PIECES


async def test_others_have_their_turn_after_every_piece() -> None:
    turns: list[str] = []

    async def other() -> None:
        while True:
            turns.append("other")
            await asyncio.sleep(0)

    async with asked(CHILD, b"all") as pieces:
        task = asyncio.create_task(other())
        async for _ in pieces:
            turns.append("piece")  # noqa: PERF401 - one at a time is the point
        task.cancel()
    assert turns.count("piece") == len(PIECES)
    assert all(pair != ("piece", "piece") for pair in pairwise(turns))


@pytest.mark.parametrize("question", [b"die", b"break off"])
async def test_a_child_that_dies_is_an_error_that_may_pass(question: bytes) -> None:
    with pytest.raises(ParvisError, match="the large directory died") as caught:
        await answer_to(question)
    assert caught.value.kind is ErrorKind.TEMPORARY
    assert caught.value.detail == ("last words" if question == b"die" else "")


async def test_a_cancelled_question_leaves_no_process_behind() -> None:
    seen: asyncio.Queue[bytes] = asyncio.Queue()

    async def ask() -> None:
        async with asked(CHILD, b"wait") as pieces:
            async for piece in pieces:
                seen.put_nowait(piece)

    asking = asyncio.create_task(ask())
    for _ in PIECES:
        await seen.get()
    child = int(await seen.get())
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_the_child_of_a_killed_parent_ends_by_itself() -> None:
    command = [sys.executable, "-m", "tests.support.asking"]
    with subprocess.Popen(command, cwd=PACKAGES, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + DEADLINE
    with suppress(TimeoutError):
        while not is_gone(child):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.01)
    assert is_gone(child)
