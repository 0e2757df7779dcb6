"""Whose account is whose: found a little at a time with what the homeserver tells administrators, stored once found,
asked of people where it cannot be told. Rounds call ``go``; what people say is in ``linking``.

Nobody is made or invited on a guess: who has not signed in yet is found after they did.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog

from bridge.domain.directory import Directory, Person
from bridge.domain.findings import Finding
from bridge.domain.identities import Account, Doubt, Identity, Strategies, Strategy
from bridge.domain.messages import say, say_n
from bridge.ports.clock import Chance, Clock
from bridge.ports.identities import Accounts
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, Store
from bridge.rules.identifying import Found, find

DOUBT: Final = "identity"
"""Kind of the items that ask whose account is whose."""
LINKED: Final = "identity-linked"
UNLINKED: Final = "identity-unlinked"
EVERY: Final = timedelta(hours=1)
"""How often all accounts are read; those made lately are asked for in every round."""
AT_ONCE: Final = 4
STORED: Final = 200
"""Links in one unit of work: others wait for it, some tens of milliseconds."""
MOST: Final = 2_000
"""Accounts that are looked at more closely in one round: half a minute, so that others come to their turn."""
AGAIN: Final = timedelta(days=1)
"""After this time, an address or a sign-in service may have been added to an account that is nobody's yet."""
GONE: Final = say("somebody whom the directory no longer has")
LASTS: Final = timedelta(days=3650)
"""A question stays until it is answered, or is none any more."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Identifying:
    """Looks for the accounts of people who have none yet. ``directory`` is the one that counts, None before the first
    look; ``besides`` are accounts that are nobody's; ``changed`` has the world looked at again."""

    store: Store
    accounts: Accounts
    directory: Callable[[], Directory | None]
    strategies: Strategies
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    besides: Callable[[], frozenset[str]] = frozenset
    server_name: str
    _all: set[str] = field(default_factory=set, init=False)
    _read_at: datetime | None = field(default=None, init=False)
    _looked_at: dict[str, Account] = field(default_factory=dict, init=False)
    _answered: tuple[Directory, Mapping[str, Identity], Mapping[str, Account]] | None = field(default=None, init=False)
    _whole_at: datetime | None = field(default=None, init=False)

    async def go(self) -> None:
        """One round. Asks the homeserver nothing while everybody has an account. Raises ``HomeserverError``."""
        directory = self.directory()
        if directory is None or not self.strategies.order:
            return
        async with self.store.view() as view:
            edition, links = await view.identities.edition(), await view.identities.all()
        unknown = [one for one in directory.people.values() if one.active and one.login and one.id not in links]
        if not unknown:
            await self._keep(Found(), edition)
            return
        await self._read_accounts()
        accounts = await self._known({link.user for link in links.values()})
        if accounts is not None:
            await self._conclude(directory, links, accounts, edition)

    async def _conclude(
        self, directory: Directory, links: Mapping[str, Identity], accounts: Mapping[str, Account], edition: int
    ) -> None:
        """What follows, in a thread: tens of thousands take seconds. The same question is not asked twice."""
        if self._answered is not None and self._answered[0] is directory and self._answered[1:] == (links, accounts):
            return
        now = self.clock.now()
        found = await asyncio.to_thread(
            find, directory, links, accounts, self.strategies, server_name=self.server_name, now=now
        )
        await self._keep(found, edition)
        self._answered = None if found.links else (directory, links, accounts)

    async def _read_accounts(self) -> None:
        now = self.clock.now()
        if self._read_at is None or now - self._read_at >= EVERY:
            self._all = set(await self.accounts.everybody()) - self.besides()
            self._read_at = now
        else:
            self._all |= set(await self.accounts.newest(self._all | self.besides())) - self.besides()

    async def _known(self, linked: set[str]) -> Mapping[str, Account] | None:
        """The accounts, with what is known of those that are nobody's; None before all of these were looked at."""
        if self._whole_at is not None and self.clock.now() - self._whole_at >= AGAIN:
            self._looked_at, self._whole_at = {}, None
        if self.strategies.provider or Strategy.EMAIL in self.strategies.order:
            waiting = sorted(self._all - linked - self._looked_at.keys())
            for start in range(0, min(len(waiting), MOST), AT_ONCE):
                some = waiting[start : min(start + AT_ONCE, MOST)]
                found = await asyncio.gather(*map(self.accounts.account, some))
                self._looked_at |= {account.user: account for account in found}
            if len(waiting) > MOST:
                return None
        self._whole_at = self._whole_at or self.clock.now()
        return {user: self._looked_at.get(user) or Account(user=user) for user in self._all}

    async def _keep(self, found: Found, edition: int) -> None:
        """Links with their records, questions that are new, and those that are none any more."""
        now = self.clock.now()
        items = {item.key: item for item in (_item(doubt, now) for doubt in found.doubts)}
        async with self.store.view() as view:
            known = {item.key for item in await view.pending.open(DOUBT)}
        over = known - items.keys()
        if not found.links and not over and not items.keys() - known:
            return
        for start in range(0, len(found.links), STORED):
            if await self._store(found.links[start : start + STORED], edition + start // STORED, now):
                break
        async with self.store.work() as work:
            for item in items.values():
                await work.pending.put(item)
            await work.pending.remove(over)
        log.info("accounts found", found=len(found.links), doubtful=len(items))
        self.changed()

    async def _store(self, links: Sequence[Identity], edition: int, now: datetime) -> bool:
        """Store some, unless somebody said otherwise meanwhile; whether that is so."""
        async with self.store.work() as work:
            if await work.identities.edition() != edition:
                return True
            await work.identities.put(links)
            await work.audit.intend([entry_of(self.chance.token(), LINKED, one, now) for one in links])
        return False


def doubtful(items: Iterable[Pending], directory: Directory) -> tuple[Finding, ...]:
    """The open questions, for administrators. People whom the directory no longer has are no question."""
    people = directory.people
    return tuple(
        _told(doubt, people)
        for doubt in map(doubt_of, items)
        if doubt.person in people and not people[doubt.person].user
    )


def contested(
    replaced: Collection[str], links: Mapping[str, Identity], directory: Directory, items: Iterable[Pending]
) -> frozenset[str]:
    """Accounts of people who went all at once (``replaced``, ids) that others could have now: who is called by them in
    the ``directory`` as it was read and has none yet, or is asked about. Whose they are only people can say."""
    if not replaced:
        return frozenset()
    former = {links[id_].user for id_ in replaced if id_ in links}
    claimed = {one.user for one in directory.people.values() if one.active and one.id not in links}
    asked = {user for item in items for user in doubt_of(item).users}
    return frozenset(former & (claimed | asked))


def told_contested(users: Collection[str]) -> tuple[Finding, ...]:
    """That they stay in their rooms until somebody has said whose they are."""
    if not users:
        return ()
    text = say_n(
        "{count} account belongs to somebody whom the directory has no more, since many went at once, and could be"
        " somebody else’s now. It stays in its rooms until you say whose it is: !identity, or parvis identity link.",
        "{count} accounts belong to people whom the directory has no more, since many went at once, and could be"
        " others’ now. They stay in their rooms until you say whose they are: !identity, or parvis identity link.",
        len(users),
    )
    return (Finding("people-contested", "directory", text),)


def doubt_of(item: Pending) -> Doubt:
    """What an item asks."""
    document = item.document
    return Doubt(
        person=document["person"], users=tuple(document["users"]), how=document["how"], holder=document["holder"]
    )


def _told(doubt: Doubt, people: Mapping[str, Person]) -> Finding:
    name = people[doubt.person].name or doubt.person
    if doubt.holder:
        holder = (people[doubt.holder].name or doubt.holder) if doubt.holder in people else GONE
        text = say(
            "{user} would be the account of {person}, and is that of {holder}. Whose it is only you can say:"
            " !identity link {id} {user}.",
            user=doubt.users[0], person=name, holder=holder, id=doubt.person,
        )  # fmt: skip
    else:
        text = say(
            "Which account {person} has cannot be told: {users} could be theirs. Only you can say: !identity link {id}"
            " @….",
            person=name, users=doubt.users, id=doubt.person,
        )  # fmt: skip
    return Finding("identity-unclear", doubt.person, text)


def _item(doubt: Doubt, now: datetime) -> Pending:
    about = "\0".join((doubt.person, doubt.how, doubt.holder, *doubt.users))
    return Pending(
        key=f"{DOUBT}:{sha256(about.encode()).hexdigest()[:24]}",
        kind=DOUBT,
        asker="",
        room_id="",
        document={"person": doubt.person, "users": list(doubt.users), "how": doubt.how, "holder": doubt.holder},
        created_at=now,
        expires_at=now + LASTS,
    )


def entry_of(token: str, kind: str, link: Identity, now: datetime, *, by: str = "") -> AuditEntry:
    """The record of a link that was made, or went."""
    return AuditEntry(
        id=token,
        at=now,
        actor=by or link.by,
        compartment="",
        kind=kind,
        run="",
        detail={"user": link.user, "added" if kind == LINKED else "removed": link.person, "how": link.how},
        outcome=Outcome.DONE,
        outcome_at=now,
    )
