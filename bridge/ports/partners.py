"""What commands decided about partners, their people, and invite codes. One repository of store.py."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bridge.domain.partners import Guest, InviteCode, PartnerPolicy


class Partners(Protocol):
    """Everything is sealed; people and codes are found by keyed hashes."""

    async def policies(self) -> Mapping[str, PartnerPolicy]:
        """By partner."""

    async def policy(self, partner: str) -> PartnerPolicy | None: ...

    async def put_policy(self, policy: PartnerPolicy) -> None:
        """Store the decisions about a partner, in place of earlier ones."""

    async def follow(self, policies: Collection[PartnerPolicy]) -> None:
        """The rooms follow these now, so that ``before`` is forgotten, save where somebody decided since. No change."""

    async def guests(self) -> Mapping[str, Guest]:
        """By user id."""

    async def guest(self, user: str) -> Guest | None: ...

    async def put_guest(self, guest: Guest) -> None:
        """Store what is known of somebody, in place of what was."""

    async def remove_guest(self, user: str) -> None:
        """Nothing is known of them any more."""

    async def codes(self) -> Sequence[InviteCode]:
        """Every code, also those that are used up or over, by id."""

    async def code(self, secret: str) -> InviteCode | None:
        """The code that somebody gave, good or not."""

    async def put_code(self, code: InviteCode, *, secret: str = "") -> None:
        """Store a new code with its ``secret``, of which a keyed hash is kept; or, without, what became of a known
        one."""

    async def edition(self) -> int:
        """Grows with every change of policies and guests."""
