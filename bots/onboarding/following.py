"""Follows up on whoever does not go on: reminders, and one hint to whoever looks after them. Called by the rounds.

What is decided is stored first, with the progress that remembers it; it is said by whoever says what is owed (``guide``
to the person, ``hints`` to others). So nobody is reminded twice and nobody is forgotten, whatever crashes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bots.onboarding.hints import keep_hint
from bots.onboarding.hours import zone_of
from bots.onboarding.paths import Path
from bots.onboarding.reminding import nudge_for
from bots.onboarding.stepping import step
from bridge.domain.onboarding import Input, InputKind, Progress, ProgressKey
from bridge.ports.clock import Clock
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of
from bridge.rules.working import WorkingTime
from bridge.services.society import Society

EVERY: Final = timedelta(minutes=10)
"""Reminders count in days: rounds come each minute and after every piece of news, and everybody is looked at in one."""


@dataclass(slots=True, kw_only=True)
class Follower:
    """``hours`` are when people work, ``house`` the zone of those of whom no other is known."""

    society: Society
    paths: Mapping[str, Path]
    clock: Clock
    hours: WorkingTime
    house: tzinfo
    _looked_at: datetime | None = field(default=None, init=False)

    async def go(self) -> None:
        """Nudge whoever is due. Raises ``StoreError``."""
        world, now = self.society.world(), self.clock.now()
        if world is None or (self._looked_at is not None and now < self._looked_at + EVERY):
            return
        async with self.society.store.view() as view:
            everybody = [one for one in await view.onboarding.all() if one.stage.open]
            cards = await view.cards.all() if everybody else {}
        for progress in everybody:
            zone = zone_of(world.facts, progress.user, self.house, cards.get(progress.user))
            if self._nudge(world.facts, progress, now, zone) is not None:
                await self._take(world.facts, progress.key, now, zone)
        self._looked_at = now

    def _nudge(self, facts: Facts, progress: Progress, now: datetime, zone: tzinfo) -> InputKind | None:
        path = self.paths.get(progress.path)
        if path is None or not _is_here(facts, progress.user):
            return None
        return nudge_for(path, progress, now, self.hours, zone)

    async def _take(self, facts: Facts, key: ProgressKey, now: datetime, zone: tzinfo) -> None:
        """They may have answered since they were looked at, so it is judged again with what is stored."""
        async with self.society.store.work() as work:
            progress = await work.onboarding.get(key)
            kind = self._nudge(facts, progress, now, zone) if progress is not None else None
            if progress is None or kind is None:
                return
            taken = step(self.paths[progress.path], progress, Input(kind=kind), now)
            await work.onboarding.put(taken.progress)
            if kind is InputKind.HINT and taken.heeded:
                await keep_hint(work, facts, taken.progress, now)


def _is_here(facts: Facts, user: str) -> bool:
    """Whoever has left is not reminded of anything."""
    return user in facts.accounts or partner_of(user, facts.belongs) is not None
