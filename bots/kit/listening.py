"""What in the stream of events is a line to a bot: kind, age, mark. Pure; used by ``talk``."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bots.kit.tokens import text_of
from bridge.domain.events import Event

MARKS: Final = ("!", "！")
"""The second is what keyboards for Chinese and Japanese write."""


AFTER_MENTION: Final = ":, \u00a0\n"
AFTER_NAME: Final = re.compile(r"\s?[:,]\s*")
"""Behind a name that was typed; in French a space stands before the colon."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a command: what it says, without the mark."""

    text: str
    marked: bool

    @property
    def first(self) -> str:
        """The first word, without punctuation."""
        return next(iter(self.text.split()), "").rstrip(".,;:!?…")


def line_of(event: Event, me: str) -> Line:
    """The line that a message holds. Who begins with a mention of the bot, ``me``, or with its
    localpart and a colon, needs no mark."""
    text = text_of(event.content)
    called = _called(text, me)
    marked = called is not text or text.startswith(MARKS)
    return Line(called[1:].lstrip() if called.startswith(MARKS) else called, marked=marked)


def _called(text: str, me: str) -> str:
    """What follows a mention of the bot, or its name as it is typed by hand; else the text itself."""
    begins, rest = text[: len(me)], text[len(me) :]
    if begins == me and rest[:1] in AFTER_MENTION:
        return rest.lstrip(AFTER_MENTION)
    name = me[1:].partition(":")[0]
    after = AFTER_NAME.match(text, len(name))
    return text[after.end() :] if after and text[: len(name)].casefold() == name.casefold() else text


def is_line(event: Event) -> bool:
    """Whether the event is new text of somebody: no notice, no edit, not redacted, and there is something in it."""
    return (
        event.type == "m.room.message"
        and event.state_key is None
        and event.content.get("msgtype") == "m.text"
        and isinstance(event.content.get("body"), str)
        and event.relation().get("rel_type") != "m.replace"
        and "redacted_because" not in event.unsigned
    )


def age_of(event: Event, now: datetime) -> timedelta:
    """How long ago the event was sent. Our homeserver's own measure counts (``unsigned.age``, milliseconds), because
    clocks of other servers may be wrong; without it, the sender's server is believed. What the event waited with us
    comes on top."""
    age = event.unsigned.get("age")
    if isinstance(age, int) and not isinstance(age, bool) and 0 <= age < 10**12:
        return timedelta(milliseconds=age) + (now - (event.received_at or now))
    return now - event.sent_at
