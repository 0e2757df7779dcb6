"""Accounts are found a little at a time, stored once found, and asked of people where nobody can tell."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import pytest

from bridge.domain.directory import Directory, Person
from bridge.domain.errors import InputError
from bridge.domain.identities import Account, Identity, Strategies, Strategy
from bridge.services.identities import DOUBT, Identifying, contested, doubtful
from bridge.services.linking import Linking
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.store import FakeStore

INES = "@ines:corp.example"
BOT = "@parvis:corp.example"
STRATEGIES = Strategies(order=(Strategy.EXTERNAL, Strategy.TEMPLATE), provider="oidc")


def person(word: str, id_: str = "") -> Person:
    return Person(id=id_ or f"uuid-{word}", user="", name=word.title(), login=word, email=f"{word}@corp.example")


def account(word: str, external: str = "") -> Account:
    return Account(user=f"@{word}:corp.example", external=frozenset({("oidc", external)} if external else ()))


@dataclass
class Office:
    """A company whose people sign in one after the other."""

    directory: Directory
    accounts: FakeAccounts
    changes: int = 0

    def __post_init__(self) -> None:
        self.store, self.clock, self.chance = FakeStore(), FakeClock(), FakeChance()
        self.start()

    def start(self) -> None:
        """A new process."""
        self.identifying = Identifying(
            store=self.store,
            accounts=self.accounts,
            directory=lambda: self.directory,
            strategies=STRATEGIES,
            clock=self.clock,
            chance=self.chance,
            changed=self._change,
            besides=lambda: frozenset({BOT}),
            server_name="corp.example",
        )
        self.linking = Linking(
            store=self.store,
            directory=lambda: self.directory,
            server_name="corp.example",
            clock=self.clock,
            chance=self.chance,
            changed=self._change,
            besides=lambda: frozenset({BOT}),
        )

    def _change(self) -> None:
        self.changes += 1

    async def links(self) -> dict[str, str]:
        return {id_: link.user for id_, link in (await self.linking.links()).items()}

    async def held(self, replaced: Collection[str], read: Directory) -> frozenset[str]:
        async with self.store.view() as view:
            items = await view.pending.open(DOUBT)
        return contested(frozenset(replaced), await self.linking.links(), read, items)

    async def told(self) -> list[str]:
        async with self.store.view() as view:
            items = await view.pending.open(DOUBT)
        return [str(one.text) for one in doubtful(items, self.directory)]


def office(*people: Person, accounts: tuple[Account, ...] = ()) -> Office:
    return Office(Directory({one.id: one for one in people}), FakeAccounts(account("parvis"), *accounts))


async def test_everybody_is_found_when_they_sign_in_and_stored_once() -> None:
    company = office(person("ann"), person("bob"), accounts=(account("a.martin", "uuid-ann"),))
    await company.identifying.go()
    assert await company.links() == {"uuid-ann": "@a.martin:corp.example"}
    assert company.changes == 1
    company.accounts.sign_in(account("bob", "uuid-bob"))
    await company.identifying.go()
    assert await company.links() == {"uuid-ann": "@a.martin:corp.example", "uuid-bob": "@bob:corp.example"}
    works = company.store.works
    await company.identifying.go()
    assert (company.changes, company.store.works) == (2, works)
    entries = list(company.store.data.audit.values())
    assert [(entry.kind, entry.detail["added"]) for entry in entries] == [
        ("identity-linked", "uuid-ann"),
        ("identity-linked", "uuid-bob"),
    ]


async def test_what_somebody_says_while_accounts_are_looked_for_counts() -> None:
    company = office(person("ann"), accounts=(account("ann"), account("other")))
    go_on = company.accounts.account

    async def and_meanwhile(user: str) -> Account:
        if user == "@other:corp.example":
            await company.linking.link("uuid-ann", user, by=INES)
        return await go_on(user)

    company.accounts.account = and_meanwhile  # type: ignore[method-assign]  # what happens in between
    await company.identifying.go()
    assert await company.links() == {"uuid-ann": "@other:corp.example"}


async def test_nobody_is_asked_about_again_in_a_round_without_anything_new() -> None:
    company = office(person("ann"), accounts=tuple(account(f"u{number}") for number in range(30)))
    await company.identifying.go()
    asked = dict(company.accounts.asked)
    assert asked == {"everybody": 1, "account": 30}
    await company.identifying.go()
    assert company.accounts.asked == {**asked, "newest": 1}


async def test_while_everybody_has_an_account_the_homeserver_is_asked_nothing() -> None:
    company = office(person("ann"), accounts=(account("ann"),))
    await company.identifying.go()
    before = dict(company.accounts.asked)
    company.start()
    await company.identifying.go()
    assert company.accounts.asked == before


async def test_who_is_created_again_is_asked_about_once_and_linked_by_hand() -> None:
    company = office(person("ann"), accounts=(account("ann"),))
    await company.identifying.go()
    company.directory = Directory({"uuid-new": person("ann", "uuid-new")})
    for _ in range(2):
        await company.identifying.go()
    (question,) = await company.told()
    said = "@ann:corp.example would be the account of Ann, and is that of somebody whom the directory no longer has."
    assert question.startswith(said)
    linked = await company.linking.link("uuid-new", "@ann:corp.example", by=INES)
    assert linked == Identity(person="uuid-new", user="@ann:corp.example", by=INES, at=company.clock.now())
    assert await company.links() == {"uuid-new": "@ann:corp.example"}
    await company.identifying.go()
    assert await company.told() == []


async def test_after_a_change_of_source_accounts_are_held_until_somebody_says_that_these_are_the_same_people() -> None:
    company = office(person("ann"), person("bob"), accounts=(account("ann"), account("bob")))
    await company.identifying.go()
    replaced = frozenset(company.directory.people)
    now = [person("ann", "n-ann"), person("bob", "n-bob"), person("zoe", "n-zoe")]
    company.directory = Directory({one.id: one for one in now})
    read = Directory({one.id: replace(one, user=f"@{one.login}:corp.example") for one in now})
    assert await company.held(replaced, read) == {"@ann:corp.example", "@bob:corp.example"}
    await company.identifying.go()
    assert await company.held(replaced, company.directory) == {"@ann:corp.example", "@bob:corp.example"}, "asked about"
    again = await company.linking.again()
    assert [(one.id, user) for one, user in again] == [
        ("n-ann", "@ann:corp.example"), ("n-bob", "@bob:corp.example"),
    ]  # fmt: skip
    for one, user in again:
        await company.linking.link(one.id, user, by=INES, cleared=True)
    assert await company.held(replaced, read) == frozenset()
    assert await company.links() == {"n-ann": "@ann:corp.example", "n-bob": "@bob:corp.example"}


async def test_whoever_is_switched_off_or_has_another_account_holds_nobodys() -> None:
    company = office(person("ann"), accounts=(account("ann"), account("annie")))
    await company.identifying.go()
    off = replace(person("ann", "n-ann"), user="@ann:corp.example", active=False)
    assert await company.held({"uuid-ann"}, Directory({off.id: off})) == frozenset()
    company.directory = Directory({"n-ann": person("ann", "n-ann")})
    await company.linking.link("n-ann", "@annie:corp.example", by=INES, cleared=True)
    on = replace(off, active=True)
    assert await company.held({"uuid-ann"}, Directory({on.id: on})) == frozenset()


async def test_a_question_that_is_none_any_more_goes_away() -> None:
    company = office(person("ann"), accounts=(account("ann"),))
    await company.linking.link("uuid-ann", "@ann:corp.example", by=INES)
    company.directory = Directory({"uuid-new": person("ann", "uuid-new")})
    await company.identifying.go()
    assert len(await company.told()) == 1
    company.directory = Directory({"uuid-ann": person("ann")})
    await company.identifying.go()
    assert await company.told() == []


async def test_people_are_named_by_everything_they_are_called() -> None:
    company = office(person("ann"), replace(person("bob"), name="Ann"))
    for text in ("uuid-ann", "ann@corp.example", "ANN@corp.example"):
        assert company.linking.person(text).id == "uuid-ann"
    for text, reason in (("Ann", "Several people"), ("zoe", "nobody of this name")):
        with pytest.raises(InputError, match=reason):
            company.linking.person(text)


async def test_only_accounts_of_our_own_are_linked_and_only_stored_links_go() -> None:
    company = office(person("ann"))
    for user in ("ann", "@ann:acme.example"):
        with pytest.raises(InputError, match="no user id of our own server"):
            await company.linking.link("uuid-ann", user, by=INES)
    with pytest.raises(InputError, match="the bridge’s own"):
        await company.linking.link("uuid-ann", BOT, by="command line", cleared=True)
    with pytest.raises(InputError, match="No account is stored"):
        await company.linking.unlink("uuid-ann", by=INES)
    await company.linking.link("uuid-ann", "@x:corp.example", by=INES)
    await company.linking.unlink("uuid-ann", by=INES)
    assert await company.links() == {}


async def test_whoever_is_not_cleared_moves_nobody_and_takes_nobodys_account() -> None:
    company = office(replace(person("ann"), user="@ann:corp.example"), person("bob"), accounts=(account("new"),))
    for who, user, reason in (
        ("uuid-ann", "@new:corp.example", "They have an account"),
        ("uuid-bob", "@ann:corp.example", "somebody’s already"),
        ("uuid-bob", INES, "somebody’s already"),
    ):
        with pytest.raises(InputError, match=reason):
            await company.linking.link(who, user, by=INES)
    with pytest.raises(InputError, match="is the account of Ann, who would have none any more"):
        await company.linking.link("uuid-bob", "@ann:corp.example", by="command line", cleared=True)
    await company.linking.link("uuid-bob", "@ann:corp.example", by="command line", cleared=True, taking=True)
    assert await company.links() == {"uuid-bob": "@ann:corp.example"}
    await company.linking.unlink("uuid-bob", by="command line", cleared=True)
    await company.linking.link("uuid-ann", "@new:corp.example", by="command line", cleared=True)
    assert await company.links() == {"uuid-ann": "@new:corp.example"}


async def test_an_account_that_the_homeserver_does_not_have_is_given_to_nobody() -> None:
    company = office(person("ann"))
    there: dict[str, bool | None] = {"@ann:corp.example": True, "@nobody:corp.example": False}

    async def exists(user: str) -> bool | None:
        return there.get(user)

    linking = replace(company.linking, exists=exists)
    with pytest.raises(InputError, match=r"has no account @nobody:corp\.example"):
        await linking.link("uuid-ann", "@nobody:corp.example", by="command line", cleared=True)
    for known in ("@ann:corp.example", "@while-it-is-down:corp.example"):
        assert (await linking.link("uuid-ann", known, by="command line", cleared=True)).user == known


async def test_what_was_found_is_taken_back_by_the_command_line_alone() -> None:
    company = office(person("ann"), accounts=(account("ann"),))
    await company.identifying.go()
    with pytest.raises(InputError, match="found, not said"):
        await company.linking.unlink("uuid-ann", by=INES)
    await company.linking.unlink("uuid-ann", by="command line", cleared=True)
    assert await company.links() == {}


async def test_who_is_spoken_of_is_called_by_their_name_as_long_as_the_directory_has_them() -> None:
    company = office(person("ann"), replace(person("bob"), name=""))
    assert [company.linking.called(one) for one in ("uuid-ann", "uuid-bob", "gone")] == ["Ann", "uuid-bob", "gone"]
