"""How a digest reaches people: what they chose, what was sent of which week, what they thought of it.

Made by the digest bot; kept by ``ports.digests``. Nothing here holds a word that anybody wrote.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

ROOM: Final = "group:"
"""What a reader begins with who is not a person, but all who sit in the room of a group."""
BESIDE: Final = "."
"""What stands in the name of a digest that is not the weekly one of its reader."""


def room_reader(group_id: str) -> str:
    """The reader that stands for the room of a group."""
    return f"{ROOM}{group_id}"


def group_of(reader: str) -> str | None:
    """The group in whose room a reader reads; None for a person."""
    return reader.removeprefix(ROOM) if reader.startswith(ROOM) else None


def beside(week: str, what: str) -> str:
    """The name of a digest beside that of a ``week`` (``2026-W47``): one that somebody asked for in the event ``what``,
    or read in the room of a group (``room_reader``). It is forgotten with the week."""
    return f"{week}{BESIDE}{sha256(what.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How somebody wants their digest; what is None is as the company has it.

    ``weekday`` counts from 0, Monday; ``hour`` is on the clock of the reader's time zone; ``length`` is the number of
    threads. ``mail``: also as a letter. ``muted`` are ids of groups. A digest that was due before ``since`` is not sent
    any more.
    """

    reader: str
    on: bool | None = None
    weekday: int | None = None
    hour: int | None = None
    length: int | None = None
    mail: bool = False
    muted: frozenset[str] = frozenset()
    since: datetime | None = None


class Sending(StrEnum):
    """How far the digest of one week is for one reader."""

    CLAIMED = "claimed"
    """Some process is sending it, or died over it."""
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Because(StrEnum):
    """Why a digest was not sent."""

    NOTHING = "nothing"
    """There was nothing worth sending."""
    LATE = "late"
    """The bridge was down for too long, or the reader did not accept the invitation in time."""
    LEFT = "left"
    """The reader left the conversation, which is an answer."""
    UNANSWERED = "unanswered"
    """They have not accepted the invitation into it yet."""
    REFUSED = "refused"
    """The homeserver refused it for good."""
    ENCRYPTED = "encrypted"
    """The room of the group is encrypted, and what the bridge writes is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An item as a digest showed it: what its reason was made of, and no title. ``number``, ``kind``, ``group`` and the
    rest are those of ``domain.digest.Item``; ``about`` is its thread, ``why`` and ``near`` its reason and whom that is
    about (user ids)."""

    number: int
    kind: str
    group: str
    about: str
    why: str = ""
    near: tuple[str, ...] = ()
    by: str = ""
    people: tuple[str, ...] = ()
    writers: int = 0
    marked_by: tuple[str, ...] = ()
    moved: bool = False

    def without(self, user: str) -> "Shown":
        """The same without somebody who was forgotten."""
        return replace(
            self,
            by="" if self.by == user else self.by,
            near=tuple(one for one in self.near if one != user),
            people=tuple(one for one in self.people if one != user),
            marked_by=tuple(one for one in self.marked_by if one != user),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The digest of ``week`` (``2026-W47``, or ``beside``) for one reader, of the seven days before ``ends``. ``at``
    is when it came to this state.

    ``until`` is when whoever holds a claim (``holder``) has lost it. ``openly`` is the state that reports count: what
    it would have come to without any hidden group. ``events`` are the messages that it became, in ``room``.
    """

    reader: str
    week: str
    ends: date
    state: Sending
    at: datetime
    because: Because | None = None
    holder: str = ""
    until: datetime | None = None
    openly: Sending = Sending.SENT
    room: str = ""
    events: tuple[str, ...] = ()
    items: tuple[Shown, ...] = ()
    heard: bool = False
    """Whether the reader said by a reaction that they saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a reader thought of an item of a digest (by its ``number``), or of the ``whole`` of it: then there is one
    for each item. ``event`` is the reaction that said so. The latest of each number and week counts.
    """

    reader: str
    week: str
    number: int
    liked: bool
    kind: str
    group: str
    at: datetime
    whole: bool = False
    event: str = ""
