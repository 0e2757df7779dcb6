"""The product's ranking behind the interface of the community data: loaded by their ``evaluate.py --ranker``.

Nothing is ranked here: rows become posts, numbers become ids, and ids numbers again.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.digest.data import groups_of, posts
from bridge.adapters.ranking.source import shipped_weights
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking

SHOWN = 5


class Ranker:
    """As ``evaluate.py`` calls it. ``readable``: False judges as in encrypted rooms, without length, flags, mentions;
    ``stranger``: True ranks for somebody who has never written anywhere."""

    def __init__(self, *, readable: bool = True, stranger: bool = False) -> None:
        self._readable = readable
        self._stranger = stranger
        self._ranking = Ranking(Memory(0), shipped_weights())

    def prepare(self, history: Any) -> None:
        """Remember everything up to the digest of this week."""
        memory = Memory(history.now)
        memory.remember(posts(history, readable=self._readable))
        self._ranking = Ranking(memory, shipped_weights())

    def rank(self, reader: int, week: int, candidates: Any, history: Any) -> list[int]:  # noqa: ARG002 - as it is called
        """The candidates, best first."""
        user = "" if self._stranger else str(reader)
        seen = self._ranking.reader(user, groups_of(history, reader))
        return [int(thread) for thread in self._ranking.order(seen, map(str, candidates.tolist()), SHOWN)]
