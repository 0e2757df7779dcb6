"""People's accounts by Synapse's admin API: page after page, and only as far back as something is new."""

from typing import Any

from bridge.adapters.matrix.calls import Request
from bridge.adapters.matrix.everybody import NEWEST, PAGE, MatrixAccounts
from bridge.domain.identities import Account
from tests.fakes.clock import FakeClock
from tests.fakes.synapse import FakeSynapse, Go

TOKEN, SERVICE = "the-service-account-token", "@service:corp.example"


class Registered:
    """What Synapse's user tables say, newest last."""

    def __init__(self, count: int) -> None:
        self.users = [f"@u{number:04}:corp.example" for number in range(count)]
        self.pages = 0
        synapse = FakeSynapse("corp.example", FakeClock(eager=True))
        synapse.owners[TOKEN] = SERVICE
        synapse.admins.add(SERVICE)
        synapse.intercept(self._answer)
        self.accounts = MatrixAccounts(synapse.owner(TOKEN, "homeserver.admin_token"))

    async def _answer(self, request: Request, go: Go) -> Any:
        if request.verb == "read account":
            return {
                "name": "@ann:corp.example",
                "external_ids": [{"auth_provider": "oidc", "external_id": "u-ann"}],
                "threepids": [
                    {"medium": "email", "address": "ann@corp.example", "validated_at": 1},
                    {"medium": "email", "address": "other@corp.example", "validated_at": 0},
                    {"medium": "msisdn", "address": "33123", "validated_at": 1},
                ],
            }
        if request.verb != "read accounts":
            return await go(request)
        self.pages += 1
        query = request.query
        assert (query["guests"], query["deactivated"]) == ("false", "false")
        users = self.users[::-1] if query["dir"] == "b" else self.users
        start, limit = int(query["from"]), int(query["limit"])
        rows = [{"name": user, "user_type": "bot" if user.startswith("@u0000") else None} for user in users]
        more = {"next_token": str(start + limit)} if start + limit < len(rows) else {}
        return {"users": rows[start : start + limit], "total": len(rows), **more}


async def test_everybody_is_read_in_pages_and_bots_are_nobody() -> None:
    registered = Registered(2 * PAGE + 1)
    assert await registered.accounts.everybody() == registered.users[1:]
    assert registered.pages == 3


async def test_what_is_new_is_mostly_one_page() -> None:
    registered = Registered(1000)
    known = set(registered.users[:-2])
    assert await registered.accounts.newest(known) == registered.users[:-3:-1]
    assert registered.pages == 1
    known = set(registered.users[: -NEWEST - 1])
    assert len(await registered.accounts.newest(known)) == NEWEST + 1
    assert registered.pages == 3


async def test_only_verified_addresses_count() -> None:
    assert await Registered(1).accounts.account("@ann:corp.example") == Account(
        user="@ann:corp.example",
        external=frozenset({("oidc", "u-ann")}),
        emails=frozenset({"ann@corp.example"}),
    )
