"""Which account belongs to which person of the directory, how that was found, and what cannot be told by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Strategy(StrEnum):
    """How the account of a person is found, where the directory does not name it."""

    EXTERNAL = "external"
    """By what the sign-in service calls them: Synapse's external ids."""
    EMAIL = "email"
    """By an address that the homeserver has verified."""
    TEMPLATE = "template"
    """By the user id that Synapse makes of their login, if there is such an account."""


class Known(StrEnum):
    """What external ids of the sign-in service are, as the directory has it."""

    ID = "id"
    LOGIN = "login"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategies:
    """How accounts are found, in this order. ``provider`` is the sign-in service as Synapse calls it, ``external`` what
    it knows people by, ``template`` the first part of user ids, with {login}, {email} (up to its @) or {id}."""

    order: tuple[Strategy, ...] = ()
    provider: str = ""
    external: Known = Known.ID
    template: str = "{login}"


BY_THE_DIRECTORY: Final = Strategies()
"""Everybody has the account that the directory says, or that homeservers usually make of their login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person of the directory, by id, and their account. ``how`` is the strategy that found it, empty when somebody
    (``by``, a user id) said so; ``at`` is when (UTC)."""

    person: str
    user: str
    how: str = ""
    by: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A living account of the homeserver: external ids as (provider, id), and verified addresses."""

    user: str
    external: frozenset[tuple[str, str]] = frozenset()
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Whose account cannot be told by itself: a person's id, and the accounts that could be theirs. ``holder`` is the
    id of another person to whom the only one belongs."""

    person: str
    users: tuple[str, ...]
    how: str
    holder: str = ""
