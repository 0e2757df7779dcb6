"""What is measured of a thread for a reader: one list for threads that are new to them, one for those in which they
have written. Called by ``ranking`` with the weights' order, and by the bench that learns these.
"""

from math import log, log1p
from typing import Final

from bridge.domain.activity import DAY, WEEK
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.reader import Reader
from bridge.rules.ranking.threads import Thread, Trace

OF_THREAD: Final = ("silence", "tonight", "people", "unanswered", "steady", "length", "code", "question", "asks")
OF_GROUP: Final = ("joining", "joined", "busy", "home")
OF_READER: Final = ("called", "answered", "acquaintances", "starter", "last", "company")
NEW: Final = OF_THREAD + OF_GROUP + OF_READER
"""The signals of ``new``, in its order: the same for every reader, the same for a reader's whole group, neither."""
KNOWN: Final = (
    "called", "answered", "nowadays", "busy", "silence", "span", "share", "intimate", "tie", "question",
)  # fmt: skip
"""The signals of ``known``, in its order."""

TYPICAL: Final = 200
"""Characters of a message: where lengths cannot be read, threads stand beside those of that length."""

Signals = tuple[float, ...]


def new(memory: Memory, reader: Reader, thread: Thread) -> Signals:
    """The signals of a thread in which the reader has not written, but somebody has this week."""
    return of_thread(memory, thread) + of_group(memory, reader, thread.group) + of_reader(reader, thread)


def of_thread(memory: Memory, thread: Thread) -> Signals:
    """What ``OF_THREAD`` names."""
    silence = memory.until - thread.last
    readable = thread.letters > 0
    return (
        log1p(silence / 360),
        silence < DAY // 2,
        log(len(thread.people)),
        len(thread.people) == 1,
        len(thread.weeks) / (1 + (memory.until - thread.begun) / WEEK),
        log((1 + thread.letters / thread.written) / TYPICAL) if readable else 0.0,
        either(thread.code, readable=readable),
        either(thread.asked, readable=readable),
        either(thread.asks, readable=readable),
    )


def of_group(memory: Memory, reader: Reader, group: str) -> Signals:
    """What ``OF_GROUP`` names, for a group in which somebody has written this week."""
    joined = reader.joined.get(group, 0)
    return (
        log((joined + 0.5) / (memory.begun[group] + memory.active[group] + 8)),
        log1p(joined),
        log(memory.active[group]),
        log(0.01 + reader.homes.get(group, 0.0)),
    )


def of_reader(reader: Reader, thread: Thread) -> Signals:
    """What ``OF_READER`` names."""
    return (
        reader.user in thread.called,
        reader.user in thread.answered,
        acquaintances(reader, thread),
        log(0.02 + reader.nearness[thread.starter]),
        log(0.02 + reader.nearness[thread.writer]),
        reader.crowds if len(thread.people) > 2 else 0.0,
    )


def among_strangers(reader: Reader, *, company: bool) -> Signals:
    """The same where the reader has met nobody who writes there, and nobody mentions or answers them: most threads are
    such. ``company``: more than two have written."""
    near = log(0.02 + 0.0)
    return (False, False, log(1.02 - 1.0), near, near, reader.crowds if company else 0.0)


def known(memory: Memory, reader: Reader, thread: Thread, trace: Trace) -> Signals:
    """The signals of a thread in which the reader left ``trace``, and somebody has written this week."""
    return (
        reader.user in thread.called,
        reader.user in thread.answered,
        log(0.02 + reader.nowadays.get(thread.group, 0.0)),
        log(memory.active[thread.group]),
        (memory.until - thread.last) / WEEK,
        log1p((trace.last - trace.first) / WEEK),
        trace.posts / thread.posts,
        1 / len(thread.people),
        log1p(3 * max(reader.ties.get(person, 0.0) for person in thread.writers)),
        either(thread.asked, readable=thread.letters > 0),
    )


def either(yes: bool, *, readable: bool) -> float:
    """Something that may be unreadable as a number: a half for yes, minus a half for no, and nothing."""
    return (0.5 if yes else -0.5) if readable else 0.0


def acquaintances(reader: Reader, thread: Thread) -> float:
    """How likely the reader comes along with one of those who wrote this week, were each to decide alone; logarithm."""
    stays_away = 1.0
    nearness = reader.nearness
    for person in thread.writers:
        if near := nearness[person]:
            stays_away *= 1 - min(near, 0.9)
    return log(1.02 - stays_away)
