"""Whose account is whose in memory, for the fake store."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from bridge.domain.identities import Identity

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakeIdentities:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def all(self) -> Mapping[str, Identity]:
        return dict(self._access.read().identities)

    async def put(self, identities: Collection[Identity]) -> None:
        if identities:
            data = self._access.write()
            data.identities |= {one.person: one for one in identities}
            data.identities_edition += 1

    async def remove(self, people: Collection[str]) -> None:
        data = self._access.write()
        for person in people:
            data.identities.pop(person, None)
        data.identities_edition += 1

    async def edition(self) -> int:
        return self._access.read().identities_edition
