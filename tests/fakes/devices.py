"""Devices with memory."""

from collections.abc import Callable, Sequence

from bridge.domain.errors import HomeserverError


class FakeDevices:
    """``there`` are device ids by user; ``stays`` is raised instead of removing one; ``before`` is called with every
    question and every removal."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.there: dict[str, set[str]] = {}
        self.stays: HomeserverError | None = None
        self._before = before

    async def of(self, user: str) -> Sequence[str]:
        self._before()
        return sorted(self.there.get(user, ()))

    async def remove(self, user: str, device: str) -> None:
        self._before()
        if self.stays:
            raise self.stays
        self.there.get(user, set()).discard(device)
