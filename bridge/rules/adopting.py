"""Whether a room that people made can come to serve a group: who has power there, and what stands in the way.

Called by ``services.adopting``, which reads the room.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from bridge.domain.directory import Group, GroupState
from bridge.domain.messages import Message, Text, say
from bridge.domain.rooms import ActualRoom, Membership
from bridge.rules.comparing import is_encrypted
from bridge.rules.facts import is_hidden
from bridge.rules.powers import THRESHOLDS, creators_rule
from bridge.rules.settings import BOT, MODERATORS

POWERS: Final = "m.room.power_levels"
OLDEST: Final = 9
"""The first room version in which members of a space can be let in without trouble (restricted rooms, MSC3375)."""
PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A room that may come to serve a group. ``creators`` made it; ``staff`` are the bridge's own accounts, the ``bot``
    that governs rooms among them."""

    room: ActualRoom
    creators: frozenset[str]
    bot: str
    staff: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        """Who is in it, ours not counted."""
        joined = (user for user, state in self.room.members.items() if state is Membership.JOIN)
        return frozenset(joined) - self.staff

    @property
    def admins(self) -> frozenset[str]:
        """Who may agree for the room: people in it with all power, or, where nobody has that, with the most, if that is
        a moderator's at least: these were left in charge beside the bot."""
        most = max(map(self.level, self.people), default=0)
        enough = min(most, BOT)
        return frozenset(user for user in self.people if self.level(user) >= enough >= MODERATORS)

    @property
    def equals(self) -> frozenset[str]:
        """Whose power the bot cannot take, for nobody lowers who is not below them (specification, authorisation rules
        for m.room.power_levels). Who has left keeps their power."""
        named = self._levels("users").keys() | (self.creators if self._endless else frozenset())
        return frozenset(user for user in named - {self.bot} if self.level(user) >= self.level(self.bot))

    @property
    def governed(self) -> bool:
        """Whether the bot's power reaches everything in the room."""
        levels = self.room.content(POWERS)
        taken = [*self._levels("events").values(), *(_level(levels.get(key), 0) for key in THRESHOLDS)]
        ordinary = _level(levels.get("users_default"), 0)
        mine = self.level(self.bot)
        return mine >= BOT and mine > ordinary and (self._endless or all(level <= mine for level in taken))

    def level(self, user: str) -> float:
        """The power of a user (specification, m.room.power_levels)."""
        if self._endless and user in self.creators:
            return inf
        levels = self.room.content(POWERS)
        if not levels:
            return BOT if user in self.creators else 0
        return _level(self._levels("users").get(user), _level(levels.get("users_default"), 0))

    @property
    def _endless(self) -> bool:
        return creators_rule(self.room.version)

    def _levels(self, key: str) -> Mapping[str, Any]:
        levels = self.room.content(POWERS).get(key)
        return levels if isinstance(levels, dict) else {}


def hindrance(group: Group, candidate: Candidate) -> Message | None:
    """Why the room cannot serve the group, with what can be done; None when it can."""
    return next(_hindrances(group, candidate), None)


def _hindrances(group: Group, candidate: Candidate) -> Iterator[Message]:
    room, version = candidate.room, candidate.room.version
    create = room.content("m.room.create")
    yield from of_group(group)
    if create.get("type") is not None:
        yield say("That is a space, or something else that is no room to talk in, and a group needs one.")
    if room.content("m.room.tombstone").get("replacement_room"):
        yield say("That room has been replaced by another one. Ask for that one.")
    if not version.isdigit() or int(version) < OLDEST:
        yield say(
            "Rooms of version {version} lack what groups need. Let people move to the room that {group} has or gets.",
            version=version,
            group=group.name,
        )
    if creators_rule(version) and candidate.creators != {candidate.bot}:
        yield say(
            "In rooms of version {version}, whoever made one stays above everybody for ever, the bridge too, so it"
            " could not look after that room. Let people move to the room that {group} has or gets.",
            version=version,
            group=group.name,
        )
    if is_encrypted(room) and group.encrypted is not True:
        yield say(
            "That room is encrypted, which cannot be switched off, and {group} is not to be. Decide with {command} that"
            " it is, then ask again.",
            group=group.name,
            command=Text(en=f"!group set {group.id} encrypted yes", fr=f"!groupe régler {group.id} chiffrement oui"),
        )
    if group.partners and create.get("m.federate", True) is False:
        yield say("That room was made for our server alone, which is fixed, and {group} admits partners.",
                  group=group.name)  # fmt: skip
    if sum(state in PRESENT for user, state in room.members.items() if user not in candidate.staff) < 2:
        yield say("Nobody is in that room but you, so there is nothing to adopt.")
    if not candidate.governed:
        yield say("I need power 100 in that room. Make me an administrator there, then ask again.")


def of_group(group: Group) -> Iterator[Message]:
    """Why the group takes no room at all."""
    if is_hidden(group):
        yield say(
            "{group} is hidden and adopts no room: others know of that one, and of what was said there.",
            group=group.name,
        )
    if group.state is not GroupState.ACTIVE:
        yield say("{group} is not open, so it takes no room.", group=group.name)


def _level(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
