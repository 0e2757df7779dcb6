"""What is known of a message without its text, and what a digest picks for a reader, with the reason.

Recorded by ``bridge.services.activity``; read by whoever makes digests, and by the bench; judged by
``bridge.rules.ranking``.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

DAY: Final = 24 * 60
"""Minutes."""
WEEK: Final = 7 * DAY
"""Minutes."""
MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)
"""From which minutes and weeks are counted."""


def minute_of(moment: datetime) -> int:
    """Whole minutes since ``MONDAY``; what came before it is negative."""
    return (moment - MONDAY) // timedelta(minutes=1)


def moment_of(minute: int) -> datetime:
    """When a minute begins, in UTC."""
    return MONDAY + timedelta(minutes=minute)


class Kind(StrEnum):
    """What somebody sent, as far as it can be read."""

    TEXT = "text"
    NOTICE = "notice"
    """What machines write."""
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    PLACE = "place"
    STICKER = "sticker"
    POLL = "poll"
    SEALED = "sealed"
    """Encrypted: whatever it is."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is kept of how something was said; all of it is as here where it cannot be read.

    ``length`` is in characters and rounded, without what is quoted. ``calls`` are the people whom it mentions, and
    ``calls_all`` says that it mentions the room.
    """

    length: int = 0
    question: bool = False
    link: bool = False
    code: bool = False
    calls: tuple[str, ...] = ()
    calls_all: bool = False


PLAIN: Final = Form()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One message in a room of a group: ``event`` in ``room``, which serves or served ``group`` (an id).

    ``thread`` is the event that it all began with: the thread's root, or what a chain of replies goes back to, or
    ``event`` itself where it answers nothing. ``reply_to`` is the event that it answers, ``answered`` who wrote that;
    both are empty where there is none, ``answered`` also where that event is not known. ``at`` (UTC, whole
    milliseconds) is what the sender's server claims, at most when it came.
    """

    event: str
    room: str
    group: str
    sender: str
    at: datetime
    kind: Kind = Kind.TEXT
    thread: str
    reply_to: str = ""
    answered: str = ""
    edited: bool = False
    form: Form = field(default=PLAIN)

    @property
    def begins(self) -> bool:
        """Whether it answers nothing."""
        return self.thread == self.event

    @property
    def minute(self) -> int:
        """As in ``Post``."""
        return minute_of(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """One reaction: ``event`` by ``sender`` to ``to``. ``key`` is empty for what is more than one picture sign."""

    event: str
    room: str
    group: str
    sender: str
    at: datetime
    to: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """``event`` by ``sender`` was edited at ``at``: since then it has this form."""

    event: str
    sender: str
    at: datetime
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSum:
    """How many messages of a kind a group had in a week (of ``MONDAY``), long ago; nobody is named or counted."""

    week: int
    group: str
    kind: Kind
    count: int


class Post(NamedTuple):
    """One message: when (minutes since any fixed Monday, UTC; ours is ``MONDAY``), where, by whom, to whom.

    ``thread`` is the id of the thread's root, or of the message itself when nobody has answered it. ``answers`` are the
    senders of the messages it refers to, ``calls`` whom it mentions. The last four stay as they are here where they
    cannot be read, as in encrypted rooms; ``length`` is in characters and may be rounded. A tuple, because half a year
    of a large company is ten millions.
    """

    minute: int
    group: str
    thread: str
    sender: str
    answers: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    length: int = 0
    question: bool = False
    code: bool = False


class Why(StrEnum):
    """Why a thread was picked for a reader. These and no others; the words are the bot's."""

    CALLED = "called"
    """Somebody mentions the reader there this week: ``people``."""
    ANSWERED = "answered"
    """Somebody answers the reader there this week: ``people``."""
    YOURS = "yours"
    """The reader wrote there before, and it goes on."""
    PEOPLE = "people"
    """People whom the reader often meets in threads write there: ``people``."""
    UNANSWERED = "unanswered"
    """Nobody but its author has written there, in a group where the reader joins in."""
    GROUP = "group"
    """The reader often joins in what others begin in this group."""
    LIVELY = "lively"
    """Several people write there."""
    RECENT = "recent"
    """It was written in this week, and nothing else speaks for it more."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and whom that is about: at most three people, those that matter most first; none where it is nobody."""

    why: Why
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A thread for a reader. ``known``: the reader has written in it. ``score`` compares with others of the reader."""

    thread: str
    group: str
    score: float
    known: bool
    reason: Reason
