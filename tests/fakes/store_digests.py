"""Digests in memory, for the fake store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from bridge.domain.sending import BESIDE, Choices, Delivery, Opinion, Sending

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeDigests:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def choices(self, reader: str) -> Choices | None:
        return self._access.read().digest_choices.get(reader)

    async def all_choices(self) -> Mapping[str, Choices]:
        return dict(sorted(self._access.read().digest_choices.items()))

    async def put_choices(self, choices: Choices) -> None:
        self._access.write().digest_choices[choices.reader] = choices

    async def claim(self, wanted: Delivery, *, now: datetime) -> Delivery | None:
        stored = await self.delivery(wanted.reader, wanted.week)
        if stored is not None:
            held = stored.holder != wanted.holder and stored.until is not None and stored.until > now
            if stored.state is not Sending.CLAIMED or held:
                return None
            wanted = replace(stored, holder=wanted.holder, until=wanted.until)
        await self.put(wanted)
        return wanted

    async def put(self, delivery: Delivery) -> None:
        self._access.write().deliveries[delivery.reader, delivery.week] = delivery

    async def delivery(self, reader: str, week: str) -> Delivery | None:
        return self._access.read().deliveries.get((reader, week))

    async def of_reader(self, reader: str, limit: int = 1) -> Sequence[Delivery]:
        found = [one for one in self._access.read().deliveries.values() if one.reader == reader]
        weekly = [one for one in found if BESIDE not in one.week]
        return sorted(weekly, key=attrgetter("week"), reverse=True)[:limit]

    async def asked_for(self, reader: str) -> Sequence[Delivery]:
        found = [one for one in self._access.read().deliveries.values() if one.reader == reader and BESIDE in one.week]
        return sorted(found, key=attrgetter("at"), reverse=True)

    async def begun(self, week: str, readers: Collection[str]) -> frozenset[str]:
        return frozenset(reader for reader in readers if (reader, week) in self._access.read().deliveries)

    async def abandoned(self, now: datetime, limit: int) -> Sequence[Delivery]:
        claims = [one for one in self._access.read().deliveries.values() if one.state is Sending.CLAIMED]
        over = [(one.until, one) for one in claims if one.until is not None and one.until <= now]
        return [one for _, one in sorted(over, key=lambda pair: pair[0])][:limit]

    async def of_week(self, week: str) -> Sequence[Delivery]:
        found = [one for one in self._access.read().deliveries.values() if one.week == week]
        return sorted(found, key=attrgetter("reader"))

    async def put_opinion(self, opinion: Opinion) -> None:
        self._access.write().opinions[opinion.reader, opinion.week, opinion.number] = opinion

    async def take_back(self, reader: str, week: str, number: int) -> None:
        self._access.write().opinions.pop((reader, week, number), None)

    async def opinions(self, readers: Collection[str]) -> Mapping[str, Sequence[Opinion]]:
        found: dict[str, list[Opinion]] = {}
        for one in sorted(self._access.read().opinions.values(), key=attrgetter("at", "week", "number")):
            if one.reader in readers:
                found.setdefault(one.reader, []).append(one)
        return found

    async def forget(self, reader: str) -> int:
        data = self._access.write()
        data.digest_choices.pop(reader, None)
        data.opinions = {key: one for key, one in data.opinions.items() if one.reader != reader}
        weeks = [key for key in data.deliveries if key[0] == reader]
        for key in weeks:
            del data.deliveries[key]
        for other, one in data.deliveries.items():
            data.deliveries[other] = replace(one, items=tuple(item.without(reader) for item in one.items))
        return len(weeks)

    async def drop_before(self, week: str, *, opinions: str) -> int:
        data = self._access.write()
        data.opinions = {key: one for key, one in data.opinions.items() if one.week >= opinions}
        weeks = [key for key in data.deliveries if key[1] < week]
        for key in weeks:
            del data.deliveries[key]
        return len(weeks)
