"""What identity providers told us by SCIM: ``scim_resources`` and ``scim_marks``; members are in ``scim_members``."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from bridge.adapters.sql import scim_belonging
from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.scim_tables import scim_marks, scim_members, scim_resources
from bridge.adapters.sql.tables import meta
from bridge.adapters.sql.times import from_ms, to_ms
from bridge.adapters.sql.vault import Vault
from bridge.ports.scim import Change, Changed, ResourceKind, ScimResource, ScimState

DOCUMENT: Final = b"scim_resources.document"
ID: Final = b"scim_resources.id"
MARK: Final = b"scim_marks.mark"
EDITION: Final = "scim"
CHANGED: Final = "scim_changed"
LOADED: Final = "scim_loaded"
AT_ONCE: Final = 250
"""Sealed documents opened in one go: some milliseconds; then it is everybody else's turn."""
KINDS: Final = {ResourceKind.USER: 1, ResourceKind.GROUP: 2}
KIND_OF: Final = {number: kind for kind, number in KINDS.items()}

resources = scim_resources.c


class SqlScim:
    """The resources of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def get(self, kind: ResourceKind, resource_id: str) -> ScimResource | None:
        query = select(scim_resources).where(resources.id_index == self._index(resource_id), _of((kind,)))
        return next(iter(await self._found(query)), None)

    async def put(self, resource: ScimResource, marks: Collection[str]) -> ScimResource:
        index, at = self._index(resource.id), to_ms(resource.changed)
        row: dict[str, Any] = {
            "id_index": index,
            "kind": KINDS[resource.kind],
            "created_at": to_ms(resource.created),
            "changed_at": at,
            "sealed": self._vault.put([resource.id, resource.document], DOCUMENT),
        }
        found = [self._vault.index(mark, MARK) for mark in sorted(set(marks))]

        def store(connection: Connection) -> tuple[int, int]:
            version = bumped(connection, at)
            here = select(resources.number).where(resources.id_index == index)
            if connection.execute(here).scalar() is None:
                connection.execute(insert(scim_resources), row | {"version": version})
            else:
                same = update(scim_resources).where(resources.id_index == index)
                connection.execute(same.values(row | {"version": version}))
            number = int(connection.execute(here).scalar_one())
            connection.execute(delete(scim_marks).where(scim_marks.c.resource == number))
            if found:
                connection.execute(insert(scim_marks), [{"mark_index": one, "resource": number} for one in found])
            return number, version

        number, version = await self._run(store)
        return replace(resource, number=number, version=version)

    async def remove(self, kind: ResourceKind, resource_id: str, *, at: datetime) -> bool:
        index = self._index(resource_id)

        def store(connection: Connection) -> bool:
            wanted = select(resources.number).where(resources.id_index == index, _of((kind,)))
            if (number := connection.execute(wanted).scalar()) is None:
                return False
            version = bumped(connection, to_ms(at))
            groups = select(scim_members.c.group_number).where(scim_members.c.member_number == number)
            left = update(scim_resources).where(resources.number.in_(groups))
            connection.execute(left.values(version=version, changed_at=to_ms(at)))
            connection.execute(delete(scim_resources).where(resources.number == number))
            return True

        return await self._run(store)

    async def find(
        self, kinds: Collection[ResourceKind], marks: Collection[str] = (), *, member: str = ""
    ) -> Sequence[ScimResource]:
        query = select(scim_resources).where(_of(kinds)).order_by(resources.number)
        for mark in marks:
            index = self._vault.index(mark, MARK)
            query = query.where(resources.number.in_(select(scim_marks.c.resource).filter_by(mark_index=index)))
        if member:
            joined = select(scim_members.c.group_number).join(
                scim_resources, resources.number == scim_members.c.member_number
            )
            inside = joined.where(resources.id_index == self._index(member)).correlate(None)
            query = query.where(resources.number.in_(inside))
        return await self._found(query)

    async def listed(self, kinds: Collection[ResourceKind], *, skip: int, limit: int | None) -> Sequence[ScimResource]:
        query = select(scim_resources).where(_of(kinds)).order_by(resources.number).offset(skip)
        return await self._found(query if limit is None else query.limit(limit))

    async def count(self, kinds: Collection[ResourceKind]) -> int:
        query = select(func.count()).select_from(scim_resources).where(_of(kinds))
        return int(await self._run(lambda connection: connection.execute(query).scalar_one()))

    async def members(self, group_id: str) -> Sequence[tuple[str, ResourceKind]]:
        group = select(resources.number).where(resources.id_index == self._index(group_id)).scalar_subquery()
        inside = select(scim_members.c.member_number).where(scim_members.c.group_number == group)
        found = await self._found(select(scim_resources).where(resources.number.in_(inside)).order_by(resources.number))
        return [(one.id, one.kind) for one in found]

    async def has_member(self, group_id: str, member: str) -> bool:
        ids = self._index(group_id), self._index(member)
        return await self._run(lambda connection: scim_belonging.has(connection, *ids))

    async def change_members(self, group_id: str, change: Change, *, at: datetime) -> Changed:
        add = {self._index(one): one for one in change.add}
        remove = [self._index(one) for one in change.remove]
        group = self._index(group_id)

        def store(connection: Connection) -> Changed:
            changed, unknown = scim_belonging.changed(connection, group, list(add), remove, whole=change.whole)
            if changed:
                touched = update(scim_resources).where(resources.id_index == group)
                version = bumped(connection, to_ms(at))
                connection.execute(touched.values(version=version, changed_at=to_ms(at)))
            return Changed(changed, tuple(add[one] for one in unknown))

        return await self._run(store)

    async def since(self, edition: int) -> Sequence[ScimResource]:
        return await self._found(select(scim_resources).where(resources.version > edition).order_by(resources.number))

    async def numbers(self) -> frozenset[int]:
        query = select(resources.number)
        return frozenset(await self._run(lambda connection: connection.execute(query).scalars().all()))

    async def members_of(self, groups: Collection[int]) -> Mapping[int, Sequence[int]]:
        return await self._run(lambda connection: scim_belonging.of_groups(connection, groups))

    async def state(self) -> ScimState:
        query = select(meta.c.name, meta.c.number).where(meta.c.name.in_((EDITION, CHANGED, LOADED)))
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        found: dict[str, int] = {row.name: row.number for row in rows}
        changed = from_ms(found[CHANGED]) if found[CHANGED] else None
        return ScimState(found[EDITION], changed, bool(found[LOADED]))

    async def loaded(self) -> None:
        change = update(meta).where(meta.c.name == LOADED).values(number=1)
        await self._run(lambda connection: connection.execute(change))

    def _index(self, resource_id: str) -> bytes:
        return self._vault.index(resource_id, ID)

    async def _found(self, query: Select[Any]) -> list[ScimResource]:
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        found: list[ScimResource] = []
        for start in range(0, len(rows), AT_ONCE):
            if start:
                await asyncio.sleep(0)
            found += self._opened(rows[start : start + AT_ONCE])
        return found

    def _opened(self, rows: Iterable[Any]) -> Iterable[ScimResource]:
        for row in rows:
            resource_id, document = self._vault.get(row.sealed, DOCUMENT)
            yield ScimResource(
                id=resource_id,
                kind=KIND_OF[row.kind],
                document=document,
                created=from_ms(row.created_at),
                changed=from_ms(row.changed_at),
                number=row.number,
                version=row.version,
            )


def bumped(connection: Connection, at: int) -> int:
    """The next edition: something changes at ``at``."""
    connection.execute(update(meta).where(meta.c.name == CHANGED).values(number=at))
    connection.execute(update(meta).where(meta.c.name == EDITION).values(number=meta.c.number + 1))
    return int(connection.execute(select(meta.c.number).where(meta.c.name == EDITION)).scalar_one())


def _of(kinds: Collection[ResourceKind]) -> Any:
    return resources.kind.in_([KINDS[kind] for kind in kinds])
