"""The accounts of a homeserver in memory, as its administrators see them; counts what is asked."""

from collections import Counter
from collections.abc import Collection, Sequence

from bridge.domain.identities import Account


class FakeAccounts:
    def __init__(self, *accounts: Account) -> None:
        self.accounts = {account.user: account for account in accounts}
        self.asked: Counter[str] = Counter()

    def sign_in(self, account: Account) -> None:
        """Somebody's first login makes their account."""
        self.accounts[account.user] = account

    async def everybody(self) -> Sequence[str]:
        self.asked["everybody"] += 1
        return list(self.accounts)

    async def newest(self, known: Collection[str]) -> Sequence[str]:
        self.asked["newest"] += 1
        return [user for user in self.accounts if user not in known]

    async def account(self, user: str) -> Account:
        self.asked["account"] += 1
        return self.accounts[user]
