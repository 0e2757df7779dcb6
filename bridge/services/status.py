"""How things stand, for ``!status``: what an administrator needs to know, and nothing that counts hidden things."""

import asyncio
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bridge.domain.directory import GroupState
from bridge.domain.errors import HomeserverError, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Text
from bridge.domain.problems import InvalidInput
from bridge.domain.rooms import RoomKind
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import AuditEntry, InboxCounts, Store
from bridge.services.drifts import TOLD, lately, told
from bridge.services.showing import UNREADABLE, for_chat
from bridge.services.society import Society
from bridge.services.watch import LastLook


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``homeserver`` says why it cannot be used, or None. ``looked_at`` is when the last pass was made,
    ``called`` what the groups are called that the findings are about."""

    homeserver: Message | None
    inbox: InboxCounts
    looked_at: datetime | None
    trouble: Message | None
    groups: int
    rooms: int
    findings: tuple[Finding, ...]
    called: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Gathers the standing for a viewer."""

    homeserver: Homeserver
    store: Store
    society: Society
    last: Callable[[], LastLook | None]

    async def standing(self, viewer: Viewer) -> Standing:
        """How things stand, as far as this viewer may know."""
        last = self.last()
        world, access = self.society.world(), self.society.access()
        groups = [group async for group in self.society.visible_groups(viewer, retired=True)]
        known = {group.id for group in groups}
        living = {group.id for group in groups if group.state is not GroupState.RETIRED}
        seen = access.compartments(viewer) if access else frozenset[Compartment]()
        trouble, (inbox, changed) = await asyncio.gather(self._trouble(), self._kept(seen, last))
        findings = _findings(last, seen, known) if last else ()
        about = {one.group for one in findings}
        drifts = tuple(told(changed, access.facts)) if access else ()
        bound = {ref.id for ref in world.room_ids() if ref.kind is RoomKind.GROUP} if world else set()
        return Standing(
            homeserver=trouble,
            inbox=replace(inbox, waiting=max(0, inbox.waiting - 1)),  # the question itself is being handled
            looked_at=last.at if last else None,
            trouble=_said(last.error) if last and last.error else None,
            groups=len(living),
            rooms=len(living & bound),
            findings=(*for_chat(findings), *drifts),
            called={group.id: group.name for group in groups if group.id in about},
        )

    async def _kept(
        self, seen: frozenset[Compartment], last: LastLook | None
    ) -> tuple[InboxCounts, Sequence[AuditEntry]]:
        """What the store says: the inbox, and what was changed in rooms lately."""
        async with self.store.view() as view:
            inbox = await view.inbox.counts()
            return inbox, await lately(view, seen, last.at - TOLD) if last and OPEN in seen else []

    async def _trouble(self) -> Message | None:
        try:
            await self.homeserver.reachable()
        except HomeserverError as error:
            return error.message
        return None


def _said(error: ParvisError) -> Message:
    return UNREADABLE if isinstance(error, InvalidInput) else error.message


def _findings(last: LastLook, compartments: frozenset[Compartment], known: Container[str]) -> tuple[Finding, ...]:
    """What the last look found; nothing where others than insiders read along, for it may name any partner.

    Findings of the plan stand in its parts, also those of rooms whose group the directory no longer has.
    """
    if OPEN not in compartments:
        return ()
    found = (one for one in last.findings if one.group is None or one.group in known)
    return (*found, *(last.world.plan.seen_by(compartments).findings if last.world else ()))
