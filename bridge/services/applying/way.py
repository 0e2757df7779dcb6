"""Who goes first: an application that shuts somebody out passes all others, which stop before their next step.

In this process at once, in others when they renew their leases. Asked before each step, told by ``executor``.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Way:
    """The way of one process: ``closed`` to whatever is not urgent."""

    def __init__(self) -> None:
        self._urgent = 0

    @property
    def closed(self) -> bool:
        """Whether somebody in a hurry is on it, or waits for it."""
        return self._urgent > 0

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Closed to all others while the block runs."""
        self._urgent += 1
        try:
            yield
        finally:
            self._urgent -= 1


class Going:
    """One application on the way. ``stopped`` once it was asked to step aside, and then for good: what it was to do
    was planned before."""

    def __init__(self, way: Way, *, urgent: bool) -> None:
        self._way, self._urgent, self._asked = way, urgent, False

    @property
    def stopped(self) -> bool:
        """Whether it must do nothing more."""
        if self._way.closed and not self._urgent:
            self._asked = True
        return self._asked

    def step_aside(self) -> None:
        """Somebody in another process is in a hurry."""
        self._asked = not self._urgent
