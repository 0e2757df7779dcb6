"""Three small repositories of a unit of work: what people chose, who holds a lease, a source's last good answer."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class Preferences(Protocol):
    """What people chose for themselves, and once-only marks per conversation."""

    async def get(self, user_id: str, key: str) -> str | None: ...

    async def put(self, user_id: str, key: str, value: str) -> None: ...

    async def of_user(self, user_id: str) -> Mapping[str, str]:
        """Everything that is kept for somebody, by key."""

    async def forget(self, user_id: str) -> int:
        """All of it goes: a count."""


class Leases(Protocol):
    """One holder at a time."""

    async def take(self, name: str, holder: str, *, now: datetime, seconds: float) -> bool:
        """Take or renew the lease; False while another holder's has not run out."""

    async def taken(self, names: Collection[str], *, now: datetime) -> bool:
        """Whether somebody holds one of these."""

    async def release(self, name: str, holder: str) -> None:
        """Give it back."""


class Snapshots(Protocol):
    """The last good answer of the directory, sealed, so that a silent source does not mean "nobody"."""

    async def save(self, name: str, data: bytes, *, at: datetime) -> None: ...

    async def load(self, name: str) -> tuple[bytes, datetime] | None: ...
