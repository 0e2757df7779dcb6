"""One setting of the homeserver's configuration and what is said of it. Used by the lists of settings beside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say

Tree: TypeAlias = Mapping[str, Any]
"""The homeserver's configuration, as its YAML says it."""

AS_IT_SHOULD_BE: Final = say("As it should be.")


def true(value: object) -> bool:
    """Whether a setting is switched on."""
    return value is True


def not_true(value: object) -> bool:
    """Whether a setting is not switched on."""
    return value is not True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """``path`` leads to it, with dots; Synapse takes ``default`` where it is absent. ``good`` is what it should be."""

    path: str
    default: object
    good: Callable[[Any], bool]
    found: Message
    why: Message
    remedy: str
    verdict: Verdict = Verdict.WARNING

    def examine(self, tree: Tree, place: str) -> Diagnosis:
        """What is so in one configuration, which stands in ``place``."""
        if self.good(value_at(tree, self.path, self.default)):
            return Diagnosis(check=self.path, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
        return Diagnosis(
            check=self.path, place=place, verdict=self.verdict, found=self.found, why=self.why, remedy=self.remedy
        )


def value_at(tree: Tree, path: str, default: object = None) -> Any:
    """What stands at a path with dots; ``default`` where it, or what it stands in, is absent or of another form."""
    value: Any = tree
    for word in path.split("."):
        if not isinstance(value, Mapping):
            return default
        value = value.get(word)
    return default if value is None else value
