"""What the company's directory declares: people, groups, partners. Read by adapters, judged by rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from bridge.domain.messages import NOTHING, Text

GROUP_REFERENCE: Final = "group:"
"""Marks a member of a group that is a group: ``group:sales-fr``."""


class Visibility(StrEnum):
    """Who may know that a group exists (DESIGN section 7)."""

    PUBLIC = "public"
    INVITE_ONLY = "invite-only"
    HIDDEN = "hidden"


class PartnerKind(StrEnum):
    """What a partner is to the company: chooses template, terms and card fields."""

    RESELLER = "reseller"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee, with an account on our own homeserver. ``manager`` is a person's id."""

    id: str
    user: str
    name: str = ""
    email: str = ""
    language: str = ""
    timezone: str = ""
    department: str = ""
    title: str = ""
    manager: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An enterprise group.

    ``members`` holds people's ids, ``group:<id>`` for nested groups, and user ids of partner members
    (``@bob:acme.example``).
    ``owners`` holds people's ids; ``parent`` a group's id or nothing; ``partners`` ids of partners.
    """

    id: str
    name: Text
    purpose: Text = NOTHING
    visibility: Visibility = Visibility.INVITE_ONLY
    listed: bool = False
    mandatory: bool = False
    parent: str = ""
    owners: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another organisation: its servers, its people when it names them, who answers for it, until when (inclusive)."""

    id: str
    name: Text
    kind: PartnerKind = PartnerKind.OTHER
    servers: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    sponsor: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """One good reading, by id. Every reference in it is known to resolve."""

    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    partners: Mapping[str, Partner] = field(default_factory=dict)
