"""Notices who has arrived, and puts them at the beginning of their path. Called by the rounds; ``guide`` does the rest.

Whom somebody owned groups or worked here before the bot was there, is no newcomer: that is written down in the first
round, so that nobody who led a group for years is told how to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bots.onboarding.expecting import newcomers, own_path, owners
from bots.onboarding.hints import keep_buddy
from bots.onboarding.library import Library
from bots.onboarding.stepping import step
from bridge.domain.onboarding import Input, InputKind, Progress, ProgressKey, Stage, arrived
from bridge.ports.clock import Clock
from bridge.ports.store import UnitOfWork
from bridge.rules.facts import Facts
from bridge.services.buddies import Seats, seats
from bridge.services.society import Society

BATCH: Final = 50
"""People written down in one unit of work: a tenth of a second, for which others wait."""
SINCE: Final = "onboarding since"
"""Under which it is kept, for the bot, that the first round was made."""
BUSY: Final = timedelta(days=2)
"""For so long a path that is under way keeps another one from beginning: one conversation at a time."""


@dataclass(slots=True, kw_only=True)
class Arriving:
    """``bot`` is the bot's user id. Unless ``everyone`` is welcomed, who is here already is left alone."""

    society: Society
    library: Library
    clock: Clock
    bot: str
    everyone: bool = True
    _begun: set[ProgressKey] | None = field(default=None, init=False)
    _seen: Facts | None = field(default=None, init=False)
    _waiting: bool = field(default=False, init=False)

    async def go(self) -> None:
        """One round. Raises ``StoreError``."""
        world = self.society.world()
        if world is None or (world.facts is self._seen and not self._waiting):
            return
        facts = world.facts
        begun = await self._known()
        await self._first_round(facts, begun)
        free: Seats | None = None
        new = [key async for key in newcomers(facts, self.library) if not self._has_begun(key, begun)]
        led = [key async for key in owners(facts, self.library) if key not in begun]
        self._waiting = False
        rest = iter((*new, *led))
        while some := list(islice(rest, BATCH)):
            async with self.society.store.work() as work:
                free = free or await seats(work, self.clock.now())
                begun.update(await self._begin(work, facts, some, free))
        self._seen = facts

    async def welcome(self, user: str) -> ProgressKey | None:
        """Somebody says hello who has not been welcomed: at the beginning of their path; None when there is none."""
        world = self.society.world()
        key = own_path(world.facts, self.library, user) if world else None
        if world is None or key is None:
            return None
        async with self.society.store.work() as work:
            await self._begin(work, world.facts, [key], await seats(work, self.clock.now()), asked=True)
        if self._begun is not None:
            self._begun.add(key)
        return key

    def _has_begun(self, key: ProgressKey, begun: set[ProgressKey]) -> bool:
        """On whichever path for people: who moves to another department is not welcomed again."""
        return key in begun or (key[0], "", "") in begun

    async def _known(self) -> set[ProgressKey]:
        """Whoever was begun with, read once; with a mark for each person who was welcomed on any path."""
        if self._begun is None:
            async with self.society.store.view() as view:
                keys = {one.key for one in await view.onboarding.all()}
            self._begun = keys | {(user, "", "") for user, _, subject in keys if not subject}
        return self._begun

    async def _first_round(self, facts: Facts, begun: set[ProgressKey]) -> None:
        """Write down who is no newcomer. Until all of them are, it is done again."""
        async with self.society.store.view() as view:
            if await view.preferences.get(self.bot, SINCE):
                return
        old = [key async for key in owners(facts, self.library)]
        if not self.everyone:
            old += [key async for key in newcomers(facts, self.library)]
        now, rest = self.clock.now(), iter(key for key in old if key not in begun)
        while some := list(islice(rest, BATCH)):
            async with self.society.store.work() as work:
                for user, path, subject in some:
                    await work.onboarding.put(replace(arrived(user, path, now, subject=subject), stage=Stage.DONE))
            begun.update(some)
        begun.update((user, "", "") for user, _, subject in old if not subject)
        async with self.society.store.work() as work:
            await work.preferences.put(self.bot, SINCE, now.isoformat())

    async def _begin(
        self, work: UnitOfWork, facts: Facts, keys: Sequence[ProgressKey], free: Seats, *, asked: bool = False
    ) -> set[ProgressKey]:
        """The first step is owed to these from now on; gives those with whom it began. Who ``asked`` for it need not
        be a newcomer."""
        now, taken = self.clock.now(), set[ProgressKey]()
        for key in keys:
            user, path_id, subject = key
            path, known = self.library.get(path_id), await work.onboarding.of_user(user)
            if path is None or any(one.key == key and (one.begun or not asked) for one in known):
                taken.add(key)
                continue
            if subject and any(_is_busy(one, now) for one in known):
                self._waiting = True
                continue
            buddy = "" if subject else free.take(facts, user)
            progress = arrived(user, path_id, now, subject=subject, buddy=buddy)
            await work.onboarding.put(step(path, progress, Input(kind=InputKind.BEGIN), now).progress)
            await keep_buddy(work, progress, now)
            taken |= {key} if subject else {key, (user, "", "")}
        return taken


def _is_busy(progress: Progress, now: datetime) -> bool:
    """Whether they are in the middle of this path."""
    return progress.stage is Stage.UNDER_WAY and progress.due is None and now - progress.moved_at < BUSY
