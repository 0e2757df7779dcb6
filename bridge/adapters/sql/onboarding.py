"""Who is where on which path of onboarding, in ``onboarding``."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import delete, select

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import onboarding
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.onboarding import Progress, ProgressKey

PROGRESS: Final = b"onboarding.progress"
KEY: Final = b"onboarding.key"
USER: Final = b"onboarding.user"


class SqlOnboarding:
    """The onboarding of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def get(self, key: ProgressKey) -> Progress | None:
        query = select(onboarding.c.sealed).where(onboarding.c.key_index == self._key(key))
        found = await self._progress(query)
        return found[0] if found else None

    async def of_user(self, user: str) -> Sequence[Progress]:
        query = select(onboarding.c.sealed).where(onboarding.c.user_index == self._vault.index(user, USER))
        return sorted(await self._progress(query), key=lambda one: (one.moved_at, one.key), reverse=True)

    async def put(self, progress: Progress) -> None:
        waiting = progress.unsettled_since
        row = {
            "key_index": self._key(progress.key),
            "user_index": self._vault.index(progress.user, USER),
            "due_at": to_ms(waiting) if waiting else None,
            "sealed": self._vault.put(asdict(progress), PROGRESS, page=ROOM_PAGE),
        }
        await self._run(lambda connection: upsert(connection, onboarding, [row]))

    async def all(self) -> Sequence[Progress]:
        found = await self._progress(select(onboarding.c.sealed))
        return sorted(found, key=lambda one: (one.begun_at, one.key))

    async def unsettled(self, now: datetime, limit: int) -> Sequence[Progress]:
        due = onboarding.c.due_at
        query = select(onboarding.c.sealed).where(due.is_not(None), due <= to_ms(now)).order_by(due).limit(limit)
        return await self._progress(query)

    async def forget(self, user: str) -> int:
        query = delete(onboarding).where(onboarding.c.user_index == self._vault.index(user, USER))
        return int(await self._run(lambda connection: connection.execute(query).rowcount))

    async def _progress(self, query: Any) -> list[Progress]:
        sealed = await self._run(lambda connection: list(connection.execute(query).scalars()))
        return [msgspec.convert(self._vault.get(one, PROGRESS), Progress) for one in sealed]

    def _key(self, key: ProgressKey) -> bytes:
        return self._vault.index("\n".join(key), KEY)
