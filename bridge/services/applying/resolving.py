"""After a crash: intentions without outcome are resolved by looking at the rooms that they were about."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import structlog

from bridge.domain.rooms import Absence, ActualRoom, Membership, RoomRef
from bridge.domain.viewers import Compartment
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Outcome, Store, UnitOfWork
from bridge.rules.naming import plain_marker
from bridge.services.verify import Verifier

log = structlog.get_logger()

PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})


async def resolve(
    homeserver: Homeserver, store: Store, verifier: Verifier, clock: Clock, compartments: Collection[Compartment]
) -> None:
    """Conclude every open intention of these compartments, and bind rooms that were created without our learning it.

    The caller holds their leases, so that no such intention belongs to a run that is still going on.
    """
    async with store.view() as view:
        entries = [entry for entry in await view.audit.unresolved() if entry.compartment in compartments]
    if not entries:
        return
    for entry in entries:
        if entry.kind == "create":
            check = entry.detail["check"]
            await _find_created(homeserver, store, RoomRef.parse(check["room"]), check["marker"])
    checks = {entry.id: entry.detail.get("check", {}) for entry in entries}
    refs = {RoomRef.parse(check["room"]) for check in checks.values() if "room" in check}
    await verifier.verify(refs)
    async with store.work() as work:
        actual = await work.rooms.actual(refs)
        for entry_id, check in checks.items():
            outcome = judge(check, actual.get(RoomRef.parse(check["room"])) if "room" in check else None)
            await _remember(work, check, actual, outcome)
            await work.audit.conclude([entry_id], outcome, at=clock.now(), detail="looked up after a restart")


async def _remember(
    work: UnitOfWork, check: Mapping[str, Any], actual: Mapping[RoomRef, ActualRoom], outcome: Outcome
) -> None:
    """Why somebody is out, where they were removed for a reason that is kept and the process died right after."""
    if outcome is Outcome.DONE and "remembered" in check:
        room = actual[RoomRef.parse(check["room"])]
        await work.rooms.note_absence(room.room_id, {check["user"]: Absence(check["remembered"])})


async def _find_created(homeserver: Homeserver, store: Store, ref: RoomRef, marker: str) -> None:
    """Bind the room that carries the marker, when a creation took effect without our learning its id.

    A homeserver that died over it may have left half a room, with nobody but us in it: that one is left.
    """
    async with store.view() as view:
        rooms = {one.room_id: one.ref for one in await view.rooms.bindings() if one.room_id}
    if ref in rooms.values():
        return
    if room_id := await homeserver.find_room(marker, besides=rooms.keys()):
        version = (await homeserver.read_room(room_id)).version
        async with store.work() as work:
            await work.rooms.bind(ref, room_id, version)
    elif (left := await homeserver.leave_unfinished(marker)) and marker == plain_marker(ref):
        # A log has many readers: it counts nothing that is hidden, and so has a mark of chance.
        log.info("left what became of a creation that ended halfway", rooms=left)


def judge(check: Mapping[str, Any], room: ActualRoom | None) -> Outcome:
    """Whether the room shows the effect."""
    if room is None:
        return Outcome.FAILED if "marker" in check else Outcome.UNKNOWN
    if "user" in check:
        happened = (room.members.get(check["user"]) in PRESENT) == check["present"]
    elif "state" in check:
        event_type, state_key = check["state"]
        happened = dict(room.content(event_type, state_key)) == check["content"]
    elif "published" in check:
        happened = room.published == check["published"]
    elif "alias" in check:
        happened = (check["alias"] in room.aliases) == check["present"]
    elif "marker" in check:
        happened = True
    else:
        return Outcome.UNKNOWN
    return Outcome.DONE if happened else Outcome.FAILED
