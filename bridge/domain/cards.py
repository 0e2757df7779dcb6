"""Profile cards: what people tell about themselves, who may see it, and the history of a commercial relationship.

Kept by ``ports/cards``, judged by ``rules/cards``; nothing here comes from the directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Field(StrEnum):
    """What a card may hold, in the order in which it is shown and filled in."""

    PHOTO = "photo"
    """Stands in ``Card.photo``; its circle is always the widest one, for media cannot be fenced."""
    NAME = "name"
    """As the person is called every day."""
    PRONOUNCED = "pronounced"
    TITLE = "title"
    ORGANISATION = "organisation"
    PHONE = "phone"
    EMAIL = "email"
    LANGUAGES = "languages"
    TIMEZONE = "timezone"
    PLACE = "place"
    TOPICS = "topics"
    LINKS = "links"
    HISTORY = "history"
    """Stands in entries of its own, each an ``Entry``."""


class Circle(StrEnum):
    """Who may see a field, from wide to narrow."""

    NETWORK = "network"
    """Everyone in the person's network."""
    GROUPS = "groups"
    """Who shares a group with them, and whoever is in a narrower circle."""
    SPONSOR = "sponsor"
    """Themselves, and who answers for them: sponsor and deputy of their organisation, or their manager."""


CIRCLES: Final = tuple(Circle)


def narrower(one: Circle, other: Circle) -> Circle:
    """The one in which fewer people are."""
    return max(one, other, key=CIRCLES.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture on our own homeserver, made by us. ``uri`` is ``mxc://``, ``size`` in bytes, ``width`` and ``height``
    in pixels. Thumbnails are the homeserver's."""

    uri: str
    mimetype: str
    size: int
    width: int
    height: int
    at: datetime


class Purpose(StrEnum):
    """What somebody consents to."""

    CARD = "card"
    """That what they fill in is kept, and shown as their circles say."""
    PUBLISH = "publish"
    """That business-card fields are copied to their public Matrix profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The proof of a consent: which ``text`` they had before them, by which event in which room; ``withdrawn`` since
    when it does not count (UTC)."""

    purpose: Purpose
    text: str
    at: datetime
    event: str = ""
    room: str = ""
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one person told. ``values`` are normalised, one or several for each field; ``circles`` those they chose.

    ``history_leave`` is how wide an administrator lets the history be shown: what counts is the narrower of that and of
    the person's own circle. ``at`` is when something changed last (UTC). ``archived`` since when it is shown to nobody
    (UTC).
    """

    user: str
    values: Mapping[Field, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    circles: Mapping[Field, Circle] = field(default_factory=lambda: MappingProxyType({}))
    photo: Photo | None = None
    consents: tuple[Consent, ...] = ()
    history_leave: Circle = Circle.SPONSOR
    at: datetime
    archived: datetime | None = None

    def holding(self, name: Field, values: tuple[str, ...], now: datetime) -> "Card":
        """With these values in place of what the field held; with none, without the field."""
        others = {one: said for one, said in self.values.items() if one is not name}
        return replace(self, values={**others, name: values} if values else others, at=now)

    def encircled(self, name: Field, circle: Circle, now: datetime) -> "Card":
        """With the field shown to this circle."""
        return replace(self, circles={**self.circles, name: circle}, at=now)

    def consent(self, purpose: Purpose) -> Consent | None:
        """The consent to this that counts now."""
        return next((one for one in self.consents if one.purpose is purpose and one.withdrawn is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody changes in their own card: the ``values`` of a field (none of them: it is taken out), or its
    ``circle``; None stays as it is."""

    user: str
    field: Field
    values: tuple[str, ...] | None = None
    circle: Circle | None = None

    def made_in(self, card: Card, now: datetime) -> Card:
        """The card with the change. Made twice, it is the same card."""
        changed = card if self.values is None else card.holding(self.field, self.values, now)
        return changed if self.circle is None else changed.encircled(self.field, self.circle, now)


class EntryKind(StrEnum):
    """What an entry in the history of a commercial relationship tells of."""

    CONTACT = "contact"
    """The first one."""
    CONTRACT = "contract"
    PROJECT = "project"
    VISIT = "visit"
    INCIDENT = "incident"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An entry as somebody wrote it: ``day`` is when it happened, ``at`` when it was written (UTC), ``event`` the
    command's. With ``withdrawn`` it does not count any more, and the versions before still tell what it was."""

    day: date
    kind: EntryKind
    text: str
    by: str
    at: datetime
    event: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry in the history with the person ``user``: its versions, the oldest first, never none. ``id`` is what
    people call it."""

    id: str
    user: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        """As it stands now."""
        return self.versions[-1]


class Stage(StrEnum):
    """Where in the conversation that fills a card somebody is, beside the field that is asked for."""

    VALUE = "value"
    CIRCLE = "circle"
    REVIEW = "review"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point in that conversation: what was asked last. ``missed`` counts answers in a row that did not fit.
    ``alone``: the field was chosen at the end, so that one is back there after it."""

    stage: Stage
    field: Field | None = None
    missed: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The conversation in which somebody fills in their card. ``event`` is the line that led to ``point``, from
    ``before``: heard again after a crash, it is answered again in the same way. ``at`` is UTC."""

    user: str
    room: str
    point: Point
    before: Point
    event: str
    at: datetime
