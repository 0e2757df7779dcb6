"""Every directory source asked what the doctor wants to know of it, as config.yaml says where it is. For ``doctoring``.

Without secrets only files are looked at. Nothing is kept, and no store is made where there is none.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from bridge.adapters.directory.certificates import authority_file, own_file
from bridge.adapters.directory.keycloak_sounding import keycloak_sounding
from bridge.adapters.directory.ldap_sounding import Asked, ldap_sounding
from bridge.app.kept import kept_counts
from bridge.app.keycloak_settings import keycloak_place
from bridge.app.ldap_settings import BY_NAME, ldap_place
from bridge.app.sources import Opened, sources_of
from bridge.config.directories import DirectorySettings, FileDirectory, KeycloakDirectory, LdapDirectory
from bridge.config.settings import Config
from bridge.domain.errors import ParvisError
from bridge.domain.soundings import Counts, PemFile, Sounding, Step
from bridge.domain.sources import MemberStyle
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

Sounded: TypeAlias = tuple[Sounding, Reading | None]
"""What is so with a source, and its reading where there is one."""
IN_GROUPS: Final = (MemberStyle.MEMBER, MemberStyle.UNIQUE_MEMBER, MemberStyle.MEMBER_UID)


async def soundings(config: Config, clock: Clock, *, offline: bool) -> list[Sounded]:
    """All sources, one after the other."""
    alone = len(config.sources) == 1
    found: list[Sounded] = []
    for name, settings in config.sources.items():
        files = await asyncio.to_thread(_files, settings)
        sounding, reading = await _sounded(config, name, settings, clock, offline=offline)
        sounding = replace(sounding, name=name, files=files, alone=alone)
        if reading is not None:
            before = None if offline else await kept_counts(config, name)
            lost = sum(reading.lost.values())
            sounding = replace(sounding, counts=Counts.of(reading.directory), before=before, lost=lost)
        found.append((sounding, reading))
    return found


async def _sounded(config: Config, name: str, settings: DirectorySettings, clock: Clock, *, offline: bool) -> Sounded:
    server = config.homeserver.server_name
    if isinstance(settings, FileDirectory):
        missing = await asyncio.to_thread(_missing, settings)
        return await _read(config, name, clock, Sounding(place=str(settings.path), missing=missing))
    if offline:
        return Sounding(place=settings.called, failed=Step.CONNECT), None
    if isinstance(settings, LdapDirectory):
        return await asyncio.to_thread(ldap_sounding, ldap_place(settings, server), tuple(_asked(settings)), clock)
    if isinstance(settings, KeycloakDirectory):
        return await keycloak_sounding(keycloak_place(settings, server), clock)
    return await _told(config, name, clock, Sounding(place=settings.called))


async def _read(config: Config, name: str, clock: Clock, found: Sounding) -> Sounded:
    try:
        return found, await sources_of(config, clock, name)[0].source.read()
    except ParvisError as error:
        return found.unread(error), None


def _missing(settings: FileDirectory) -> str:
    """Which of the files that it names is not there."""
    files = {"path": settings.path, "memberships": settings.memberships}
    return next((key for key, file in files.items() if file is not None and not file.exists()), "")


async def _told(config: Config, name: str, clock: Clock, found: Sounding) -> Sounded:
    """By SCIM, which is in the store."""
    found, reading = await _read(config, name, clock, found)
    if reading is None:
        return found, None
    async with Opened(config).view() as view:
        tokens = await view.scim_tokens.all()
    good = sum(one.until is None or one.until > clock.now() for one in tokens)
    early = reading.warnings[0].message if reading.early else None
    return replace(found, tokens=good, waiting=early), reading


def _asked(settings: LdapDirectory) -> Iterator[Asked]:
    """What entries should have: by what people sign in and are known again, and whatever is written."""
    preset = ldap_place(settings, "").dialect
    people, groups = settings.people.attributes, settings.groups.attributes
    named: Mapping[str, Any] = {"id": preset.id, "login": preset.login} | {
        key: (name.lower(),) for key, name in people.model_dump(exclude_none=True).items()
    }
    for key, names in named.items():
        yield Asked(key=f"people.attributes.{key}", names=tuple(names))
    for key, name in groups.model_dump(exclude_none=True).items():
        if name != BY_NAME:
            yield Asked(key=f"groups.attributes.{key}", names=(name.lower(),), people=False)
    for name in settings.groups.further:
        yield Asked(key="groups.further", names=(name.lower(),), people=False)
    if styles := tuple(style.lower() for style in preset.styles if style in IN_GROUPS):
        yield Asked(key="groups.style", names=styles, people=False)


def _files(settings: DirectorySettings) -> tuple[PemFile, ...]:
    """The files with certificates that a source names."""
    found: list[PemFile] = []
    if isinstance(settings, LdapDirectory | KeycloakDirectory) and settings.ca_file:
        found.append(authority_file("ca_file", settings.ca_file))
    if isinstance(settings, LdapDirectory) and settings.client_certificate:
        found.append(own_file("client_certificate", settings.client_certificate, settings.client_key))
    return tuple(found)
