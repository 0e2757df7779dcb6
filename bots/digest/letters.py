"""The digest as a letter, for who asked for it. ``postman`` promises it before anything is said in chat, and the rounds
write and send it: a mail server that is slow, or away, keeps no digest waiting.

What becomes of a letter is kept by ``services.mailing``, which never sends one twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bots.digest.mailed import letter_of
from bots.digest.picture import drawn
from bots.digest.preparing import Preparing
from bots.kit.rendering import Renderer
from bridge.domain.digest import Digest, Week
from bridge.domain.errors import ErrorKind, HomeserverError, ParvisError
from bridge.domain.mail import Posted
from bridge.ports.media import Charts
from bridge.services.mailing import Mailing
from bridge.services.society import Society

PAGE: Final = 30
"""Letters in one round: some seconds, after which other errands have their turn."""
AT_ONCE: Final = 3
"""Letters that are written at the same time: their titles are asked of the homeserver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """``mailing`` is None where the bridge sends no e-mail. ``wake`` has the next round come at once."""

    mailing: Mailing | None
    society: Society
    preparing: Preparing
    renderer: Renderer
    charts: Charts
    wake: Callable[[], None]

    def reaches(self, user: str) -> bool:
        """Whether somebody can be written to."""
        return self.mailing is not None and self.mailing.reaches(user)

    async def promise(self, reader: str, week: Week) -> None:
        """Have the letter of a week be written, if one is wanted. Raises ``StoreError``."""
        if self.mailing is not None:
            await self.mailing.promise(reader, str(week))

    async def go(self) -> None:
        """Write and send what is due, some of it in each round. Raises what has to wait, and ``StoreError``."""
        due, failed = await self._page()
        if failed:
            raise failed[0]
        if due == PAGE:
            self.wake()

    async def send_due(self) -> Sequence[ParvisError]:
        """Write and send all that is due; gives what has to wait. Raises ``StoreError``."""
        while True:
            due, failed = await self._page()
            if failed or due < PAGE:
                return failed

    async def _page(self) -> tuple[int, Sequence[ParvisError]]:
        """How many letters were due, and why some of them have to wait."""
        if self.mailing is None:
            return 0, ()
        due, limit = await self.mailing.due(PAGE), asyncio.Semaphore(AT_ONCE)

        async def one(posted: Posted) -> ParvisError | None:
            async with limit:
                try:
                    await self._send(posted)
                except ParvisError as error:
                    return error
            return None

        return len(due), [error for error in await asyncio.gather(*map(one, due)) if error is not None]

    async def _send(self, posted: Posted) -> None:
        assert self.mailing is not None
        digest = await self._digest(posted)
        if digest is None:
            await self.mailing.drop(posted.user, posted.week)
            return
        language = await self.society.language_of(posted.user)
        picture = await drawn(self.charts, digest, language)
        link = self.mailing.link(posted.user)
        letter = letter_of(digest, language, self.renderer, unsubscribe=link, picture=picture)
        await self.mailing.send(posted.user, letter, posted.week)

    async def _digest(self, posted: Posted) -> Digest | None:
        """The digest of that week as a letter may tell it; None where there is nothing to write, or no way to."""
        assert self.mailing is not None
        async with self.society.store.view() as view:
            delivery = await view.digests.delivery(posted.user, posted.week)
        week = Week(delivery.ends) if delivery else Week.parse(posted.week)
        try:
            prepared = await self.preparing.prepare(posted.user, week)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None
        # Administrators see how many letters there were: hidden news alone make none.
        return prepared.digest if self.mailing.hidden and prepared.without else prepared.without
