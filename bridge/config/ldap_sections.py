"""Who is a person and what is a group on an LDAP server, as config.yaml says it. Part of ``directories``."""

from typing import Annotated

from pydantic import BeforeValidator

from bridge.config import values
from bridge.config.sections import Section, text
from bridge.domain.sources import MemberStyle

AttributeName = Annotated[str, BeforeValidator(text(values.attribute_name))]
SearchFilter = Annotated[str, BeforeValidator(text(values.search_filter))]
BaseName = Annotated[str, BeforeValidator(text(values.distinguished_name))]


class PeopleAttributes(Section):
    """Which attribute says what about a person, where it is another than the preset's."""

    id: AttributeName | None = None
    """By which somebody is known again after every change: ``entryUUID``, ``nsUniqueId``, ``objectGUID``."""
    login: AttributeName | None = None
    """What becomes the first part of the user id: ``uid``, ``sAMAccountName``. The homeserver must make the same of it
    at sign-in."""
    account: AttributeName | None = None
    """What says the account itself, where there is such an attribute: a user id, or its first part."""
    name: AttributeName | None = None
    """What they are called: ``displayName``, else ``cn``."""
    email: AttributeName | None = None
    """``mail``."""
    language: AttributeName | None = None
    """``preferredLanguage``."""
    department: AttributeName | None = None
    """``departmentNumber``, else ``ou``; ``department`` in Active Directory."""
    title: AttributeName | None = None
    """``title``."""
    manager: AttributeName | None = None
    """The distinguished name of somebody: ``manager``."""


class LdapPeople(Section):
    """Who is a person."""

    filter: SearchFilter | None = None
    """Finds people, and nobody else (RFC 4515); the preset's when absent."""
    base: BaseName | None = None
    """Below which name people are looked for; ``directory.base`` when absent."""
    attributes: PeopleAttributes = PeopleAttributes()
    """Names of attributes."""


class GroupAttributes(Section):
    """Which attribute says what about a group, where it is another than the preset's."""

    id: AttributeName | None = None
    """By which a group is known again after it was renamed or moved. ``name`` makes a readable word of its name
    instead, and then a renamed group is a new one."""
    name: AttributeName | None = None
    """What it is called: ``cn``."""
    purpose: AttributeName | None = None
    """``description``."""
    owners: AttributeName | None = None
    """Distinguished names of people: ``owner``; ``managedBy`` in Active Directory."""


class LdapGroups(Section):
    """What is a group, and who belongs to it."""

    filter: SearchFilter | None = None
    """Finds the groups that are to become rooms; the preset's, which finds all of them, when absent."""
    base: BaseName | None = None
    """Below which name groups are looked for; ``directory.base`` when absent."""
    style: tuple[MemberStyle, ...] = ()
    """Where members are written: ``member``, ``uniqueMember``, ``memberUid``, ``gidNumber``, ``primaryGroupID``; the
    preset's when absent."""
    attributes: GroupAttributes = GroupAttributes()
    """Names of attributes."""
    further: tuple[AttributeName, ...] = ()
    """Attributes that rules of the policy file ask about, beside name, purpose, ``businessCategory``, ``ou``, ``mail``,
    ``info`` and ``groupType``."""
