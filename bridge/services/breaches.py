"""What somebody did by hand to the room of a hidden group: noted with the event, whoever sent it, and told in that
room, to its members alone, once it is undone and nobody else is in.

Noted by the observer and by the run that takes away what makes no event; told by ``bots.admin.watchman``. Who holds the
token of the application service sends as the bot: what the bot sent is judged by what it did, not by who it is. What a
run meant stands in the audit log before it is done: whom it asked in was not asked in by hand, whatever is true by now.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from bridge.domain.audit import AuditFilter, group, person
from bridge.domain.desired import JoinRule
from bridge.domain.events import Event
from bridge.domain.rooms import ActualRoom, HistoryVisibility, Membership, RoomKind, RoomRef
from bridge.ports.messenger import Surroundings
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.services.drifts import DRIFT
from bridge.services.world import World

BREACH: Final = "breach"
"""Kind of the items; ``What`` is in their documents."""
TELL_WITHIN: Final = timedelta(days=7)
"""What is not undone by then is told in ``!status`` alone."""
TOLD: Final = "told"
STAYS: Final = "stays"
"""Told, and the plan names it as long as it is so."""
VOID: Final = "void"
INSIDE: Final = frozenset({Membership.JOIN, Membership.INVITE, Membership.KNOCK})
AROUND: Final = timedelta(hours=1)
"""How far an invitation of ours and the word of the run that meant it may be apart: two machines have two clocks."""
RECENT: Final = 100


class What(StrEnum):
    """What was done; the words are also the settings that the audit log knows."""

    ENTERED = "entered"
    INVITED = "invited"
    ENTRANCE = "join_rule"
    HISTORY = "history"
    PUBLISHED = "published"
    ADDRESS = "address"


OF_PEOPLE: Final = frozenset({What.ENTERED, What.INVITED})
OF_DIRECTORY: Final = frozenset({What.PUBLISHED, What.ADDRESS})
OF_EVENTS: Final = frozenset({What.ENTRANCE, What.HISTORY})
"""Of these drift keeps by itself what others than we changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """``subject`` is a user id or the address, else empty; ``by`` sent the event, empty when unknown."""

    key: str
    ref: RoomRef
    room_id: str
    what: What
    subject: str
    at: datetime
    by: str = ""


async def note(work: UnitOfWork, event: Event, world: World | None, ref: RoomRef, *, bot: str, now: datetime) -> bool:
    """Keep what the event did to the room of ``ref``, once, in the unit of work that notes the event; whether it did
    something. Before there is a world everything that could be one is kept, and judged later."""
    room = world.desired.rooms.get(ref) if world else None
    if ref.kind is not RoomKind.GROUP or (world and (room is None or not room.hidden)):
        return False
    staff = world.desired.service_users | {bot} if world else frozenset({bot})
    subject = (event.state_key or "") if event.type == "m.room.member" else ""
    if subject in staff or (room is not None and subject in room.members):
        return False
    what = await _seated(work, event, ref, staff) if subject else _changed(event, staff)
    if what is None:
        return False
    key = f"{BREACH}:{event.id}"
    one = Breach(key=key, ref=ref, room_id=event.room_id, what=what, subject=subject, by=event.sender, at=now)
    return not (await work.pending.put(_item(one))).settled


async def note_listed(work: UnitOfWork, ref: RoomRef, room_id: str, what: What, subject: str, *, now: datetime) -> None:
    """The room was found published, or with an address: nobody knows who did it. Told once a day at most."""
    key = f"{BREACH}:{ref}:{what}:{subject}:{now.date()}"
    await work.pending.put(_item(Breach(key=key, ref=ref, room_id=room_id, what=what, subject=subject, at=now)))


async def untold(view: UnitOfWork) -> list[Breach]:
    """What is still to be told, oldest first; of who came in not also that they were invited."""
    found = [_breach(item) for item in await view.pending.open(BREACH)]
    entered = {(one.ref, one.subject) for one in found if one.what is What.ENTERED}
    return [one for one in found if one.what is not What.INVITED or (one.ref, one.subject) not in entered]


def outcome_of(breach: Breach, room: ActualRoom | None, stuck: Collection[str]) -> str:
    """As what it may be told now: undone, or with its remedy where the homeserver does not let us undo it. Empty while
    publication or address are there as last read; of all else the room itself tells. ``stuck`` are addresses."""
    if breach.what not in OF_DIRECTORY:
        return TOLD
    if room is None or breach.what is What.PUBLISHED:
        return TOLD if room is not None and not room.published else ""
    if breach.subject not in room.aliases:
        return TOLD
    return STAYS if breach.subject in stuck else ""


def is_void(breach: Breach, world: World, now: datetime) -> bool:
    """Whether it is nothing that was done by hand, or nobody is left to be told."""
    room = world.desired.rooms.get(breach.ref)
    if room is None or not room.hidden or world.room_ids().get(breach.ref) != breach.room_id:
        return True
    if breach.at + TELL_WITHIN <= now:
        return True
    return breach.what in OF_PEOPLE and breach.subject in room.members


def as_seen(room: ActualRoom) -> Surroundings:
    """Who can read in the room as it was seen last."""
    return Surroundings(
        room_id=room.room_id,
        members=room.members,
        join_rule=str(room.content("m.room.join_rules").get("join_rule")),
        history=str(room.content("m.room.history_visibility").get("history_visibility")),
        encrypted=("m.room.encryption", "") in room.state,
    )


def may_be_told(ref: RoomRef, world: World, around: Surroundings, ours: Collection[str]) -> bool:
    """Not while anybody is in, or could come in or read, who does not belong there. ``ours`` are accounts of ours."""
    allowed = world.desired.rooms[ref].members | set(ours)
    inside = {user for user, membership in around.members.items() if membership in INSIDE}
    return around.join_rule == JoinRule.INVITE and around.history == HistoryVisibility.JOINED and inside <= allowed


async def told(work: UnitOfWork, breach: Breach, now: datetime, *, outcome: str = TOLD) -> None:
    """Nothing about it is to be told any more. What was undone is kept in the audit log of the group, with drift."""
    if not await work.pending.settle(breach.key, outcome, now) or outcome == VOID:
        return
    for item in await work.pending.open(BREACH):
        one = _breach(item)
        if breach.what is What.ENTERED and one.what in OF_PEOPLE and _seat(one) == _seat(breach):
            await work.pending.settle(one.key, TOLD, now)
    if outcome == TOLD and not (breach.what in OF_EVENTS and await _kept(work, breach)):
        await work.audit.intend([_entry(breach, now)])


async def _kept(work: UnitOfWork, breach: Breach) -> bool:
    """Whether drift has kept it, because somebody else than we sent the event."""
    digest = sha256(breach.key.removeprefix(f"{BREACH}:").encode(errors="replace")).hexdigest()[:32]
    return await work.pending.get(f"{DRIFT}:{digest}") is not None


def _changed(event: Event, staff: Collection[str]) -> What | None:
    """Which setting is otherwise than in a hidden room. An odd word is, too: homeservers make of it what they like."""
    if event.state_key:
        return None
    if event.type == "m.room.join_rules":
        return None if event.content.get("join_rule") == JoinRule.INVITE else What.ENTRANCE
    if event.type == "m.room.history_visibility":
        history = event.content.get("history_visibility")
        # The bot says the real name while history is shared.
        usual = history == HistoryVisibility.JOINED or (history == HistoryVisibility.SHARED and event.sender in staff)
        return None if usual else What.HISTORY
    return None


async def _seated(work: UnitOfWork, event: Event, ref: RoomRef, staff: Collection[str]) -> What | None:
    """Of who does not belong there (any more): whether they were asked in, or came in, by hand."""
    user, word, before = event.state_key or "", event.content.get("membership"), event.unsigned.get("prev_content")
    was = before.get("membership") if isinstance(before, dict) else None
    if was == word:
        return None  # another name or picture
    if word == Membership.INVITE:
        ours = event.sender in staff and await _was_meant(work, ref, user, event.sent_at)
        return None if ours else What.INVITED
    return What.ENTERED if word == Membership.JOIN and await _came_by_hand(work, ref, user, was) else None


async def _was_meant(work: UnitOfWork, ref: RoomRef, user: str, at: datetime) -> bool:
    """Whether a run meant to ask them in about then, and none to put them out before the invitation."""
    wanted = AuditFilter(about=(frozenset({person(user)}), frozenset({group(ref.id)})), since=at - AROUND)
    page = await work.audit.search(wanted, compartments=frozenset({ref.id}), limit=RECENT)
    for entry in page.entries:
        match entry.detail.get("check"):
            case {"room": room, "user": who, "present": present} if (room, who) == (str(ref), user):
                if present and entry.outcome is not Outcome.FAILED and entry.at - AROUND <= at:
                    return True
                if not present and entry.at <= at:
                    return False
    return False


async def _came_by_hand(work: UnitOfWork, ref: RoomRef, user: str, was: object) -> bool:
    """Our invitation stays good until a run takes it back: who accepts it comes by our own. Without what was before,
    which homeservers leave out when they catch up, whoever was not asked in by hand comes so, unless the room is open.
    """
    known = [one for one in map(_breach, await work.pending.open(BREACH)) if one.ref == ref]
    if any(one.what is What.INVITED and one.subject == user for one in known):
        return True
    return was != Membership.INVITE if was is not None else any(one.what is What.ENTRANCE for one in known)


def _seat(breach: Breach) -> tuple[RoomRef, str]:
    return breach.ref, breach.subject


def _item(breach: Breach) -> Pending:
    document = {"room": str(breach.ref), "what": str(breach.what), "subject": breach.subject, "by": breach.by}
    return Pending(
        key=breach.key,
        kind=BREACH,
        asker="",
        room_id=breach.room_id,
        document=document,
        created_at=breach.at,
        expires_at=breach.at + TELL_WITHIN,
    )


def _breach(item: Pending) -> Breach:
    return Breach(
        key=item.key,
        ref=RoomRef.parse(item.document["room"]),
        room_id=item.room_id,
        what=What(item.document["what"]),
        subject=item.document["subject"],
        by=item.document["by"],
        at=item.created_at,
    )


def _entry(breach: Breach, now: datetime) -> AuditEntry:
    concerned = {"user": breach.subject} if breach.what in OF_PEOPLE else {}
    address = {"address": breach.subject} if breach.what is What.ADDRESS else {}
    return AuditEntry(
        id=f"{BREACH}-{sha256(breach.key.encode(errors='replace')).hexdigest()[:32]}",
        at=now,
        actor=breach.by,
        compartment=breach.ref.id,
        kind=DRIFT,
        run=DRIFT,
        detail={"room": str(breach.ref), "setting": str(breach.what), **concerned, **address},
        outcome=Outcome.DONE,
        outcome_at=now,
    )
