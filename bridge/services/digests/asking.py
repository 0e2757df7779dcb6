"""Messages as the homeserver gives them, remembered for some minutes: the digests of a week ask for the same ones.
Called by ``composing`` and ``sections``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from bridge.ports.clock import Clock
from bridge.ports.conversations import Coming, Conversations, Opening

LASTS: Final = 600.0
"""Seconds: whoever takes a message back is obeyed after that."""
MOST: Final = 20_000
"""Answers kept; a run of digests goes through them group by group."""
COMINGS: Final = 200
"""People who came into a room in a week, of whom more are not told apart."""

A = TypeVar("A")
K = TypeVar("K")


@dataclass(slots=True, kw_only=True)
class Asking:
    """Raises ``HomeserverError``; nothing is remembered of what failed."""

    conversations: Conversations
    clock: Clock
    _openings: dict[tuple[str, str], tuple[float, Opening | None]] = field(default_factory=dict)
    _comings: dict[tuple[str, datetime], tuple[float, Sequence[Coming]]] = field(default_factory=dict)
    _names: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    _made: dict[str, datetime] = field(default_factory=dict)

    async def opening(self, room_id: str, event_id: str) -> Opening | None:
        """One message with what decides who could read it."""
        key = (room_id, event_id)
        return await self._remembered(self._openings, key, lambda: self.conversations.opening(room_id, event_id))

    async def comings(self, room_id: str, since: datetime) -> Sequence[Coming]:
        """Who came into a room since then, the latest first."""
        key = (room_id, since)
        ask = self.conversations.comings
        return await self._remembered(self._comings, key, lambda: ask(room_id, since=since, most=COMINGS))

    async def named(self, room_id: str, user: str) -> str:
        """What somebody calls themselves in a room."""
        key = (room_id, user)
        return await self._remembered(self._names, key, lambda: self.conversations.named(room_id, user))

    async def made(self, room_id: str) -> datetime | None:
        """When a room was made, which never changes."""
        if room_id not in self._made:
            made = await self.conversations.made(room_id)
            if made is None:
                return None
            self._made[room_id] = made
        return self._made[room_id]

    async def _remembered(self, kept: dict[K, tuple[float, A]], key: K, ask: Callable[[], Awaitable[A]]) -> A:
        now = self.clock.monotonic()
        if (found := kept.get(key)) is not None and now - found[0] < LASTS:
            return found[1]
        answer = await ask()
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = (now, answer)
        return answer
