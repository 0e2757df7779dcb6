"""Which conversations one reader is shown, from what ranking picked and what was marked. Pure; called by
``services.digests``, which leaves out what the reader may not read before anything is chosen for good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.activity import Pick, Reason, Why
from bridge.domain.digest import Kind, Taste
from bridge.rules.digest.talks import Talk

SPARE: Final = 2
"""So many times as many are ranked as are shown: some cannot be read, and some are not liked."""
QUESTIONS: Final = 2
"""Questions at most, besides threads."""
MARKED: Final = 3
"""Marked messages at most, besides threads."""
PATIENCE: Final = timedelta(hours=12)
"""So long a question has time to be answered."""
MARKS: Final = ("📰",)
"""By these owners and moderators put a message into the digest of their group, unless the configuration says others."""
GROUP: Final = "group:"
"""What a group's id has before it among the things that a reader likes more or less."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A conversation to be shown. ``event`` is what is linked and titled: the first message of ``talk``, or one that
    was marked; ``talk`` is None where that belongs to an earlier week."""

    kind: Kind
    event: str
    group: str
    room: str
    reason: Reason
    talk: Talk | None
    score: float = 0.0
    marked_by: tuple[str, ...] = ()
    moved: bool = False


def candidates(talks: Iterable[Talk], reader: str, shown: Mapping[str, datetime] | None = None) -> list[str]:
    """Threads that may be ranked for a reader: worth it, with news for them, and not told them already."""
    told = shown or {}
    return [talk.thread for talk in talks if talk.is_worth(reader) and talk.news_for(reader, told.get(talk.thread))]


def by_taste(picks: Iterable[Pick], talks: Mapping[str, Talk], taste: Taste) -> Iterable[Pick]:
    """The picks in the order that the reader's thumbs ask for; in their own where they say nothing about any."""
    if not taste.favours:
        return picks
    return sorted(picks, key=lambda pick: -pick.score - favour(taste, kind_of(talks[pick.thread]), pick.group))


def favour(taste: Taste, kind: Kind, group: str) -> float:
    """What the reader's thumbs say about a kind of item in a group."""
    return taste.favours.get(kind, 0.0) + taste.favours.get(f"{GROUP}{group}", 0.0)


def kind_of(talk: Talk) -> Kind:
    """What a thread is shown as."""
    return Kind.QUESTION if talk.unanswered else Kind.THREAD


def chosen_thread(pick: Pick, talk: Talk, *, moved: bool) -> Chosen:
    """A picked thread as it is shown."""
    reason = Reason(Why.UNANSWERED) if talk.unanswered and pick.reason.why is not Why.CALLED else pick.reason
    return Chosen(kind=kind_of(talk), event=talk.thread, group=talk.group, room=talk.room, reason=reason, talk=talk,
                  score=pick.score, moved=moved)  # fmt: skip


def questions(talks: Iterable[Talk], reader: str, *, until: datetime, homes: Mapping[str, float]) -> list[Chosen]:
    """Questions that nobody answered and that had time, those of the groups where the reader writes most first, then
    the latest; ``homes`` are shares by group."""
    waiting = [talk for talk in talks if talk.unanswered and talk.begun_by != reader and talk.last <= until - PATIENCE]
    waiting.sort(key=lambda talk: talk.thread)
    waiting.sort(key=lambda talk: talk.last, reverse=True)
    waiting.sort(key=lambda talk: -homes.get(talk.group, 0.0))
    return [
        Chosen(kind=Kind.QUESTION, event=talk.thread, group=talk.group, room=talk.room, talk=talk,
               reason=Reason(Why.UNANSWERED))
        for talk in waiting
    ]  # fmt: skip
