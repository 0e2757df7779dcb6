"""Decisions about partners, their people and invite codes, in ``partner_policies``, ``guests`` and ``invite_codes``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, Table, delete, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.tables import guests, invite_codes, meta, partner_policies
from bridge.adapters.sql.upserts import upsert
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.partners import Guest, InviteCode, PartnerPolicy

T = TypeVar("T", PartnerPolicy, Guest, InviteCode)

POLICY: Final = b"partner_policies.policy"
PARTNER: Final = b"partner_policies.partner"
GUEST: Final = b"guests.guest"
USER: Final = b"guests.user"
CODE: Final = b"invite_codes.code"
CODE_ID: Final = b"invite_codes.id"
SECRET: Final = b"invite_codes.secret"
EDITION: Final = "partners"


class SqlPartners:
    """The partners of one unit of work."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def policies(self) -> Mapping[str, PartnerPolicy]:
        found = await self._all(partner_policies, PartnerPolicy, POLICY)
        return {policy.partner: policy for policy in sorted(found, key=lambda policy: policy.partner)}

    async def policy(self, partner: str) -> PartnerPolicy | None:
        index = partner_policies.c.partner_index == self._vault.index(partner, PARTNER)
        return await self._one(select(partner_policies.c.sealed).where(index), PartnerPolicy, POLICY)

    async def put_policy(self, policy: PartnerPolicy) -> None:
        await self._put_policy(policy, changed=True)

    async def _put_policy(self, policy: PartnerPolicy, *, changed: bool) -> None:
        row = {"partner_index": self._vault.index(policy.partner, PARTNER), "sealed": self._sealed(policy, POLICY)}
        await self._put(partner_policies, row, changed=changed)

    async def follow(self, policies: Collection[PartnerPolicy]) -> None:
        for policy in policies:
            if await self.policy(policy.partner) == policy:
                await self._put_policy(replace(policy, before=None), changed=False)

    async def guests(self) -> Mapping[str, Guest]:
        found = await self._all(guests, Guest, GUEST)
        return {guest.user: guest for guest in sorted(found, key=lambda guest: guest.user)}

    async def guest(self, user: str) -> Guest | None:
        index = guests.c.user_index == self._vault.index(user, USER)
        return await self._one(select(guests.c.sealed).where(index), Guest, GUEST)

    async def put_guest(self, guest: Guest) -> None:
        row = {"user_index": self._vault.index(guest.user, USER), "sealed": self._sealed(guest, GUEST)}
        await self._put(guests, row, changed=True)

    async def remove_guest(self, user: str) -> None:
        index = self._vault.index(user, USER)

        def store(connection: Connection) -> None:
            connection.execute(delete(guests).where(guests.c.user_index == index))
            _changed(connection)

        await self._run(store)

    async def codes(self) -> Sequence[InviteCode]:
        return sorted(await self._all(invite_codes, InviteCode, CODE), key=lambda code: code.id)

    async def code(self, secret: str) -> InviteCode | None:
        index = invite_codes.c.secret_index == self._vault.index(secret, SECRET)
        return await self._one(select(invite_codes.c.sealed).where(index), InviteCode, CODE)

    async def put_code(self, code: InviteCode, *, secret: str = "") -> None:
        index, sealed = self._vault.index(code.id, CODE_ID), self._sealed(code, CODE)
        if secret:
            row = {"id_index": index, "secret_index": self._vault.index(secret, SECRET), "sealed": sealed}
            await self._put(invite_codes, row, changed=False)
            return
        query = update(invite_codes).where(invite_codes.c.id_index == index).values(sealed=sealed)
        await self._run(lambda connection: connection.execute(query))

    async def edition(self) -> int:
        query = select(meta.c.number).where(meta.c.name == EDITION)
        return int(await self._run(lambda connection: connection.execute(query).scalar_one()))

    async def _put(self, table: Table, row: Mapping[str, Any], *, changed: bool) -> None:
        def store(connection: Connection) -> None:
            upsert(connection, table, [row])
            if changed:
                _changed(connection)

        await self._run(store)

    async def _all(self, table: Table, kind: type[T], context: bytes) -> list[T]:
        query = select(table.c.sealed)
        sealed = await self._run(lambda connection: list(connection.execute(query).scalars()))
        return [self._opened(one, kind, context) for one in sealed]

    async def _one(self, query: Any, kind: type[T], context: bytes) -> T | None:
        sealed = await self._run(lambda connection: connection.execute(query).scalar_one_or_none())
        return None if sealed is None else self._opened(sealed, kind, context)

    def _sealed(self, value: PartnerPolicy | Guest | InviteCode, context: bytes) -> bytes:
        return self._vault.put(asdict(value), context, page=ROOM_PAGE)

    def _opened(self, sealed: bytes, kind: type[T], context: bytes) -> T:
        return msgspec.convert(self._vault.get(sealed, context), kind)


def _changed(connection: Connection) -> None:
    connection.execute(update(meta).where(meta.c.name == EDITION).values(number=meta.c.number + 1))
