"""Problems found in what people wrote (configuration, directory, policies): all at once, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from bridge.domain.errors import InputError, ParvisError
from bridge.domain.messages import Message, say, say_n

LOGGED: Final = 20
"""How many places the log names."""

Fault: TypeAlias = tuple[tuple[str | int, ...], Message]
"""What is wrong, and the keys (and positions in lists, from 0) that lead to it."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where in which file: ``path`` leads through the document (``groups[3].members[0]``), ``line`` and ``column``
    count from 1 and are 0 where the whole is meant."""

    file: str
    line: int = 0
    path: str = ""
    column: int = 0

    def __str__(self) -> str:
        where = ":".join((self.file, *(str(number) for number in (self.line, self.column) if number)))
        return f"{where}: {self.path}" if self.path else where


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or, when ``warning``, one thing to think about."""

    spot: Spot
    message: Message
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.spot}: {self.message}"


class InvalidInput(InputError):
    """Everything that is wrong with the files of one reading; what must be mended comes before mere warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.warning, one.spot, str(one.message))))
        super().__init__(
            _summary(self.problems), detail="; ".join(str(problem.spot) for problem in self.problems[:LOGGED])
        )


class WrongSettings(InputError):
    """Everything that is wrong with a bot's part of the configuration. ``faults`` are led to from that part, which does
    not know where it stands; ``problems`` are of files that it names."""

    def __init__(self, faults: Iterable[Fault], problems: Iterable[Problem] = ()) -> None:
        self.faults = tuple(faults)
        self.problems = tuple(problems)
        told = (*(message for _, message in self.faults), *(one.message for one in self.problems))
        count = len(told)
        super().__init__(told[0] if count == 1 else say_n("{count} problem found", "{count} problems found", count))


def reasons_of(error: ParvisError) -> tuple[Message, ...]:
    """All that an error says, a sentence for each problem with its place."""
    if not isinstance(error, InvalidInput):
        return (error.message,)
    return tuple(say("{place}: {problem}", place=str(one.spot), problem=one.message) for one in error.problems)


def _summary(problems: tuple[Problem, ...]) -> Message:
    """The only one, or how many there are of each kind."""
    count = len(problems)
    if count == 1:
        spot = str(problems[0].spot)
        return say_n("{spot}: {problem}", "{count} problems found", 1, spot=spot, problem=problems[0].message)
    warnings = sum(problem.warning for problem in problems)
    if not warnings:
        return say_n("{count} problem found", "{count} problems found", count)
    return say(
        "{errors}, {warnings}",
        errors=say_n("{count} problem found", "{count} problems found", count - warnings),
        warnings=say_n("{count} warning", "{count} warnings", warnings),
    )
