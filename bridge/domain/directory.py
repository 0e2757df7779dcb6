"""What the company's directory declares: people, groups, partners. Read by adapters, judged by rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from bridge.domain.mapping import UNTOLD, Origin
from bridge.domain.messages import NOTHING, Language, Text
from bridge.domain.partners import Guest, Partner
from bridge.domain.policy import Terms
from bridge.domain.rooms import HistoryVisibility

GROUP_REFERENCE: Final = "group:"
"""Marks a member of a group that is a group: ``group:sales-fr``."""


class Visibility(StrEnum):
    """Who may know that a group exists (DESIGN section 7)."""

    PUBLIC = "public"
    INVITE_ONLY = "invite-only"
    HIDDEN = "hidden"


class MembershipMode(StrEnum):
    """Who says who belongs to a group."""

    DIRECTORY = "directory"
    """The directory alone; whoever else is invited by somebody is removed."""
    OWNERS = "owners"
    """The group's owners alone, by command or by inviting in their client."""
    BOTH = "both"
    """Whom either names."""


class JoinRequests(StrEnum):
    """How somebody of its audience asks to be let into an invite-only group."""

    BOT = "bot"
    """By ``!join``: nothing about the room is told to anybody."""
    KNOCK = "knock"
    """By knocking in their client, too: then the room tells its name, topic and size to whoever knows its id."""
    NONE = "none"
    """Not at all."""


class Posting(StrEnum):
    """Who may write in a group's room."""

    ALL = "all"
    OWNERS = "owners"
    """Owners and moderators; everybody else reads and reacts."""


class Inviting(StrEnum):
    """Who may let others in from their own client."""

    NOBODY = "nobody"
    """The bridge alone, as the directory or commands say."""
    OWNERS = "owners"
    MODERATORS = "moderators"
    """Owners and moderators."""
    ALL = "all"
    """Everybody in the room."""


class Vouchers(StrEnum):
    """How many people vouch for somebody of a partner who is invited into a group."""

    ONE = "one"
    """Who answers for the partner."""
    TWO = "two"
    """Who invites, and somebody else who answers for the partner or administers the group."""


class GroupState(StrEnum):
    """Where in its life a group is."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    """Its room is closed and silent, and can still be read by those in it; it can be reopened."""
    RETIRED = "retired"
    """Its room is emptied and let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee, with an account on our own homeserver. ``manager`` is a person's id.

    ``login`` is by what they sign in, where the source says that and not the account: ``user`` is then what homeservers
    usually make of it, and counts unless accounts are looked for (``rules.identifying``); it is empty while somebody is
    looked for in vain. ``given`` is the given name, where the source tells it apart. ``off_in`` names those of several
    sources that have switched them off.
    """

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
    login: str = ""
    given: str = ""
    off_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An enterprise group, as directory, policy file and commands together declare it.

    ``members`` holds people's ids, ``group:<id>`` for nested groups, and user ids: of partner members
    (``@bob:acme.example``) and of employees whom owners added. ``owners`` and ``moderators`` hold people's ids or
    employees' user ids, and so do ``delegates``, who administer the group and every group below it; ``parent`` a
    group's id or nothing; ``partners`` ids of partners, ``moderating`` of those whose people may be moderators.
    ``history``, ``inviting`` and ``encrypted`` are None where the visibility decides. ``retention`` is the number of
    days after which the homeserver deletes what was said, 0 where its own rule counts. ``digest`` says whether the
    weekly digest may tell what goes on. ``template`` names where defaults came from. ``declared`` are the fields that
    the directory or the policy file sets: commands cannot change these. ``ruled`` are those of them that the policy
    file sets. ``decided`` are the fields that a confirmed command sets. ``origin`` is where it stands in its source.
    """

    id: str
    name: Text
    purpose: Text = NOTHING
    visibility: Visibility = Visibility.INVITE_ONLY
    listed: bool = False
    mandatory: bool = False
    parent: str = ""
    owners: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    delegates: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    moderating: tuple[str, ...] = ()
    membership: MembershipMode = MembershipMode.DIRECTORY
    requests: JoinRequests = JoinRequests.BOT
    posting: Posting = Posting.ALL
    inviting: Inviting | None = None
    vouching: Vouchers = Vouchers.ONE
    history: HistoryVisibility | None = None
    encrypted: bool | None = None
    retention: int = 0
    digest: bool = True
    language: Language = ""
    welcome: Text = NOTHING
    template: str = ""
    state: GroupState = GroupState.ACTIVE
    declared: frozenset[str] = frozenset()
    ruled: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()
    origin: Origin = UNTOLD


def declare(groups: Iterable[Group | Partner], declared: Iterable[frozenset[str]]) -> None:
    """Say which fields of groups or partners are declared, in place: they were just read and nobody else has seen them.

    Equal sets become one, for tens of thousands of groups declare the same few; making all of these a second time would
    take as long as reading them.
    """
    shared: dict[frozenset[str], frozenset[str]] = {}
    for group, fields in zip(groups, declared, strict=True):
        object.__setattr__(group, "declared", shared.setdefault(fields, fields))


@dataclass(frozen=True, slots=True)
class Directory:
    """One good reading, by id. Every reference in it is known to resolve.

    ``guests`` are people of partners by user id, and ``terms`` what they accept, by name: laid over it by commands and
    the policy file, never read from the directory. ``graced`` are the last days, by user id, of those who were in
    before terms were asked of them.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    partners: Mapping[str, Partner] = field(default_factory=dict)
    guests: Mapping[str, Guest] = field(default_factory=dict)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    graced: Mapping[str, date] = field(default_factory=dict)
