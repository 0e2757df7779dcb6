"""A bot's part of the configuration, read so that everything that is wrong with it is told at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bridge.domain.errors import InputError
from bridge.domain.messages import Message
from bridge.domain.problems import Fault, InvalidInput, Problem, WrongSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """One table of settings in the reading; what was read is meaningful once ``refuse`` let it pass."""

    config: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def only(self, known: Collection[str], sentence: Callable[[str], Message]) -> None:
        """What ``sentence`` says of each key that is not ``known``."""
        self.faults.extend(((key,), sentence(key)) for key in self.config if key not in known)

    def read(self, key: str, understood: Callable[[Any], T], usual: T) -> T:
        """What is written under ``key`` as ``understood`` has it, which raises ``InputError``; ``usual`` where nothing
        is written, or something wrong."""
        written = self.config.get(key)
        if written is None:
            return usual
        try:
            return understood(written)
        except WrongSettings as wrong:
            self.faults.extend(((key, *keys), message) for keys, message in wrong.faults)
            self.problems.extend(wrong.problems)
        except InvalidInput as invalid:
            self.problems.extend(invalid.problems)
        except InputError as error:
            self.faults.append(((key,), error.message))
        return usual

    def refuse(self) -> None:
        """Raises ``WrongSettings`` where something was wrong."""
        if self.faults or self.problems:
            raise WrongSettings(self.faults, self.problems)
