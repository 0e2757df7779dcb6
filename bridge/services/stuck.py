"""Addresses (aliases) of our rooms that the homeserver does not let us take away: they are named instead, and tried
again now and then. Written by the run that was refused, forgotten by the one that tries again, read by the look.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.rooms import RoomRef
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork

STUCK: Final = "stuck-alias"
LASTS: Final = timedelta(days=7)
"""Then it is tried again: what the homeserver reads may have changed."""


async def keep(work: UnitOfWork, ref: RoomRef, alias: str, *, by: str | None, now: datetime) -> None:
    """Neither the bot nor ``by``, the account that joins people where there is one, may take the alias away."""
    await forget(work, ref, alias)
    await work.pending.put(
        Pending(
            key=_key(ref, alias),
            kind=STUCK,
            asker="",
            room_id="",
            document={"room": str(ref), "alias": alias, "by": by or ""},
            created_at=now,
            expires_at=now + LASTS,
        )
    )


async def forget(work: UnitOfWork, ref: RoomRef, alias: str) -> None:
    """It is tried now: before the homeserver is asked, so that no death leaves an address that is gone called stuck."""
    await work.pending.remove([_key(ref, alias)])


def by_room(items: Iterable[Pending], *, by: str | None, now: datetime | None) -> Mapping[RoomRef, frozenset[str]]:
    """The aliases to be left alone now; with another account it is tried again at once."""
    found: dict[RoomRef, set[str]] = defaultdict(set)
    for item in items:
        if item.document["by"] == (by or "") and (now is None or now < item.expires_at):
            found[RoomRef.parse(item.document["room"])].add(item.document["alias"])
    return {ref: frozenset(aliases) for ref, aliases in found.items()}


def _key(ref: RoomRef, alias: str) -> str:
    return f"{STUCK}:{ref}:{alias}"
