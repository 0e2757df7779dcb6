"""Whose account is whose, said by hand: what administrators and the command line do about it. Made by the wiring.

A link gives an account everything that a person belongs to, so most of it is left to whoever reads the store anyway.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.domain.directory import Directory, Person
from bridge.domain.errors import InputError
from bridge.domain.identities import Doubt, Identity, Strategy
from bridge.domain.ids import is_user_id, server_of
from bridge.domain.messages import Message, say
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store, UnitOfWork
from bridge.services.identities import DOUBT, LINKED, UNLINKED, doubt_of, entry_of

FOUND: Final[Mapping[str, Message]] = {
    Strategy.EXTERNAL: say("found by what the sign-in service calls them"),
    Strategy.EMAIL: say("found by their verified address"),
    Strategy.TEMPLATE: say("found by their login"),
    "": say("said by hand"),
}
"""How it is known whose an account is, by ``Identity.how``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """Links by hand, for administrators: what is said here counts more than anything that is found."""

    store: Store
    directory: Callable[[], Directory | None]
    server_name: str
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    besides: Callable[[], frozenset[str]] = frozenset
    """Accounts that are nobody's: those of bots and of the bridge itself."""
    exists: Callable[[str], Awaitable[bool | None]] | None = None
    """Whether the homeserver has an account; None where that cannot be known at present."""

    async def link(self, person: str, user: str, *, by: str, cleared: bool = False, taking: bool = False) -> Identity:
        """This account is this person's, and nobody else's. Raises ``InputError``, also where it is somebody else's
        unless it is to be ``taking``.

        Whose account it is belongs to their groups, hidden ones too: who is not ``cleared`` for these says it of people
        who have no account, and neither gives away somebody's account nor their own.
        """
        found = self.person(person)
        if not is_user_id(user) or server_of(user) != self.server_name.lower():
            raise InputError(
                say("This is no user id of our own server, such as @ines:{server}.", server=self.server_name)
            )
        if user in self.besides():
            raise InputError(say("This account is the bridge’s own, and nobody’s."))
        if self.exists and await self.exists(user) is False:
            raise InputError(say("The homeserver has no account {user}: is it written like this?", user=user))
        if not cleared and found.user != user:
            self._refuse_taking(found, user, by)
        if cleared and not taking:
            self._ask_before_taking(found, user)
        now = self.clock.now()
        identity = Identity(person=found.id, user=user, by=by, at=now)
        async with self.store.work() as work:
            links = await work.identities.all()
            before = [one.person for one in links.values() if one.user == user and one.person != found.id]
            await work.identities.remove(before)
            await work.identities.put([identity])
            await work.audit.intend([entry_of(self.chance.token(), LINKED, identity, now)])
            await _forget(work, {found.id, *before})
        self.changed()
        return identity

    def _ask_before_taking(self, person: Person, user: str) -> None:
        people = (self.directory() or Directory()).people.values()
        for holder in people:
            if holder.user == user and holder.id != person.id and holder.active:
                raise InputError(
                    say("{user} is the account of {holder}, who would have none any more: with {option}, it is taken"
                        " from them.", user=user, holder=holder.name or holder.id, option="--take")
                )  # fmt: skip

    def _refuse_taking(self, person: Person, user: str, by: str) -> None:
        people = (self.directory() or Directory()).people.values()
        if person.user:
            raise InputError(say("They have an account: only the command line gives them another one."))
        if user == by or any(one.user == user and one.active for one in people):
            raise InputError(
                say("This account is somebody’s already: only the command line gives it to somebody else.")
            )

    async def unlink(self, person: str, *, by: str, cleared: bool = False) -> Identity:
        """The link goes, and is looked for again. Raises ``InputError``, also where there is none, and of links that
        nobody said unless ``cleared``."""
        async with self.store.work() as work:
            links = await work.identities.all()
            known = links.get(person) or links.get(self.person(person).id)
            if known is None:
                raise InputError(say("No account is stored for them."))
            if known.how and not cleared:
                raise InputError(say("Their account was found, not said: only the command line takes it back."))
            now = self.clock.now()
            await work.identities.remove([known.person])
            await work.audit.intend([entry_of(self.chance.token(), UNLINKED, known, now, by=by)])
        self.changed()
        return known

    async def links(self) -> Mapping[str, Identity]:
        """Everything that is stored, by the person's id."""
        async with self.store.view() as view:
            return await view.identities.all()

    def people(self) -> list[Person]:
        """Everybody of the directory, by name."""
        people = (self.directory() or Directory()).people.values()
        return sorted(people, key=lambda one: (one.name, one.id))

    def waiting(self) -> list[Person]:
        """Active people who have no account yet, by name."""
        return [one for one in self.people() if one.active and not one.user]

    def called(self, person: str) -> str:
        """The name of whoever has this id; the id where nobody has, or they have no name."""
        known = (self.directory() or Directory()).people.get(person)
        return (known.name if known else "") or person

    async def doubts(self) -> list[Doubt]:
        """What people have to tell, oldest first."""
        async with self.store.view() as view:
            return [doubt_of(item) for item in await view.pending.open(DOUBT)]

    async def again(self) -> list[tuple[Person, str]]:
        """People without an account who would have the one of somebody whom the directory no longer has, and that
        account, by name: after a change of source mostly the same people under other ids."""
        people = (self.directory() or Directory()).people
        return sorted(
            (
                (people[doubt.person], doubt.users[0])
                for doubt in await self.doubts()
                if doubt.holder and doubt.holder not in people and doubt.person in people
                and not people[doubt.person].user
            ),
            key=lambda pair: (pair[0].name, pair[0].id),
        )  # fmt: skip

    def person(self, text: str) -> Person:
        """Somebody by id, account, login, address or name. Raises ``InputError`` when that is nobody, or several."""
        directory = self.directory() or Directory()
        if text in directory.people:
            return directory.people[text]
        wanted = text.casefold()
        called = [one for one in directory.people.values() if wanted in _names(one)]
        if len(called) != 1:
            raise InputError(
                say("Several people are called so: name one by their id.")
                if called
                else say("There is nobody of this name in the directory.")
            )
        return called[0]


def _names(person: Person) -> set[str]:
    return {text.casefold() for text in (person.user, person.login, person.email, person.name) if text}


async def _forget(work: UnitOfWork, people: set[str]) -> None:
    """Questions about these people are answered; they may come up again."""
    items = await work.pending.open(DOUBT)
    await work.pending.remove([item.key for item in items if item.document["person"] in people])
