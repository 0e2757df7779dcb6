"""A hidden group that must leave no trace: whatever shows a part of it to others has betrayed it.

Used by the world with and without (``stage``), whose outputs are searched for it besides being compared.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase

LETTERS = 11
"""Of each random word: long enough that no other text holds one by chance."""


@dataclass(frozen=True, slots=True)
class Canary:
    """Id, name and purpose share no word with anything else, nor with each other."""

    id: str
    name: str
    purpose: str

    @classmethod
    def hatch(cls, chance: random.Random) -> "Canary":
        """A new one; the same for the same state of ``chance``."""
        words = ["".join(chance.choices(ascii_lowercase, k=LETTERS)) for _ in range(3)]
        return cls(id=words[0], name=f"Opération {words[1].title()}", purpose=f"About {words[2]}")

    @property
    def words(self) -> tuple[str, ...]:
        """What betrays it wherever it stands, in small letters."""
        return tuple(text.split()[-1].casefold() for text in (self.id, self.name, self.purpose))

    @property
    def near_misses(self) -> tuple[str, ...]:
        """How its id and its name get mistyped."""
        return (self.id[:-1], self.name.replace("é", "e").upper()[:-1])


def traces(text: str, words: Iterable[str]) -> list[str]:
    """Those of ``words`` that stand in the text."""
    folded = text.casefold()
    return [word for word in words if word.casefold() in folded]
