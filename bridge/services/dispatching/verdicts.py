"""What became of inbox entries, gathered and written together; between dispatch and the store."""

from dataclasses import dataclass
from datetime import datetime

from bridge.ports.store import Store


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that could not be handled; ``until`` is when to try again, None to set it aside."""

    seq: int
    until: datetime | None
    error: str


class Verdicts:
    """Verdicts not written yet. Losing them in a crash is harmless: the entries are dispatched again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._finished: list[int] = []
        self._failures: list[Failure] = []

    def __bool__(self) -> bool:
        return bool(self._finished or self._failures)

    def finish(self, seq: int) -> None:
        self._finished.append(seq)

    def fail(self, failure: Failure) -> None:
        self._failures.append(failure)

    async def write(self, now: datetime) -> list[int]:
        """Write all in one unit of work; gives their sequence numbers. ``StoreError``: they stay for the next time."""
        finished, failures = self._finished, self._failures
        if not finished and not failures:
            return []
        self._finished, self._failures = [], []
        try:
            async with self._store.work() as work:
                if finished:
                    await work.inbox.finish(finished, now)
                for failure in failures:
                    if failure.until is None:
                        await work.inbox.set_aside(failure.seq, now=now, error=failure.error)
                    else:
                        await work.inbox.postpone(failure.seq, until=failure.until, error=failure.error)
        except BaseException:
            self._finished[:0], self._failures[:0] = finished, failures
            raise
        return finished + [failure.seq for failure in failures]
