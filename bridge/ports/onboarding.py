"""Who is where on which path of onboarding. One repository of store.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bridge.domain.onboarding import Progress, ProgressKey


class Onboarding(Protocol):
    """Everything but the moment at which a path goes on is sealed; people are found by keyed hashes."""

    async def get(self, key: ProgressKey) -> Progress | None:
        """Where somebody stands on a path."""

    async def of_user(self, user: str) -> Sequence[Progress]:
        """All paths of a person, the one on which they moved last first."""

    async def put(self, progress: Progress) -> None:
        """Store where somebody stands, in place of what was."""

    async def all(self) -> Sequence[Progress]:
        """Everybody, oldest first: for lists and counts, not for each event."""

    async def unsettled(self, now: datetime, limit: int) -> Sequence[Progress]:
        """At most so many to whom something is owed, or whose time has come (``due``), longest waiting first."""

    async def forget(self, user: str) -> int:
        """Nothing is known of the person any more: a count of paths."""
