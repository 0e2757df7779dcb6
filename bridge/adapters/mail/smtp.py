"""The mailer port over SMTP: a few connections that are kept while there is work. Made by wiring."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException

from bridge.adapters.mail.refusing import server_said, unknown_fate, unreachable
from bridge.adapters.mail.writing import Sender, written
from bridge.domain.errors import ErrorKind
from bridge.domain.mail import Mail, MailError, is_address
from bridge.domain.messages import say
from bridge.ports.clock import Clock

AT_ONCE: Final = 3
"""Letters under way at once: relays take few connections from one place, and each has only to hand on."""
IDLE: Final = 20.0
"""Seconds for which a connection is kept without work: servers close theirs after some minutes, unasked."""
STOP_WITHIN: Final = 2.0
"""Seconds that letters under way get at the end."""
REST: Final = 30.0
"""Seconds for which nobody tries again a server that could not be reached: ten thousand letters would each wait."""

log = structlog.get_logger()


class Security(StrEnum):
    """How a connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server and how it is used. ``bounces`` is where reports of failure go: nowhere when it is empty, which is
    the null return path (RFC 5321, 4.5.5). ``authority`` is the file of a certificate authority of one's own.
    ``patience`` is how many seconds a server may take for each answer."""

    host: str
    port: int
    security: Security
    sender: Sender
    user: str = ""
    password: str = field(default="", repr=False)
    bounces: str = ""
    authority: Path | None = None
    patience: float = 120.0


@dataclass(slots=True)
class _Kept:
    """A connection between two letters, and since when it rests."""

    client: SMTP
    since: float


class SmtpMailer:
    """Safe to use by many tasks at once."""

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._kept: list[_Kept] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._down: tuple[float, MailError] | None = None

    async def send(self, mail: Mail) -> None:
        """A letter that has begun goes on although whoever waits for it is stopped: it would be lost for good."""
        if not is_address(mail.to):
            raise _no_address()
        sending = asyncio.create_task(self._send(mail, written(mail, self._server.sender)))
        self._under_way.add(sending)
        sending.add_done_callback(self._ended)
        await asyncio.shield(sending)

    async def close(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=STOP_WITHIN)
        for sending in tuple(self._under_way):
            sending.cancel()
        while self._kept:
            await _leave(self._kept.pop().client)

    def _ended(self, sending: "asyncio.Task[None]") -> None:
        self._under_way.discard(sending)
        if not sending.cancelled():
            sending.exception()  # seen, also where nobody waits any more

    async def _send(self, mail: Mail, message: bytes) -> None:
        async with self._turns, self._connection() as client:
            await self._offer(client, mail.to)
            await self._hand_over(client, mail.to, message)

    async def _offer(self, client: SMTP, to: str) -> None:
        """Sender and recipient. Whatever goes wrong until here, nothing was sent."""
        try:
            await client.mail(self._server.bounces)
            await client.rcpt(to)
        except SMTPResponseException as error:
            recipient = isinstance(error, SMTPRecipientRefused)
            raise server_said(error.code, error.message, to, recipient=recipient) from error
        except (SMTPException, OSError) as error:
            raise unreachable(error) from error

    async def _hand_over(self, client: SMTP, to: str, message: bytes) -> None:
        """From the first byte on the server may have taken it, whether or not its answer arrives."""
        try:
            await client.data(message)
        except SMTPResponseException as error:
            raise server_said(error.code, error.message, to, letter=True) from error
        except (SMTPException, OSError) as error:
            raise unknown_fate(error) from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """A connection for one letter. It is kept for the next one if this one was taken, and else ended."""
        client = await self._fresh_or_kept()
        try:
            yield client
        except BaseException:
            # Where a server is in the middle of what, nobody knows: the next letter begins anew.
            client.close()
            raise
        self._kept.append(_Kept(client, self._clock.monotonic()))

    async def _fresh_or_kept(self) -> SMTP:
        while self._kept:
            kept = self._kept.pop()
            if self._clock.monotonic() - kept.since < IDLE and await _answers(kept.client):
                return kept.client
            kept.client.close()
        return await self._connect()

    async def _connect(self) -> SMTP:
        if self._down is not None and self._clock.monotonic() < self._down[0]:
            raise self._down[1]
        server = self._server
        secure = server.security is not Security.NONE
        client = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.sender.address.rpartition("@")[2],
            timeout=server.patience,
            use_tls=server.security is Security.TLS,
            # Never "if it is offered": whoever stands between could hide the offer.
            start_tls=server.security is Security.STARTTLS,
            tls_context=ssl.create_default_context(cafile=server.authority) if secure else None,
            username=server.user or None,
            password=server.password or None,
        )
        try:
            await client.connect()
        except (SMTPException, OSError) as error:
            client.close()
            failure = unreachable(error)
            self._down = (self._clock.monotonic() + REST, failure)
            log.warning("the mail server cannot be used", reason=str(failure), detail=failure.detail)
            raise failure from error
        self._down = None
        return client


async def _answers(client: SMTP) -> bool:
    """Whether a kept connection still stands: servers end them when they like."""
    try:
        await client.rset()
    except (SMTPException, OSError):
        return False
    return True


async def _leave(client: SMTP) -> None:
    try:
        await client.quit(timeout=STOP_WITHIN)
    except (SMTPException, OSError):
        client.close()


def _no_address() -> MailError:
    sentence = say("An address in the directory is none that mail servers understand.")
    return MailError(sentence, kind=ErrorKind.REFUSED, address=True)
