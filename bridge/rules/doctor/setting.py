"""One setting of the homeserver's configuration and what is said of it. Used by the lists of settings beside."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say

Tree: TypeAlias = Mapping[str, Any]
"""The homeserver's configuration, as its YAML says it."""

AS_IT_SHOULD_BE: Final = say("As it should be.")


TAKEN_FOR_TRUE: Final = say(
    "{value} is neither true nor false: the homeserver takes it for true, as it does every text, “false” too."
)
TAKEN_FOR_FALSE: Final = say("{value} is neither true nor false: the homeserver takes it for false.")
NOT_TAKEN: Final = say("{value} is neither true nor false: the homeserver does not start with it.")
DOWN: Final = say("From its next start on nobody reaches it.")
BY_CHANCE: Final = say("What was meant can only be guessed, and another version may take it for something else.")
ON: Final = frozenset({"y", "yes", "t", "true", "on", "1"})
OFF: Final = frozenset({"n", "no", "f", "false", "off", "0"})
"""The words that Synapse understands where it understands words at all; in large or small letters."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A setting that is true or false. ``path`` leads to it; Synapse takes ``default`` where it is absent, and
    ``wanted`` is what it should be.

    Synapse asks no more than whether a value is empty: every text is true, and so is every number but 0. It
    understands words only where ``words`` says so. Where it is absent or ``null``, Synapse looks at the name that it
    had in earlier versions (``once``), if it had one.
    """

    path: str
    default: bool
    wanted: bool
    found: Message
    why: Message
    remedy: str
    verdict: Verdict = Verdict.WARNING
    words: bool = False
    once: str | None = None

    def examine(self, tree: Tree, place: str) -> Diagnosis:
        """What is so in one configuration, which stands in ``place``."""
        value = written_at(tree, self.path, None if self.once else self.default)
        if self.once and value is None:
            value = written_at(tree, self.once, self.default)
        understood = is_understood(value, words=self.words)
        well = switched(value, words=self.words) is self.wanted
        if well and understood:
            return Diagnosis(check=self.path, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
        verdict, found, why = self.verdict, self.found, self.why
        if not understood and self.words:
            verdict, found, why = Verdict.FAULT, odd(value, NOT_TAKEN), DOWN
        elif not understood:
            verdict, why = (Verdict.WARNING, BY_CHANCE) if well else (self.verdict, self.found)
            found = odd(value)
        return Diagnosis(check=self.path, place=place, verdict=verdict, found=found, why=why, remedy=self.remedy)


def is_understood(value: object, *, words: bool = False) -> bool:
    """Whether it says what it means: true or false, or with ``words`` one of theirs."""
    return isinstance(value, bool) or (words and str(value).lower() in ON | OFF)


def switched(value: object, *, words: bool = False) -> bool:
    """What Synapse takes a value for that should be true or false."""
    return str(value).lower() in ON if words else bool(value)


def odd(value: object, sentence: Message | None = None) -> Message:
    """What is said of a value that is neither true nor false: what Synapse takes it for, or another ``sentence``."""
    taken = TAKEN_FOR_TRUE if value else TAKEN_FOR_FALSE
    return replace(sentence or taken, places={"value": json.dumps(value, ensure_ascii=False, default=str)})


def written_at(tree: Tree, path: str, default: object) -> Any:
    """What stands at a path with dots, also an empty value, which Synapse takes for false; else ``default``."""
    *above, last = path.split(".")
    section = value_at(tree, ".".join(above)) if above else tree
    return section.get(last, default) if isinstance(section, Mapping) else default


def value_at(tree: Tree, path: str, default: object = None) -> Any:
    """What stands at a path with dots; ``default`` where it, or what it stands in, is absent or of another form."""
    value: Any = tree
    for word in path.split("."):
        if not isinstance(value, Mapping):
            return default
        value = value.get(word)
    return default if value is None else value
