"""What real clients ask about a hidden group to see that it stays hidden, and what came of it.

Judged by ``rules.probing``, asked through ``ports.probes``, arranged by ``services.probing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias
from urllib.parse import quote

SAY: Final = "SAY"
PUSH: Final = "PUSH"
READ: Final = "READ"
AS_IS: Final = frozenset({SAY, PUSH, READ})
"""Methods that are none of HTTP's: what fills their places is not quoted."""
BLANK: Final = "this file says nothing"
"""What stands in files that are made to be asked for."""
Subject: TypeAlias = Mapping[str, str]
"""What questions are about: the values of their places, such as ``room`` and ``name``."""
VARYING: Final = frozenset({"room", "alias", "name", "near", "event", "term", "media", "group"})
"""The places that differ between the hidden group, nothing, and what may be seen."""


class Asker(StrEnum):
    """On whose behalf something is asked."""

    ANYBODY = "anybody"
    """Without an account."""
    STRANGER = "stranger"
    """An account of ours that belongs to nothing."""
    COLLEAGUE = "colleague"
    """An employee who is a member of other groups."""
    PARTNER = "partner"
    """Somebody of a partner, on the partner's own homeserver."""
    MEMBER = "member"
    """An employee who is in the hidden group, and finds it; what an invitation tells is asked as them, too."""
    PEER = "peer"
    """Who runs another homeserver: asks ours in its name, with its signing key."""
    READER = "reader"
    """Who reads the log, the database or a backup of it, without the key."""
    SERVER = "server"
    """Who runs a homeserver, or watches the network. Not asked."""


class Verdict(StrEnum):
    """What a probe proves."""

    HELD = "held"
    LEAKS = "leaks"
    UNPROVEN = "unproven"
    """It could not be asked, or what may be seen was not found in the same way."""
    LIMIT = "limit"
    """Matrix or the homeserver shows it, whatever the bridge does."""
    ABSENT = "absent"
    """The homeserver keeps nothing that could be told."""


class Outcome(StrEnum):
    """What was seen."""

    NOTHING = "nothing"
    """The answer is the same as without the group, and what may be seen was found in the same way."""
    NAMED = "named"
    """A word of the group stands in the answer."""
    TOLD_APART = "told-apart"
    """The answer is another one than about what does not exist."""
    COUNTED = "counted"
    """The answer was another one for as long as the group existed."""
    MOVED = "moved"
    """The answer changed, and not back: something else happened meanwhile."""
    AS_LONG = "as-long"
    """Answers take as long as those about what does not exist."""
    LONGER = "longer"
    """They take another time."""
    COARSE = "coarse"
    """Too few answers came, or they took too different times, to tell."""
    BLIND = "blind"
    """What may be seen was not found in the same way either."""
    NOBODY = "nobody"
    """There is no account to ask as."""
    MUTE = "mute"
    """The homeserver does not say whose account it is that there is to ask as."""
    UNASKED = "unasked"
    """What it would be about is not there."""
    UNREAD = "unread"
    """Nobody can look there from here."""
    UNANSWERED = "unanswered"
    """No answer came."""
    NO_MEMBER = "no-member"
    """There is no member, who would have to find the group in the same way."""
    UNKEPT = "unkept"
    """The homeserver keeps none of what is asked for, of what may be seen either."""
    BY_ID = "by-id"
    """Who knows the id of the room learns that it exists, and no more."""
    HANDED = "handed"
    """Who knows the id of a file is given the file."""
    BY_ID_CLOSED = "by-id-closed"
    """They also learn that it admits no other homeserver."""
    BY_ID_PEOPLE = "by-id-people"
    """They also learn who is in it, by asking about one person after the other."""
    CARRIED = "carried"
    """What is said inside goes out with notifications to those inside, as the homeserver is set."""
    BY_NATURE = "by-nature"
    """Nothing is asked: it is so by design of Matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request with ``{places}``; with the method ``SAY``, a line that is typed to a bot; with ``PUSH``, all that a
    service for notifications was told; with ``READ``, a place and the words that are looked for there, of which the
    answer holds those that are found. One that goes to the ``bridge`` itself is asked as its homeserver does. ``bot``
    says to which one a line is typed, by the localpart of its class: to that of administrators where it is empty."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    bridge: bool = False
    bot: str = ""

    def about(self, subject: Subject) -> "Question":
        """The same with its places filled: quoted in a path, as they are in a body and in a line."""
        as_is = self.method in AS_IS
        filled = {name: value if as_is else quote(value, safe="") for name, value in subject.items()}
        body = None if self.body is None else _filled(self.body, subject)
        return replace(self, path=self.path.format(**filled), body=body)

    def named(self, subject: Subject) -> tuple[str, ...]:
        """What of the subject the question itself says, so that it tells nothing when the answer repeats it."""
        text = "" if self.method == READ else f"{self.path} {self.body}"
        return tuple(value for name, value in subject.items() if name in VARYING and value and f"{{{name}}}" in text)

    def lacks(self, subject: Subject) -> bool:
        """Whether one of its places would be empty, so that it asks about nothing in particular."""
        text = f"{self.path} {self.body}"
        return any(f"{{{name}}}" in text for name, value in subject.items() if not value)


def _filled(value: Any, subject: Subject) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, subject) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, subject) for one in value]
    return value.format(**subject) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An answer: HTTP's status (0: none came) and what it says, without what it only repeats of the question. Of the
    bot, ``errcode`` is the status of its reply."""

    status: int = 0
    errcode: str = ""
    text: str = ""

    @property
    def short(self) -> str:
        """For a cell of a table."""
        return f"{self.status} {self.errcode}".strip() if self.status else "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """All that was asked by one asker over one channel: about the hidden group; about ``nothing``, or before the group
    existed; about something that may be seen; and, where it matters, ``after`` the group was gone, or about the hidden
    group and somebody who is not in it (``beside``), where the rest asks about the bot, which is."""

    about: Seen | None = None
    nothing: Seen | None = None
    control: Seen | None = None
    after: Seen | None = None
    beside: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """One line of the result. ``seen`` is how the answer and what it was compared with look, for experts."""

    channel: str
    asker: Asker
    outcome: Outcome
    verdict: Verdict
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyReport:
    """One run: when it ended (UTC), who or what asked for it, and everything that was probed."""

    at: datetime
    by: str
    rows: tuple[Probed, ...] = field(default=())

    def count(self, verdict: Verdict) -> int:
        """How many lines have this verdict."""
        return sum(row.verdict is verdict for row in self.rows)

    @property
    def leaks(self) -> tuple[Probed, ...]:
        """The lines that are an alarm."""
        return tuple(row for row in self.rows if row.verdict is Verdict.LEAKS)

    def channels(self, verdict: Verdict) -> int:
        """How many channels have it, each counted under the worst that was seen by anybody who was asked as."""
        worst = dict[str, Verdict]()
        for row in sorted(self.rows, key=lambda row: WORST.index(row.verdict)):
            worst.setdefault(row.channel, row.verdict)
        return sum(one is verdict for one in worst.values())


WORST: Final = (Verdict.LEAKS, Verdict.UNPROVEN, Verdict.LIMIT, Verdict.HELD, Verdict.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with the check, for who monitors the bridge: nothing of it names anything. ``failed`` is when one
    could not be made, if that is so of the last one; ``unheard`` that there is no room to raise an alarm in."""

    report: SecrecyReport | None = None
    failed: datetime | None = None
    unheard: bool = False
