"""What should be: the rooms that directory and policy ask for. One input of planning, made by rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.domain.directory import MembershipMode
from bridge.domain.findings import Finding
from bridge.domain.rooms import HistoryVisibility, RoomRef
from bridge.domain.viewers import OPEN, Compartment


class JoinRule(StrEnum):
    """m.room.join_rules, as far as we use it."""

    INVITE = "invite"
    KNOCK = "knock"
    RESTRICTED = "restricted"
    PUBLIC = "public"


class Setting(StrEnum):
    """A governed state event of a room; each is compared, planned and written on its own."""

    NAME = "name"
    TOPIC = "topic"
    JOIN_RULE = "join_rule"
    HISTORY = "history"
    GUESTS = "guests"
    POWERS = "powers"
    ACL = "acl"
    ENCRYPTION = "encryption"
    RETENTION = "retention"
    """Governed only where the homeserver deletes what is older than a room says."""
    MARKER = "marker"
    ALIAS = "alias"
    """The room's main alias as clients show it (m.room.canonical_alias)."""
    AVATAR = "avatar"
    """Governed in hidden rooms alone, where there is none; elsewhere owners may choose one."""
    SUCCESSOR = "successor"
    """Governed in former rooms alone, and only where their group is no secret: the room that came after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """Everything that is governed of one room, whole.

    ``allow`` names the spaces whose members may join (restricted rooms). ``servers`` is the server ACL's allow list,
    ours included; None when the room is not federated. ``alias`` is a full alias, ``old_aliases`` are kept beside it
    for a while. ``parents`` are the spaces that list the room, at the place that ``order`` gives and, when
    ``suggested``, recommended. ``owners`` and ``moderators`` are user ids. ``silent`` rooms are read and not written
    in; where ``owners_post`` only owners and moderators write. ``told_name`` is the real name of a hidden group, told
    and pinned inside alone; ``name`` is then a cover, to which the room's marker adds a few letters, unless it is
    ``plain_marker`` and tells the group. ``invite_power`` is the level that inviting takes. ``successor`` came after a
    former room and is pointed at there. ``retention`` is a number of days, 0 for the homeserver's own rule, None where
    the homeserver deletes nothing by itself.
    """

    name: str
    topic: str = ""
    join_rule: JoinRule = JoinRule.INVITE
    allow: tuple[RoomRef, ...] = ()
    history: HistoryVisibility = HistoryVisibility.SHARED
    servers: tuple[str, ...] | None = None
    federate: bool = True
    space: bool = False
    encrypted: bool = False
    published: bool = False
    alias: str | None = None
    parents: tuple[RoomRef, ...] = ()
    owners: frozenset[str] = frozenset()
    moderators: frozenset[str] = frozenset()
    owners_post: bool = False
    silent: bool = False
    order: str = ""
    suggested: bool = False
    old_aliases: tuple[str, ...] = ()
    told_name: str = ""
    plain_marker: str = ""
    invite_power: int = 50
    successor: RoomRef | None = None
    retention: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRoom:
    """One room as it should be.

    ``members`` must be in it. Others may stay when ``open_to_employees`` and an active employee, or when of a partner
    in ``open_to_partners``. Everybody else is a stranger. ``mandatory`` invites those again who left.
    ``membership`` is who says who belongs to its group. ``ended`` says that the room is kept in order while it exists,
    and never made: its members stay and nobody is added. ``let_go`` ends it: everybody is removed and the bot leaves.
    ``plain`` says that somebody decided against encryption, so that an encrypted room is replaced. ``compartment``
    is empty or a hidden group's id.
    """

    ref: RoomRef
    settings: RoomSettings
    members: frozenset[str]
    open_to_employees: bool = False
    open_to_partners: frozenset[str] = frozenset()
    mandatory: bool = False
    membership: MembershipMode = MembershipMode.DIRECTORY
    ended: bool = False
    let_go: bool = False
    plain: bool = False
    heirs: frozenset[str] = frozenset()
    """User ids of owners whom nobody named: all that were are gone."""
    compartment: Compartment = OPEN

    @property
    def hidden(self) -> bool:
        """Whether the room belongs to a compartment of its own."""
        return self.compartment != OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The whole world as it should be.

    ``employees`` are the user ids of active people, ``inactive`` of those who are switched off; ``partner_of`` tells a
    partner's id by server name and, where a partner names exact people, by user id, for those who have a seat.
    ``dismissed`` does for those whose removal was asked for or announced.
    """

    rooms: Mapping[RoomRef, DesiredRoom] = field(default_factory=dict)
    employees: frozenset[str] = frozenset()
    inactive: frozenset[str] = frozenset()
    partner_of: Mapping[str, str] = field(default_factory=dict)
    dismissed: Mapping[str, str] = field(default_factory=dict)
    bot: str = ""
    service_users: frozenset[str] = frozenset()
    """User ids of ours that may be in every room: the other bots, the service account that joins people."""
    service_user: str | None = None
    """The one of them that joins people at once, and so may invite in rooms that are not hidden."""
    delete_let_go: bool = False
    """Whether rooms that are let go are deleted on the homeserver, with all that was said there."""
    findings: tuple[Finding, ...] = ()
    """What the directory says and the rules do not follow."""
