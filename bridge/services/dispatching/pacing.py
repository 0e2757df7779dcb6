"""When dispatch makes room for intake: never while it is quiet, and in a flood until a gap or the end of patience."""

from collections import deque
from typing import Final

WINDOW: Final = 0.1
"""Seconds that are looked back on."""

FLOOD: Final = 300
"""Events within the window that make a flood: three full transactions. A busy homeserver makes about 100 events a
second; a flood is one that catches up after we were away, and waits for our answers."""

PATIENCE: Final = 1.0
"""Seconds that dispatch waits at most, however long the flood."""


class Pace:
    """Knows how many events came lately. All moments are seconds of one monotonic clock."""

    def __init__(self, *, window: float = WINDOW, flood: int = FLOOD, patience: float = PATIENCE) -> None:
        self._window = window
        self._flood = flood
        self._patience = patience
        self._arrivals: deque[tuple[float, int]] = deque()
        self._recent = 0
        self._began: float | None = None

    def arrived(self, now: float, events: int) -> None:
        """A transaction with this many new events was stored."""
        self._arrivals.append((now, events))
        self._recent += events
        self._forget(now)
        if self._began is None and self._recent >= self._flood:
            self._began = now

    def pause(self, now: float, since: float) -> float:
        """Seconds to wait before dispatching, 0 for "go"; ask again afterwards. ``since`` is when the waiting began."""
        self._forget(now)
        patience_left = since + self._patience - now
        if self._recent < self._flood or patience_left <= 0:
            return 0.0
        return min(self._gap_at() - now, patience_left)

    def pause_in_hand(self, now: float) -> float:
        """The same for what was taken before the flood began: it waits once, then goes on whatever comes."""
        self._forget(now)
        return 0.0 if self._began is None else self.pause(now, self._began)

    def _gap_at(self) -> float:
        """When the flood is over if nothing more arrives."""
        left = self._recent
        for moment, events in self._arrivals:
            left -= events
            if left < self._flood:
                return moment + self._window
        return 0.0

    def _forget(self, now: float) -> None:
        while self._arrivals and self._arrivals[0][0] <= now - self._window:
            self._recent -= self._arrivals.popleft()[1]
        if self._recent < self._flood:
            self._began = None
