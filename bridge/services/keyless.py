"""Sees to it that no bot of ours has a device: whoever has none is given no keys, and what is encrypted stays closed
to the bridge ("sealed"). Called by the rounds, and before a room that is encrypted is made.

A device is the work of somebody who logged in as a bot. It is noted, removed, and told of: each step is in the store
before the next one, and may be done again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.ports.clock import Chance, Clock
from bridge.ports.devices import Devices
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork

FOUND: Final = "device"
"""A device was found and is to be removed."""
NEWS: Final = "device-news"
"""What became of one is still to be told."""
REMOVED: Final = "removed"
TOLD: Final = "told"
TELL_WITHIN: Final = timedelta(days=7)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A ``device`` that somebody had as ``bot`` (user id), found at ``at``; ``gone`` unless it could not be removed."""

    key: str
    bot: str
    device: str
    at: datetime
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """Stands over the devices of all ``bots`` (user ids)."""

    devices: Devices
    store: Store
    clock: Clock
    chance: Chance
    bots: frozenset[str]

    async def go(self) -> None:
        """Remove whatever device there is. Raises ``HomeserverError`` when one cannot be found out or stays."""
        refused: HomeserverError | None = None
        for item in await self._found():
            try:
                await self._remove(item)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                await self._tell(item, gone=False)
                refused = error
        if refused is not None:
            raise HomeserverError(
                say("A bot has a device that the homeserver does not let me remove."),
                kind=refused.kind, status=refused.status, errcode=refused.errcode, detail=refused.detail,
            )  # fmt: skip

    async def _found(self) -> list[Pending]:
        """What is there, noted before anything is done about it, and what a crash left."""
        there = {(bot, device) for bot in sorted(self.bots) for device in await self.devices.of(bot)}
        async with self.store.view() as view:
            items = list(await view.pending.open(FOUND))
        now = self.clock.now()
        for bot, device in sorted(there - {(item.asker, item.document["device"]) for item in items}):
            log.warning("somebody logged in as a bot", bot=bot, device=device)
            async with self.store.work() as work:
                items.append(await self._note(work, bot, device, now))
        return items

    async def _note(self, work: UnitOfWork, bot: str, device: str, now: datetime) -> Pending:
        item = Pending(
            key=f"{FOUND}:{self.chance.token()}",
            kind=FOUND,
            asker=bot,
            room_id="",
            document={"device": device},
            created_at=now,
            expires_at=now + TELL_WITHIN,
        )
        entry = AuditEntry(
            id=self.chance.token(), at=now, actor="", compartment=OPEN, kind="bot-device", run="",
            detail={"user": bot, "device": device}, outcome=Outcome.DONE, outcome_at=now,
        )  # fmt: skip
        await work.audit.intend([entry])
        return await work.pending.put(item)

    async def _remove(self, item: Pending) -> None:
        await self.devices.remove(item.asker, item.document["device"])
        await self._tell(item, gone=True)

    async def _tell(self, item: Pending, *, gone: bool) -> None:
        """Once for each of both."""
        now = self.clock.now()
        news = Pending(
            key=f"{item.key}:{'gone' if gone else 'stays'}",
            kind=NEWS,
            asker=item.asker,
            room_id="",
            document={**item.document, "gone": gone, "found": item.created_at.isoformat()},
            created_at=now,
            expires_at=now + TELL_WITHIN,
        )
        async with self.store.work() as work:
            await work.pending.put(news)
            if gone:
                await work.pending.settle(item.key, REMOVED, now)


async def strangers(store: Store) -> Sequence[Stranger]:
    """What is still to be told, oldest first."""
    async with store.view() as view:
        return [_stranger(item.key, item.asker, item.document) for item in await view.pending.open(NEWS)]


async def told(store: Store, one: Stranger, at: datetime) -> None:
    """Nothing about it is to be told any more."""
    async with store.work() as work:
        await work.pending.settle(one.key, TOLD, at)


def _stranger(key: str, bot: str, document: Mapping[str, object]) -> Stranger:
    return Stranger(
        key=key,
        bot=bot,
        device=str(document["device"]),
        at=datetime.fromisoformat(str(document["found"])),
        gone=bool(document["gone"]),
    )
