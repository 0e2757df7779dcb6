"""Copies business-card fields to Matrix profiles of people of ours who allow it, and takes them back. Called by rounds.

What is about to be written is stored before it is: whatever dies, everything of ours is found again and can be removed.
What a person wrote into their profile by themselves stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bridge.domain.cards import Card
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.clock import Clock
from bridge.ports.pending import Pending
from bridge.ports.profiles import Profiles
from bridge.rules.cards import pins
from bridge.rules.facts import Facts
from bridge.rules.publishing import profile_of
from bridge.services.cards.shelf import Shelf
from bridge.services.society import Society

PUBLISHED: Final = "card-published"
"""The kind of item that keeps what was written into whose profile; settled when nothing is left there."""
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Publishing:
    """A round in which no card changed reads one number. ``go`` raises ``HomeserverError`` and ``StoreError``."""

    society: Society
    shelf: Shelf
    profiles: Profiles
    clock: Clock
    _seen: tuple[object, object] | None = field(default=None, init=False, repr=False)

    async def go(self) -> None:
        """Bring every profile to what its owner allows."""
        world = self.society.world()
        if world is None or not self.profiles.writes:
            return
        cards = await self.shelf.all()
        if self._seen is not None and self._seen[0] is cards and self._seen[1] is world.facts:
            return
        wanted = self._wanted(world.facts, cards)
        async with self.society.store.view() as view:
            written = {item.asker: dict(item.document["fields"]) for item in await view.pending.open(PUBLISHED)}
        for user in sorted({*written, *wanted}):
            before, now = written.get(user, {}), wanted.get(user, {})
            if before != {name: [value] for name, value in now.items()}:
                await self._bring(user, before, now)
        self._seen = (cards, world.facts)

    @staticmethod
    def _wanted(facts: Facts, cards: Mapping[str, Card]) -> Mapping[str, Mapping[str, Any]]:
        allowed = {user: card for user, card in cards.items() if user in facts.employees}
        return {user: fields for user, card in allowed.items() if (fields := profile_of(card, pins(facts, user)))}

    async def _bring(self, user: str, before: Mapping[str, list[Any]], wanted: Mapping[str, Any]) -> None:
        """``before`` are the values that each field may have from us; None where it may not have been written yet."""
        try:
            present = await self.profiles.read(user)
            ours = {name: one for name, one in wanted.items() if name not in present
                    or present[name] in before.get(name, ())}  # fmt: skip
            await self._remember(user, {**before, **{name: [*before.get(name, [None]), one]
                                                     for name, one in ours.items()}})  # fmt: skip
            for name, value in ours.items():
                if present.get(name) != value:
                    await self.profiles.write(user, name, value)
            for name, values in before.items():
                if name not in ours and name in present and present[name] in values:
                    await self.profiles.remove(user, name)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.warning("a profile cannot be written", errcode=error.errcode)
        else:
            await self._remember(user, {name: [value] for name, value in ours.items()})

    async def _remember(self, user: str, fields: Mapping[str, list[Any]]) -> None:
        key, now = f"{PUBLISHED}:{user}", self.clock.now()
        item = Pending(key=key, kind=PUBLISHED, asker=user, room_id="", document={"fields": dict(fields)},
                       created_at=now, expires_at=NEVER)  # fmt: skip
        async with self.society.store.work() as work:
            await work.pending.remove([key])
            if fields:
                await work.pending.put(item)
