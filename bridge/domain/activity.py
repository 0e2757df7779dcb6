"""What is known of a message without its text, and what a digest picks for a reader, with the reason.

Made by whoever reads the activity of a company (the digest bot, the bench); judged by ``bridge.rules.ranking``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DAY: Final = 24 * 60
"""Minutes."""
WEEK: Final = 7 * DAY
"""Minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message: when (minutes since any fixed Monday, UTC), where, by whom, to whom.

    ``thread`` is the id of the thread's root, or of the message itself when nobody has answered it. ``answers`` are the
    senders of the messages it refers to, ``calls`` whom it mentions. The last four stay as they are here where they
    cannot be read, as in encrypted rooms; ``length`` is in characters and may be rounded.
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
