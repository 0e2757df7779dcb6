"""Letters by e-mail in memory, for the fake store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.domain.mail import MailOutcome, Posted

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeLetters:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def promise(self, user: str, week: str, *, now: datetime) -> None:
        letter = Posted(user=user, week=week, outcome=MailOutcome.LATER, attempts=0, at=now, due_at=now)
        self._access.write().letters.setdefault((user, week), letter)

    async def begin(self, user: str, week: str, *, now: datetime) -> MailOutcome | None:
        data = self._access.write()
        known = data.letters.get((user, week))
        if known is not None and (known.due_at is None or known.due_at > now):
            return known.outcome
        attempts = known.attempts + 1 if known else 1
        data.letters[user, week] = Posted(user=user, week=week, outcome=MailOutcome.UNKNOWN, attempts=attempts, at=now)
        return None

    async def conclude(
        self, user: str, week: str, outcome: MailOutcome, *, at: datetime, due_at: datetime | None = None
    ) -> None:
        data = self._access.write()
        if known := data.letters.get((user, week)):
            data.letters[user, week] = replace(known, outcome=outcome, at=at, due_at=due_at)

    async def get(self, user: str, week: str) -> Posted | None:
        return self._access.read().letters.get((user, week))

    async def due(self, now: datetime, *, limit: int) -> Sequence[Posted]:
        waiting = [(one.due_at, one.user, one) for one in self._all() if one.due_at is not None and one.due_at <= now]
        return [one for _, _, one in sorted(waiting, key=lambda row: row[:2])[:limit]]

    async def readers(self, week: str) -> Sequence[str]:
        return [one.user for one in self._all() if one.week == week]

    async def counts(self, week: str) -> Mapping[MailOutcome, int]:
        return dict(sorted(Counter(one.outcome for one in self._all() if one.week == week).items()))

    async def refuse(self, user: str, address: str, *, at: datetime) -> None:
        self._access.write().refused_addresses[user] = address

    async def refused(self, user: str, address: str) -> bool:
        return self._access.read().refused_addresses.get(user) == address

    async def of_user(self, user: str) -> Sequence[Posted]:
        return sorted((one for one in self._all() if one.user == user), key=lambda one: one.week)

    async def forget(self, user: str) -> int:
        data = self._access.write()
        gone = [key for key in data.letters if key[0] == user]
        for key in gone:
            del data.letters[key]
        return len(gone) + (data.refused_addresses.pop(user, None) is not None)

    async def purge(self, before: datetime) -> int:
        data = self._access.write()
        gone = [key for key, one in data.letters.items() if one.at < before and one.due_at is None]
        for key in gone:
            del data.letters[key]
        return len(gone)

    def _all(self) -> Sequence[Posted]:
        return list(self._access.read().letters.values())
