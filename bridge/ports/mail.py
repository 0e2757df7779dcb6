"""E-mail as ``services/mailing`` needs it: a server that takes letters, and the memory of what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bridge.domain.mail import Mail, MailOutcome, Posted


class Mailer(Protocol):
    """Hands letters to a mail server."""

    async def send(self, mail: Mail) -> None:
        """Returns once the server has taken it. Raises ``MailError``, which says whether it may have taken it."""

    async def close(self) -> None:
        """End connections that are kept; whoever made the mailer calls it once."""


class Letters(Protocol):
    """What became of letters, by person and week. A repository of store.py; people stand in it as user ids."""

    async def promise(self, user: str, week: str, *, now: datetime) -> None:
        """Store that this person is to get a letter, due from now on; what there is already stays."""

    async def begin(self, user: str, week: str, *, now: datetime) -> MailOutcome | None:
        """Store that the letter is about to be sent, as ``UNKNOWN`` with one more attempt, and give None: whatever dies
        from now on, nobody sends it again. Where there is an outcome, or it is not due yet, that is given instead."""

    async def conclude(
        self, user: str, week: str, outcome: MailOutcome, *, at: datetime, due_at: datetime | None = None
    ) -> None:
        """What became of it; with ``LATER``, when it is tried again."""

    async def get(self, user: str, week: str) -> Posted | None: ...

    async def due(self, now: datetime, *, limit: int) -> Sequence[Posted]:
        """Letters whose time to be tried again has come, those that waited longest first."""

    async def readers(self, week: str) -> Sequence[str]:
        """Everybody of whose letter of that week anything is known, in no order."""

    async def counts(self, week: str) -> Mapping[MailOutcome, int]:
        """How many letters of that week had each outcome; outcomes without any are absent."""

    async def refuse(self, user: str, address: str, *, at: datetime) -> None:
        """Remember that a server refuses this address of that person for good; an earlier one is forgotten."""

    async def refused(self, user: str, address: str) -> bool:
        """Whether this very address of that person was refused for good."""

    async def of_user(self, user: str) -> Sequence[Posted]:
        """Everything that is kept for somebody, by week."""

    async def forget(self, user: str) -> int:
        """All of it goes, a refused address too: a count."""

    async def purge(self, before: datetime) -> int:
        """Forget letters that were concluded before then: a count. Refused addresses stay until they change."""
