"""How things stand, for ``!status``: what an administrator needs to know, and nothing that counts hidden things."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.domain.directory import GroupState
from bridge.domain.errors import HomeserverError, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Text
from bridge.domain.problems import InvalidInput
from bridge.domain.rooms import RoomKind
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.ports.activity import Backfill
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import AuditEntry, InboxCounts, Store
from bridge.services.drifts import TOLD, lately, told
from bridge.services.remarks import UNREAD, UNREADABLE, for_chat
from bridge.services.society import Society
from bridge.services.sources_read import SourceRead, read_of
from bridge.services.strangers import names_of
from bridge.services.watch import LastLook
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``homeserver`` says why it cannot be used, or None. ``looked_at`` is when the last pass was due, ``fresh``
    whether the directory was read just now, ``sources`` how it stands with each source where it was not, ``pasts`` how
    far the past of rooms is that is being read for digests, ``held`` why a plan waits for somebody's word, ``called``
    what the groups are called that the findings and these are about."""

    homeserver: Message | None
    inbox: InboxCounts
    looked_at: datetime | None
    trouble: Message | None
    groups: int
    rooms: int
    findings: tuple[Finding, ...]
    fresh: bool = False
    pasts: tuple[Backfill, ...] = ()
    sources: tuple[SourceRead, ...] = ()
    held: Message | None = None
    called: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Gathers the standing for a viewer. ``look`` is what ``!plan`` looks with: both tell of the same world.
    ``sources`` are the names of the directory's; without a ``clock`` none is being read."""

    homeserver: Homeserver
    store: Store
    society: Society
    last: Callable[[], LastLook | None]
    look: Callable[[], Awaitable[World]] | None = None
    sources: tuple[str, ...] = ()
    clock: Clock | None = None

    async def standing(self, viewer: Viewer) -> Standing:
        """How things stand, as far as this viewer may know; after a look, where one can be made and none goes on."""
        read = await self._read()
        world, error = (self.society.world(), None) if _under_way(read, self.clock) else await self._now()
        last = self.last()
        access = self.society.gate(world) if world else None
        groups = [group async for group in self.society.visible_groups(viewer, retired=True, access=access)]
        known = {group.id for group in groups}
        living = {group.id for group in groups if group.state is not GroupState.RETIRED}
        seen = access.compartments(viewer) if access else frozenset[Compartment]()
        trouble, (inbox, changed, reading) = await asyncio.gather(self._trouble(), self._kept(seen, last, world))
        pasts = tuple(one for one in reading if one.group in known) if OPEN in seen else ()
        findings = _findings(last, world, seen, known) if last else ()
        if last and last.error and not (self.look and isinstance(last.error, InvalidInput)):
            error = error or last.error  # files were read again just now, rooms were not
        about = {*(one.group for one in findings), *(one.group for one in pasts)}
        drifts: tuple[Finding, ...] = ()
        if access and world:
            drifts = tuple(told(changed, access.facts, await names_of(changed, world, self.homeserver)))
        bound = {ref.id for ref in world.room_ids() if ref.kind is RoomKind.GROUP} if world else set()
        fresh = self.look is not None and error is None and not any(one.kind in UNREAD for one in findings)
        fresh = fresh and not _under_way(read, self.clock)
        held = world.plan.seen_by(seen).held if world and OPEN in seen else None
        told_of = OPEN in seen or (access is None and viewer.personal)
        return Standing(
            homeserver=trouble,
            inbox=replace(inbox, waiting=max(0, inbox.waiting - 1)),  # the question itself is being handled
            looked_at=(last.due or last.at) if last else None,
            trouble=_said(error) if error else None,
            groups=len(living),
            rooms=len(living & bound),
            findings=(*for_chat(findings), *drifts),
            fresh=fresh,
            sources=() if fresh or not told_of else read,
            pasts=pasts,
            held=held.reason if held else None,
            called={group.id: group.name for group in groups if group.id in about},
        )

    async def _read(self) -> tuple[SourceRead, ...]:
        if not self.sources:
            return ()
        async with self.store.view() as view:
            return tuple([await read_of(view, source) for source in self.sources])

    async def _kept(
        self, seen: frozenset[Compartment], last: LastLook | None, world: World | None
    ) -> tuple[InboxCounts, Sequence[AuditEntry], Sequence[Backfill]]:
        """What the store says: the inbox, without rooms that the viewer may not know of, what was changed in rooms
        lately, and the past that is being read."""

        def counted(room_id: str) -> bool:
            return world is not None and (world.compartment_at(room_id) or OPEN) in {OPEN, *seen}

        async with self.store.view() as view:
            inbox = await view.inbox.counts(counted)
            reading = [one for one in await view.activity.backfills() if not one.over]
            return inbox, await lately(view, seen, last.at - TOLD) if last and OPEN in seen else [], reading

    async def _now(self) -> tuple[World | None, ParvisError | None]:
        """The world as it is now, or as it was last seen, and why it cannot be looked at."""
        if self.look is None:
            return self.society.world(), None
        try:
            return await self.look(), None
        except ParvisError as error:
            return self.society.world(), error

    async def _trouble(self) -> Message | None:
        try:
            await self.homeserver.reachable()
        except HomeserverError as error:
            return error.message
        return None


def _under_way(sources: Iterable[SourceRead], clock: Clock | None) -> bool:
    return clock is not None and any(one.under_way(clock.now()) for one in sources)


def _said(error: ParvisError) -> Message:
    return UNREADABLE if isinstance(error, InvalidInput) else error.message


def _findings(
    last: LastLook, world: World | None, compartments: frozenset[Compartment], known: Container[str]
) -> tuple[Finding, ...]:
    """What the last pass found besides the world, and what the look did; nothing where others than insiders read along,
    for it may name any partner.

    Findings of the plan stand in its parts, also those of rooms whose group the directory no longer has.
    """
    if OPEN not in compartments:
        return ()
    before = last.world.findings if last.world is not world and last.world else ()
    passed = [one for one in last.findings if one not in before]
    now = (one for one in (*passed, *(world.findings if world else ())) if one.group is None or one.group in known)
    return (*dict.fromkeys(now), *(world.plan.seen_by(compartments).findings if world else ()))
