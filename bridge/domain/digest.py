"""What a weekly digest says to one reader, before it has a language. Made by ``services.digests``, told by
``bots.digest``.

A digest holds titles, which are the words of others: it lives in memory until it is sent and is never stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bridge.domain.activity import Reason
from bridge.domain.messages import NOTHING, Message, Text

LENGTH: Final = 5
"""Items in a digest unless its reader asks for more or fewer."""
DAYS: Final = 7


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """The seven days (UTC) before ``until``, which is not one of them. Its name is that of the calendar week in which
    its last day lies: one name per reader and week, on whatever day they want their digest."""

    until: date

    def __str__(self) -> str:
        year, number, _ = (self.until - timedelta(days=1)).isocalendar()
        return f"{year}-W{number:02}"

    @classmethod
    def parse(cls, text: str) -> "Week":
        """The calendar week, Monday to Sunday, of a name such as ``2026-W47``. Raises ``ValueError``."""
        return cls(datetime.strptime(f"{text}-1", "%G-W%V-%u").replace(tzinfo=UTC).date() + timedelta(days=DAYS))

    @classmethod
    def before(cls, moment: datetime) -> "Week":
        """The last seven days that were over at a moment."""
        return cls(moment.astimezone(UTC).date())

    @classmethod
    def around(cls, moment: datetime) -> "Week":
        """The seven days of which the day of a moment is the last one, and may go on."""
        return cls(moment.astimezone(UTC).date() + timedelta(days=1))

    @property
    def start(self) -> datetime:
        """Its first moment, in UTC."""
        return self.end - timedelta(days=DAYS)

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return datetime.combine(self.until, time(), tzinfo=UTC)


class Kind(StrEnum):
    """What an item is there for."""

    THREAD = "thread"
    """Worth looking at; the reason says why."""
    QUESTION = "question"
    """Somebody asks, and nobody has answered."""
    MARKED = "marked"
    """An owner or moderator put the editors' reaction on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One conversation. ``thread`` is the id of its first message; ``title`` what that begins with, empty where it
    cannot be read. ``number`` counts through the whole digest, from 1. ``by`` wrote that; of so many ``writers`` other
    than the reader some ``people`` (user ids) are named, and they wrote ``posts`` messages this week. ``marked_by``
    are those who marked it. ``moved``: it was in an earlier digest and went on since. ``last`` is when it was written
    in last (UTC), ``score`` what ranking gave it."""

    number: int
    kind: Kind
    thread: str
    group: str
    url: str
    reason: Reason
    title: str = ""
    by: str = ""
    people: tuple[str, ...] = ()
    writers: int = 0
    posts: int = 0
    marked_by: tuple[str, ...] = ()
    moved: bool = False
    last: datetime
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a group is, for its owners: how many of its ``members`` wrote this week (``active``) and the week before
    (``before``), and of the ``questions`` that were asked how many got an answer (``answered``)."""

    members: int
    active: int
    before: int
    questions: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One group. ``newcomers`` (user ids, some of ``new``) came in this week, ``partners`` were admitted; ``changes``
    are decisions about it. ``days`` counts messages by day of the week. ``secret``: it is hidden."""

    group: str
    name: Text
    url: str = ""
    secret: bool = False
    items: tuple[Item, ...] = ()
    newcomers: tuple[str, ...] = ()
    new: int = 0
    partners: tuple[Text, ...] = ()
    changes: tuple[Message, ...] = ()
    health: Health | None = None
    days: tuple[int, ...] = ()

    @property
    def telling(self) -> bool:
        """Whether there is anything in it to read."""
        return bool(self.items or self.newcomers or self.partners or self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A group that is new and that the reader may join."""

    group: str
    name: Text
    purpose: Text = NOTHING
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsored:
    """A partner that the reader answers for: of its ``people`` how many wrote this week, who is new (user ids), what is
    due within weeks (sentences)."""

    partner: str
    name: Text
    people: int
    active: int = 0
    newcomers: tuple[str, ...] = ()
    due: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All of it. ``names`` are what people are called, by user id: everybody whom it mentions is in there."""

    reader: str
    week: Week
    sections: tuple[Section, ...] = ()
    opened: tuple[Opened, ...] = ()
    opened_more: int = 0
    """Groups like these beyond those that are told one by one."""
    sponsored: tuple[Sponsored, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order of their numbers."""
        return tuple(sorted(self._items(), key=lambda item: item.number))

    @property
    def secret(self) -> bool:
        """Whether it tells of a hidden group: then it goes nowhere but into a conversation with its reader alone. For
        other ways, e-mail among them, one is made without: ``Digests.of(…, secrets=False)``."""
        return any(section.secret for section in self.sections)

    @property
    def empty(self) -> bool:
        """Whether nothing in it is worth sending; how a group is, is no news."""
        return not (any(section.telling for section in self.sections) or self.opened or self.sponsored)

    def _items(self) -> Iterator[Item]:
        return (item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What a reader asked for: how many items, which groups not (ids), and what their thumbs said: ``favours`` are
    added to the score of an item, by kind (``thread``) or group (``group:<id>``); below nothing they lower it."""

    length: int = LENGTH
    muted: frozenset[str] = frozenset()
    favours: Mapping[str, float] = field(default_factory=dict)


NO_TASTE: Final = Taste()
