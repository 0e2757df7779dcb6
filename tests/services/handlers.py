"""Handlers for tests of dispatch: they remember what they saw, and fail or wait when told."""

import asyncio
from collections.abc import Callable

from bridge.domain.events import Event


class Recorder:
    """Wants everything, or what ``wanted`` says."""

    def __init__(self, name: str = "recorder", wanted: Callable[[Event], bool] = lambda _: True) -> None:
        self.name = name
        self._wanted = wanted
        self.seen: list[str] = []
        self.expected: list[str] = []

    def wants(self, event: Event) -> bool:
        return self._wanted(event)

    def expect(self, event: Event) -> bool:
        self.expected.append(event.id)
        return True

    async def handle(self, event: Event) -> None:
        self.seen.append(event.id)


class Failing(Recorder):
    """Fails for some events, as often as told (-1: always)."""

    def __init__(self, ids: set[str], times: int = -1, error: BaseException | None = None) -> None:
        super().__init__("failing")
        self._left = dict.fromkeys(ids, times)
        self._error = error or RuntimeError("a word of the message")

    async def handle(self, event: Event) -> None:
        await super().handle(event)
        if self._left.get(event.id):
            self._left[event.id] -= 1
            raise self._error


class Gate(Recorder):
    """Waits inside ``handle`` for some rooms until opened; knows how many are inside at once."""

    def __init__(self, rooms: set[str]) -> None:
        super().__init__("gate")
        self._rooms = rooms
        self.open = asyncio.Event()
        self.inside: list[str] = []
        self.most = 0

    async def handle(self, event: Event) -> None:
        self.inside.append(event.room_id)
        self.most = max(self.most, len(self.inside))
        assert len(set(self.inside)) == len(self.inside), "two events of one room at once"
        if event.room_id in self._rooms:
            await self.open.wait()
        self.inside.remove(event.room_id)
        await super().handle(event)
