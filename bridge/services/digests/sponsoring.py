"""What somebody who answers for a partner is told about its people once a week. Called by ``composing``.

Hidden groups count for nothing here: whoever sponsors a partner need not know them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bridge.domain.cards import Card
from bridge.domain.digest import Sponsored, Week
from bridge.domain.messages import Message, say, say_n
from bridge.domain.partners import Guest, Partner, PartnerState, Standing
from bridge.domain.rooms import partner_space
from bridge.ports.store import Store
from bridge.rules.facts import Facts
from bridge.rules.renewal import is_late, terms_of
from bridge.services.digests.gathering import Gathered
from bridge.services.digests.places import Places
from bridge.services.world import NOBODY

AHEAD: Final = timedelta(days=30)
"""What ends within this time after the week is due."""
NAMED: Final = 5
"""People who are new and named."""


@dataclass(slots=True, kw_only=True)
class Sponsoring:
    """Of one week in one world; what is the same for all who ask is found once."""

    store: Store
    gathered: Gathered
    places: Places
    _answering: Mapping[str, Sequence[Partner]] | None = field(default=None, init=False)
    _writers: frozenset[str] | None = field(default=None, init=False)

    async def of(self, reader: str) -> tuple[Sponsored, ...]:
        """The partners that the reader answers for and of which there is something to tell. Raises ``StoreError``."""
        if self._answering is None:
            self._answering = answering(self.places.world.facts)
        told = [await self._week(partner) for partner in self._answering.get(reader, ())]
        return tuple(one for one in told if one.active or one.newcomers or one.due)

    async def _week(self, partner: Partner) -> Sponsored:
        world, week = self.places.world, self.gathered.week
        room = world.desired.rooms.get(partner_space(partner.id))
        people = (room.members if room else frozenset[str]()) - world.facts.employees
        guests = [guest for guest in world.facts.directory.guests.values() if guest.partner == partner.id]
        new = sorted(guest.user for guest in guests if guest.user in people and week.start <= guest.since < week.end)
        async with self.store.view() as view:
            cards = [await view.cards.card(user) for user in sorted(people)]
        return Sponsored(
            partner=partner.id,
            name=partner.name,
            people=len(people),
            active=len(people & self._all_writers()),
            newcomers=tuple(new[:NAMED]),
            due=tuple(self._due(partner, guests, people, cards, week)),
        )

    def _all_writers(self) -> frozenset[str]:
        """Who wrote this week, in groups that are not hidden."""
        if self._writers is None:
            open_groups = (some for group, some in self.gathered.groups.items() if group not in self.places.secret)
            self._writers = frozenset(person for talks in open_groups for talk in talks for person in talk.lasts)
        return self._writers

    def _due(
        self, partner: Partner, guests: list[Guest], people: frozenset[str], cards: list[Card | None], week: Week
    ) -> Iterator[Message]:
        for term in terms_of(partner, guests):
            if not week.until <= term.until <= week.until + AHEAD:
                continue
            if term.agreement:
                yield say("The agreement ends on {day}.", day=term.until)
            else:
                here = sum(not is_late(guest, week.until) for guest in guests if guest.user in term.people)
                yield say_n("{count} person may stay until {day}.", "{count} people may stay until {day}.", here,
                            day=term.until)  # fmt: skip
        if asked := sum(guest.standing is Standing.ASKED for guest in guests):
            yield say_n("{count} person waits for somebody’s word.", "{count} people wait for somebody’s word.", asked)
        inside = self.places.world.joined.get(partner_space(partner.id), NOBODY)
        if waiting := sum(user not in inside for user in people):
            yield say_n("{count} invitation has no answer yet.", "{count} invitations have no answer yet.", waiting)
        if silent := sum(card is None or not card.values for card in cards):
            yield say_n("{count} person has no profile card yet.", "{count} people have no profile card yet.", silent)


def answering(facts: Facts) -> dict[str, list[Partner]]:
    """By user id, the partners for which somebody answers, in order of their ids."""
    found: dict[str, list[Partner]] = defaultdict(list)
    for _, partner in sorted(facts.directory.partners.items()):
        if partner.state is PartnerState.ACTIVE:
            for user in facts.answerable(partner):
                found[user].append(partner)
    return found
