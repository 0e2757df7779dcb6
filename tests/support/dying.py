"""The command line that dies at a named point: ``python -m tests.support.dying --config FILE apply``.

Points are "before create_room #2", "after set_state #1", "before commit 7", "before run #1": kinds of actions, commits
of the store and runs that a command asked for, counted. ``PARVIS_DIES_AT`` names the one at which the process kills
itself, as kill -9 would; ``PARVIS_POINTS`` a file in which all that are passed are written down. What runs is the
bridge as it is: it knows nothing of points.
"""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bridge.adapters.sql.store import SqlStore, SqlUnitOfWork
from bridge.app.cli import main
from bridge.domain.findings import Finding
from bridge.planning.plan import PlanPart
from bridge.ports.store import Run
from bridge.services.applying import doing
from bridge.services.applying.executor import Executor

DIES_AT: Final = "PARVIS_DIES_AT"
POINTS: Final = "PARVIS_POINTS"

Do = Callable[[Any, Any], Awaitable[Sequence[Finding]]]


class Points:
    """Passes points, and dies at one of them."""

    def __init__(self, dies_at: str, file: Path | None) -> None:
        self._dies_at, self._file = dies_at, file
        self._counts: Counter[str] = Counter()

    def count(self, what: str) -> int:
        """The number of this one among its kind."""
        self._counts[what] += 1
        return self._counts[what]

    def passed(self, point: str) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{point}\n")
        if point == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def watched(points: Points, do: Do, name: str) -> Do:
    """The same action, between two points."""

    async def doing_it(self: Any, action: Any) -> Sequence[Finding]:
        number = points.count(name)
        points.passed(f"before {name} #{number}")
        found = await do(self, action)
        points.passed(f"after {name} #{number}")
        return found

    return doing_it


def arm(points: Points) -> None:
    """Put points around every kind of action and every commit, and before what a command began."""
    for kind, do in list(doing.TABLE.items()):
        doing.TABLE[kind] = watched(points, do, do.__name__)
    work = SqlStore.work

    @asynccontextmanager
    async def watched_work(self: SqlStore) -> AsyncIterator[SqlUnitOfWork]:
        async with work(self) as unit:
            yield unit
            number = points.count("commit")
            points.passed(f"before commit {number}")
        points.passed(f"after commit {number}")

    SqlStore.work = watched_work  # type: ignore[method-assign]
    begin = Executor._begin

    async def watched_begin(
        self: Executor, parts: Sequence[PlanPart], fingerprint: str, *, actor: str, origin: str
    ) -> Run:
        if origin:  # leases are held, and nothing tells yet what for
            points.passed(f"before run #{points.count('run')}")
        return await begin(self, parts, fingerprint, actor=actor, origin=origin)

    Executor._begin = watched_begin  # type: ignore[method-assign]


if __name__ == "__main__":
    file = os.environ.get(POINTS)
    arm(Points(os.environ.get(DIES_AT, ""), Path(file) if file else None))
    main()
