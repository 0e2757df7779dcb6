"""Counts what is asked of the store and of the homeserver, for tests of how much work an answer takes."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.store import FakeStore

Opening = Callable[[], AbstractAsyncContextManager[Any]]


class Tally:
    """``store`` counts units of work, views, and what was called in them; the homeserver remembers for itself."""

    def __init__(self, store: FakeStore, homeserver: FakeHomeserver) -> None:
        self.store: Counter[str] = Counter()
        self._asked = homeserver.synapse.asked
        self._before = len(self._asked)
        for what, name in (("unit of work", "work"), ("view", "view")):
            setattr(store, name, self._counted(what, getattr(store, name)))

    def begin(self) -> None:
        """Count from here."""
        self.store.clear()
        self._before = len(self._asked)

    @property
    def calls(self) -> list[str]:
        """What the homeserver was asked."""
        return [verb for verb, _ in self._asked[self._before :]]

    def _counted(self, what: str, opening: Opening) -> Opening:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Any]:
            self.store[what] += 1
            async with opening() as unit:
                yield _Seen(unit, self.store)

        return opened


class _Seen:
    """A unit of work whose repositories are counted, by their name and method."""

    def __init__(self, unit: object, counts: Counter[str]) -> None:
        self._unit, self._counts = unit, counts

    def __getattr__(self, name: str) -> "_Repository":
        return _Repository(name, getattr(self._unit, name), self._counts)


class _Repository:
    def __init__(self, name: str, repository: object, counts: Counter[str]) -> None:
        self._name, self._repository, self._counts = name, repository, counts

    def __getattr__(self, method: str) -> Any:
        self._counts[f"{self._name}.{method}"] += 1
        return getattr(self._repository, method)
