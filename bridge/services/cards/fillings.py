"""The conversation in which somebody fills in their card, as far as it is kept: where they are, each line once.

What is asked and understood is the bots' (``bots/cards/dialogue``): pure steps, stored here with what they change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from bridge.domain.cards import Card, Change, Filling, Point, Stage
from bridge.services.cards.keeping import CardKeeper

FORGOTTEN_AFTER: Final = timedelta(days=90)
"""A conversation that nobody went on with for so long is over: whoever writes then means something else."""


class Step(Protocol):
    """What a line leads to."""

    @property
    def point(self) -> Point: ...
    @property
    def change(self) -> Change | None: ...


S = TypeVar("S", bound=Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fillings:
    """Stands on ``keeper``."""

    keeper: CardKeeper

    async def under_way(self, user: str, room: str, event: str) -> Filling | None:
        """The conversation that a line of this person in this room belongs to: one that goes on, or that this very line
        ended, heard again."""
        async with self.keeper.society.store.view() as view:
            filling = await view.cards.filling(user)
        if filling is None or filling.room != room:
            return None
        over = filling.point.stage is Stage.DONE or self.keeper.clock.now() - filling.at > FORGOTTEN_AFTER
        return None if over and filling.event != event else filling

    async def paused(self, user: str, room: str, event: str) -> Filling | None:
        """The conversation in this room that they left before its end, or that this very line took up again."""
        async with self.keeper.society.store.view() as view:
            filling = await view.cards.filling(user)
        if filling is None or filling.room != room:
            return None
        if filling.event == event and filling.point.stage is not Stage.DONE:
            return filling if filling.before.stage is Stage.DONE else None
        left = filling.point.stage is Stage.DONE and filling.before.stage in (Stage.VALUE, Stage.CIRCLE)
        return filling if left else None

    async def begin(self, user: str, room: str, event: str, step: Callable[[Card], S]) -> S:
        """Begin, or begin anew: what ``step`` makes of the card as it is. Heard again, the same."""
        return await self._take(user, room, event, lambda card, _: step(card), before=Point(stage=Stage.DONE))

    async def take(self, filling: Filling, event: str, step: Callable[[Card, Point], S]) -> S:
        """Go on by a line: what ``step`` makes of it, where the conversation was before that line."""
        before = filling.before if filling.event == event else filling.point
        return await self._take(filling.user, filling.room, event, step, before=before)

    async def _take(self, user: str, room: str, event: str, step: Callable[[Card, Point], S], *, before: Point) -> S:
        now = self.keeper.clock.now()
        async with self.keeper.society.store.work() as work:
            card = await work.cards.card(user) or Card(user=user, at=now)
            taken = step(card, before)
            if taken.change is not None:
                await self.keeper.apply(work, taken.change, origin=event, now=now)
            filling = Filling(user=user, room=room, point=taken.point, before=before, event=event, at=now)
            await work.cards.put_filling(filling)
        return taken
