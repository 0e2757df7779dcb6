"""What is kept of people at the door of a group's room: open questions of the store, how they are put and read.

Used by ``requests`` and ``doorkeeper``; planning learns from here who knocked in vain, and bots whom to tell what.
"""

from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from bridge.domain.rooms import RoomRef, group_room
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork

JOIN_REQUEST: Final = "join-request"
"""Somebody asks to be let in; owners answer."""
TURNED_AWAY: Final = "turned-away"
"""Somebody's knock was refused, or not answered in time, and has to be withdrawn."""
NOTICE: Final = "notice"
"""Something that somebody is still to be told."""
ONCE: Final = "once"
"""Something that was done, and must not be done again by a repeated event."""
ONCE_FOR_GOOD: Final = "once-for-good"
"""The same, kept open, so that it outlives what is answered."""
FOR_GOOD: Final = timedelta(days=1096)
TELL_WITHIN: Final = timedelta(days=30)
"""Who cannot be told for so long is not told any more."""
MAX_REASON: Final = 500
"""Characters of a reason that are kept: it stands on a card."""


class News(StrEnum):
    """What people are told unasked."""

    CARD = "card"
    """Whoever may answer: somebody asks."""
    CLOSED = "closed"
    """Everybody who has the card: it is answered."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    DIRECTORY = "directory"
    """Who knocked: the directory alone decides who belongs to the group."""
    INVITED_IN_VAIN = "invited-in-vain"
    """An owner who invited somebody: the same."""
    FROM_ELSEWHERE = "from-elsewhere"
    """Whoever of ours invited somebody of another server in a client: why that is undone, and how it is done."""
    LINKED = "linked"
    """A member who posted the link of a hidden group where others read along."""
    LINK_REDACTED = "link-redacted"
    """The same, whose message was redacted for it."""
    ADOPTED = "adopted"
    """Who asked for a room: it serves the group now."""
    PAST_READ = "past-read"
    """The same: what was said there before is known, so that digests can speak of it. Its reason: why nothing more was
    read, and how many messages were."""
    NOT_ADOPTED = "not-adopted"
    """Who asked for a room that was agreed to: nothing came of it."""
    GRANTED = "granted"
    """Who asked for a decision that takes somebody else's word: it is taken."""
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    BLOCKED = "blocked"
    """Who invited somebody: they, or their homeserver, refuse it."""
    GONE = "gone"
    """Who invited somebody: they declined, or left."""
    LAPSED = "lapsed"
    """Who invited somebody: they did not answer in time."""
    TERMS_ASKED = "terms-asked"
    """Who answers for a partner: its people who are in are asked to accept terms."""
    OVERTAKEN = "overtaken"
    """The word was given, and the decision could not be taken any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """``to`` is told ``news`` about the group; ``request`` is the key of the request, ``about`` somebody else."""

    key: str
    to: str
    news: News
    group: str
    request: str = ""
    about: str = ""
    reason: str = ""


def notice_in(item: Pending) -> Notice:
    """The notice that an item of the kind ``NOTICE`` holds."""
    document = item.document
    return Notice(
        key=item.key,
        to=item.asker,
        news=News(document["news"]),
        group=document["group"],
        request=document["request"],
        about=document["about"],
        reason=document["reason"],
    )


async def tell(work: UnitOfWork, notice: Notice, now: datetime) -> None:
    """From now on somebody is to be told; telling the same twice, by its key, changes nothing."""
    document = {
        "news": str(notice.news),
        "group": notice.group,
        "request": notice.request,
        "about": notice.about,
        "reason": notice.reason,
    }
    await work.pending.put(_item(NOTICE, notice.key, notice.to, document, now=now, lasts=TELL_WITHIN))


async def ask(
    work: UnitOfWork, *, key: str, group: str, user: str, reason: str, knock: bool, now: datetime, lasts: timedelta
) -> Pending:
    """Somebody asks to be let in; gives what is kept of this very question, which may be answered already."""
    document = {"group": group, "reason": short_reason(reason), "knock": knock}
    return await work.pending.put(_item(JOIN_REQUEST, key, user, document, now=now, lasts=lasts))


async def turn_away(work: UnitOfWork, group: str, user: str, now: datetime) -> None:
    """Have the person's knock withdrawn."""
    await work.pending.put(
        _item(TURNED_AWAY, f"away:{group}:{user}:{now.isoformat()}", user, {"group": group}, now=now)
    )


async def for_the_first_time(work: UnitOfWork, key: str, now: datetime) -> bool:
    """Whether this has not been done before; ask in the unit of work that does it, so that no repetition does it."""
    await work.pending.put(_item(ONCE, key, "", {}, now=now))
    return await work.pending.settle(key, "done", now)


async def request_of(work: UnitOfWork, group: str, user: str) -> Pending | None:
    """The open request of this person for this group."""
    return next((one for one in await requests_for(work, group) if one.asker == user), None)


async def requests_for(work: UnitOfWork, group: str) -> list[Pending]:
    """The open requests for this group, oldest first."""
    return [one for one in await work.pending.open(JOIN_REQUEST) if one.document["group"] == group]


def key_of(origin: str) -> str:
    """The key of the request that an event makes; what stands behind the colon is short enough to be typed."""
    return "join:" + b32encode(sha256(origin.encode(errors="replace")).digest())[:10].decode().lower()


def handle_of(key: str) -> str:
    """What people type to answer a request."""
    return key.removeprefix("join:")


def turned_away(items: Iterable[Pending]) -> Mapping[RoomRef, frozenset[str]]:
    """Whose knock is to be withdrawn, by room."""
    found: dict[RoomRef, set[str]] = {}
    for item in items:
        found.setdefault(group_room(item.document["group"]), set()).add(item.asker)
    return {ref: frozenset(users) for ref, users in found.items()}


def short_reason(text: object) -> str:
    """A reason as somebody's client sent it, in one line of bearable length; empty when it is no text."""
    words = " ".join(text.split()) if isinstance(text, str) else ""
    return words if len(words) <= MAX_REASON else words[: MAX_REASON - 1] + "…"


async def for_good(work: UnitOfWork, key: str, now: datetime) -> bool:
    """The same for what may come up again long after answered questions are forgotten: kept for ``FOR_GOOD``."""
    known = await work.pending.get(key) is not None
    await work.pending.put(_item(ONCE_FOR_GOOD, key, "", {}, now=now, lasts=FOR_GOOD))
    return not known


def _item(
    kind: str, key: str, asker: str, document: Mapping[str, Any], *, now: datetime, lasts: timedelta = timedelta()
) -> Pending:
    return Pending(
        key=key, kind=kind, asker=asker, room_id="", document=document, created_at=now, expires_at=now + lasts
    )
