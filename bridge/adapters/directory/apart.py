"""Reading a large directory file in a process of its own, and taking its answer over bit by bit.

The child reads and judges; what comes back is cut so small that no single step keeps the event loop waiting.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
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

CUT: Final = 500
"""Rows in one piece: about a millisecond of decoding."""

PACKAGES: Final = Path(__file__).parents[3]
"""The folder of the package ``bridge``, for the child's search path: it may be a checkout that is not installed."""


class Readable(Protocol):
    """A source that can read without an event loop, and can be pickled."""

    def read_now(self) -> Reading:
        """Read everything; raises ``InvalidInput``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child says. With problems that are no warnings, there is nothing else."""

    problems: tuple[Problem, ...]
    stamp: str = ""
    people: tuple[bytes, ...] = ()
    groups: tuple[bytes, ...] = ()
    partners: tuple[bytes, ...] = ()


def answer_of(source: Readable) -> Answer:
    """Read, in the child."""
    try:
        reading = source.read_now()
    except InvalidInput as error:
        return Answer(error.problems)
    found = reading.directory
    return Answer(
        problems=reading.warnings,
        stamp=reading.stamp,
        people=tuple(_pieces(list(found.people.values()))),
        groups=tuple(_pieces(list(found.groups.values()))),
        partners=tuple(_pieces(list(found.partners.values()))),
    )


async def read_apart(source: Readable) -> Reading:
    """Read ``source`` in a child process, which ends with this call, also when it is cancelled.

    Raises ``InvalidInput``, and ``ParvisError`` when the child died (killed, out of memory).
    """
    path = os.pathsep.join(filter(None, (str(PACKAGES), os.environ.get("PYTHONPATH"))))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge.adapters.directory.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        output, errors = await child.communicate(pickle.dumps(source))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise ParvisError(
            say("The directory could not be read: the process that reads it died."),
            detail=errors.decode(errors="replace")[-2000:],
            kind=ErrorKind.TEMPORARY,
        )
    return await asyncio.to_thread(_reading_of, output)


def _reading_of(output: bytes) -> Reading:
    answer: Answer = pickle.loads(output)  # noqa: S301 - written by our own child, over a pipe
    if not all(problem.warning for problem in answer.problems):
        raise InvalidInput(answer.problems)
    people = {person.id: person for person in _rows(answer.people, Person)}
    directory = Directory(
        people=people,
        groups={group.id: _sharing_ids(group, people) for group in _rows(answer.groups, Group)},
        partners={partner.id: partner for partner in _rows(answer.partners, Partner)},
    )
    return Reading(directory=directory, warnings=answer.problems, stamp=answer.stamp)


def _pieces(rows: Sequence[object]) -> Iterator[bytes]:
    for start in range(0, len(rows), CUT):
        yield msgspec.msgpack.encode(rows[start : start + CUT])


def _rows(pieces: tuple[bytes, ...], kind: type[Row]) -> Iterator[Row]:
    decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
    for piece in pieces:
        yield from decoder.decode(piece)


def _sharing_ids(group: Group, people: dict[str, Person]) -> Group:
    """The group with the very texts that the people have: a tenth of the memory."""
    members = tuple(people[member].id if member in people else member for member in group.members)
    return replace(group, members=members)
