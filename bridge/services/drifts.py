"""Settings of our rooms that somebody else changed: noted by the observer with who it was, told in ``!status``.

They stay open until they are mended, so that mending is never taken for an opening that waits for somebody's word.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import structlog

from bridge.domain.desired import Setting
from bridge.domain.events import Event
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Place, say
from bridge.domain.rooms import RoomRef, group_of
from bridge.domain.viewers import OPEN
from bridge.planning.actions import SetState
from bridge.planning.plan import Plan
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.state import CHILD, EVENT_TYPES
from bridge.services.doorstep import for_the_first_time
from bridge.services.showing import SETTINGS, room_name
from bridge.services.world import World

DRIFT: Final = "drift"
"""Kind of the items and of the audit entries; these belong to no run of a plan, and carry this in its place."""
LASTS: Final = timedelta(hours=1)
"""What was not mended by then is no drift any more, but how things are."""
TOLD: Final = timedelta(days=1)
CHILDREN: Final = "children"
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
OF_TYPES: Final[Mapping[str, str]] = {kind: str(setting) for setting, kind in EVENT_TYPES.items()} | {CHILD: CHILDREN}

log = structlog.get_logger()


def drifted(event: Event, world: World, ref: RoomRef) -> str:
    """Which setting of the room the event changes, when somebody else sent it; empty when none."""
    room = world.desired.rooms.get(ref)
    if room is None or event.sender in {world.desired.bot, *world.desired.service_users}:
        return ""
    setting = OF_TYPES.get(event.type, "")
    governed = {CHILDREN: room.settings.space, Setting.AVATAR: bool(room.settings.told_name)}
    if not governed.get(setting, True) or (setting != CHILDREN and event.state_key):
        return ""
    return setting


async def note(work: UnitOfWork, event: Event, world: World, ref: RoomRef, now: datetime) -> None:
    """Keep what the event in the room of ``ref`` changed, once; in the unit of work that notes the event itself."""
    setting = drifted(event, world, ref)
    if not setting or not await for_the_first_time(work, f"seen:{event.id}", now):
        return
    key = sha256(event.id.encode(errors="replace")).hexdigest()[:32]
    detail = {"room": str(ref), "setting": setting}
    await work.pending.put(
        Pending(
            key=f"{DRIFT}:{key}",
            kind=DRIFT,
            asker=event.sender,
            room_id=event.room_id,
            document=detail,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    entry = AuditEntry(
        id=f"{DRIFT}-{key}",
        at=now,
        actor=event.sender,
        compartment=world.desired.rooms[ref].compartment,
        kind=DRIFT,
        run=DRIFT,
        detail=detail,
        outcome=Outcome.DONE,
        outcome_at=now,
    )
    await work.audit.intend([entry])
    if entry.compartment == OPEN:  # a log has many readers: it counts nothing that is hidden
        log.warning("somebody else changed a room of ours", type=event.type)


def of_rooms(items: Iterable[Pending]) -> frozenset[tuple[RoomRef, Setting]]:
    """The settings that are not as they were asked for, because somebody else changed them."""
    return frozenset(
        (RoomRef.parse(item.document["room"]), Setting(item.document["setting"]))
        for item in items
        if item.document["setting"] != CHILDREN
    )


async def mended(store: Store, plan: Plan, now: datetime) -> None:
    """Close what the plan does not need to put right any more; nothing is written when nothing drifted."""
    async with store.view() as view:
        items = await view.pending.open(DRIFT)
    if not items:
        return
    left = {(str(one.ref), str(one.setting)) for one in plan.actions if isinstance(one, SetState)}
    over = [
        one for one in items if one.expires_at <= now or (one.document["room"], one.document["setting"]) not in left
    ]
    if over:
        async with store.work() as work:
            for item in over:
                await work.pending.settle(item.key, "mended", now)


async def lately(view: UnitOfWork, compartments: Collection[str], since: datetime) -> list[AuditEntry]:
    """What others changed since then, as far as it concerns these compartments, newest first."""
    entries = await view.audit.recent(compartments=frozenset(compartments), limit=10, run=DRIFT)
    return [entry for entry in entries if entry.at >= since]


def told(entries: Iterable[AuditEntry], facts: Facts, names: Mapping[str, str] = NOBODY) -> Iterator[Finding]:
    """The same in words. ``names`` are what people whom the directory does not know call themselves; since anybody may
    take any name, their user ids stand beside."""
    for entry in entries:
        ref = RoomRef.parse(entry.detail["room"])
        who = f"{names[entry.actor]} ({entry.actor})" if entry.actor in names else called(facts, entry.actor)
        text = _told(entry.detail, who, called(facts, entry.detail.get("user", "")), room_name(ref, facts))
        yield Finding(DRIFT, str(ref), text, group_of(ref, None))


def _told(detail: Mapping[str, str], who: str, user: str, room: Place) -> Message:
    """``who`` did it, ``user`` was let in; of what makes no event nobody knows who did it."""
    match detail["setting"]:
        case "entered":
            return say("{user} was in {room} without belonging to its group, and is out again.", user=user, room=room)
        case "invited":
            return say("{user} was invited to {room} without belonging to its group; the invitation is withdrawn.",
                       user=user, room=room)  # fmt: skip
        case "published":
            return say("{room} stood in the room directory, and is taken out.", room=room)
        case "address":
            return say("{room} had the address {alias}, which is taken away.", room=room, alias=detail["address"])
        case setting:
            return say("{user} changed this in {room}: {setting}. It is put back.",
                       user=who, setting=SETTINGS[setting], room=room)  # fmt: skip
