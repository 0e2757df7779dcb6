"""Searching the audit log on somebody's behalf, and checking the part of it that they may see: chat and terminal."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from bridge.domain.audit import AuditFilter, Head, group, groups, partner, person
from bridge.domain.rooms import RoomKind
from bridge.domain.viewers import Viewer
from bridge.ports.store import AuditEntry, Store
from bridge.rules.access import Access
from bridge.rules.ways import names_of
from bridge.services.proof import Checked, Proof, Report
from bridge.services.society import Society
from bridge.services.unmaking import rooms_of
from bridge.services.world import World

PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for: by user id, by what a group or partner is called, in a time; None does not matter."""

    person: str | None = None
    group: str | None = None
    partner: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The newest entries of which the viewer may know; ``more`` says that there are others."""

    entries: Sequence[AuditEntry] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Searching in one world, through its gate."""

    store: Store
    world: World
    access: Access

    async def newest(self, viewer: Viewer, question: Question, *, limit: int) -> Answer:
        """The newest entries, newest first."""
        found: list[AuditEntry] = []
        async for entry in self.entries(viewer, question):
            found.append(entry)
            if len(found) > limit:
                break
        return Answer(entries=found[:limit], more=len(found) > limit)

    async def entries(
        self, viewer: Viewer, question: Question, *, oldest_first: bool = False
    ) -> AsyncIterator[AuditEntry]:
        """All entries of which the viewer may know; the command line also sees hidden groups that are gone."""
        wanted = self._wanted(viewer, question)
        compartments = None if viewer.cleared else self.access.compartments(viewer)
        cursor = None
        while True:
            # A view for each page: a long answer must not keep the store from tidying up behind it.
            async with self.store.view() as view:
                page = await view.audit.search(
                    wanted, compartments=compartments, limit=PAGE, cursor=cursor, oldest_first=oldest_first
                )
            for entry in page.entries:
                if self._may_know(viewer, entry):
                    yield entry
            cursor = page.cursor
            if cursor is None:
                return

    def _wanted(self, viewer: Viewer, question: Question) -> AuditFilter:
        about = []
        if question.person:
            about.append(frozenset(map(person, names_of(self.access.facts, question.person))))
        if question.group:
            found = self.access.find(viewer, question.group)
            about.append(frozenset({group(found.id if found else question.group)}))
        if question.partner:
            about.append(frozenset({partner(question.partner)}))
        return AuditFilter(about=tuple(about), since=question.since, until=question.until)

    def _may_know(self, viewer: Viewer, entry: AuditEntry) -> bool:
        """Whether each group that the entry names may be named to the viewer: one that was open may be hidden now."""
        if viewer.cleared:
            return True
        existing = self.access.facts.directory.groups
        if not all(self.access.may_know(viewer, one) for one in groups("", entry.detail) if one in existing):
            return False
        former = [ref for ref in rooms_of(entry) if ref.kind is RoomKind.FORMER]
        bindings = [self.world.bindings.get(ref) for ref in former]
        return all(one and not one.secret and self.access.may_know(viewer, one.of) for one in bindings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """The audit log as the bots reach it. Days that are asked for begin in ``timezone``."""

    society: Society
    proof: Proof
    timezone: tzinfo = UTC

    async def newest(self, viewer: Viewer, question: Question, *, limit: int) -> tuple[Answer, World | None]:
        """The newest entries that the viewer may know of, and the world whose words name what they are about."""
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            return Answer(), None
        search = Search(store=self.society.store, world=world, access=access)
        return await search.newest(viewer, question, limit=limit), world

    async def verify(self, viewer: Viewer, *, progress: Report) -> Sequence[Checked]:
        """Check the chains that the viewer may know of."""
        access = self.society.access()
        compartments = access.compartments(viewer) if access else frozenset[str]()
        return await self.proof.verify(compartments=compartments, progress=progress)

    async def heads(self, viewer: Viewer) -> Sequence[Head]:
        """The signed ends of these chains, for witnesses: what an admin room is told holds no hidden group's."""
        access = self.society.access()
        return await self.proof.heads(access.compartments(viewer) if access else frozenset[str]())
