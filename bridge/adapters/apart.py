"""A process of its own for work that would keep the event loop waiting: one question in, the answer out piece by piece.

``asked`` starts the process; a module that is run there calls ``serve``. Neither knows what is talked about.
"""

import asyncio
import gc
import os
import signal
import sys
import tempfile
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say

SIZE_BYTES: Final = 4
"""Before each piece stands its length; nothing at all ends the answer, so that one cut short is noticed."""

PIPE_BYTES: Final = 1 << 20
LAST_WORDS: Final = 2000

PACKAGES: Final = Path(__file__).parents[2]
"""The folder of the package ``bridge``, for the child's search path: it may be a checkout that is not installed."""


DIED: Final = say("The process that works on the large directory died: it was killed, or memory ran out.")


@asynccontextmanager
async def asked(module: str, question: bytes, *, died: Message = DIED) -> AsyncIterator[AsyncIterator[bytes]]:
    """The pieces of what ``module`` answers in a child process, which ends with the block, also by cancellation.

    The event loop gets its turn after each piece. Raises ``ParvisError`` (temporary, with the sentence ``died``) when
    the child died.
    """
    path = os.pathsep.join(filter(None, (str(PACKAGES), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryFile() as errors:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            limit=PIPE_BYTES,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # an interrupt typed at the terminal is for us; we end the child
        )
        try:
            yield _pieces(child, question)
        except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError) as error:
            raise ParvisError(died, detail=_last_words(errors), kind=ErrorKind.TEMPORARY) from error
        finally:
            # Not child.kill(), which reaps a child that has just ended and leaves asyncio wondering where it is.
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            await child.communicate()


async def _pieces(child: Process, question: bytes) -> AsyncIterator[bytes]:
    stdin, stdout = child.stdin, child.stdout
    if stdin is None or stdout is None:
        raise BrokenPipeError
    stdin.writelines(_with_size(question))  # and it stays open: the child ends when we do
    while size := int.from_bytes(await stdout.readexactly(SIZE_BYTES), "big"):
        yield await stdout.readexactly(size)
        await asyncio.sleep(0)  # a piece that is there already is read without a pause


def _last_words(errors: BinaryIO) -> str:
    """What the dead child said on standard error, shortened, for the log."""
    errors.seek(0)
    return errors.read().decode(errors="replace")[-LAST_WORDS:]


def _with_size(piece: bytes) -> tuple[bytes, bytes]:
    return len(piece).to_bytes(SIZE_BYTES, "big"), piece


def serve(answer: Callable[[bytes], Iterable[bytes]]) -> None:
    """In the child: answer the question on standard input and end; end at once when whoever asked is gone.

    No piece may be empty.
    """
    gc.disable()  # millions of values and no garbage: collecting would cost a third of the time
    with os.fdopen(os.dup(1), "wb", buffering=PIPE_BYTES) as out:
        os.dup2(2, 1)  # whatever a library prints stays out of the answer
        stdin = sys.stdin.buffer
        question = stdin.read(int.from_bytes(stdin.read(SIZE_BYTES), "big"))
        threading.Thread(target=_end_with_parent, daemon=True).start()
        for piece in answer(question):
            out.writelines(_with_size(piece))
            out.flush()
        out.write(bytes(SIZE_BYTES))
    os._exit(0)  # without giving back millions of values one by one


def _end_with_parent() -> None:
    os.read(0, 1)  # nothing is ever sent: this returns when the other end is closed
    os._exit(1)


@contextmanager
def uncollected() -> Iterator[None]:
    """Values made inside are never visited by the garbage collector.

    It would stop everything for 80 ms to find out that half a million directory values, which hold no cycles, are
    still in use. They go as soon as nothing refers to them, as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
