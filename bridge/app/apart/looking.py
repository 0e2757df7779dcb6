"""Looking at a large world in a process of its own, so that the event loop never waits. Made by the wiring."""

import asyncio
import pickle
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, TypeAlias

from bridge.adapters.apart import asked
from bridge.adapters.directory.files import DirectoryFile
from bridge.adapters.directory.keycloak_server import KeycloakPlace, KeycloakSource
from bridge.adapters.directory.ldap import LdapPlace, LdapSource
from bridge.adapters.directory.scim import ScimPlace, ScimSource
from bridge.adapters.directory.source import FileSource
from bridge.adapters.policies.source import PolicyFile
from bridge.app.apart.receiving import received
from bridge.domain.identities import BY_THE_DIRECTORY, Strategies
from bridge.planning.plan import Brake
from bridge.rules.settings import House
from bridge.services.looking import Errand, Looker
from bridge.services.several import NamedSource
from bridge.services.truth import GRACE
from bridge.services.world import World

CHILD: Final = "bridge.app.apart.child"
Place: TypeAlias = DirectoryFile | LdapPlace | KeycloakPlace | ScimPlace
"""What can be sent to another process, to be read there."""
NO_RULES: Final = PolicyFile()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """Where one source is, its name among several, and how people are told of it."""

    name: str
    called: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that the child needs to look by itself. ``known`` is the edition of the world that the parent has."""

    places: tuple[NamedPlace, ...]
    policies: PolicyFile = NO_RULES
    grace: timedelta = GRACE
    database: str
    data_key: str = field(repr=False)
    house: House
    brake: Brake
    bot: str
    service_users: frozenset[str] = frozenset()
    strategies: Strategies = BY_THE_DIRECTORY
    errand: Errand | None = None
    known: str = ""


def place_of(source: NamedSource) -> NamedPlace:
    """The source as the child is told of it."""
    held = source.source
    if isinstance(held, LdapSource | KeycloakSource | ScimSource):
        return NamedPlace(name=source.name, called=source.called, place=held.place)
    if isinstance(held, FileSource):
        return NamedPlace(name=source.name, called=source.called, place=held.file)
    raise TypeError(f"{type(held).__name__} cannot be read in another process")


class Apart:
    """A looker whose work is done in a child process; what has not changed since its last look stays as it is."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._last: World | None = None
        self._one = asyncio.Lock()

    async def look(self, errand: Errand) -> World:
        """As the protocol says; one look after the other, for each takes as much memory as the world is large. What is
        urgent has a child of its own.

        Raises ``ParvisError`` (temporary) when the child died.
        """
        async with nullcontext() if errand.urgent else self._one:
            last = self._last
            task = replace(self._task, errand=errand, known=last.edition if last else "")
            async with asked(CHILD, pickle.dumps(task)) as pieces:
                world = await received(pieces, last)
            if not errand.supposing and not errand.urgent:
                self._last = world
            return world


@dataclass(frozen=True, slots=True, kw_only=True)
class BySize:
    """Looks here while the directory is small."""

    here: Looker
    apart: Looker
    large: Callable[[], bool]

    async def look(self, errand: Errand) -> World:
        """As the protocol says."""
        return await (self.apart if self.large() else self.here).look(errand)
