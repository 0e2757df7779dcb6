"""After a crash: intentions without outcome are resolved by looking at the rooms that they were about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bridge.domain.rooms import ActualRoom, Membership, RoomRef
from bridge.ports.clock import Clock
from bridge.ports.homeserver import Homeserver
from bridge.ports.store import Outcome, Store
from bridge.services.verify import Verifier

PRESENT = frozenset({Membership.JOIN, Membership.INVITE})


SETTLED: Final = timedelta(seconds=10)
"""How long a creation may go on inside the homeserver after we died: only then does "not found" mean "not created"."""


async def resolve(homeserver: Homeserver, store: Store, verifier: Verifier, clock: Clock) -> None:
    """Conclude every open intention, and bind rooms that were created without our learning their ids.

    The caller holds the lease, so that no open intention belongs to a run that is still going on.
    """
    async with store.view() as view:
        entries = await view.audit.unresolved()
    if not entries:
        return
    for entry in entries:
        if entry.kind == "create":
            await _find_created(homeserver, store, clock, entry.detail["check"], entry.at)
    checks = {entry.id: entry.detail.get("check", {}) for entry in entries}
    refs = {RoomRef.parse(check["room"]) for check in checks.values() if "room" in check}
    await verifier.verify(refs)
    async with store.work() as work:
        actual = await work.rooms.actual(refs)
        for entry_id, check in checks.items():
            outcome = judge(check, actual.get(RoomRef.parse(check["room"])) if "room" in check else None)
            await work.audit.conclude([entry_id], outcome, at=clock.now(), detail="looked up after a restart")


async def _find_created(
    homeserver: Homeserver, store: Store, clock: Clock, check: Mapping[str, Any], meant_at: datetime
) -> None:
    """Look for the room by its marker until it is found or can no longer appear."""
    ref = RoomRef.parse(check["room"])
    async with store.view() as view:
        bound = any(one.ref == ref and one.room_id for one in await view.rooms.bindings())
    if bound:
        return
    while (room_id := await homeserver.find_room(check["marker"])) is None:
        if clock.now() - meant_at > SETTLED:
            return
        await clock.sleep(0.5)
    version = (await homeserver.read_room(room_id)).version
    async with store.work() as work:
        await work.rooms.bind(ref, room_id, version)


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
