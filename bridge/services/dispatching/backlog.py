"""What dispatch has in hand and where it stands in the inbox. No input or output; time is passed in."""

import heapq
from datetime import datetime, timedelta
from typing import Final

from bridge.ports.store import InboxEntry

IN_HAND: Final = 5_000
"""Entries in memory at most."""

IN_ROOM: Final = 200
"""Entries of one room in memory at most: a busy room, or one whose handler hangs, does not shut out the others."""


class Backlog:
    """Entries in hand, the position behind which unread ones lie, and the moments when failed ones return."""

    def __init__(self, now: datetime, *, look_again: timedelta, in_hand: int = IN_HAND, in_room: int = IN_ROOM) -> None:
        self._cursor = 0
        self._seen = 0
        self._wanted_again: set[str] = set()
        self._went_back_for: set[str] = set()
        self._left_behind: dict[str, int] = {}
        self._look_again = look_again
        self._in_hand = in_hand
        self._in_room = in_room
        self._seqs: set[int] = set()
        self._moments: list[datetime] = []
        self._look_at = now

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be read before something is done."""
        return len(self._seqs) >= self._in_hand

    def begin_page(self) -> int:
        """After which entry to read. Goes back here only: handlers end while a page is being read."""
        for room in self._wanted_again:
            self._cursor = min(self._cursor, self._left_behind.pop(room) - 1)
        self._went_back_for |= self._wanted_again
        self._wanted_again.clear()
        return self._cursor

    def enter(self, entry: InboxEntry) -> bool:
        """Take the entry in hand; False when it already is."""
        if entry.seq in self._seqs:
            return False
        self._seqs.add(entry.seq)
        return True

    def enter_fresh(self, entry: InboxEntry, waiting_in_room: int) -> bool:
        """The same for an entry never tried; False also when its room has enough and comes back to it later."""
        self._cursor = entry.seq
        self._seen = max(self._seen, entry.seq)
        room = entry.room_id
        if room not in self._left_behind and waiting_in_room < self._in_room:
            return self.enter(entry)
        if entry.seq not in self._seqs:
            self._left_behind[room] = min(entry.seq, self._left_behind.get(room, entry.seq))
            self._went_back_for.discard(room)
        return False

    def turn_page(self, *, last: bool) -> bool:
        """A page was entered; whether another may follow. Having gone back, jump ahead once nothing more is sought."""
        if last:
            self._went_back_for.clear()
        if not self._went_back_for:
            self._cursor = max(self._cursor, self._seen)
        return not last

    def advance(self, room_id: str, waiting_in_room: int) -> None:
        """An entry of the room was handled: when few are left, what was left behind is read again."""
        if waiting_in_room <= self._in_room // 4 and room_id in self._left_behind:
            self._wanted_again.add(room_id)

    def leave(self, seqs: list[int]) -> None:
        """The verdicts on these are written."""
        self._seqs.difference_update(seqs)

    def due_at(self, moment: datetime) -> None:
        """An entry returns at ``moment``."""
        heapq.heappush(self._moments, moment)

    def is_due(self, now: datetime) -> bool:
        """Whether to look for entries to try again."""
        return now >= self._look_at or bool(self._moments and self._moments[0] <= now)

    def looked(self, now: datetime) -> None:
        """What was due at ``now`` was read."""
        while self._moments and self._moments[0] <= now:
            heapq.heappop(self._moments)
        if now >= self._look_at:
            self._look_at = now + self._look_again

    def quiet_for(self, now: datetime) -> float:
        """Seconds until there is something to look for without being woken."""
        moment = min([self._look_at, *self._moments[:1]])
        return max((moment - now).total_seconds(), 0.0)
