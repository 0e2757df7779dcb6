"""Since when rooms have another alias: the earlier one is kept for a while (``lifecycle.keep_aliases``) and then goes.

Written by the pass that looks at the world, read by the look. Only listed groups have aliases: nothing here is secret.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bridge.domain.rooms import RoomRef
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.services.world import World

EARLIER: Final = "earlier-alias"
KEPT_FOR: Final = timedelta(days=90)
"""Unless the configuration says otherwise."""

Aliases: TypeAlias = Mapping[RoomRef, frozenset[str]]


def earlier(items: Sequence[Pending], before: datetime | None) -> tuple[Aliases, Aliases]:
    """The aliases that rooms had before and keep, and those whose time is over, being earlier since ``before``."""
    over = [item for item in items if before is not None and item.created_at <= before]
    return _by_room(item for item in items if item not in over), _by_room(over)


async def remember(store: Store, world: World, now: datetime, lasts: timedelta) -> None:
    """Keep in mind what became an earlier alias, and forget what is none any more. Repeatable; nothing is written
    where no alias changed."""
    kept = {(ref, alias) for ref, room in world.desired.rooms.items() for alias in room.settings.old_aliases}
    async with store.view() as view:
        items = await view.pending.open(EARLIER)
        actual = await view.rooms.actual({_place(item)[0] for item in items}) if items else {}
    had = {(ref, alias) for ref, room in actual.items() for alias in room.aliases}
    main = {(ref, room.settings.alias) for ref, room in world.desired.rooms.items() if room.settings.alias}
    over = [item for item in items if _place(item) not in had or _place(item) in main]
    new = kept - {_place(item) for item in items}
    if not new and not over:
        return
    async with store.work() as work:
        for item in over:
            await work.pending.settle(item.key, "gone", now)
        for ref, alias in sorted(new):
            await work.pending.put(_item(ref, alias, now, lasts))


def _item(ref: RoomRef, alias: str, now: datetime, lasts: timedelta) -> Pending:
    return Pending(
        key=f"{EARLIER}:{alias}:{now.isoformat()}",  # it may be the main one again, and earlier once more
        kind=EARLIER,
        asker="",
        room_id="",
        document={"room": str(ref), "alias": alias},
        created_at=now,
        expires_at=now + lasts,
    )


def _place(item: Pending) -> tuple[RoomRef, str]:
    return RoomRef.parse(item.document["room"]), str(item.document["alias"])


def _by_room(items: Iterable[Pending]) -> Aliases:
    found: dict[RoomRef, set[str]] = defaultdict(set)
    for ref, alias in map(_place, items):
        found[ref].add(alias)
    return {ref: frozenset(aliases) for ref, aliases in found.items()}
