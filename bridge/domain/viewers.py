"""Viewers: on whose behalf something is shown. Only ``rules/access.py`` draws conclusions from them."""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Compartment: TypeAlias = str
"""Empty for everything that is not hidden; else the id of the hidden group."""

OPEN: Final[Compartment] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The people who can read the answer, now or later; what is shown must be fit for each of them.

    ``asker`` is who asked, and who alone decides what may be *done*. ``readers`` are all that can read along.
    ``everyone`` says that readers may come whom nobody knows yet: then only what every employee (with ``partners``:
    every member of these partners too) may know is shown. ``cleared`` is the command line: whoever reads its key
    reads the store. ``glass`` are ids of hidden groups that the asker, an administrator, may see for a while although
    they are no member (``services/glass``); it counts for the asker alone.
    """

    asker: str
    readers: frozenset[str] = frozenset()
    everyone: bool = False
    partners: frozenset[str] = frozenset()
    cleared: bool = False
    glass: frozenset[str] = frozenset()

    @property
    def unaided(self) -> "Viewer":
        """The same without broken glass: through it one sees, and does nothing."""
        return replace(self, glass=frozenset()) if self.glass else self

    def through(self, glass: frozenset[str]) -> "Viewer":
        """With what the asker has broken, through which they see only where nobody reads along."""
        return replace(self, glass=glass) if self.personal else self

    @property
    def personal(self) -> bool:
        """Whether nobody but the asker reads along, now or later."""
        return self.readers == {self.asker} and not self.everyone and not self.partners


COMMAND_LINE: Final = Viewer(asker="", cleared=True)
"""Whoever holds the configuration and the data key."""


def alone(user_id: str) -> Viewer:
    """A conversation that holds the bot and this person alone."""
    return Viewer(asker=user_id, readers=frozenset({user_id}))
