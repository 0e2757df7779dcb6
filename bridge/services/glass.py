"""Breaking the glass: an administrator sees a hidden group that is not theirs, for a while, because another one agrees.

What is asked for is compared with nothing that the asker or those who answer could notice: every request is kept,
counted, shown and answered alike. What concerns those inside a group is done by rounds. A kill between any two steps
loses none: each step is kept with what it makes necessary, and made good later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.ports.clock import Chance, Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store, UnitOfWork
from bridge.rules.glass import GlassLimits, may_agree, others
from bridge.services.doorstep import for_the_first_time, short_reason
from bridge.services.glazing import (
    CLEARED,
    COUNTED,
    GLASS,
    INSIDE,
    STEP,
    Happened,
    Step,
    broken_by,
    clear,
    count,
    counted,
    entry,
    happened,
    key_of,
    request,
    step,
    tell_inside,
)
from bridge.services.society import Society

ENDINGS: Final[Mapping[str, Step | None]] = {
    GLASS: Step.LAPSED,
    CLEARED: Step.ENDED,
    COUNTED: None,
    STEP: None,
    INSIDE: None,
}
"""What it means for each kind that its time is over. Whoever could not be told inside for so long is not told any more:
the group's audit log has it, and our own log would say that there is such a group."""
OVER: Final = "over"
TOLD: Final = "told"
MAX_TYPED: Final = 200
"""Characters of what was typed that are kept: it stands on a card."""


class Received(StrEnum):
    """What whoever asks is told. None of it depends on what they asked for."""

    RECORDED = "recorded"
    TOO_MANY = "too-many"
    NOBODY = "nobody"
    """There is no other administrator who could agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """``changed`` is called when there is something to tell. Everything raises ``StoreError``, and may be repeated."""

    store: Store
    society: Society
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    limits: GlassLimits = field(default_factory=GlassLimits)

    async def broken_by(self, sender: str) -> frozenset[str]:
        """The hidden groups that the sender may see for a while: none but for administrators."""
        if sender not in self.society.admins:
            return frozenset()
        async with self.store.view() as view:
            return await broken_by(view, sender, self.clock.now())

    async def ask(self, asker: str, typed: str, *, reason: str, origin: str) -> Received:
        """An administrator asks, by the event ``origin``, to see the hidden group that they call so."""
        access, now = self.society.access(), self.clock.now()
        if access is None:
            raise ParvisError(say("It is not known yet who is who: ask again in a moment."), kind=ErrorKind.CONFLICT)
        if not others(access, asker):
            return Received.NOBODY
        named = short_reason(typed)[:MAX_TYPED]
        document = {"typed": named, "reason": short_reason(reason), "groups": list(access.behind_glass(typed))}
        async with self.store.work() as work:
            if await work.pending.get(key_of(origin)) is None:
                if self.limits.spent(await counted(work, asker), now):
                    return Received.TOO_MANY
                until = now + self.limits.answer
                item = await request(work, origin=origin, asker=asker, document=document, now=now, until=until)
                await count(work, item, now + self.limits.within)
                await self._note(work, item, Step.ASKED, by=asker)
        self.changed()
        return Received.RECORDED

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person decides about the request: another administrator, as things are now."""
        access = self.society.access()
        return access is not None and may_agree(access, item.asker, user)

    async def conclude(self, item: Pending, what: Step, *, by: str) -> None:
        """What somebody's answer, or none in time, makes of a request that was settled so."""
        async with self.store.work() as work:
            await self._note(work, item, what, by=by)
        self.changed()

    async def end(self, asker: str) -> bool:
        """The asker has seen enough: nothing more is shown to them, and nobody needs to answer them any more.

        False when they had asked for nothing that still counted."""
        await self._enter_all()
        now, ended = self.clock.now(), False
        async with self.store.work() as work:
            for kind, what in ((GLASS, Step.WITHDRAWN), (CLEARED, Step.ENDED)):
                for item in await work.pending.open(kind):
                    if item.asker == asker and await work.pending.settle(item.key, str(what), now):
                        await self._note(work, item, what, by=asker)
                        ended = True
        self.changed()
        return ended

    async def go(self) -> None:
        """One round: write into hidden groups what concerns them, and end what is over."""
        await self._enter_all()
        async with self.store.view() as view:
            over = await view.pending.expired(self.clock.now())
        for item in over:
            if item.kind in ENDINGS:
                await self._over(item)
        await self._enter_all()

    async def untold(self, kind: str = STEP) -> list[Happened]:
        """Steps that administrators are still to be told of, or with ``INSIDE`` those in a group; oldest first."""
        async with self.store.view() as view:
            return [happened(item) for item in await view.pending.open(kind)]

    async def told(self, what: Happened) -> None:
        """They were told, or never can be."""
        async with self.store.work() as work:
            await work.pending.settle(what.key, TOLD, self.clock.now())

    async def request_of(self, what: Happened) -> Pending | None:
        """The request whose step this is."""
        async with self.store.view() as view:
            return await view.pending.get(what.request)

    async def _over(self, item: Pending) -> None:
        async with self.store.work() as work:
            ended = await work.pending.settle(item.key, OVER, self.clock.now())
            if ended and (what := ENDINGS[item.kind]):
                await self._note(work, item, what, by="")

    async def _note(self, work: UnitOfWork, item: Pending, what: Step, *, by: str) -> None:
        """Keep the step, once, and tell of it in the open log. ``item`` is the request, or what was granted for it."""
        key = item.document.get("request", item.key)
        asked, now = await work.pending.get(key), self.clock.now()
        if asked is None or not await step(work, asked, what, by=by, now=now):
            return
        more = self._more(asked, what, now)
        await work.audit.intend([entry(self.chance.token(), asked, what, by=by, at=now, compartment=OPEN, more=more)])

    async def _enter_all(self) -> None:
        for what in await self.untold():
            await self._enter(what)

    async def _enter(self, what: Happened) -> None:
        """Write a step into the log of each hidden group that is named, and have its members told; then it counts."""
        once = f"entered:{what.key}"
        async with self.store.view() as view:
            if await view.pending.get(once):
                return
        now = self.clock.now()
        async with self.store.work() as work:
            asked = await work.pending.get(what.request)
            if asked is None or not await for_the_first_time(work, once, now):
                return
            more = self._more(asked, what.step, what.at)
            for group in asked.document["groups"]:
                id_ = self.chance.token()
                await work.audit.intend(
                    [entry(id_, asked, what.step, by=what.by, at=what.at, compartment=group, more=more)]
                )
                await tell_inside(work, what, group)
            if what.step is Step.GRANTED:
                await clear(work, asked, now=what.at, until=what.at + self.limits.lasts)

    def _more(self, asked: Pending, what: Step, at: datetime) -> dict[str, str]:
        """What else the log holds of a step."""
        match what:
            case Step.ASKED:
                return {"reason": asked.document["reason"]}
            case Step.GRANTED:
                return {"until": (at + self.limits.lasts).isoformat()}
            case _:
                return {}
