"""Letters by e-mail: to whom, at most once, and until they say stop. Called by bots and by the page for unsubscribing.

A letter is begun in the store before it leaves: whoever is killed in between leaves it of unknown fate, and nobody
sends it again. The letter itself is not stored: who tries it again writes it again.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.mail import Letter, Mail, Mailbox, MailError, MailOutcome, Posted
from bridge.domain.sending import Choices
from bridge.ports.clock import Clock
from bridge.ports.mail import Mailer
from bridge.ports.sealing import Sealer
from bridge.ports.store import Store
from bridge.rules.mailing import address_of, may_tell, name_of, next_try
from bridge.services.society import Society

PATH: Final = "/mail/unsubscribe/"
TOKEN: Final = b"mail.unsubscribe"
MESSAGE_ID: Final = b"mail.message_id"
LONGEST_TOKEN: Final = 1_000
"""Letters: a user id has at most 255."""
NOBODY: Final = ""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """``links`` is how the bridge is reached from outside; ``hidden`` whether letters may tell of hidden groups."""

    store: Store
    society: Society
    mailer: Mailer
    clock: Clock
    sealer: Sealer
    links: str
    hidden: bool = False

    def reaches(self, user: str) -> bool:
        """Whether the directory gives this person an address."""
        access = self.society.access()
        return access is not None and bool(address_of(access, user))

    def link(self, user: str) -> str:
        """The page on which this person, and whoever has this very link, ends their letters. It works for as long as
        the data key does: letters are kept for years."""
        token = base64.urlsafe_b64encode(self.sealer.seal(user.encode(), TOKEN))
        return f"{self.links}{PATH}{token.decode().rstrip('=')}"

    async def promise(self, user: str, week: str) -> None:
        """Have the letter of a week (``2026-W47``) be due, if this person asked for letters and can get them: whatever
        dies then, it is known that there is one to write. Raises ``StoreError``."""
        if not self.reaches(user):
            return
        async with self.store.view() as view:
            wanted = _asked(await view.digests.choices(user))
        if wanted:
            async with self.store.work() as work:
                await work.letters.promise(user, week, now=self.clock.now())

    async def send(self, user: str, letter: Letter, week: str) -> MailOutcome:
        """Send this person the letter of a week, unless that was done, or begun. Gives what became of it, now or
        before; before the directory was read it is for later. Raises ``StoreError``."""
        access, now = self.society.access(), self.clock.now()
        if access is None:
            return MailOutcome.LATER
        address = address_of(access, user) if may_tell(access, user, letter.groups, hidden=self.hidden) else ""
        async with self.store.work() as work:
            known = await work.letters.get(user, week)
            if known is not None and known.due_at is None:
                return known.outcome
            asked = address and _asked(await work.digests.choices(user))
            if not asked or await work.letters.refused(user, address.lower()):
                await work.letters.conclude(user, week, MailOutcome.NONE, at=now)
                return MailOutcome.NONE
            if (waiting := await work.letters.begin(user, week, now=now)) is not None:
                return waiting
        try:
            await self.mailer.send(self._mail(user, Mailbox(address, name_of(access, user)), letter, week))
        except MailError as error:
            return await self._not_sent(user, address, week, error)
        await self._conclude(user, week, MailOutcome.SENT)
        return MailOutcome.SENT

    async def due(self, limit: int) -> Sequence[Posted]:
        """Letters to write and send, those that waited longest first. Raises ``StoreError``."""
        async with self.store.view() as view:
            return await view.letters.due(self.clock.now(), limit=limit)

    async def drop(self, user: str, week: str) -> None:
        """A letter that is due and of which there is nothing to write. Raises ``StoreError``."""
        async with self.store.work() as work:
            known = await work.letters.get(user, week)
            if known is not None and known.due_at is not None:
                await work.letters.conclude(user, week, MailOutcome.NONE, at=self.clock.now())

    async def close(self) -> None:
        """End connections to the mail server."""
        await self.mailer.close()

    async def bounced(self, letter: str, address: str, *, nobody: bool) -> bool:
        """A mail server that had taken the letter with this id (``Mail.id``) reports that it did not reach its address;
        with ``nobody`` because there is none. Gives whether it was a letter of ours: nobody else can make such an id.
        Raises ``StoreError``."""
        week, now = letter.partition(".")[0], self.clock.now()
        async with self.store.view() as view:
            readers = await view.letters.readers(week)
        user = next((one for one in readers if self._id(one, week) == letter), NOBODY)
        if user == NOBODY:
            return False
        async with self.store.work() as work:
            await work.letters.conclude(user, week, MailOutcome.REFUSED, at=now)
            if nobody:
                await work.letters.refuse(user, address.lower(), at=now)
        return True

    async def counts(self, week: str) -> Mapping[MailOutcome, int]:
        """How many letters of that week had each outcome: for administrators. Raises ``StoreError``."""
        async with self.store.view() as view:
            return await view.letters.counts(week)

    async def unsubscribe(self, token: str) -> None:
        """Whoever the token belongs to gets no letters any more. A token that belongs to nobody takes the same way and
        changes nothing. Raises ``StoreError``, whether or not it belongs to somebody."""
        user = self._whose(token)
        async with self.store.work() as work:
            chosen = await work.digests.choices(user)
            if user != NOBODY:
                await work.digests.put_choices(replace(chosen or Choices(reader=user), mail=False))

    def _mail(self, user: str, box: Mailbox, letter: Letter, week: str) -> Mail:
        return Mail(
            id=self._id(user, week),
            to=box.address,
            name=box.name,
            letter=letter,
            unsubscribe=self.link(user),
            written_at=self.clock.now(),
        )

    def _id(self, user: str, week: str) -> str:
        return f"{week}.{self.sealer.index(f'{user} {week}', MESSAGE_ID).hex()[:32]}"

    async def _not_sent(self, user: str, address: str, week: str, error: MailError) -> MailOutcome:
        """People's addresses stand in no log: what the server said does."""
        if not error.certain:
            log.warning("a letter may have been sent, and is not sent again", detail=error.detail)
            return MailOutcome.UNKNOWN
        if error.kind is ErrorKind.REFUSED:
            log.warning("a letter is refused for good", address=error.address, detail=error.detail)
            async with self.store.work() as work:
                if error.address:
                    await work.letters.refuse(user, address.lower(), at=self.clock.now())
                await work.letters.conclude(user, week, MailOutcome.REFUSED, at=self.clock.now())
            return MailOutcome.REFUSED
        return await self._later(user, week, error)

    async def _later(self, user: str, week: str, error: MailError) -> MailOutcome:
        now = self.clock.now()
        async with self.store.work() as work:
            posted = await work.letters.get(user, week)
            due = next_try(posted.attempts if posted else 1, now)
            outcome = MailOutcome.MISSED if due is None else MailOutcome.LATER
            await work.letters.conclude(user, week, outcome, at=now, due_at=due)
        if due is None:
            log.warning("a letter was tried for too long", detail=error.detail)
        return outcome

    async def _conclude(self, user: str, week: str, outcome: MailOutcome) -> None:
        async with self.store.work() as work:
            await work.letters.conclude(user, week, outcome, at=self.clock.now())

    def _whose(self, token: str) -> str:
        """The person of a token; nobody for a word that we never made."""
        if len(token) > LONGEST_TOKEN:
            return NOBODY
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            return self.sealer.unseal(sealed, TOKEN).decode()
        except (binascii.Error, ValueError, StoreError):
            return NOBODY


def _asked(choices: Choices | None) -> bool:
    """Whether somebody wants letters: who wants no digest wants none by e-mail either."""
    return choices is not None and choices.mail and choices.on is not False
