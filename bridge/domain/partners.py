"""Other organisations: what is agreed with them, their people who take part, and the codes that let them in.

Partners are declared by the directory or decided by command; guests and codes come by command alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bridge.domain.messages import Text
from bridge.domain.policy import Decided

MAX_COUNT: Final = 100_000
"""More than this is no limit of anything here."""


class PartnerKind(StrEnum):
    """What a partner is to the company: chooses template, terms and card fields."""

    RESELLER = "reseller"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    OTHER = "other"


class PartnerState(StrEnum):
    """Where in its life an agreement is."""

    PROPOSED = "proposed"
    """Somebody asks for it; nobody of the partner is let in yet."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """Everybody of the partner is out until it is resumed; nothing that was decided is forgotten."""
    ENDED = "ended"
    """Everybody is out for good."""


class AfterEnd(StrEnum):
    """What becomes of what a partner's people told of themselves, when the agreement is over."""

    ARCHIVE = "archive"
    """It is kept sealed and shown to nobody."""
    ERASE = "erase"
    """The same, and thirty days later it is erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another organisation, as directory and commands together declare it.

    ``servers`` are exact names, or ``*.acme.example`` for every server below; ``users`` are its people where the server
    is shared with others. ``sponsor`` and ``deputy`` are ids of people of ours, or their user ids. The agreement runs
    from ``since`` to ``until``, both days included. ``terms`` names what its people accept before their first room, or
    what its kind says where it is empty. ``max_people`` and ``max_invitations`` (open ones) are 0 where there is no
    limit. ``cards`` is as its kind says. ``declared`` are the fields that the directory sets, ``decided`` those that a
    command sets.
    """

    id: str
    name: Text
    kind: PartnerKind = PartnerKind.OTHER
    servers: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    state: PartnerState = PartnerState.ACTIVE
    sponsor: str = ""
    deputy: str = ""
    since: date | None = None
    until: date | None = None
    terms: str = ""
    max_people: int = 0
    max_invitations: int = 0
    note: str = ""
    cards: AfterEnd = AfterEnd.ARCHIVE
    declared: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPolicy(Decided):
    """The decisions about one partner: ``values`` are by field of ``Partner``. ``created`` partners exist by command
    alone."""

    partner: str
    created: bool = False


class Standing(StrEnum):
    """How far somebody of a partner is let in."""

    ASKED = "asked"
    """Somebody invites them, and it waits for the word of somebody else."""
    INVITED = "invited"
    """Nothing is missing on our side; they may still have terms to accept."""
    OUT = "out"
    """They were here, or were asked, and are no longer wanted."""


class Farewell(StrEnum):
    """Why somebody of a partner is out."""

    REMOVED = "removed"
    EXPIRED = "expired"
    """Their own last day is over, or nobody renewed them."""
    REFUSED = "refused"
    """Nobody agreed that they come, or somebody disagreed."""
    DECLINED = "declined"
    """They did not accept the invitation, or the terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The proof that somebody accepted terms: which version, when (UTC), by which event in which room."""

    version: str
    at: datetime
    event: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody of a partner who was invited (``user``), for which groups stands with the decisions about these.

    ``until`` is their own last day. ``invited_by`` and ``approved_by`` are user ids; ``reason`` is what whoever invited
    said. ``code`` is the id of the invite code that they used. ``since`` is when they were invited first, ``at`` when
    something changed last (UTC). ``farewell`` says why somebody is out.
    """

    user: str
    partner: str
    standing: Standing = Standing.INVITED
    until: date | None = None
    invited_by: str = ""
    approved_by: tuple[str, ...] = ()
    reason: str = ""
    code: str = ""
    accepted: Acceptance | None = None
    farewell: Farewell | None = None
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteCode:
    """A secret that lets people of one partner in, known to the store as a keyed hash alone.

    ``id`` is what people call it in lists. ``groups`` are those that it opens; ``uses`` is how many people may give it
    until ``until`` (UTC), ``used`` who did. ``by`` made it, at ``at``. ``lasts`` is the last day of whoever used it.
    """

    id: str
    partner: str
    groups: tuple[str, ...] = ()
    uses: int = 1
    used: tuple[str, ...] = ()
    until: datetime
    lasts: date | None = None
    by: str = ""
    reason: str = ""
    approved_by: tuple[str, ...] = ()
    at: datetime
    revoked: bool = False

    def good(self, now: datetime) -> bool:
        """Whether it lets somebody in who has not used it yet."""
        return not self.revoked and now < self.until and len(self.used) < self.uses
