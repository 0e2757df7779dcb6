"""Where people and groups come from, as config.yaml says it: files and servers. Part of ``settings``."""

import ipaddress
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationInfo, field_validator

from bridge.config import values
from bridge.config.ldap_sections import BaseName, LdapGroups, LdapPeople
from bridge.config.sections import Duration, FilePath, Password, Section, WebAddress, text
from bridge.config.wrong import Wrong
from bridge.domain.directory import Visibility
from bridge.domain.messages import say
from bridge.domain.scim import ScimLogin
from bridge.domain.sources import Preset, Sasl

LDAP: Final = "ldap"
KEYCLOAK: Final = "keycloak"
SCIM: Final = "scim"


class DirectoryKind(StrEnum):
    """Where people and groups come from."""

    YAML = "yaml"
    JSON = "json"
    LDIF = "ldif"
    CSV = "csv"
    KEYCLOAK = "keycloak"
    LDAP = "ldap"
    SCIM = "scim"


class Source(Section):
    """What all directories share."""

    name: Annotated[str, BeforeValidator(text(values.source_name))] = ""
    """Of several sources, by which its last good reading is known and reports name it; its type when absent."""
    every: Duration = timedelta(minutes=5)
    """How often to look whether it has changed. Nobody waits long for five minutes, and a look is cheap."""
    watch: bool = True
    """Whether a change of its files, and of the policy file, reaches the rooms within seconds, long before that."""
    visibility: Visibility = Visibility.INVITE_ONLY
    """What groups of LDIF and LDAP get, which cannot say it: invite-only, as opening later is easier than closing."""


class FileDirectory(Source):
    """A directory in a file."""

    type: DirectoryKind = DirectoryKind.YAML
    """How the file is written: YAML for hundreds of people, JSON for hundreds of thousands, LDIF from LDAP servers, CSV
    as Moodle, Mattermost, Google Workspace and spreadsheets export it, keycloak for an exported realm; or ldap, for an
    LDAP server itself."""
    path: FilePath
    """The file; of csv, the table of people."""
    memberships: FilePath | None = None
    """Of csv, the table that says who belongs to which group, where that of people does not."""

    @property
    def called(self) -> str:
        """How people are told where something comes from."""
        return " + ".join(file.name for file in (self.path, self.memberships) if file)

    @field_validator("memberships")
    @classmethod
    def _is_of_tables(cls, memberships: Path | None, info: ValidationInfo) -> Path | None:
        if memberships and info.data.get("type") is not DirectoryKind.CSV:
            raise Wrong(say("Only a directory of type csv has a second file."))
        return memberships


class LdapDirectory(Source):
    """A directory on an LDAP server."""

    type: Literal[DirectoryKind.LDAP]
    """LDAP."""
    url: Annotated[values.LdapAddress, BeforeValidator(text(values.ldap_address))]
    """``ldaps://host``, or ``ldap://host``, which then becomes TLS before anything is said."""
    start_tls: bool = True
    """Whether ``ldap://`` becomes TLS. Only a server on this machine may do without."""
    ca_file: FilePath | None = None
    """Certificates of the authority that the server's comes from (PEM); those that this machine trusts when absent."""
    sasl: Sasl | None = None
    """How the account is told where it has no password: external, by a certificate; gssapi, by a Kerberos ticket."""
    client_certificate: FilePath | None = None
    """The certificate that says who we are (PEM)."""
    client_key: FilePath | None = None
    """Its key (PEM); in the same file when absent."""
    bind_dn: Annotated[str, Field(validate_default=True)] = ""
    """An account that may read, and nothing more. Active Directory also takes ``name@domain``."""
    password: Annotated[Password | None, Field(validate_default=True)] = None
    """Its password."""
    base: BaseName
    """Below which name everything is."""
    preset: Preset = Preset.OPENLDAP
    """Which attributes and filters this kind of server wants."""
    page: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Entries asked for at once; servers refuse more than their own limit (1000 in Active Directory)."""
    timeout: Duration = timedelta(seconds=30)
    """How long an answer may take. A slower one is none, and the last good reading stays."""
    people: LdapPeople = LdapPeople()
    """Who is a person."""
    groups: LdapGroups = LdapGroups()
    """What is a group."""

    @field_validator("start_tls")
    @classmethod
    def _is_not_overheard(cls, start_tls: bool, info: ValidationInfo) -> bool:
        url: values.LdapAddress | None = info.data.get("url")
        if url and not url.tls and not start_tls and not _is_here(url.host):
            raise Wrong(say("Without TLS the password would cross the network in the open: leave start_tls as it is."))
        return start_tls

    @field_validator("bind_dn", "password")
    @classmethod
    def _is_told(cls, written: Any, info: ValidationInfo) -> Any:
        if not written and info.data.get("sasl") is None:
            raise Wrong(say("{key} is missing or empty.", key=info.field_name or ""))
        return written

    @field_validator("bind_dn")
    @classmethod
    def _has_a_certificate(cls, bind_dn: str, info: ValidationInfo) -> str:
        if info.data.get("sasl") is Sasl.EXTERNAL and not info.data.get("client_certificate"):
            raise Wrong(say("With sasl: external, the account is told by client_certificate, which is missing."))
        return bind_dn

    @property
    def called(self) -> str:
        """How people are told where something comes from."""
        return self.url.host


class KeycloakDirectory(Source):
    """A realm of Keycloak, asked through its admin API."""

    type: Literal[DirectoryKind.KEYCLOAK]
    """Keycloak; with ``path`` in place of ``url`` an exported realm is read."""
    url: WebAddress
    """Where Keycloak is, with the path before ``/realms`` if it has one: ``https://id.corp.example``."""
    realm: Annotated[str, Field(min_length=1)]
    """The realm's name."""
    client_id: Annotated[str, Field(min_length=1)]
    """A confidential client with a service account that has the role ``view-users`` of ``realm-management``."""
    client_secret: Password
    """Its secret."""
    ca_file: FilePath | None = None
    """Certificates of the authority that the server's comes from (PEM); those that this machine trusts when absent."""
    page: Annotated[int, Field(ge=10, le=5_000)] = 100
    """Rows asked for at once."""
    timeout: Duration = timedelta(seconds=30)
    """How long one answer may take. A slower one is none, and the last good reading stays."""

    @field_validator("url")
    @classmethod
    def _is_not_overheard(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme == "http" and not _is_here(parts.hostname or ""):
            raise Wrong(say("Without TLS the secret would cross the network in the open: use https."))
        return url

    @property
    def called(self) -> str:
        """How people are told where something comes from."""
        return urlsplit(self.url).hostname or self.url


class ScimDirectory(Source):
    """What identity providers tell by themselves, over SCIM 2.0 on the port of ``appservice.listen``."""

    type: Literal[DirectoryKind.SCIM]
    """SCIM."""
    address: WebAddress | None = None
    """Where providers reach it, with its path: ``https://bridge.corp.example/scim/v2``; as they call it when absent."""
    login: ScimLogin = ScimLogin.NAME
    """By what people sign in, for ``identities``: ``userName``, as name up to its ``@``, or ``externalId``."""
    settle: Duration = timedelta(minutes=10)
    """How long nothing has to come before the first load counts."""

    @property
    def called(self) -> str:
        """How people are told where something comes from."""
        return "SCIM"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _branch(written: Any) -> str:
    of_table = isinstance(written, dict)
    kind = written.get("type") if of_table else getattr(written, "type", None)
    asked = "url" in written if of_table else hasattr(written, "url")
    if kind == SCIM:
        return "[scim]"
    return "[ldap]" if kind == LDAP else "[keycloak]" if kind == KEYCLOAK and asked else "[file]"


DirectorySettings = Annotated[
    Annotated[FileDirectory, Tag("[file]")]
    | Annotated[LdapDirectory, Tag("[ldap]")]
    | Annotated[KeycloakDirectory, Tag("[keycloak]")]
    | Annotated[ScimDirectory, Tag("[scim]")],
    Discriminator(_branch),
]
"""A directory. Tags stand in brackets, as pydantic's own do: they are no part of anybody's path."""


def _are_told_apart(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    names = Counter(name_of(source) for source in sources)
    if not names:
        raise Wrong(say("A directory needs a source."))
    name, often = names.most_common(1)[0]
    if often > 1:
        raise Wrong(say("Two sources are called {name}: give each a name of its own.", name=name))
    if sum(isinstance(source, ScimDirectory) for source in sources) > 1:
        raise Wrong(say("One source of type scim is enough: every provider gets a token of its own."))
    return sources


def name_of(source: Source) -> str:
    """What one of several sources is called."""
    return source.name or str(getattr(source, "type", ""))


def _number(written: Any) -> str:
    return "[several]" if isinstance(written, list | tuple) else "[one]"


DirectoriesSettings = Annotated[
    Annotated[DirectorySettings, Tag("[one]")]
    | Annotated[tuple[DirectorySettings, ...], AfterValidator(_are_told_apart), Tag("[several]")],
    Discriminator(_number),
]
"""The company's directory: one source, or several, of which an earlier one counts more."""
