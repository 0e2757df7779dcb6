"""What a change of members costs, counted: as much in a large group as in a small one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.adapters.scim.marking import marks_of
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.ports.scim import Change, ResourceKind, ScimResource
from tests.adapters.scim.served import served

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Counting(DataKeySealer):
    """A sealer that counts what it opens."""

    opened = 0

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        self.opened += 1
        return super().unseal(sealed, context)


async def fill(store: SqlStore, group: str, size: int) -> None:
    async with store.work() as work:
        people = [f"{group}-{number}" for number in range(size)]
        for one, kind in [(group, ResourceKind.GROUP), *((one, ResourceKind.USER) for one in people)]:
            document = {"displayName": one} if kind is ResourceKind.GROUP else {"userName": one}
            resource = ScimResource(id=one, kind=kind, document=document, created=NOW, changed=NOW)
            await work.scim.put(resource, marks_of(one, document))
        await work.scim.change_members(group, Change(add=tuple(people[:-1])), at=NOW)


async def test_one_member_more_opens_as_few_documents_in_a_large_group_as_in_a_small_one(tmp_path: Path) -> None:
    sealer = Counting(bytes(32))
    store = await open_store(f"sqlite:///{tmp_path}/store.db", sealer)
    counts = {}
    async with served(store) as scim:
        for group, size in (("small", 3), ("large", 400)):
            await fill(store, group, size)
            new = {"value": f"{group}-{size - 1}"}
            before = sealer.opened
            done = await scim.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [new]})
            counts[group] = sealer.opened - before
            assert done.status == 204
        before = sealer.opened
        assert len(await scim.members("large")) == 400
        assert sealer.opened - before > 400, "the count would see it"
    await store.close()
    assert counts["large"] <= counts["small"]
