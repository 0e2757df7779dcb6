"""The conversations of one week, from what was recorded: who began, who wrote, who asks. Pure; read by ``choosing`` and
``figures``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.activity import Happening, Kind, Reacted

SUBSTANCE: Final = 80
"""Letters from which on a message that nobody answers is worth a look by itself."""
COLOURED: Final = "\N{VARIATION SELECTOR-16}"
"""Some clients put it behind an emoji, others do not."""
AT_ONCE: Final = timedelta(hours=1)
"""Who writes in the room so soon after a question, in no thread of its own, is taken to answer it."""


class Talk:
    """A thread as far as it was written in this week. Filled by ``Talks``."""

    __slots__ = (
        "asked_at",
        "begun_by",
        "called",
        "group",
        "last",
        "lasts",
        "long",
        "overtaken",
        "posts",
        "room",
        "thread",
    )

    def __init__(self, first: Happening) -> None:
        self.thread, self.room, self.group = first.thread, first.room, first.group
        self.posts = 0
        self.begun_by = ""
        """Who began it, if that was this week."""
        self.asked_at: datetime | None = None
        """When it began with a question, if it did this week."""
        self.overtaken = False
        """Whether somebody else wrote in the room soon after the question."""
        self.long = False
        self.called: set[str] = set()
        self.lasts: dict[str, datetime] = {}
        """Who wrote, in the order of their first message, and when they did last."""
        self.last = first.at

    def add(self, happening: Happening) -> None:
        """Take in the next message, in order of time."""
        self.posts += 1
        self.last = happening.at
        self.lasts[happening.sender] = happening.at
        self.long = self.long or happening.form.length >= SUBSTANCE or happening.form.link
        self.called.update(happening.form.calls)
        if happening.begins:
            self.begun_by = happening.sender
            self.asked_at = happening.at if happening.form.question else None

    @property
    def unanswered(self) -> bool:
        """Whether it began this week with a question, and nobody but who asked has written since, as far as one can
        tell."""
        return self.asked_at is not None and not self.overtaken and self.lasts.keys() == {self.begun_by}

    def is_worth(self, reader: str) -> bool:
        """Whether it is more than a word in passing: an exchange, a question, something longer, or a call."""
        return self.posts > 1 or self.long or self.unanswered or reader in self.called

    def news_for(self, reader: str, told: datetime | None = None) -> bool:
        """Whether somebody else wrote after the reader did last, and after what they were ``told`` already."""
        if told is None and reader not in self.lasts:
            return True
        since = max(moment for moment in (self.lasts.get(reader), told) if moment)
        return any(last > since for person, last in self.lasts.items() if person != reader)


class Talks:
    """The conversations of a week, without what ``machines`` (user ids) and other bots wrote."""

    def __init__(self, machines: Collection[str] = ()) -> None:
        self.by_thread: dict[str, Talk] = {}
        self._machines = machines
        self._asked: dict[str, list[Talk]] = defaultdict(list)
        """By room: questions that somebody may still answer in no thread of their own."""

    def add(self, happenings: Iterable[Happening]) -> None:
        """Take in the next messages, in order of time."""
        for happening in happenings:
            if happening.kind is not Kind.NOTICE and happening.sender not in self._machines:
                self._add(happening)

    def _add(self, happening: Happening) -> None:
        talk = self.by_thread.get(happening.thread)
        if talk is None:
            talk = self.by_thread[happening.thread] = Talk(happening)
        talk.add(happening)
        if not happening.begins:
            return
        asked = self._asked[happening.room]
        if asked:
            asked[:] = [one for one in asked if not _overtake(one, happening)]
        if talk.asked_at is not None:
            asked.append(talk)


def _overtake(question: Talk, happening: Happening) -> bool:
    """Whether nothing more is to be waited for: somebody wrote after the question, or too much time has passed."""
    if question.asked_at is None or happening.at - question.asked_at > AT_ONCE:
        return True
    question.overtaken = happening.sender != question.begun_by
    return question.overtaken


def marked(
    reactions: Iterable[Reacted], keys: Collection[str], leading: Mapping[str, Collection[str]]
) -> dict[str, tuple[str, ...]]:
    """By message, who put one of ``keys`` on it in a group that they lead (user ids by group); first marked, first."""
    found: dict[str, dict[str, None]] = {}
    plain = {key.rstrip(COLOURED) for key in keys}
    for reaction in reactions:
        if reaction.key.rstrip(COLOURED) in plain and reaction.sender in leading.get(reaction.group, ()):
            found.setdefault(reaction.to, {})[reaction.sender] = None
    return {event: tuple(people) for event, people in found.items()}
