"""What is told of a group beside its conversations: who is new, what was decided, how it is. For ``composing``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.digest import Health, Week
from bridge.domain.messages import Message, Text
from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN
from bridge.rules.digest.figures import health_of
from bridge.rules.effects import effect_of
from bridge.rules.partners import partner_of
from bridge.rules.reverting import PastDecision
from bridge.services.digests.asking import Asking
from bridge.services.digests.gathering import Gathered
from bridge.services.digests.places import Places
from bridge.services.world import NOBODY

NEWCOMERS: Final = 5
"""People who are named; more are counted."""
CHANGES: Final = 3
"""Decisions about a group that are told."""
CONCERNING_ALL: Final = (
    "visibility", "posting", "history", "state", "retention", "encrypted", "inviting", "requests", "name", "purpose",
)  # fmt: skip
"""Fields of which everybody in the group is told that they changed, most important first."""
CONCERNING_INSIDERS: Final = ("membership", "owners", "moderators", "vouching")
"""The same for those where nobody from outside reads: these name people whom they may not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """People who came into a room in a week and are still there (user ids), and partners of whom nobody was there
    before (ids)."""

    people: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Sections:
    """Of one week in one world; what it found of a group is remembered, for all of its members ask for it."""

    gathered: Gathered
    places: Places
    asking: Asking
    machines: frozenset[str]
    _newcomers: dict[str, Newcomers] = field(default_factory=dict)
    _health: dict[str, Health] = field(default_factory=dict)

    @property
    def week(self) -> Week:
        """Which one it is."""
        return self.gathered.week

    async def newcomers(self, group: str) -> Newcomers:
        """Who is new there; nobody where the room itself is. Raises ``HomeserverError``."""
        if (found := self._newcomers.get(group)) is None:
            found = self._newcomers[group] = await self._ask(group)
        return found

    async def _ask(self, group: str) -> Newcomers:
        room_id = self.places.rooms[group]
        if await self.is_new(group):
            return Newcomers()
        comings = await self.asking.comings(room_id, self.week.start)
        inside = self.places.world.joined.get(group_room(group), NOBODY)
        came = [one.user for one in reversed(comings) if one.at < self.week.end]
        people = tuple(user for user in dict.fromkeys(came) if user in inside and user not in self.machines)
        return Newcomers(people=people, partners=tuple(self._new_partners(group, frozenset(people))))

    def _new_partners(self, group: str, came: frozenset[str]) -> Iterator[str]:
        facts = self.places.world.facts
        theirs = {user: partner for user in came if (partner := partner_of(user, facts.belongs))}
        if not theirs:
            return
        before = self.places.world.joined.get(group_room(group), NOBODY).users()
        known = {partner_of(user, facts.belongs) for user in before if user not in came and user not in facts.employees}
        yield from sorted(set(theirs.values()) - known)

    async def is_new(self, group: str) -> bool:
        """Whether its room was made this week, or later. Raises ``HomeserverError``."""
        made = await self.asking.made(self.places.rooms[group])
        return made is not None and made >= self.week.start

    def changes(self, group: str, *, insiders: bool) -> tuple[Message, ...]:
        """What was decided about a group this week, as it is now."""
        facts = self.places.world.facts
        decided = {one.field for one in self.decisions(group)}
        if not decided:
            return ()
        told = (*CONCERNING_ALL, *CONCERNING_INSIDERS) if insiders else CONCERNING_ALL
        found = facts.directory.groups[group]
        return tuple(effect_of(found, name, facts) for name in told if name in decided)[:CHANGES]

    def decisions(self, group: str) -> Iterator[PastDecision]:
        """Those of this week, but for those that were taken while it was hidden, if it is not any more."""
        hidden = group in self.places.secret
        for compartment, decision in self.gathered.decisions.get(group, ()):
            if compartment == (group if hidden else OPEN):
                yield decision

    def health(self, group: str) -> Health | None:
        """How a group is, for those who own it; nothing where it was silent for both weeks."""
        if (found := self._health.get(group)) is None:
            room = self.places.world.joined.get(group_room(group), NOBODY)
            members = len(room) - sum(one in room for one in self.machines)
            week, before = self.gathered.groups.get(group, ()), self.gathered.before.get(group, ())
            found = self._health[group] = health_of(members, week=week, before=before)
        return found if found.active or found.before else None

    def partner_names(self, partners: tuple[str, ...]) -> tuple[Text, ...]:
        """What these partners are called."""
        known: Mapping[str, Text] = {
            one: partner.name for one in partners if (partner := self.places.world.facts.directory.partners.get(one))
        }
        return tuple(known.values())
