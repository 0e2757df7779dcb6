"""Onboarding in memory, for the fake store."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.domain.onboarding import Progress, ProgressKey

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeOnboarding:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def get(self, key: ProgressKey) -> Progress | None:
        return self._access.read().onboarding.get(key)

    async def of_user(self, user: str) -> Sequence[Progress]:
        found = [one for one in self._access.read().onboarding.values() if one.user == user]
        return sorted(found, key=lambda one: (one.moved_at, one.key), reverse=True)

    async def put(self, progress: Progress) -> None:
        self._access.write().onboarding[progress.key] = progress

    async def all(self) -> Sequence[Progress]:
        return sorted(self._access.read().onboarding.values(), key=lambda one: (one.begun_at, one.key))

    async def unsettled(self, now: datetime, limit: int) -> Sequence[Progress]:
        found = [(one.unsettled_since, one) for one in self._access.read().onboarding.values()]
        due = [(since, one) for since, one in found if since is not None and since <= now]
        return [one for _, one in sorted(due, key=lambda pair: pair[0])][:limit]

    async def forget(self, user: str) -> int:
        data = self._access.write()
        keys = [key for key, one in data.onboarding.items() if one.user == user]
        for key in keys:
            del data.onboarding[key]
        return len(keys)
