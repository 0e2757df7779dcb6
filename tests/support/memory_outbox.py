"""An outbox in memory, for tests of sending: the store port as far as they need it, with moments to crash at."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import cast

from bridge.ports.store import Claim, Store, UnitOfWork


class Killed(BaseException):
    """The process is no more. No ``except Exception`` survives it."""


class Fuse:
    """Burns down step by step; kills at step ``at`` (counted from 1), never when it is 0."""

    def __init__(self, at: int = 0) -> None:
        self._at = at
        self.steps = 0

    def burn(self) -> None:
        self.steps += 1
        if self.steps == self._at:
            raise Killed

    @property
    def burnt(self) -> bool:
        return 0 < self._at <= self.steps


class MemoryOutbox:
    """Both the store and its only repository. Survives; what crashes is who uses it."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self.units_of_work = 0
        self.fuse = Fuse()

    @property
    def store(self) -> Store:
        return cast("Store", self)

    @property
    def outbox(self) -> "MemoryOutbox":
        return self

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        before = dict(self.claims)
        self.units_of_work += 1
        try:
            yield cast("UnitOfWork", self)
            self.fuse.burn()
        except BaseException:
            self.claims = before
            raise
        self.fuse.burn()

    @asynccontextmanager
    async def view(self) -> AsyncIterator[UnitOfWork]:
        yield cast("UnitOfWork", self)

    async def claim(self, claim: Claim) -> Claim:
        stored = self.claims.get(claim.key, claim)
        self.claims[claim.key] = replace(stored, tried=True)
        return stored

    async def sent(self, key: str, event_id: str) -> None:
        self.claims[key] = replace(self.claims[key], event_id=event_id, content={})

    async def withdraw(self, key: str) -> None:
        if self.claims[key].event_id is None:
            del self.claims[key]

    async def get(self, key: str) -> Claim | None:
        return self.claims.get(key)

    async def open_claims(self) -> Sequence[Claim]:
        return [claim for claim in self.claims.values() if claim.event_id is None]

    async def purge(self, before: datetime) -> int:
        old = [key for key, claim in self.claims.items() if claim.event_id is not None and claim.claimed_at < before]
        for key in old:
            del self.claims[key]
        return len(old)
