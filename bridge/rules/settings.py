"""From a group, a partner or the company to the settings of its room: the table of DESIGN section 7, in code.

Called by ``planning.desiring``, once per room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bridge.domain.desired import JoinRule, RoomSettings
from bridge.domain.directory import Group, Inviting, JoinRequests, Posting, Visibility
from bridge.domain.ids import host_of
from bridge.domain.messages import Language
from bridge.domain.partners import Partner
from bridge.domain.rooms import COMPANY, HistoryVisibility, RoomRef, group_room, partner_space
from bridge.rules.facts import Facts
from bridge.rules.naming import cover_name, place_in_space, plain_marker
from bridge.rules.partners import acl_names

MODERATORS: Final = 50
"""The power of a group's moderators: enough to keep order among people and messages."""
OWNERS: Final = 60
"""The power of a group's owners: they also invite, and choose a picture; too little for what decides visibility."""
STAFF: Final = 75
"""Between owners and bot: where a partner is admitted, only the bridge's own accounts invite."""
BOT: Final = 100

INVITING: Final[Mapping[Inviting | None, int]] = {
    None: OWNERS,
    Inviting.NOBODY: STAFF,
    Inviting.OWNERS: OWNERS,
    Inviting.MODERATORS: MODERATORS,
    Inviting.ALL: 0,
}
"""The level that inviting takes, where neither visibility nor partners forbid it."""

ADMINISTRATION: Final = {"en": "Parvis administration", "fr": "Administration de Parvis"}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the operator chose for all rooms. ``company_name`` names the company space; with ``delete_let_go`` rooms
    that serve nobody any more are deleted on the homeserver. ``admins`` are the user ids of those who have a room of
    their own; when there are none, there is no such room. ``retains`` says that the homeserver deletes what is older
    than a room says."""

    server_name: str
    language: Language = "en"
    alias_prefix: str = "grp_"
    company_name: str = ""
    delete_let_go: bool = False
    admins: frozenset[str] = frozenset()
    retains: bool = False

    @property
    def own_acl_name(self) -> str:
        """Our server as an ACL wants it."""
        return host_of(self.server_name.lower())


def company_settings(house: House) -> RoomSettings:
    """The company space: employees alone, on our homeserver alone, by invitation; never encrypted."""
    return RoomSettings(
        name=house.company_name or house.server_name,
        join_rule=JoinRule.INVITE,
        history=HistoryVisibility.SHARED,
        federate=False,
        space=True,
    )


def admin_room_settings(house: House) -> RoomSettings:
    """The administrators' room: they alone, on our homeserver alone, and listed nowhere. What was told there before
    somebody became an administrator is a witness, which they may read."""
    return RoomSettings(
        name=ADMINISTRATION.get(house.language, ADMINISTRATION["en"]),
        join_rule=JoinRule.INVITE,
        history=HistoryVisibility.SHARED,
        federate=False,
        invite_power=STAFF,
    )


def partner_settings(partner: Partner, house: House, *, active: bool = True) -> RoomSettings:
    """A partner's space: its members and its sponsor. Once the agreement ended, its servers are out."""
    servers = acl_names(partner) if active else frozenset[str]()
    return RoomSettings(
        name=partner.name.in_language(house.language) or partner.id,
        join_rule=JoinRule.INVITE,
        history=HistoryVisibility.SHARED,
        servers=_with_us(servers, house),
        space=True,
        invite_power=STAFF,
    )


def subspace_settings(group: Group, facts: Facts, house: House) -> RoomSettings:
    """The space of a group that others lie below: for employees, who may all come in, on our homeserver alone."""
    name = group.name.in_language(house.language) or group.id
    return RoomSettings(
        name=name,
        join_rule=JoinRule.RESTRICTED,
        allow=(COMPANY,),
        history=HistoryVisibility.SHARED,
        federate=False,
        space=True,
        parents=(facts.lineage.space_above(group.id),),
        order=place_in_space(name, space=True),
        suggested=group.visibility is Visibility.PUBLIC,
    )


def group_settings(group: Group, facts: Facts, house: House) -> RoomSettings:
    """A group's room, by its visibility."""
    if group.visibility is Visibility.HIDDEN:
        return _hidden(group, facts, house)
    admitted = facts.admitted(group)
    name = group.name.in_language(house.language) or group.id
    listed = group.listed and group.visibility is Visibility.PUBLIC and not group.partners
    audience = (COMPANY, *map(partner_space, admitted))
    rule, allow = _entrance(group, audience, listed=listed)
    return RoomSettings(
        name=name,
        topic=group.purpose.in_language(house.language),
        join_rule=rule,
        allow=allow,
        history=_history(group),
        servers=_with_us(_servers(admitted, facts), house),
        encrypted=bool(group.encrypted),
        published=listed,
        alias=f"#{house.alias_prefix}{group.id}:{house.server_name}" if listed else None,
        parents=(facts.lineage.space_of(group.id), *audience[1:]),
        owners=facts.owners.get(group.id, frozenset()),
        moderators=facts.moderators.get(group.id, frozenset()),
        owners_post=group.posting is Posting.OWNERS,
        order=place_in_space(name, space=False),
        suggested=group.visibility is Visibility.PUBLIC,
        invite_power=STAFF if admitted else INVITING[group.inviting],
        retention=_retention(group, house),
    )


def _entrance(group: Group, audience: tuple[RoomRef, ...], *, listed: bool) -> tuple[JoinRule, tuple[RoomRef, ...]]:
    if listed:
        return JoinRule.PUBLIC, ()
    if group.visibility is Visibility.PUBLIC:
        return JoinRule.RESTRICTED, audience
    # Knocking has to be asked for: a room that can be knocked at gives its name, topic and member count to anyone who
    # knows its id, without login (MATRIX section 4). Other requests to join come through the bot.
    return (JoinRule.KNOCK if group.requests is JoinRequests.KNOCK else JoinRule.INVITE), ()


def _history(group: Group) -> HistoryVisibility:
    """What an open group says is there to be read by whoever joins; other groups may be more careful."""
    if group.visibility is Visibility.INVITE_ONLY and group.history:
        return group.history
    return HistoryVisibility.SHARED


def archived(settings: RoomSettings) -> RoomSettings:
    """The same room, closed: read by those in it, found and entered by nobody, silent."""
    return replace(closed(settings), silent=True)


def closed(settings: RoomSettings) -> RoomSettings:
    """The same room, found nowhere and entered by nobody."""
    return replace(
        settings, join_rule=JoinRule.INVITE, allow=(), published=False, alias=None, old_aliases=(), parents=()
    )


def _hidden(group: Group, facts: Facts, house: House) -> RoomSettings:
    """Known to its members alone. Federated only when it admits a partner: that is fixed when the room is made."""
    admitted = facts.admitted(group)
    return RoomSettings(
        name=cover_name(house.language),
        join_rule=JoinRule.INVITE,
        history=HistoryVisibility.JOINED,
        servers=_with_us(_servers(admitted, facts), house) if admitted else None,
        federate=bool(admitted),
        encrypted=group.encrypted is not False,
        owners=facts.owners.get(group.id, frozenset()),
        moderators=facts.moderators.get(group.id, frozenset()),
        owners_post=group.posting is Posting.OWNERS,
        told_name=group.name.in_language(house.language) or group.id,
        plain_marker=plain_marker(group_room(group.id)),
        invite_power=BOT,
        retention=_retention(group, house),
    )


def _retention(group: Group, house: House) -> int | None:
    return group.retention if house.retains else None


def _servers(admitted: tuple[str, ...], facts: Facts) -> frozenset[str]:
    return frozenset().union(*(acl_names(facts.partners[partner]) for partner in admitted))


def _with_us(servers: frozenset[str], house: House) -> tuple[str, ...]:
    return tuple(sorted(servers | {house.own_acl_name}))
