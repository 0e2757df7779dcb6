"""How many rooms change at once: fewer when the homeserver says "too many" or slows down, more while it keeps up.

Pure. The way to the homeserver tells it of every call (wiring joins them), slots.py asks it.
"""

from typing import Final

WINDOW: Final = 16
"""Answers between two decisions: fewer would follow chance, more would take too long to matter."""
GROWN: Final = 3.3
"""A call that takes so many times what it takes alone gains nothing from company: four at once then get hardly more
done than one (MATRIX section 7), and whoever waits for a reply waits longer."""
NOTICEABLE: Final = 0.05
"""Seconds below which no call is slow, whatever its kind usually takes."""
FORGETTING: Final = 1.001
"""By how much the best time is doubted with each answer: a homeserver slower for good is believed in the end."""

LIMITED: Final = "limited"
TROUBLE: Final = frozenset({"failed", "unknown", "unsent"})


class Pace:
    """``width`` rooms at once, between 1 and ``in_flight``.

    Halved when the homeserver limits us, one less when most of a window of answers was slow, one more when few were.
    """

    def __init__(self, in_flight: int = 4, *, start: int = 2) -> None:
        self.in_flight = max(1, in_flight)
        self.width = min(start, self.in_flight)
        self._best: dict[str, float] = {}
        self._answers = 0
        self._slow = 0
        self._excused = 0

    def heard(self, verb: str, outcome: str, seconds: float) -> None:
        """One answer: the call's kind, "ok" or what became of it instead, and how long it took."""
        if outcome == LIMITED:
            self._limited()
            return
        self._excused = max(0, self._excused - 1)
        if outcome == "ok":
            self._count(slow=self._is_slow(verb, seconds))
        elif outcome in TROUBLE:
            self._count(slow=True)

    def _is_slow(self, verb: str, seconds: float) -> bool:
        best = min(seconds, self._best.get(verb, seconds) * FORGETTING)
        self._best[verb] = best
        return seconds > NOTICEABLE and seconds > best * GROWN

    def _limited(self) -> None:
        if self._excused:
            # Sent before we slowed down: one burst of refusals is one answer.
            self._excused -= 1
            return
        self._excused = self.width - 1
        self._decide(max(1, self.width // 2))

    def _count(self, *, slow: bool) -> None:
        self._answers += 1
        self._slow += slow
        if self._answers < WINDOW:
            return
        if self._slow * 2 > WINDOW:
            self._decide(max(1, self.width - 1))
        elif self._slow * 4 <= WINDOW:
            self._decide(min(self.in_flight, self.width + 1))
        else:
            self._decide(self.width)

    def _decide(self, width: int) -> None:
        self.width, self._answers, self._slow = width, 0, 0
