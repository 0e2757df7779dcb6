"""The machine's own clock and source of chance; wiring gives them to whatever asks for the ports."""

import asyncio
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The clock port on the operating system's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SystemChance:
    """The chance port on the operating system's cryptographic generator."""

    def token(self) -> str:
        return secrets.token_urlsafe(16)
