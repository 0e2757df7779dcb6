"""What the weights are learned from: for every reader and week before the last one known, the signals of all candidates
and whether the reader wrote there in the week that followed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.digest.data import groups_of, posts
from bridge.rules.ranking import signals
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.reader import Reader

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

WIDTH: Final = len(signals.NEW) + len(signals.KNOWN) + 1
"""Columns: signals of new threads, of known ones (0 in the other kind), and 1 for known ones."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows are candidates, those of one reader and week together: ``sizes`` says how many, ``weeks`` which week."""

    rows: Floats
    relevant: Flags
    groups: Numbers
    sizes: Numbers
    weeks: Numbers

    @property
    def starts(self) -> Numbers:
        """The first row of every reader and week."""
        return np.cumsum(self.sizes) - self.sizes

    @property
    def known(self) -> Flags:
        """Which candidates the reader had written in."""
        return self.rows[:, -1] > 0

    def where(self, chosen: Flags) -> "Examples":
        """The readers and weeks that are chosen."""
        inside = np.repeat(chosen, self.sizes)
        return Examples(
            self.rows[inside], self.relevant[inside], self.groups[inside], self.sizes[chosen], self.weeks[chosen]
        )


def gather(judge: Any, history: Any, weeks: Iterable[int]) -> Examples:
    """All examples of the weeks, which must lie before the last week of ``history``."""
    rows: list[signals.Signals] = []
    relevant, groups, sizes, of_weeks = [], [], [], []
    memory = Memory(0)
    for past, user, candidates, wanted in judge.training_examples(history, weeks):
        if memory.until != past.now:
            memory = Memory(past.now)
            memory.remember(posts(past))
        reader = Reader(memory, str(user), groups_of(past, user))
        for thread in candidates.tolist():
            rows.append(row(memory, reader, str(thread)))
            relevant.append(thread in wanted)
            groups.append(int(past.group_of[thread]))
        sizes.append(len(candidates))
        of_weeks.append(past.week)
    return Examples(np.array(rows, float), np.array(relevant), np.array(groups), np.array(sizes), np.array(of_weeks))


def row(memory: Memory, reader: Reader, thread_id: str) -> signals.Signals:
    """The signals of one candidate, in the columns of its kind."""
    thread = memory.threads[thread_id]
    trace = thread.people.get(reader.user)
    if trace is None:
        return (*signals.new(memory, reader, thread), *[0.0] * (len(signals.KNOWN) + 1))
    return (*[0.0] * len(signals.NEW), *signals.known(memory, reader, thread, trace), 1.0)
