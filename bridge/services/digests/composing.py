"""The digest of one week for one reader, or for all who sit in a group's room: everything in it passes the gate here.
Called by ``digests``.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bridge.domain.digest import Digest, Item, Opened, Section, Taste
from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.ids import server_of
from bridge.domain.rooms import group_room, partner_space
from bridge.domain.sending import room_reader
from bridge.domain.viewers import Viewer, alone
from bridge.ports.store import Store
from bridge.rules.calling import called
from bridge.services.digests.items import Choice, link_to
from bridge.services.digests.sections import NEWCOMERS, Sections
from bridge.services.digests.sponsoring import Sponsoring

LONGEST_NAME: Final = 40
"""Letters that are shown of what people call themselves."""
OPENED: Final = 5
"""New groups that are told one by one."""


@dataclass(slots=True, kw_only=True)
class Composer:
    """Of one week in one world. ``marks`` are the emojis of editors. What is raised comes from store and
    homeserver."""

    store: Store
    sections: Sections
    marks: Collection[str] = ()
    _new: Sequence[Group] | None = field(default=None, init=False)
    _sponsoring: Sponsoring = field(init=False)

    def __post_init__(self) -> None:
        sections = self.sections
        self._sponsoring = Sponsoring(store=self.store, gathered=sections.gathered, places=sections.places)

    async def of_person(
        self, reader: str, taste: Taste, shown: Mapping[str, datetime], *, secrets: bool
    ) -> Digest | None:
        """What somebody is told; None when that is nothing, or when they are nobody here any more. Without ``secrets``
        it is as if there were no hidden group."""
        places, viewer = self.sections.places, alone(reader)
        access = places.access
        seated = [one for one in places.groups.get(reader, ()) if secrets or one not in places.secret]
        if reader not in access.insiders and not seated:
            return None
        groups = [one for one in seated if one not in taste.muted and access.may_read(viewer, one)]
        choice = Choice(gathered=self.sections.gathered, places=places, asking=self.sections.asking, reader=reader,
                        readers=(reader,), groups=groups, taste=taste, shown=shown, marks=self.marks)  # fmt: skip
        items = numbered(await choice.items())
        sections = [await self._section(group, items, viewer) for group in groups]
        new, more = await self._opened(viewer, taste)
        sponsored = await self._sponsoring.of(reader) if reader in access.insiders else ()
        return await self._whole(
            Digest(reader=reader, week=self.sections.week, sections=in_order(sections), opened=new, opened_more=more,
                   sponsored=sponsored)
        )  # fmt: skip

    async def of_room(self, group: str, taste: Taste, shown: Mapping[str, datetime]) -> Digest | None:
        """What may be posted in a group's room: of this group alone, and what everybody in it could read then."""
        places = self.sections.places
        if group not in places.rooms:
            return None
        present = frozenset(places.world.joined[group_room(group)].users()) - self.sections.machines
        choice = Choice(gathered=self.sections.gathered, places=places, asking=self.sections.asking, reader="",
                        readers=present, groups=(group,), taste=taste, shown=shown, marks=self.marks)  # fmt: skip
        viewer = Viewer(asker="", readers=present)
        section = await self._section(group, numbered(await choice.items()), viewer)
        return await self._whole(
            Digest(
                reader=room_reader(group), week=self.sections.week, sections=in_order([replace(section, health=None)])
            )
        )

    async def _section(self, group: str, items: Sequence[Item], viewer: Viewer) -> Section:
        sections, places = self.sections, self.sections.places
        newcomers = await sections.newcomers(group)
        people = [user for user in newcomers.people if user != viewer.asker]
        insiders = not (viewer.readers - places.access.insiders)
        return Section(
            group=group,
            name=places.world.facts.directory.groups[group].name,
            url=self._link(places.rooms[group], viewer.asker),
            secret=group in places.secret,
            items=tuple(item for item in items if item.group == group),
            newcomers=tuple(people[:NEWCOMERS]),
            new=len(people),
            partners=sections.partner_names(newcomers.partners),
            changes=sections.changes(group, insiders=insiders),
            health=sections.health(group) if places.access.owns(viewer.asker, group) else None,
            days=sections.gathered.days.get(group, ()),
        )

    async def _opened(self, viewer: Viewer, taste: Taste) -> tuple[tuple[Opened, ...], int]:
        """Groups that the reader may join since this week, and is not in; the first some of them, and how many more."""
        places = self.sections.places
        mine = frozenset(places.groups.get(viewer.asker, ()))
        if self._new is None:
            self._new = [group async for group in self._new_groups()]
        found = [
            group
            for group in self._new
            if group.id not in mine | taste.muted and places.access.may_join(viewer, group.id)
        ]
        told = tuple(
            Opened(group=one.id, name=one.name, purpose=one.purpose, url=self._link(places.rooms[one.id]))
            for one in found[:OPENED]
        )
        return told, len(found) - len(told)

    async def _new_groups(self) -> AsyncIterator[Group]:
        places = self.sections.places
        former = {binding.of for binding in places.world.bindings.values() if binding.of}
        for one in sorted(places.rooms):
            group = places.world.facts.directory.groups[one]
            if group.visibility is not Visibility.PUBLIC or group.state is not GroupState.ACTIVE:
                continue
            widened = any(
                decision.field == "visibility" and decision.after == (Visibility.PUBLIC,)
                for decision in self.sections.decisions(one)
            )
            if widened or (one not in former and await self.sections.is_new(one)):
                yield group

    def _link(self, room_id: str, reader: str = "") -> str:
        return link_to(room_id, "", self.sections.places.world.facts.server_name, reader)

    async def _whole(self, digest: Digest) -> Digest | None:
        """With what people are called; None where there is nothing to tell."""
        if digest.empty:
            return None
        facts = self.sections.places.world.facts
        names = {user: called(facts, user) for user in sorted(set(mentioned(digest)))}
        for room, user in self._met(digest):
            if names[user] == user:
                names[user] = shown_as(user, await self.sections.asking.named(room, user))
        return replace(digest, names=names)

    def _met(self, digest: Digest) -> Iterator[tuple[str, str]]:
        """In which rooms its reader meets those whom it mentions."""
        places = self.sections.places
        for section in digest.sections:
            for user in sorted(set(told_in(section))):
                yield places.rooms[section.group], user
        for partner in digest.sponsored:
            room = places.world.room_ids().get(partner_space(partner.partner), "")
            yield from ((room, user) for user in partner.newcomers if room)


def numbered(items: Iterable[Item]) -> list[Item]:
    """The items group by group, that of the first item first, with their numbers."""
    found = list(items)
    order = {group: place for place, group in enumerate(dict.fromkeys(item.group for item in found))}
    found.sort(key=lambda item: order[item.group])
    return [replace(item, number=number) for number, item in enumerate(found, start=1)]


def in_order(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Those with items in the order of these, then the others with something to read, then how groups are."""

    def place(section: Section) -> tuple[int, int, str]:
        if section.items:
            return 0, section.items[0].number, ""
        return (1 if section.telling else 2), 0, section.group

    return tuple(sorted((one for one in sections if one.telling or one.health), key=place))


def mentioned(digest: Digest) -> Iterator[str]:
    """Everybody whom a digest names, by user id."""
    for section in digest.sections:
        yield from told_in(section)
    for partner in digest.sponsored:
        yield from partner.newcomers


def told_in(section: Section) -> Iterator[str]:
    """Everybody whom it names of one group, by user id."""
    yield from section.newcomers
    for item in section.items:
        yield from (*item.people, *item.reason.people, *item.marked_by, *((item.by,) if item.by else ()))


def shown_as(user: str, name: str) -> str:
    """Somebody whom the directory does not know, by the name that they gave themselves: anybody may bear any, so their
    server stands beside it. By their user id where they gave none."""
    plain = " ".join(name.split())[:LONGEST_NAME]
    return f"{plain} ({server_of(user)})" if plain else user
