"""Whose account is whose: stored links laid over the directory, and new ones found where nothing is to be guessed.

A link holds whatever becomes of name, login, address and unit, for the person's id decides. Whoever is created again
under a login that somebody had is another person, and gets nothing by it. Pure; called by ``services.looking`` and
``services.identities``.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.domain.directory import Directory, Person
from bridge.domain.identities import Account, Doubt, Identity, Known, Strategies, Strategy
from bridge.domain.ids import as_localpart


def identified(directory: Directory, links: Mapping[str, Identity], strategies: Strategies) -> Directory:
    """The directory with everybody's account as far as it is known; who has none yet has an empty one.

    What the directory itself names counts, unless somebody said otherwise by hand; nobody has somebody else's account.
    """
    if not strategies.order and not links:
        return directory
    taken: set[str] = set()
    users: dict[str, str] = {}
    for sure in (True, False):
        for id_, person in directory.people.items():
            link = links.get(id_)
            if sure is not (not person.login or (link is not None and not link.how)):
                continue
            user = _account(person, link, strategies)
            users[id_] = "" if user in taken else user
            taken.add(users[id_])
    changed = {id_: replace(one, user=users[id_]) for id_, one in directory.people.items() if one.user != users[id_]}
    return replace(directory, people={**directory.people, **changed}) if changed else directory


def _account(person: Person, link: Identity | None, strategies: Strategies) -> str:
    if link is not None and (person.login or not link.how):
        return link.user
    return "" if person.login and strategies.order else person.user


@dataclass(frozen=True, slots=True)
class Found:
    """Links that nothing speaks against, and what only people can tell."""

    links: tuple[Identity, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def find(
    directory: Directory,
    links: Mapping[str, Identity],
    accounts: Mapping[str, Account],
    strategies: Strategies,
    *,
    server_name: str,
    now: datetime,
) -> Found:
    """Who of those without an account can be found among ``accounts`` (by user id): the first strategy that finds
    anything decides. Accounts that do not exist yet are found once somebody has signed in."""
    unknown = [one for one in directory.people.values() if one.active and one.login and one.id not in links]
    if not unknown:
        return Found()
    search = _Search(directory, links, accounts, strategies, server_name)
    seen = [(person, *search.of(person)) for person in unknown]
    often = Counter(users[0] for _, _, users in seen if len(users) == 1)
    found: list[Identity] = []
    doubts: list[Doubt] = []
    for person, how, users in seen:
        if not users:
            continue
        holder = search.holders.get(users[0], "") if len(users) == 1 else ""
        if len(users) > 1 or holder or often[users[0]] > 1:
            doubts.append(Doubt(person=person.id, users=users, how=how, holder=holder))
        else:
            found.append(Identity(person=person.id, user=users[0], how=how, at=now))
    return Found(tuple(found), tuple(doubts))


@dataclass(slots=True)
class _Search:
    """Accounts by everything that people are looked for by. ``holders`` are ids of those to whom accounts belong."""

    directory: Directory
    links: Mapping[str, Identity]
    accounts: Mapping[str, Account]
    strategies: Strategies
    server_name: str
    holders: dict[str, str] = field(init=False)
    _ways: Mapping[Strategy, Callable[[Person], Iterable[str]]] = field(init=False)
    _external: dict[str, list[str]] = field(init=False)
    _emails: dict[str, list[str]] = field(init=False)
    _shared: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        people, provider = self.directory.people.values(), self.strategies.provider
        explicit = {one.user: one.id for one in people if one.user and not one.login}
        self.holders = {**explicit, **{link.user: link.person for link in self.links.values()}}
        self._external, self._emails = defaultdict(list), defaultdict(list)
        for user, account in sorted(self.accounts.items()):
            for own, text in account.external:
                if own == provider:
                    self._external[_folded(text)].append(user)
            for address in account.emails:
                self._emails[_folded(address)].append(user)
        often = Counter(_folded(one.email) for one in people if one.email)
        self._shared = frozenset(address for address, count in often.items() if count > 1)
        self._ways = {
            Strategy.EXTERNAL: self._by_external,
            Strategy.EMAIL: self._by_email,
            Strategy.TEMPLATE: self._by_template,
        }

    def of(self, person: Person) -> tuple[str, tuple[str, ...]]:
        """By which strategy, and the accounts that it finds; none when nobody fits."""
        for strategy in self.strategies.order:
            if users := tuple(user for user in self._ways[strategy](person) if self._may_be(user, person)):
                return strategy.value, users
        return "", ()

    def _by_external(self, person: Person) -> Iterable[str]:
        key = self._key(person)
        return self._external.get(key, ()) if key else ()

    def _by_email(self, person: Person) -> Iterable[str]:
        address = _folded(person.email)
        return self._emails.get(address, ()) if address and address not in self._shared else ()

    def _by_template(self, person: Person) -> Iterator[str]:
        words = {"login": person.login, "email": person.email.partition("@")[0], "id": person.id}
        used = [name for name in words if f"{{{name}}}" in self.strategies.template]
        if all(words[name] for name in used):
            user = f"@{as_localpart(self.strategies.template.format(**words))}:{self.server_name}"
            if user in self.accounts:
                yield user

    def _may_be(self, user: str, person: Person) -> bool:
        """Whether the sign-in service does not say that the account is somebody else's."""
        if not self.strategies.provider:
            return True
        said = {_folded(text) for own, text in self.accounts[user].external if own == self.strategies.provider}
        return not said or self._key(person) in said

    def _key(self, person: Person) -> str:
        words = {Known.ID: person.id, Known.LOGIN: person.login, Known.EMAIL: person.email}
        return _folded(words[self.strategies.external])


def _folded(text: str) -> str:
    """Letters composed, and small: accents are letters of their own."""
    return unicodedata.normalize("NFC", text).casefold().strip()
