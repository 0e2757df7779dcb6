"""Open questions of the store in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.ports.pending import Pending

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakePendingItems:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def put(self, item: Pending) -> Pending:
        return self._access.write().pending.setdefault(item.key, replace(item, settled_at=None, outcome=""))

    async def get(self, key: str) -> Pending | None:
        return self._access.read().pending.get(key)

    async def attach(self, key: str, event_id: str, *, room_id: str = "") -> None:
        data = self._access.write()
        if key in data.pending:
            data.pending_events.setdefault(event_id, (key, room_id))

    async def by_event(self, event_id: str) -> Pending | None:
        data = self._access.read()
        key, _ = data.pending_events.get(event_id, ("", ""))
        return data.pending.get(key)

    async def shown(self, key: str) -> Mapping[str, str]:
        events = self._access.read().pending_events.items()
        return {event_id: room_id for event_id, (of, room_id) in events if of == key}

    async def settle(self, key: str, outcome: str, at: datetime) -> bool:
        items = self._access.write().pending
        if key not in items or items[key].settled:
            return False
        items[key] = replace(items[key], settled_at=at, outcome=outcome)
        return True

    async def open(self, kind: str | None = None) -> Sequence[Pending]:
        items = self._access.read().pending.values()
        return [item for item in items if not item.settled and kind in (None, item.kind)]

    async def all(self) -> Sequence[Pending]:
        return list(self._access.read().pending.values())

    async def remove(self, keys: Collection[str]) -> int:
        data = self._access.write()
        gone = data.pending.keys() & set(keys)
        data.pending = {key: item for key, item in data.pending.items() if key not in gone}
        data.pending_events = {event: shows for event, shows in data.pending_events.items() if shows[0] not in gone}
        return len(gone)

    async def expired(self, now: datetime) -> Sequence[Pending]:
        return [item for item in await self.open() if item.expires_at <= now]

    async def purge(self, before: datetime) -> int:
        data = self._access.write()
        old = {key for key, item in data.pending.items() if (item.settled_at or item.expires_at) < before}
        data.pending = {key: item for key, item in data.pending.items() if key not in old}
        data.pending_events = {event: shows for event, shows in data.pending_events.items() if shows[0] not in old}
        return len(old)
