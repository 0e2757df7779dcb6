"""Whose account is whose, as it is stored, and the accounts that the homeserver has. Parts of ``store`` and wiring."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bridge.domain.identities import Account, Identity


class Identities(Protocol):
    """Links between people of the directory and accounts."""

    async def all(self) -> Mapping[str, Identity]:
        """By the person's id."""

    async def put(self, identities: Collection[Identity]) -> None:
        """Store links, in place of those of the same people."""

    async def remove(self, people: Collection[str]) -> None:
        """Forget the links of these people."""

    async def edition(self) -> int:
        """One more after every change, however many links it was about."""


class Accounts(Protocol):
    """People's accounts on the homeserver, as an administrator sees them. Raises ``HomeserverError``."""

    async def everybody(self) -> Sequence[str]:
        """The user ids of all living accounts, a few hundred with each call."""

    async def newest(self, known: Collection[str]) -> Sequence[str]:
        """The user ids of accounts that were made lately, back to the first that is known: mostly one call."""

    async def account(self, user: str) -> Account:
        """What is known of one account."""
