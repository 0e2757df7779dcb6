"""Devices of users of the application service: who has one is given keys. Used by ``services/keyless``."""

from collections.abc import Sequence
from typing import Protocol


class Devices(Protocol):
    """Methods raise ``HomeserverError``."""

    async def of(self, user: str) -> Sequence[str]:
        """The ids of a user's devices, those that only others are shown among them; sorted."""

    async def remove(self, user: str, device: str) -> None:
        """Take a device away, with its token and its keys; gone already is success."""
