"""Where the directory comes from, as config.yaml says it: one source or several. For ``wiring`` and command lines."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from bridge.adapters.directory.keycloak_server import KeycloakSource
from bridge.adapters.directory.ldap import LdapSource
from bridge.adapters.directory.scim import ScimPlace, ScimSource, Shelf
from bridge.adapters.directory.source import FileSource, directory_source
from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.reading import open_to_read
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.app.keycloak_settings import keycloak_place
from bridge.app.ldap_settings import ldap_place
from bridge.config.directories import DirectorySettings, FileDirectory, KeycloakDirectory, LdapDirectory, ScimDirectory
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.mapping import MappingRule
from bridge.domain.messages import Message, say
from bridge.domain.problems import Problem, Spot
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource, Reading
from bridge.ports.store import UnitOfWork
from bridge.services.several import AllSources, NamedSource

AnySource: TypeAlias = FileSource | LdapSource | KeycloakSource | ScimSource


@dataclass(frozen=True, slots=True)
class Opened:
    """The store of the configuration, opened for each reading: for commands that need it for nothing else. It stays as
    it is, also where a bridge of another version is at work with it."""

    config: Config

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SqlStore]:
        """All of it, to be read; closed at the end. Where there is none yet, an empty one in its place. Raises
        ``StoreError``, also where its schema is not this program's."""
        sealer = DataKeySealer(key_from_text(self.config.secrets.data_key.reveal()))
        async with AsyncExitStack() as stack:
            store = await open_to_read(self.config.database.url, sealer)
            if store is None:
                folder = stack.enter_context(TemporaryDirectory(prefix="parvis-"))
                store = await open_store(f"sqlite:///{folder}/empty.db", sealer)
            stack.push_async_callback(store.close)
            yield store

    @asynccontextmanager
    async def view(self) -> AsyncIterator[UnitOfWork]:
        """As the store's."""
        async with self.store() as store, store.view() as view:
            yield view


def watched_files(config: Config) -> tuple[Path, ...]:
    """Files whose change is to reach the rooms at once."""
    watched = [one for one in config.sources.values() if one.watch]
    tables = [path for one in watched if isinstance(one, FileDirectory) for path in (one.path, one.memberships)]
    return tuple(path for path in (*tables, config.policies if watched else None) if path)


def source_of(config: Config, clock: Clock, name: str | None = None) -> DirectorySource:
    """All that the configuration names as one source, or the one of this name. Raises ``InputError``."""
    sources = sources_of(config, clock, name)
    return sources[0].source if len(sources) == 1 else AllSources(sources)


def sources_of(
    config: Config, clock: Clock, name: str | None = None, *, shelf: Shelf | None = None
) -> tuple[NamedSource, ...]:
    """The sources of the configuration, or the one of this name alone. Raises ``InputError`` when there is none.

    ``shelf`` is the store, where it is open.
    """
    if name is not None and name not in config.sources:
        known = tuple(one for one in config.sources if one)
        raise InputError(
            say("There is no source {name}; there are: {known}.", name=name, known=known)
            if known
            else say("This directory has one source, which needs no name.")
        )
    alone = len(config.sources) == 1
    return tuple(
        _named(own, settings, config.homeserver.server_name, clock, shelf or Opened(config), alone=alone)
        for own, settings in config.sources.items()
        if name in (None, own)
    )


def why_idle(rule: MappingRule, config: Config) -> Message:
    """Why a rule of the policy file decides about no group."""
    known = tuple(one for one in config.sources if one)
    unknown = [one for one in rule.when.source if one not in known]
    if unknown and known:
        return say("There is no source {name}; there are: {known}.", name=unknown[0], known=known)
    return say("This rule decides about no group.")


def without_groups(called: str, reading: Reading) -> tuple[Problem, ...]:
    """A filter that finds no group is no error, and yet nothing comes of it."""
    if reading.directory.groups or not reading.directory.people:
        return ()
    return (Problem(Spot(called), say("There are people, and no group."), warning=True),)


def _named(
    name: str, settings: DirectorySettings, server_name: str, clock: Clock, shelf: Shelf, *, alone: bool
) -> NamedSource:
    source = _source(settings, server_name, clock, shelf, alone=alone)
    return NamedSource(name=name, called=name or settings.name or settings.called, source=source, large=source.is_large)


def _source(settings: DirectorySettings, server_name: str, clock: Clock, shelf: Shelf, *, alone: bool) -> AnySource:
    """One source. ``alone`` says that whatever it refers to is its own."""
    if isinstance(settings, LdapDirectory):
        return LdapSource(place=ldap_place(settings, server_name), clock=clock)
    if isinstance(settings, KeycloakDirectory):
        return KeycloakSource(place=keycloak_place(settings, server_name), clock=clock)
    if isinstance(settings, ScimDirectory):
        place = ScimPlace(
            server_name=server_name, visibility=settings.visibility, settle=settings.settle, login=settings.login
        )
        return ScimSource(place=place, shelf=shelf, clock=clock)
    return directory_source(
        settings.type,
        settings.path,
        server_name=server_name,
        visibility=settings.visibility,
        memberships=settings.memberships,
        alone=alone,
        clock=clock,
    )
