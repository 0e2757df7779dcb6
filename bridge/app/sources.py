"""Where the directory comes from, as config.yaml says it: one source or several. For ``wiring`` and command lines."""

from typing import TypeAlias

from bridge.adapters.directory.keycloak_server import KeycloakSource
from bridge.adapters.directory.ldap import LdapSource
from bridge.adapters.directory.source import FileSource, directory_source
from bridge.app.keycloak_settings import keycloak_place
from bridge.app.ldap_settings import ldap_place
from bridge.config.directories import DirectorySettings, KeycloakDirectory, LdapDirectory
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource
from bridge.services.several import AllSources, NamedSource

AnySource: TypeAlias = FileSource | LdapSource | KeycloakSource


def source_of(config: Config, clock: Clock, name: str | None = None) -> DirectorySource:
    """All that the configuration names as one source, or the one of this name. Raises ``InputError``."""
    sources = sources_of(config, clock, name)
    return sources[0].source if len(sources) == 1 else AllSources(sources)


def sources_of(config: Config, clock: Clock, name: str | None = None) -> tuple[NamedSource, ...]:
    """The sources of the configuration, or the one of this name alone. Raises ``InputError`` when there is none."""
    if name is not None and name not in config.sources:
        known = tuple(one for one in config.sources if one)
        raise InputError(
            say("There is no source {name}; there are: {known}.", name=name, known=known)
            if known
            else say("This directory has one source, which needs no name.")
        )
    alone = len(config.sources) == 1
    return tuple(
        _named(own, settings, config.homeserver.server_name, clock, alone=alone)
        for own, settings in config.sources.items()
        if name in (None, own)
    )


def _named(name: str, settings: DirectorySettings, server_name: str, clock: Clock, *, alone: bool) -> NamedSource:
    source = _source(settings, server_name, clock, alone=alone)
    return NamedSource(name=name, called=name or settings.called, source=source, large=source.is_large)


def _source(settings: DirectorySettings, server_name: str, clock: Clock, *, alone: bool) -> AnySource:
    """One source. ``alone`` says that whatever it refers to is its own."""
    if isinstance(settings, LdapDirectory):
        return LdapSource(place=ldap_place(settings, server_name), clock=clock)
    if isinstance(settings, KeycloakDirectory):
        return KeycloakSource(place=keycloak_place(settings, server_name), clock=clock)
    return directory_source(
        settings.type,
        settings.path,
        server_name=server_name,
        visibility=settings.visibility,
        memberships=settings.memberships,
        alone=alone,
    )
