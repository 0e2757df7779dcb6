"""A mail server in memory: takes letters, or raises what it was told to raise."""

from collections.abc import Awaitable, Callable

from bridge.domain.errors import ErrorKind
from bridge.domain.mail import Mail, MailError
from bridge.domain.messages import say


def refusal(*, address: bool = False) -> MailError:
    return MailError(say("refused"), kind=ErrorKind.REFUSED, address=address)


def busy() -> MailError:
    return MailError(say("busy"), kind=ErrorKind.TEMPORARY)


def silence() -> MailError:
    return MailError(say("silent"), kind=ErrorKind.TEMPORARY, certain=False)


class FakeMailer:
    """``troubles`` are raised one after the other, before letters are taken."""

    def __init__(self, *troubles: MailError) -> None:
        self.troubles = list(troubles)
        self.sent: list[Mail] = []
        self.before: Callable[[], Awaitable[None]] | None = None
        """What happens before a letter is taken."""

    async def send(self, mail: Mail) -> None:
        if self.before is not None:
            await self.before()
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(mail)

    async def close(self) -> None:
        return None
