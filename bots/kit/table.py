"""All commands of one bot under their names. Built once per bot; ``talk`` asks it what a line means."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import dropwhile, product
from typing import Final, TypeAlias

from bots.kit.commands import Command, Words

Allowed: TypeAlias = Callable[[Command], bool]
"""Whether the person who asks may run a command; what it refuses does not exist for them."""

HELP_WORDS: Final = frozenset({"help", "aide"})
HELP_OPTIONS: Final = frozenset({"--help", "--aide"})
CLOSE: Final = 0.7
MAX_WORD: Final = 64
"""Longer words are no misspelt names; comparing them would only take time."""

COURTESY: Final = frozenset({
    "please", "can", "could", "you", "i", "want", "would", "like", "to", "see", "show", "list", "give", "tell", "me",
    "my", "the", "number", "option", "what", "which", "are", "is",
    "svp", "je", "veux", "voudrais", "voir", "montre", "montrez", "moi", "liste", "donnez", "mes", "mon", "ma",
    "les", "le", "la", "numero", "quels", "quelles", "sont",
})  # fmt: skip
"""Words, folded, with which people begin who talk to a bot as to anybody."""
MAX_COURTESY: Final = 12


@dataclass(frozen=True, slots=True)
class Match:
    """A command, and the words that follow its name."""

    command: Command
    rest: Words


@dataclass(frozen=True, slots=True)
class Help:
    """A question about commands: those whose names begin with ``topic``, or all of them."""

    topic: Words = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """No such command; perhaps this one was meant."""

    command: Command


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such command for this person, and nothing near."""


Resolution: TypeAlias = Match | Help | Suggestion | Unknown


class CommandTable:
    """Names lead to commands. Raises ``ValueError`` when two commands claim one name."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._by_name: dict[Words, Command] = {}
        for command in self.commands:
            for name in _names(command):
                self._enter(name, command)
        self._longest = max(map(len, self._by_name), default=1)

    def resolve(self, words: Sequence[str], allowed: Allowed) -> Resolution:
        """What ``words`` ask for, as far as ``allowed`` lets this person know."""
        if len(words) > 1 and fold(words[-1]) in HELP_OPTIONS:
            return self._explain(words[:-1], allowed)
        folded = tuple(fold(word) for word in words[: self._longest + 1])
        if not folded or folded[0] in HELP_WORDS:
            return Help(tuple(fold(word) for word in words[1 : self._longest + 1]))
        for length in range(min(len(folded), self._longest), 0, -1):
            command = self._by_name.get(folded[:length])
            if command is not None and allowed(command):
                return Match(command, tuple(words[length:]))
        if len(folded) == 1 and self.about(folded, allowed):
            return Help(folded)
        bare = (one for one in self.commands if one.bare and allowed(one) and one.bare(tuple(words)))
        if command := next(bare, None):
            return Match(command, tuple(words))
        if any(folded[:length] in self._by_name for length in range(1, len(folded) + 1)):
            return Unknown()  # it is others' to run: what resembles it by its letters was not meant
        return self._behind(words, allowed) or self._suggest(folded, allowed)

    def _explain(self, words: Sequence[str], allowed: Allowed) -> Resolution:
        """Help on the command that these words would run."""
        found = self.resolve(words, allowed)
        return Help(tuple(map(fold, found.command.path))) if isinstance(found, Match) else found

    def about(self, topic: Sequence[str], allowed: Allowed) -> tuple[Command, ...]:
        """The commands that this person may run and whose names begin with ``topic``, in the order of the table."""
        wanted = tuple(fold(word) for word in topic)
        found = {id(command) for name, command in self._by_name.items() if name[: len(wanted)] == wanted}
        return tuple(command for command in self.commands if id(command) in found and allowed(command))

    def begins(self, topic: Words, allowed: Allowed) -> bool:
        """Whether ``topic`` names or begins a command of this bot."""
        return bool(topic) and bool(self.about(topic, allowed))

    def is_ours(self, word: str, allowed: Allowed) -> bool:
        """Whether a line that begins with ``word`` is meant for us: help, or the first word of an allowed command."""
        first = fold(word)
        return first in HELP_WORDS or any(name[0] == first and allowed(self._by_name[name]) for name in self._by_name)

    def _enter(self, name: Words, command: Command) -> None:
        known = self._by_name.setdefault(name, command)
        if known is not command or name[0] in HELP_WORDS:
            raise ValueError(f"two commands are called {' '.join(name)!r}")

    def _suggest(self, folded: Words, allowed: Allowed) -> Suggestion | Unknown:
        names = {
            " ".join(name): command
            for name, command in self._by_name.items()
            if allowed(command) and name not in {tuple(map(fold, alias)) for alias in command.aliases}
        }
        for length in range(min(len(folded), self._longest), 0, -1):
            asked = " ".join(folded[:length])
            near = get_close_matches(asked, names, n=1, cutoff=CLOSE) if len(asked) <= MAX_WORD else []
            if near:
                return Suggestion(names[near[0]])
        return Unknown()

    def _behind(self, words: Sequence[str], allowed: Allowed) -> Suggestion | None:
        """The command that stands behind words of courtesy."""
        folded = tuple(fold(word.strip(".,;:!?…")) for word in words[:MAX_COURTESY])
        rest = tuple(dropwhile(COURTESY.__contains__, folded))
        for length in range(min(len(rest), self._longest) if rest != folded else 0, 0, -1):
            command = self._by_name.get(rest[:length])
            if command is not None and allowed(command):
                return Suggestion(command)
        return None


@lru_cache(maxsize=4096)  # the names of all commands are compared with whatever nearly is one
def fold(word: str) -> str:
    """``word`` without capitals, accents and compatibility forms, for comparing names."""
    decomposed = unicodedata.normalize("NFKD", word[: MAX_WORD * 2].casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _names(command: Command) -> Iterator[Words]:
    """Every way to write the name: both languages, also mixed word by word, and the aliases."""
    english, french = command.path, command.french
    if len(english) == len(french):
        mixed = product(*({fold(one), fold(other)} for one, other in zip(english, french, strict=True)))
        yield from dict.fromkeys(mixed)
    else:
        yield from (tuple(map(fold, name)) for name in (english, french))
    yield from (tuple(map(fold, name)) for name in command.aliases)
