"""Policies in memory, for the fake store."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.domain.policy import GroupPolicy

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakePolicies:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def all(self) -> Mapping[str, GroupPolicy]:
        return dict(sorted(self._access.read().policies.items()))

    async def get(self, group: str) -> GroupPolicy | None:
        return self._access.read().policies.get(group)

    async def put(self, policy: GroupPolicy) -> None:
        data = self._access.write()
        data.policies[policy.group] = policy
        data.policies_edition += 1

    async def follow(self, policies: Collection[GroupPolicy]) -> None:
        data = self._access.write()
        for policy in policies:
            if data.policies.get(policy.group) == policy:
                data.policies[policy.group] = replace(policy, before=None)

    async def remove(self, group: str) -> None:
        data = self._access.write()
        data.policies.pop(group, None)
        data.policies_edition += 1

    async def edition(self) -> int:
        return self._access.read().policies_edition
