"""People's accounts on a Synapse, by its admin API, as ``ports.identities.Accounts``. Made by the wiring."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from mautrix.api import SynapseAdminPath

from bridge.adapters.matrix.calls import Caller
from bridge.domain.identities import Account

PAGE: Final = 500
NEWEST: Final = 50


class MatrixAccounts:
    """Reads with the token of an administrator. Guests, locked and deactivated accounts are nobody's."""

    def __init__(self, admin: Caller) -> None:
        self._admin = admin

    async def everybody(self) -> Sequence[str]:
        found: list[str] = []
        start: str | None = "0"
        while start is not None:
            answer = await self._page(start, PAGE, order_by="name", direction="f")
            found += _people(answer)
            start = answer.get("next_token")
        return found

    async def newest(self, known: Collection[str]) -> Sequence[str]:
        found: list[str] = []
        start: str | None = "0"
        while start is not None:
            answer = await self._page(start, NEWEST, order_by="creation_ts", direction="b")
            page = _people(answer)
            found += [user for user in page if user not in known]
            start = None if any(user in known for user in page) else answer.get("next_token")
        return found

    async def account(self, user: str) -> Account:
        answer = await self._admin.call("read account", "GET", SynapseAdminPath.v2.users[user])
        return Account(
            user=user,
            external=frozenset((one["auth_provider"], one["external_id"]) for one in answer.get("external_ids", ())),
            emails=frozenset(
                one["address"]
                for one in answer.get("threepids", ())
                if one.get("medium") == "email" and one.get("validated_at")
            ),
        )

    async def _page(self, start: str, limit: int, *, order_by: str, direction: str) -> dict[str, Any]:
        query = {"from": start, "limit": str(limit), "guests": "false", "deactivated": "false",
                 "order_by": order_by, "dir": direction}  # fmt: skip
        answer: dict[str, Any] = await self._admin.call("read accounts", "GET", SynapseAdminPath.v2.users, query=query)
        return answer


def _people(answer: dict[str, Any]) -> list[str]:
    """Accounts of services and bots have a type of their own."""
    return [one["name"] for one in answer["users"] if one.get("user_type") in (None, "")]
