"""Where the policy file comes from: what it says of groups, with the templates that are shipped and the house's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bridge.domain.policy import FilePolicy
from bridge.domain.problems import Problem, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReading:
    """One complete, valid answer, with what is worth a warning. ``stamp`` changes when the content does; ``spots``
    tells where in the file a group stands, and (``rules[0]``) a rule."""

    policy: FilePolicy
    warnings: tuple[Problem, ...] = ()
    stamp: str = ""
    spots: Mapping[str, Spot] = field(default_factory=dict)


class PolicySource(Protocol):
    """A file that cannot be understood is never half an answer: then it raises."""

    async def read(self) -> PolicyReading:
        """Read everything.

        Raises ``InvalidInput`` with all problems of the content, ``ParvisError`` when it cannot be reached.
        """
