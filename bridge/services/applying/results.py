"""What became of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from bridge.domain.findings import Finding
from bridge.domain.rooms import RoomRef

STOPPED: Final = "room-stopped"
"""The kind of finding that says that a room was left alone for the rest of a run."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many steps are done and how many there are."""


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """Steps are counted one per setting, link or membership; ``findings`` say what could not be done.

    ``left_out`` says that hidden groups were passed over, because somebody else was applying their plans;
    ``stepped_aside`` that it stopped, or never began, because what was agreed with partners goes first.
    """

    run: str
    done: int
    total: int
    findings: tuple[Finding, ...] = ()
    touched: frozenset[RoomRef] = frozenset()
    left_out: bool = False
    stepped_aside: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything was done."""
        whole = not self.left_out and not self.stepped_aside
        return whole and not self.findings and self.done == self.total
