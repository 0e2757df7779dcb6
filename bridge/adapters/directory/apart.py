"""Reading a large directory file in a process of its own, and taking its answer over bit by bit.

The child (``child``) reads and judges; the answer comes back in pieces so small that none keeps the event loop waiting.
"""

import asyncio
import gc
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from bridge.domain.directory import Directory, Group, Partner, Person
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput, Problem
from bridge.ports.directory import Reading

Row = TypeVar("Row", Person, Group, Partner)

CUT: Final = 250
"""Rows in one piece: about half a millisecond of decoding."""

SIZE_BYTES: Final = 4
"""Before each piece stands its length."""

PIPE_BYTES: Final = 1 << 20

PACKAGES: Final = Path(__file__).parents[3]
"""The folder of the package ``bridge``, for the child's search path: it may be a checkout that is not installed."""


class Readable(Protocol):
    """A source that can read without an event loop, and can be pickled."""

    def read_now(self) -> Reading:
        """Read everything; raises ``InvalidInput``."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first piece. The others are ``people``, then ``groups``, then ``partners``: so many pieces of each."""

    problems: tuple[Problem, ...]
    stamp: str = ""
    people: int = 0
    groups: int = 0
    partners: int = 0


def pieces_of(source: Readable) -> Iterator[bytes]:
    """Read, in the child: what goes through the pipe."""
    try:
        reading = source.read_now()
    except InvalidInput as error:
        yield from _with_size(pickle.dumps(Header(error.problems)))
        return
    found = reading.directory
    parts = [list(rows.values()) for rows in (found.people, found.groups, found.partners)]
    counts = [len(range(0, len(rows), CUT)) for rows in parts]
    yield from _with_size(pickle.dumps(Header(reading.warnings, reading.stamp, *counts)))
    for rows in parts:
        for start in range(0, len(rows), CUT):
            yield from _with_size(msgspec.msgpack.encode(rows[start : start + CUT]))


async def read_apart(source: Readable) -> Reading:
    """Read ``source`` in a child process, which ends with this call, also when it is cancelled.

    Raises ``InvalidInput``, and ``ParvisError`` when the child died (killed, out of memory).
    """
    path = os.pathsep.join(filter(None, (str(PACKAGES), os.environ.get("PYTHONPATH"))))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge.adapters.directory.child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=PIPE_BYTES,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        return await _converse(child, pickle.dumps(source))
    except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError) as error:
        raise ParvisError(
            say("The directory could not be read: the process that reads it died."),
            detail=await _last_words(child),
            kind=ErrorKind.TEMPORARY,
        ) from error
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def _converse(child: Process, question: bytes) -> Reading:
    stdin, stdout = child.stdin, child.stdout
    if stdin is None or stdout is None:
        raise ParvisError(say("The directory could not be read: the process that reads it died."))
    stdin.write(question)
    stdin.close()
    header: Header = pickle.loads(await _piece(stdout))  # noqa: S301 - written by our own child, over a pipe
    if not all(problem.warning for problem in header.problems):
        raise InvalidInput(header.problems)
    with _uncollected():
        directory = await _take_over(stdout, header)
    return Reading(directory=directory, warnings=header.problems, stamp=header.stamp)


@contextmanager
def _uncollected() -> Iterator[None]:
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


async def _take_over(stdout: asyncio.StreamReader, header: Header) -> Directory:
    people = {person.id: person async for person in _rows(stdout, header.people, Person)}
    groups = {group.id: _sharing_ids(group, people) async for group in _rows(stdout, header.groups, Group)}
    partners = {partner.id: partner async for partner in _rows(stdout, header.partners, Partner)}
    return Directory(people, groups, partners)


async def _rows(stream: asyncio.StreamReader, pieces: int, kind: type[Row]) -> AsyncIterator[Row]:
    decoder = msgspec.msgpack.Decoder(Sequence[kind])  # type: ignore[valid-type]
    for _ in range(pieces):
        for row in decoder.decode(await _piece(stream)):
            yield row
        await asyncio.sleep(0)  # a piece that is there already is read without a pause


async def _piece(stream: asyncio.StreamReader) -> bytes:
    return await stream.readexactly(int.from_bytes(await stream.readexactly(SIZE_BYTES), "big"))


async def _last_words(child: Process) -> str:
    """What the dead child said on standard error, shortened, for the log."""
    errors = await child.stderr.read() if child.stderr else b""
    return errors.decode(errors="replace")[-2000:]


def _with_size(piece: bytes) -> tuple[bytes, bytes]:
    return len(piece).to_bytes(SIZE_BYTES, "big"), piece


def _sharing_ids(group: Group, people: dict[str, Person]) -> Group:
    """The group with the very texts that the people have: a tenth of the memory."""
    return replace(group, members=tuple(people[member].id if member in people else member for member in group.members))
