"""What happened in rooms, in memory, for the fake store. Frozen like every other value, so that a copy is cheap."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log2
from typing import TYPE_CHECKING, Any

from bridge.domain.activity import MONDAY, Edit, Form, Happening, Kind, Post, Reacted, WeekSum
from bridge.ports.activity import Backfill, Kept

if TYPE_CHECKING:
    from tests.fakes.store import Access


@dataclass(frozen=True)
class ActivityData:
    """``gone`` are events that were taken back, ``revised`` when others were edited last."""

    happenings: Mapping[str, Happening] = field(default_factory=dict)
    revised: Mapping[str, datetime] = field(default_factory=dict)
    reactions: Mapping[str, Reacted] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    sums: Mapping[tuple[int, str, Kind], int] = field(default_factory=dict)
    backfills: Mapping[str, Backfill] = field(default_factory=dict)


class FakeActivity:
    def __init__(self, access: "Access") -> None:
        self._access = access

    @property
    def _data(self) -> ActivityData:
        return self._access.read().activity

    def _write(self, **values: Any) -> None:
        self._access.write().activity = replace(self._data, **values)

    async def add(self, happenings: Sequence[Happening], reactions: Sequence[Reacted] = ()) -> int:
        data = self._data
        fresh = {one.event: one for one in reversed(happenings) if one.event not in {*data.happenings, *data.gone}}
        added = {one.event: one for one in reversed(reactions) if one.event not in {*data.reactions, *data.gone}}
        every = {**data.happenings, **{event: rounded(one) for event, one in fresh.items()}}
        every = {event: replace(one, thread=root_of(every, one)) for event, one in every.items()}
        self._write(happenings=every, reactions={**data.reactions, **added})
        return len(fresh) + len(added)

    async def revise(self, edits: Sequence[Edit]) -> None:
        happenings, revised = dict(self._data.happenings), dict(self._data.revised)
        for one in edits:
            known = happenings.get(one.event)
            if known and known.sender == one.sender and one.at >= revised.get(one.event, one.at):
                happenings[one.event] = rounded(replace(known, edited=True, form=one.form))
                revised[one.event] = one.at
        self._write(happenings=happenings, revised=revised)

    async def redact(self, events: Collection[str], at: datetime) -> None:
        data = self._data
        self._write(
            gone=data.gone | frozenset(events),
            happenings={event: one for event, one in data.happenings.items() if event not in events},
            reactions={event: one for event, one in data.reactions.items() if event not in events},
        )

    async def between(
        self, start: datetime, end: datetime, *, groups: Collection[str] | None = None
    ) -> Sequence[Happening]:
        found = [one for one in self._known() if start <= one.at < end]
        return [one for one in found if groups is None or one.group in groups]

    def _known(self) -> list[Happening]:
        every = self._data.happenings
        told = (replace(one, answered=every[one.reply_to].sender if one.reply_to in every else "")
                for one in every.values())  # fmt: skip
        return sorted(told, key=lambda one: one.at)

    async def get(self, events: Collection[str]) -> Mapping[str, Happening]:
        return {one.event: one for one in self._known() if one.event in events}

    async def threads(self, roots: Collection[str]) -> Mapping[str, Sequence[Happening]]:
        found = {root: [one for one in self._known() if one.thread == root] for root in roots}
        return {root: those for root, those in found.items() if those}

    async def reactions(
        self,
        start: datetime,
        end: datetime,
        *,
        groups: Collection[str] | None = None,
        keys: Collection[str] | None = None,
    ) -> Sequence[Reacted]:
        found = [one for one in self._data.reactions.values() if start <= one.at < end]
        found = [one for one in found if groups is None or one.group in groups]
        return sorted((one for one in found if keys is None or one.key in keys), key=lambda one: one.at)

    async def posts(self, start: datetime, end: datetime) -> Sequence[Post]:
        return [
            Post(
                minute=one.minute,
                group=one.group,
                thread=one.thread,
                sender=one.sender,
                answers=(one.answered,) if one.answered else (),
                calls=one.form.calls,
                length=one.form.length,
                question=one.form.question,
                code=one.form.code,
            )
            for one in await self.between(start, end)
            if one.kind is not Kind.NOTICE
        ]

    async def of_user(self, user: str) -> Sequence[Kept]:
        said = self._known()
        wrote = [(one.group, one.at) for one in said if one.sender == user]
        reacted = [(one.group, one.at) for one in self._data.reactions.values() if one.sender == user]
        called = [(one.group, one.at) for one in said if user in one.form.calls]
        found = []
        for group in sorted({group for group, _ in (*wrote, *reacted, *called)}):
            messages, reactions, mentions = ([at for one, at in those if one == group]
                                             for those in (wrote, reacted, called))  # fmt: skip
            every = sorted((*messages, *reactions, *mentions))
            found.append(Kept(group=group, messages=len(messages), reactions=len(reactions), mentions=len(mentions),
                              first=every[0], last=every[-1]))  # fmt: skip
        return found

    async def forget(self, user: str) -> int:
        data = self._data
        happenings = {event: _uncalled(one, user) for event, one in data.happenings.items() if one.sender != user}
        reactions = {event: one for event, one in data.reactions.items() if one.sender != user}
        self._write(happenings=happenings, reactions=reactions)
        return len(data.happenings) - len(happenings) + len(data.reactions) - len(reactions)

    async def drop_before(self, moment: datetime, *, limit: int) -> int:
        data = self._data
        old = [one for one in self._known() if one.at < moment][:limit]
        counted = Counter(((one.at - MONDAY).days // 7, one.group, one.kind) for one in old)
        dropped = {one.event for one in old}
        self._write(
            sums=Counter(data.sums) + counted,
            happenings={event: one for event, one in data.happenings.items() if event not in dropped},
            reactions={event: one for event, one in data.reactions.items() if one.at >= moment},
        )
        return len(old)

    async def sums(self, first: int, last: int, *, groups: Collection[str] | None = None) -> Sequence[WeekSum]:
        return [
            WeekSum(week=week, group=group, kind=kind, count=count)
            for (week, group, kind), count in sorted(self._data.sums.items())
            if first <= week <= last and (groups is None or group in groups)
        ]

    async def backfill(self, room: str) -> Backfill | None:
        return self._data.backfills.get(room)

    async def backfills(self) -> Sequence[Backfill]:
        return sorted(self._data.backfills.values(), key=lambda one: (one.begun, one.room))

    async def put_backfill(self, backfill: Backfill) -> None:
        self._write(backfills={**self._data.backfills, backfill.room: backfill})


def rounded(one: Happening) -> Happening:
    """Lengths are kept in classes, four from a number to its double."""
    form = one.form
    length = round(2 ** (round(4 * log2(form.length)) / 4)) if form.length > 0 else 0
    return replace(one, form=Form(length=length, question=form.question, link=form.link, code=form.code,
                                  calls=form.calls, calls_all=form.calls_all))  # fmt: skip


def root_of(every: Mapping[str, Happening], one: Happening) -> str:
    """What the event that it names goes back to."""
    seen = {one.event}
    root = one.thread
    while root in every and root not in seen and every[root].thread != root:
        seen.add(root)
        root = every[root].thread
    return root


def _uncalled(one: Happening, user: str) -> Happening:
    calls = tuple(called for called in one.form.calls if called != user)
    return one if calls == one.form.calls else replace(one, form=replace(one.form, calls=calls))
