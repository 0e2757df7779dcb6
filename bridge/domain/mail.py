"""Letters by e-mail and what becomes of them. Written by bots, sent by ``bridge.services.mailing``."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Language, Message

LONGEST_ADDRESS: Final = 254
"""RFC 5321, 4.5.3.1.3, without the brackets."""

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def is_address(text: str) -> bool:
    """Whether ``text`` is an address as every mail server understands it: what needs quotation marks, other letters
    than ASCII's before the ``@`` or no domain is not written to."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and what its owner is called."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A PNG that the HTML shows as ``<img src="cid:…">``; ``cid`` is one word of letters and digits."""

    cid: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody is written, in their language and in both forms; ``html`` is what stands inside ``<body>``.

    ``groups`` are the ids of all groups that it tells of: what may not go by e-mail is judged by them.
    """

    subject: str
    text: str
    html: str
    language: Language
    groups: frozenset[str]
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter with its envelope. ``id`` is the same however often it is tried, and becomes the Message-ID.

    ``unsubscribe`` is the address of the page by which this person, and nobody else, ends these letters (RFC 8058).
    """

    id: str
    to: str
    name: str
    letter: Letter
    unsubscribe: str
    written_at: datetime


class MailOutcome(StrEnum):
    """What became of one person's letter of one week."""

    SENT = "sent"
    """A mail server has taken it."""
    REFUSED = "refused"
    """A mail server will not have it, this week or ever: it is not tried again."""
    UNKNOWN = "unknown"
    """It may have been taken. It is never sent again, for nobody is to get it twice."""
    LATER = "later"
    """Not yet: it is tried again, with longer and longer pauses."""
    MISSED = "missed"
    """Tried until it was too late to be of use."""
    NONE = "none"
    """This person gets no letters: no address in the directory, one that was refused, or something in it that may not
    go by e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter of one person (a user id) and one week (``2026-W47``), and what became of it.

    ``attempts`` counts how often it was begun; ``due_at`` is when it is tried again, where it is.
    """

    user: str
    week: str
    outcome: MailOutcome
    attempts: int
    at: datetime
    due_at: datetime | None = None


class MailError(ParvisError):
    """A mail server did not take a letter.

    ``certain`` is false when it may have taken it all the same. ``address`` is true when it refuses the recipient's
    address for good: nothing will ever arrive there.
    """

    def __init__(
        self, message: Message, *, kind: ErrorKind, certain: bool = True, address: bool = False, detail: str = ""
    ) -> None:
        super().__init__(message, detail=detail, kind=kind)
        self.certain = certain
        self.address = address
