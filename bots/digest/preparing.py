"""Has digests made: with what their reader chose and thought, and with what reports may count. Called by ``postman``,
commands and ``parvis digest``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final, Protocol, TypeAlias

from bridge.domain.digest import Digest, Taste, Week
from bridge.domain.sending import Choices, Delivery, Opinion, Sending, Shown, group_of
from bridge.ports.clock import Clock
from bridge.ports.store import Store
from bridge.rules.sending.favours import favours

Told: TypeAlias = Mapping[str, datetime]
"""Until when a reader was told of what."""
BACK: Final = 5
"""Weeks in which what was shown is remembered."""


class Contents(Protocol):
    """What makes digests: ``services.digests``. Both pass the gate, and raise ``HomeserverError``, ``StoreError``."""

    async def of(
        self, reader: str, week: Week, *, taste: Taste = ..., shown: Told = ..., secrets: bool = True
    ) -> Digest | None:
        """One person's; without ``secrets``, as if there were no hidden group. None where there is nothing to send."""

    async def of_room(self, group: str, week: Week, *, taste: Taste = ..., shown: Told = ...) -> Digest | None:
        """One for all who sit in the room of a group, about that group alone."""

    def readers(self) -> list[str]:
        """Everybody (user ids) who may get one."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A digest, and what it would be ``without`` any hidden group; None where nothing is worth sending. ``choices``:
    what its reader chose."""

    digest: Digest | None
    without: Digest | None
    choices: Choices | None = None

    @property
    def openly(self) -> Sending:
        """What it counts as."""
        return Sending.SENT if self.without else Sending.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """``length``: threads, where a reader chose nothing."""

    contents: Contents
    store: Store
    clock: Clock
    length: int

    async def prepare(self, reader: str, week: Week, *, whole: bool = False) -> Prepared:
        """The digest of a week for a person or a room; the ``whole`` of it tells again what was told.
        Raises ``HomeserverError`` and ``StoreError``."""
        async with self.store.view() as view:
            chosen = await view.digests.choices(reader)
            opinions = (await view.digests.opinions([reader])).get(reader, ())
            earlier = () if whole else await view.digests.of_reader(reader, BACK)
        shown = told(one for one in earlier if one.week != str(week))
        taste = self.taste(chosen, opinions)
        if (group := group_of(reader)) is not None:
            digest = await self.contents.of_room(group, week, taste=taste, shown=shown)
            return Prepared(digest, None if digest and digest.secret else digest, chosen)
        digest = await self.contents.of(reader, week, taste=taste, shown=shown)
        without = digest
        if digest is not None and digest.secret:
            without = await self.contents.of(reader, week, taste=taste, shown=shown, secrets=False)
        return Prepared(digest, without, chosen)

    def taste(self, chosen: Choices | None, opinions: Sequence[Opinion]) -> Taste:
        """What the content of a digest depends on."""
        return Taste(
            length=(chosen.length if chosen else None) or self.length,
            muted=chosen.muted if chosen else frozenset(),
            favours=favours(opinions, self.clock.now()),
        )


def told(deliveries: Iterable[Delivery]) -> Told:
    """Until when a reader was told of what, by these digests."""
    found: dict[str, datetime] = {}
    for one in sorted(deliveries, key=lambda delivery: delivery.ends):
        end = datetime.combine(one.ends, time(), tzinfo=UTC)
        found |= {item.about: end for item in one.items if one.state is Sending.SENT}
    return found


def shown_in(digest: Digest) -> tuple[Shown, ...]:
    """What is kept of a digest: which items, and why; no word of them."""
    return tuple(
        Shown(
            number=item.number,
            kind=str(item.kind),
            group=item.group,
            about=item.thread,
            why=str(item.reason.why),
            near=item.reason.people,
            by=item.by,
            people=item.people,
            writers=item.writers,
            marked_by=item.marked_by,
            moved=item.moved,
        )
        for item in digest.items
    )
