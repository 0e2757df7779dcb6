"""A person on their way through a path of onboarding: where they stand, what comes in, what goes out.

``bots.onboarding.stepping`` makes a new ``Progress`` of an old one and an ``Input``; the store keeps it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from bridge.domain.messages import Language

MAX_HEARD: Final = 16
"""Events that a person's progress remembers: one that failed may come again after later ones."""
MAX_TRAIL: Final = 60
"""Steps that one can go back; a path has a dozen."""

ProgressKey: TypeAlias = tuple[str, str, str]
"""User id, id of the path, and what it is about: the id of a group, or nothing."""


class Stage(StrEnum):
    """How somebody stands on a path."""

    UNDER_WAY = "under-way"
    LATER = "later"
    """They asked for a pause: they go on when they want to, or are reminded."""
    STOPPED = "stopped"
    """They want no more of it."""
    DONE = "done"
    """They have seen the last step, or nothing is left for them."""
    UNREACHABLE = "unreachable"
    """They, or their homeserver, refuse the conversation."""

    @property
    def open(self) -> bool:
        """Whether there is something left to do, of which one may be reminded."""
        return self in (Stage.UNDER_WAY, Stage.LATER)


class InputKind(StrEnum):
    """What comes in."""

    BEGIN = "begin"
    """The person has arrived. Once begun, it changes nothing."""
    LINE = "line"
    """They wrote something (``Input.text``)."""
    REACTION = "reaction"
    """They put an emoji (``Input.text``) on what the bot said last."""
    ODD = "odd"
    """A sticker, an image, a file: nothing that answers."""
    EDIT = "edit"
    """They changed what they had written."""
    TIME = "time"
    """The moment ``Progress.due`` has come."""
    REMIND = "remind"
    HINT = "hint"
    """Somebody who looks after them is told that they did not go on."""
    LANGUAGE = "language"
    """They chose a language by a command."""
    AGAIN = "again"
    """They want to begin anew."""
    LATER = "later"
    STOP = "stop"
    REFUSED = "refused"
    """The homeserver refuses what is to be said to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """``event`` is the Matrix event that brings it, empty for what time brings. ``language`` is the person's, ``known``
    are the facts that conditions of steps ask for, as they are now. An edit has the event that was changed for its
    ``text``, and what it says now in ``instead``."""

    kind: InputKind
    text: str = ""
    instead: str = ""
    event: str = ""
    language: Language = "en"
    known: frozenset[str] = frozenset()


class Word(StrEnum):
    """What a bot says besides the steps of a path."""

    STEP = "step"
    """The step ``Owed.about``."""
    UNCLEAR = "unclear"
    """What they wrote is no answer to the step ``about``: the answers once more."""
    WAYS = "ways"
    """Still not understood: the words that always work."""
    ODD = "odd"
    OFFER = "offer"
    """Whether to go on in the language ``about``."""
    PAUSED = "paused"
    STOPPED = "stopped"
    GREETED = "greeted"
    """They want no more of it, and only greet: how to go on."""
    FIRST = "first"
    """There is nothing to go back to."""
    OVER = "over"
    """The path is done, and what they wrote is for nobody."""
    THROUGH = "through"
    """They want to go on with a path that is done, or, with ``about``, greet: how to begin anew."""
    LOST = "lost"
    """What they wrote outside of all steps is for nobody: how to go on, or to begin anew."""
    WHO = "who"
    """They asked who speaks, and of what, at the step ``about``."""
    ASKED = "asked"
    """They asked what nobody here can answer, at the step ``about``: who may."""
    HELP = "help"
    """The words that always work, one by one, at the step ``about``."""
    WELCOME = "welcome"
    """They said thanks."""
    EDITED = "edited"
    VOLUNTEERED = "volunteered"
    WITHDRAWN = "withdrawn"
    """It is written down that they accompany newcomers, or that they do not."""
    WAITING = "waiting"
    """The step ``about`` comes later by itself."""
    REMINDER = "reminder"
    """The reminder with the number ``about``, from 1."""
    CHECKLIST = "checklist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One message that is still to be said. ``turn`` and ``part`` make it unique; ``event`` is what it answers, empty
    for what is said unasked."""

    word: Word
    about: str = ""
    turn: int
    part: int = 0
    event: str = ""


class EffectKind(StrEnum):
    """What an answer does besides leading to a step."""

    LANGUAGE = "language"
    """Remember the language ``value``."""
    CARD = "card"
    """Begin to fill in the profile card."""
    VOLUNTEER = "volunteer"
    """Be one of those who accompany newcomers."""
    WITHDRAW = "withdraw"
    """Be no longer one of them."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done, in the unit of work that keeps the progress or, by whoever else does it, repeatably."""

    kind: EffectKind
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One person on one path. All moments are in UTC.

    ``subject`` is the id of the group that the path is about, empty for most. ``step`` is where they are; ``trail`` are
    the steps before it that were said, in order; ``answered`` those that they did not skip. ``turn`` grows with each
    input that counts, ``heard`` are the latest events among these. ``owed`` is what is still to be said, ``doing`` what
    is still to be done. ``moved_at`` is when the person did something last, ``due`` when the path goes on by itself.
    ``offer`` is a language that they were asked about, ``offered`` whether they ever were, and ``offers_over`` whether
    they have answered or were asked once more; ``kept`` what they wrote that led to it. ``misses`` counts what was not
    understood in a row; ``wordless`` is the step at which they were told last that only words are read. ``reminders``
    were sent so far, the latest at ``reminded_at``, and none comes before ``rests_until``; ``hinted`` tells whether
    somebody was given a hint. ``room`` is where the conversation is held, ``shown`` the event that shows what they were
    asked last. ``absent`` people of other homeservers have not come in yet: until then nothing is said. ``buddy``
    accompanies them (a user id).
    """

    user: str
    path: str
    subject: str = ""
    step: str = ""
    stage: Stage = Stage.UNDER_WAY
    trail: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    turn: int = 0
    heard: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    doing: tuple[Effect, ...] = ()
    begun_at: datetime
    moved_at: datetime
    due: datetime | None = None
    offer: Language = ""
    offered: bool = False
    offers_over: bool = False
    kept: str = ""
    misses: int = 0
    wordless: str = ""
    reminders: int = 0
    reminded_at: datetime | None = None
    hinted: bool = False
    rests_until: datetime | None = None
    room: str = ""
    shown: str = ""
    absent: bool = False
    buddy: str = ""

    @property
    def key(self) -> ProgressKey:
        """By which it is kept."""
        return self.user, self.path, self.subject

    @property
    def begun(self) -> bool:
        """Whether anything was ever to be said: who was here before the bot is written down, and left alone."""
        return self.turn > 0

    @property
    def unsettled_since(self) -> datetime | None:
        """When something is to happen by itself: what is owed has been due since they moved last."""
        waits = self.owed or self.doing
        return (None if self.absent else self.moved_at) if waits else self.due

    def moved(self, now: datetime, *, stage: Stage = Stage.UNDER_WAY, due: datetime | None = None) -> "Progress":
        """The person did something: whatever was open besides the step is settled by that."""
        return replace(self, stage=stage, moved_at=now, due=due, misses=0, offer="", kept="", rests_until=None)

    def at(self, step: str) -> "Progress":
        """The same at this step."""
        return replace(self, step=step)

    def leaving(self, *, answered: bool) -> "Progress":
        """With the present step on the trail, and among those that were answered."""
        trail = (*self.trail, self.step)[-MAX_TRAIL:] if self.step else self.trail
        new = answered and self.step not in self.answered
        return replace(self, trail=trail, answered=(*self.answered, self.step) if new else self.answered)


def arrived(user: str, path: str, now: datetime, *, subject: str = "", buddy: str = "") -> Progress:
    """Somebody at the beginning of a path, to whom nothing has been said."""
    return Progress(user=user, path=path, subject=subject, begun_at=now, moved_at=now, buddy=buddy)
