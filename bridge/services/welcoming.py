"""What the bot that welcomes people tells also through other bots, so that nobody has to ask a second time elsewhere.

It puts its answer here; whoever is asked for it looks here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from bridge.domain.document import Document
from bridge.domain.messages import Language
from bridge.domain.viewers import Viewer

Standings: TypeAlias = Callable[[Viewer, int, Language], Awaitable[Document]]
"""How far those are whom a viewer looks after, on a page that counts from 1; for one who is alone with a bot."""


@dataclass(slots=True)
class Welcoming:
    """``standings`` is None as long as no bot welcomes people."""

    standings: Standings | None = None
