"""The digest as a letter, for who asked for it. Called by ``postman`` before it is said in chat, and by the rounds for
letters that have to be tried again.

What becomes of a letter is kept by ``services.mailing``, which never sends one twice.
"""

from dataclasses import dataclass
from typing import Final

from bots.digest.mailed import letter_of
from bots.digest.preparing import Prepared, Preparing
from bots.kit.rendering import Renderer
from bridge.domain.digest import Week
from bridge.services.mailing import Mailing
from bridge.services.society import Society

AT_ONCE: Final = 20
"""Letters that are tried again in one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """``mailing`` is None where the bridge sends no e-mail."""

    mailing: Mailing | None
    society: Society
    preparing: Preparing
    renderer: Renderer

    def reaches(self, user: str) -> bool:
        """Whether somebody can be written to."""
        return self.mailing is not None and self.mailing.reaches(user)

    async def post(self, reader: str, week: Week, prepared: Prepared) -> None:
        """Send the letter of a week, if one is wanted, and if it was not sent. Raises ``StoreError``."""
        if self.mailing is None or not _wanted(prepared):
            return
        digest = prepared.digest if self.mailing.hidden else prepared.without
        if digest is not None:
            language = await self.society.language_of(reader)
            letter = letter_of(digest, language, self.renderer, unsubscribe=self.mailing.link(reader))
            await self.mailing.send(reader, letter, str(week))

    async def go(self) -> None:
        """Try again what is due. Raises ``HomeserverError`` and ``StoreError``."""
        if self.mailing is None:
            return
        for posted in await self.mailing.due(AT_ONCE):
            async with self.society.store.view() as view:
                delivery = await view.digests.delivery(posted.user, posted.week)
            week = Week(delivery.ends) if delivery else Week.parse(posted.week)
            prepared = await self.preparing.prepare(posted.user, week)
            if _wanted(prepared) and prepared.without:
                await self.post(posted.user, week, prepared)
            else:
                await self.mailing.drop(posted.user, posted.week)


def _wanted(prepared: Prepared) -> bool:
    return prepared.choices is not None and prepared.choices.mail
