"""Finding people and groups by a few words, as far as the viewer may know them. For ``!find`` and for suggestions.

Whatever is unknown and whatever is not for this viewer count the same: as not there. A search takes many short turns,
so that others are answered meanwhile however large the company is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from bridge.domain.directory import Group, Person
from bridge.domain.ids import is_user_id, localpart_of, server_of
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.likeness import Entry, fit, nearest, said_in
from bridge.rules.meeting import Meeting
from bridge.rules.naming import folded
from bridge.services.groups import Groups, GroupView
from bridge.services.society import Society

PAGE: Final = 10
"""People, and groups, that are shown at once."""
AT_ONCE: Final = 500
"""Entries in one turn: some milliseconds."""
LAST_PAGE: Final = 50
MAX_WORDS: Final = 8

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """What may be told of one: ``shared`` are groups in which the asker sits as well; title and department only where
    insiders alone read along."""

    user: str
    name: str
    title: str = ""
    department: str = ""
    shared: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page, best first; ``people`` and ``groups`` of so many. ``instead`` is what was searched for where nothing
    fits the words as they are."""

    people: Sequence[FoundPerson] = ()
    groups: Sequence[GroupView] = ()
    people_in_all: int = 0
    groups_in_all: int = 0
    instead: str = ""


@dataclass(slots=True)
class Finding:
    """Searches. Keeps what employees are found by, for the directory as it was last read."""

    society: Society
    groups: Groups
    _kept: tuple[Mapping[str, Person], list[Entry]] | None = field(default=None, init=False)

    async def find(self, viewer: Viewer, text: str, *, page: int = 1) -> Found:
        """The ``page``-th page of what fits all the words of ``text``; else of what fits words much like them."""
        words, around = folded(text).split()[:MAX_WORDS], await self._around(viewer)
        if around is None or not words:
            return Found()
        both = around.people, [_of_group(group) for group in around.groups.values()]
        last, instead = min(page, LAST_PAGE) * PAGE, ""
        users, ids = [await _fitting(words, entries, last) for entries in both]
        if not (users.in_all or ids.in_all) and (better := await _spelt(words, both)) != words:
            users, ids = [await _fitting(better, entries, last) for entries in both]
            instead = " ".join(better) if users.in_all or ids.in_all else ""
        views = [self.groups.seen(around.groups[group_id], viewer) for group_id in ids.best[last - PAGE :]]
        return Found(
            people=tuple(_told(around, user) for user in users.best[last - PAGE :]),
            groups=tuple(view for view in views if view is not None),
            people_in_all=users.in_all,
            groups_in_all=ids.in_all,
            instead=instead,
        )

    async def named(self, viewer: Viewer, text: str) -> tuple[str, ...]:
        """The user ids of the employees who are called ``text``: by their id in the directory, else by name or by the
        first part of their user id. Nobody where others than insiders read along: these may not know everybody."""
        access, wanted = self._inside(viewer, text), folded(text.removeprefix("@"))
        if access is None:
            return ()
        person = access.facts.directory.people.get(text)
        if person is not None:
            return (person.user,) if person.active else ()
        found: list[str] = []
        async for some in _turns(await self._employees(access)):
            found += [user for user, names, _ in some if wanted in names.split("\n")]
        return tuple(sorted(found))

    def switched_off(self, viewer: Viewer, text: str) -> tuple[str, ...]:
        """The same of those who are switched off, for questions about them; nobody is added or asked by it."""
        access, wanted = self._inside(viewer, text), folded(text.removeprefix("@"))
        if access is None:
            return ()
        people = access.facts.inactive.items()
        return tuple(
            sorted(
                user
                for user, one in people
                if one.id == text or wanted in (folded(one.name), folded(localpart_of(user)))
            )
        )

    def _inside(self, viewer: Viewer, text: str) -> Access | None:
        """The gate where ``text`` may be a name and insiders alone read along."""
        access = self.society.access()
        if access is None or not folded(text.removeprefix("@")) or is_user_id(text):
            return None
        return access if Meeting(access, viewer).inside else None

    async def nearest(self, viewer: Viewer, what: str, text: str) -> tuple[str, Text] | None:
        """The one that was perhaps meant by ``text``, which names none: the id of a ``group`` or ``partner``
        or the user id of a ``person``, among those that the viewer may know, and what they are called."""
        ways = {"group": self._nearest_group, "partner": self._nearest_partner, "person": self._nearest_person}
        return await ways[what](viewer, text)

    async def _nearest_partner(self, viewer: Viewer, text: str) -> tuple[str, Text] | None:
        access = self.society.access()
        wanted, best, found = folded(text), (0.0, ""), None
        for partner in access.visible_partners(viewer) if access else ():
            better = nearest(wanted, _names(partner), best)
            if better != best:
                best, found = better, (partner.id, partner.name)
        return found if best[1] != wanted else None

    async def _nearest_group(self, viewer: Viewer, text: str) -> tuple[str, Text] | None:
        wanted, best, found = folded(text), (0.0, ""), None
        async for group in self.society.visible_groups(viewer):
            better = nearest(wanted, _names(group), best)
            if better != best:
                best, found = better, (group.id, group.name)
        return found if best[1] != wanted else None

    async def _nearest_person(self, viewer: Viewer, text: str) -> tuple[str, Text] | None:
        """Of the same server where a user id was written: that is the same for so many that it makes all alike."""
        server = server_of(text) if is_user_id(text) else ""
        wanted, best, found = folded(localpart_of(text) if server else text), (0.0, ""), None
        around = await self._around(viewer)
        async for some in _turns(around.people if around else ()):
            for user, known_as, _ in some:
                names = [folded(localpart_of(user))] * (server_of(user) == server) if server else known_as.split("\n")
                better = nearest(wanted, names, best)
                if better != best:
                    best, found = better, user
        if found is None or around is None or best[1] == wanted:
            return None
        return found, Text.same(called(around.facts, found))

    async def _around(self, viewer: Viewer) -> "_Around | None":
        access = self.society.access()
        if access is None:
            return None
        meeting, met, around = Meeting(access, viewer), set[str](), _Around(access.facts)
        async for group in self.society.visible_groups(viewer):
            around.groups[group.id] = group
            met |= meeting.met_in(group)
            if meeting.shares(group):
                around.shared.append(group)
        accounts, around.inside = access.facts.accounts, meeting.inside
        people = [(user, _called(accounts.get(user), user), "") for user in sorted({*met, *meeting.sponsors()})]
        around.people = [*await self._employees(access), *people] if meeting.inside else people
        return around

    async def _employees(self, access: Access) -> list[Entry]:
        accounts = access.facts.accounts
        if self._kept is None or self._kept[0] is not accounts:
            entries: list[Entry] = []
            async for some in _turns(accounts.items()):
                entries += [(user, _called(one, user), folded(f"{one.department}\n{one.title}")) for user, one in some]
            self._kept = (accounts, entries)
        return self._kept[1]


@dataclass(slots=True)
class _Around:
    """What a viewer may find: everybody, and all groups; ``shared`` are those in which they sit."""

    facts: Facts
    groups: dict[str, Group] = field(default_factory=dict)
    people: Sequence[Entry] = ()
    shared: list[Group] = field(default_factory=list)
    inside: bool = False


def _of_group(group: Group) -> Entry:
    return (group.id, "\n".join(_names(group)), folded(f"{group.purpose.en} {group.purpose.fr}"))


def _names(group: Group | Partner) -> list[str]:
    return list(dict.fromkeys(filter(None, (folded(group.name.en), folded(group.name.fr), folded(group.id)))))


def _called(person: Person | None, user: str) -> str:
    names = [folded(person.name)] if person and person.name else []
    return "\n".join([*names, folded(localpart_of(user)), folded(user)])


def _told(around: _Around, user: str) -> FoundPerson:
    person = around.facts.accounts.get(user)
    shared = tuple(group.name for group in around.shared if user in around.facts.people_of(group.id))
    if person is None or not around.inside:
        return FoundPerson(user=user, name=person.name if person else "", shared=shared)
    return FoundPerson(user=user, name=person.name, title=person.title, department=person.department, shared=shared)


class Hits(NamedTuple):
    """How many fit, and the keys of the best of them."""

    in_all: int
    best: Sequence[str]


async def _fitting(words: Sequence[str], entries: Iterable[Entry], wanted: int) -> Hits:
    """The entries that fit, by how well and then by name. Sorting them all would take as long as finding them."""
    best: list[tuple[int, str, str]] = []
    count = 0
    async for some in _turns(entries):
        found = [(rank, entry[1], entry[0]) for entry in some if (rank := fit(entry, words)) is not None]
        count += len(found)
        best = sorted([*best, *found])[:wanted] if found else best
    return Hits(count, [key for _, _, key in best])


async def _spelt(words: Sequence[str], several: Iterable[Iterable[Entry]]) -> list[str]:
    """The words, each that stands nowhere replaced by the one most like it."""
    best = dict.fromkeys(words, (0.0, ""))
    for entries in several:
        async for some in _turns(entries):
            there = [word for word in best if any(word in called or word in about for _, called, about in some)]
            best = {word: (1.0, word) if word in there else found for word, found in best.items()}
            vocabulary = {word for entry in some for word in said_in(entry)}
            best = {word: nearest(word, vocabulary, found) for word, found in best.items()}
    return [best[word][1] or word for word in words]


async def _turns(items: Iterable[Item]) -> AsyncIterator[list[Item]]:
    """A few at a time, so that others have their turn."""
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some
        await asyncio.sleep(0)
