"""Receipts of shutting a partner out: what was removed when, what remains, how it was verified; kept in the audit log.

One entry for each compartment, so that everybody is shown the part that they may know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from bridge.domain.audit import AuditFilter
from bridge.domain.audit import partner as about_partner
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.rooms import RoomKind, RoomRef, partner_space
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.planning.actions import RemoveMembers
from bridge.planning.containing import Outsiders
from bridge.planning.plan import Plan
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, Store
from bridge.rules.access import Access

RECEIPT: Final = "receipt"
"""The kind of the items that say that a receipt is still to be told."""
KIND: Final = "partner-contained"
"""Of its entries in the audit log."""
PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """What was taken out of one room: who was in it and who was only invited, each with the time (UTC); when its server
    ACL closed; who could not be taken out."""

    removed: Mapping[str, datetime] = field(default_factory=dict)
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)
    closed: datetime | None = None
    remaining: tuple[str, ...] = ()
    open_still: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing was left to do."""
        return not self.remaining and not self.open_still


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That ``partner`` was suspended or ended: ``by`` asked for it at ``asked``, and what was done was read back from
    the homeserver by ``verified`` (both UTC). ``rooms`` by their references; ``compartments`` says where each is."""

    partner: str
    state: PartnerState
    by: str
    origin: str
    reason: str
    asked: datetime
    verified: datetime
    rooms: Mapping[RoomRef, Emptied] = field(default_factory=dict)
    compartments: Mapping[RoomRef, Compartment] = field(default_factory=dict)

    @property
    def people(self) -> frozenset[str]:
        """Everybody who was in a room."""
        return frozenset(user for room in self.rooms.values() for user in room.removed)

    @property
    def invited(self) -> frozenset[str]:
        """Everybody whose invitation into a room was withdrawn; who was in another one is among ``people``, too."""
        return frozenset(user for room in self.rooms.values() for user in room.withdrawn)

    @property
    def complete(self) -> bool:
        """Whether nothing was left to do."""
        return all(room.complete for room in self.rooms.values())

    def and_also(self, other: "Receipt") -> "Receipt":
        """With another part of the same."""
        return replace(
            self,
            rooms={**self.rooms, **other.rooms},
            compartments={**self.compartments, **other.compartments},
            verified=max(self.verified, other.verified),
        )

    def within(self, *, hidden: bool) -> "Receipt":
        """What is hidden of it, or what is not."""
        rooms = {ref: room for ref, room in self.rooms.items() if (self.compartments[ref] != OPEN) is hidden}
        return replace(self, rooms=rooms, compartments={ref: self.compartments[ref] for ref in rooms})


async def gathered(
    store: Store, item: Pending, partner: Partner, outsiders: Outsiders, left: Plan, *, verified_at: datetime
) -> Receipt:
    """The receipt for what ``item`` asked for, from what the audit log says was done since, whoever did it, a process
    that died included. ``left`` is what could not be done."""
    rooms: dict[RoomRef, Emptied] = {}
    compartments: dict[RoomRef, Compartment] = {}
    since = datetime.fromisoformat(item.document.get("since", item.created_at.isoformat()))
    async for entry in _entries(store, AuditFilter(since=since), None):
        if entry.outcome is Outcome.DONE and (ref := _told(entry, outsiders)):
            rooms[ref] = _with(rooms.get(ref, Emptied()), entry)
            compartments[ref] = entry.compartment
    for part in left.parts:
        for action in part.actions:
            users = action.users if isinstance(action, RemoveMembers) else ()
            room = rooms.get(action.ref, Emptied())
            remaining = (*room.remaining, *users)
            rooms[action.ref] = replace(room, remaining=remaining, open_still=room.open_still or not users)
            compartments[action.ref] = part.compartment
    return Receipt(
        partner=partner.id,
        state=PartnerState(item.document["state"]),
        by=item.asker,
        origin=item.document["origin"],
        reason=item.document["reason"],
        asked=item.created_at,
        verified=verified_at,
        rooms=rooms,
        compartments=compartments,
    )


def _told(entry: AuditEntry, outsiders: Outsiders) -> RoomRef | None:
    """The room of an entry that belongs on the receipt."""
    check = entry.detail.get("check", {})
    if entry.kind == "remove" and outsiders.brought(str(check.get("user", ""))):
        return RoomRef.parse(check["room"])
    closes = entry.kind == "set" and entry.detail.get("setting") == "acl"
    if closes and outsiders.servers.isdisjoint(check["content"]["allow"]):
        return RoomRef.parse(check["room"])
    return None


def _with(room: Emptied, entry: AuditEntry) -> Emptied:
    at, check = entry.outcome_at or entry.at, entry.detail["check"]
    if entry.kind == "set":
        return replace(room, closed=at)
    if check.get("invited"):
        return replace(room, withdrawn={**room.withdrawn, check["user"]: at})
    return replace(room, removed={**room.removed, check["user"]: at})


async def _entries(store: Store, wanted: AuditFilter, compartments: frozenset[Compartment] | None) -> Any:
    """Oldest first. A view for each page: a long answer must not keep the store from tidying up behind it."""
    cursor = None
    while True:
        async with store.view() as view:
            page = await view.audit.search(
                wanted, compartments=compartments, limit=PAGE, cursor=cursor, oldest_first=True
            )
        for entry in page.entries:
            yield entry
        cursor = page.cursor
        if cursor is None:
            return


def receipt_entries(receipt: Receipt) -> Iterator[AuditEntry]:
    """The receipt as the audit log keeps it, without ids: what is open, and each hidden group by itself."""
    for compartment in sorted({OPEN, *receipt.compartments.values()}):
        rooms = {ref: room for ref, room in receipt.rooms.items() if receipt.compartments[ref] == compartment}
        yield AuditEntry(
            id="",
            at=receipt.verified,
            actor=receipt.by,
            compartment=compartment,
            kind=KIND,
            run="",
            detail={
                "room": str(partner_space(receipt.partner)),
                "partner": receipt.partner,
                "state": receipt.state.value,
                "origin": receipt.origin,
                "reason": receipt.reason,
                "asked": receipt.asked.isoformat(),
                "rooms": {str(ref): _packed(room) for ref, room in sorted(rooms.items())},
            },
            outcome=Outcome.DONE,
            outcome_at=receipt.verified,
        )


def _packed(room: Emptied) -> dict[str, Any]:
    """People stand under words of ``domain.audit.NAMES``, so that they are found, and erased."""
    return {
        "removed": list(room.removed),
        "times": [at.isoformat() for at in room.removed.values()],
        "invited": {"removed": list(room.withdrawn), "times": [at.isoformat() for at in room.withdrawn.values()]},
        "closed": room.closed.isoformat() if room.closed else "",
        "left": {"user": list(room.remaining), "open": room.open_still},
    }


def receipt_of(entries: Iterable[AuditEntry]) -> Receipt | None:
    """What was packed, from the entries of one decision."""
    found: Receipt | None = None
    for entry in entries:
        detail = entry.detail
        rooms = {RoomRef.parse(ref): _unpacked(room) for ref, room in detail["rooms"].items()}
        part = Receipt(
            partner=detail["partner"],
            state=PartnerState(detail["state"]),
            by=entry.actor,
            origin=detail["origin"],
            reason=detail["reason"],
            asked=datetime.fromisoformat(detail["asked"]),
            verified=entry.at,
            rooms=rooms,
            compartments=dict.fromkeys(rooms, entry.compartment),
        )
        found = part if found is None else found.and_also(part)
    return found


def _unpacked(room: Mapping[str, Any]) -> Emptied:
    return Emptied(
        removed=_timed(room),
        withdrawn=_timed(room["invited"]),
        closed=datetime.fromisoformat(room["closed"]) if room["closed"] else None,
        remaining=tuple(room["left"]["user"]),
        open_still=room["left"]["open"],
    )


def _timed(part: Mapping[str, Any]) -> dict[str, datetime]:
    return {user: datetime.fromisoformat(at) for user, at in zip(part["removed"], part["times"], strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Finds receipts for a viewer."""

    store: Store

    async def newest(self, access: Access, viewer: Viewer, partner_id: str) -> Receipt | None:
        """The last receipt of a partner, as far as the viewer may know; None when there is none."""
        found = await self._by_origin(access, viewer, partner_id)
        receipt = receipt_of(found[next(reversed(found))]) if found else None
        return self._seen(receipt, access, viewer) if receipt else None

    async def of(self, access: Access, viewer: Viewer, partner_id: str, origin: str) -> Receipt | None:
        """The same of the decision that the event ``origin`` took."""
        receipt = receipt_of((await self._by_origin(access, viewer, partner_id)).get(origin, ()))
        return self._seen(receipt, access, viewer) if receipt else None

    async def _by_origin(self, access: Access, viewer: Viewer, partner_id: str) -> dict[str, list[AuditEntry]]:
        """The entries of all its receipts, the oldest first."""
        compartments = None if viewer.cleared else access.compartments(viewer)
        wanted = AuditFilter(about=(frozenset({about_partner(partner_id)}),))
        found: dict[str, list[AuditEntry]] = {}
        async for entry in _entries(self.store, wanted, compartments):
            if entry.kind == KIND and entry.detail["partner"] == partner_id:
                found.setdefault(entry.detail["origin"], []).append(entry)
        return found

    async def part(self, access: Access, viewer: Viewer, entry_id: str) -> Receipt | None:
        """The part that one entry holds, as far as the viewer may know."""
        async with self.store.view() as view:
            receipt = receipt_of(await view.audit.get([entry_id]))
        return self._seen(receipt, access, viewer) if receipt else None

    @staticmethod
    def _seen(receipt: Receipt, access: Access, viewer: Viewer) -> Receipt:
        """Without rooms of groups that the viewer may not know any more."""
        if viewer.cleared:
            return receipt
        groups = (RoomKind.GROUP, RoomKind.SUBSPACE)
        rooms = {
            ref: room
            for ref, room in receipt.rooms.items()
            if ref.kind not in groups or access.may_know(viewer, ref.id)
        }
        return replace(receipt, rooms=rooms)
