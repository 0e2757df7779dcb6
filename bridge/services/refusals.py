"""Invitations that a bot refuses: kept when they come, refused a moment later, beside whatever people are waiting for.
Noted by ``bots.kit.receiving``, refused in rounds of their own.

The moment is for the inviter's homeserver, and refusing for how quickly it answers: neither may hold up anybody else,
for everybody who has a homeserver can send as many as they like.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.ports.clock import Clock
from bridge.ports.messenger import Messenger
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.services.rounds import Rounds

REFUSAL: Final = "refusal"
SETTLES: Final = timedelta(seconds=1)
"""After which another homeserver has kept the invitation that it sent: before, it does not know what is refused
(Synapse says 403), and whoever invited us would see us invited for ever."""
LASTS: Final = timedelta(days=1)
"""For which it is tried, where a homeserver does not answer."""
AT_ONCE: Final = 4

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """One bot's. ``rounds`` are where homeservers of others are waited for."""

    store: Store
    messenger: Messenger
    clock: Clock
    rounds: Rounds

    async def note(self, event: Event) -> None:
        """The event invites the bot, and is to be refused. The same event again is the same refusal. Raises
        ``StoreError``."""
        log.info("an invitation is refused", bot=self.messenger.user_id, event_id=event.id)
        now = self.clock.now()
        async with self.store.work() as work:
            await work.pending.put(
                Pending(
                    key=f"{REFUSAL}:{event.id}",
                    kind=REFUSAL,
                    asker=event.sender,
                    room_id=event.room_id,
                    document={"bot": self.messenger.user_id},
                    created_at=now,
                    expires_at=now + LASTS,
                )
            )
        self.rounds.wake()

    async def go(self) -> None:
        """One round: refuse what was noted. Raises ``StoreError``."""
        async with self.store.view() as view:
            noted = [one for one in await view.pending.open(REFUSAL) if one.document["bot"] == self.messenger.user_id]
        if not noted:
            return
        settled = noted[-1].created_at + SETTLES
        await self.clock.sleep(max(0.0, (settled - self.clock.now()).total_seconds()))
        places = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._refuse(one, places) for one in noted))

    async def _refuse(self, one: Pending, places: asyncio.Semaphore) -> None:
        """Where nobody answers it stays for the next round."""
        async with places:
            try:
                # Somebody whom we know may have invited the bot to the same room meanwhile.
                if self.clock.now() < one.expires_at and not await self.messenger.is_in(one.room_id):
                    await self.messenger.leave(one.room_id)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    return
                log.info("the homeserver refuses", bot=self.messenger.user_id, errcode=error.errcode)
            async with self.store.work() as work:
                await work.pending.remove([one.key])
