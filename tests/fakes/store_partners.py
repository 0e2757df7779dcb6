"""Partners in memory, for the fake store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.domain.partners import Guest, InviteCode, PartnerPolicy

if TYPE_CHECKING:
    from tests.fakes.store import Access


class FakePartners:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def policies(self) -> Mapping[str, PartnerPolicy]:
        return dict(sorted(self._access.read().partner_policies.items()))

    async def policy(self, partner: str) -> PartnerPolicy | None:
        return self._access.read().partner_policies.get(partner)

    async def put_policy(self, policy: PartnerPolicy) -> None:
        data = self._access.write()
        data.partner_policies[policy.partner] = policy
        data.partners_edition += 1

    async def follow(self, policies: Collection[PartnerPolicy]) -> None:
        data = self._access.write()
        for policy in policies:
            if data.partner_policies.get(policy.partner) == policy:
                data.partner_policies[policy.partner] = replace(policy, before=None)

    async def guests(self) -> Mapping[str, Guest]:
        return dict(sorted(self._access.read().guests.items()))

    async def guest(self, user: str) -> Guest | None:
        return self._access.read().guests.get(user)

    async def put_guest(self, guest: Guest) -> None:
        data = self._access.write()
        data.guests[guest.user] = guest
        data.partners_edition += 1

    async def remove_guest(self, user: str) -> None:
        data = self._access.write()
        data.guests.pop(user, None)
        data.partners_edition += 1

    async def codes(self) -> Sequence[InviteCode]:
        return [code for _, code in sorted(self._access.read().codes.items())]

    async def code(self, secret: str) -> InviteCode | None:
        data = self._access.read()
        return data.codes.get(data.secrets.get(secret, ""))

    async def put_code(self, code: InviteCode, *, secret: str = "") -> None:
        data = self._access.write()
        if secret:
            data.secrets[secret] = code.id
        if secret or code.id in data.codes:
            data.codes[code.id] = code

    async def edition(self) -> int:
        return self._access.read().partners_edition
