"""What commands decided about groups, in ``group_policies``."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import group_policies, meta
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.policy import GroupPolicy

POLICY: Final = b"group_policies.policy"
GROUP: Final = b"group_policies.group"
EDITION: Final = "policies"


class SqlPolicies:
    """The policies of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def all(self) -> Mapping[str, GroupPolicy]:
        query = select(group_policies.c.sealed)
        found = await self._run(lambda connection: [self._open(row.sealed) for row in connection.execute(query)])
        return {policy.group: policy for policy in sorted(found, key=lambda policy: policy.group)}

    async def get(self, group: str) -> GroupPolicy | None:
        query = select(group_policies.c.sealed).where(group_policies.c.group_index == self._index(group))
        sealed = await self._run(lambda connection: connection.execute(query).scalar_one_or_none())
        return None if sealed is None else self._open(sealed)

    async def put(self, policy: GroupPolicy) -> None:
        await self._put(policy, changed=True)

    async def _put(self, policy: GroupPolicy, *, changed: bool) -> None:
        content = {
            "group": policy.group,
            "values": policy.values,
            "created": policy.created,
            "by": policy.by,
            "at": policy.at.isoformat(),
            "before": policy.before,
        }
        row = {"group_index": self._index(policy.group), "sealed": self._vault.put(content, POLICY, page=ROOM_PAGE)}

        def store(connection: Connection) -> None:
            upsert(connection, group_policies, [row])
            if changed:
                _changed(connection)

        await self._run(store)

    async def follow(self, policies: Collection[GroupPolicy]) -> None:
        for policy in policies:
            if await self.get(policy.group) == policy:
                await self._put(replace(policy, before=None), changed=False)

    async def remove(self, group: str) -> None:
        index = self._index(group)

        def store(connection: Connection) -> None:
            connection.execute(delete(group_policies).where(group_policies.c.group_index == index))
            _changed(connection)

        await self._run(store)

    async def edition(self) -> int:
        query = select(meta.c.number).where(meta.c.name == EDITION)
        return int(await self._run(lambda connection: connection.execute(query).scalar_one()))

    def _index(self, group: str) -> bytes:
        return self._vault.index(group, GROUP)

    def _open(self, sealed: bytes) -> GroupPolicy:
        content: dict[str, Any] = self._vault.get(sealed, POLICY)
        return GroupPolicy(**{**content, "at": datetime.fromisoformat(content["at"])})


def _changed(connection: Connection) -> None:
    connection.execute(update(meta).where(meta.c.name == EDITION).values(number=meta.c.number + 1))
