"""Who gets a digest, and on whose clock. Called by ``postman``, ``commands`` and ``parvis digest``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bots.digest.preparing import Contents
from bridge.domain.cards import Card, Field
from bridge.domain.directory import GroupState
from bridge.domain.sending import Choices, group_of
from bridge.files.zones import is_timezone
from bridge.services.society import Society


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """``everyone`` gets one who did not decline; else those alone who asked. ``house`` is the company's time zone."""

    society: Society
    contents: Contents
    house: str
    everyone: bool

    def wants(self, choices: Choices | None) -> bool:
        """Whether somebody gets a digest."""
        if choices is None or choices.on is None:
            return self.everyone
        return choices.on

    def readers(self, chosen: Mapping[str, Choices]) -> list[str]:
        """Who gets a digest: people, in order of their ids, and then the rooms of groups whose owners asked for it."""
        people = [user for user in self.contents.readers() if self.wants(chosen.get(user))]
        return people + [reader for reader, one in chosen.items() if one.on and self._is_open(group_of(reader))]

    def _is_open(self, group_id: str | None) -> bool:
        world = self.society.world()
        group = world.facts.directory.groups.get(group_id) if world and group_id else None
        return group is not None and group.state is GroupState.ACTIVE

    def zone_of(self, reader: str, said: Mapping[str, str]) -> str:
        """The time zone of a reader: as the directory says, or else their profile card (``said``); else that of the
        company."""
        world = self.society.world()
        person = world.facts.accounts.get(reader) if world else None
        name = person.timezone if person and person.timezone else said.get(reader, "")
        return name if name and is_timezone(name) else self.house

    async def zone_now(self, reader: str) -> str:
        """The time zone of one reader. Raises ``StoreError``."""
        async with self.society.store.view() as view:
            card = await view.cards.card(reader)
        return self.zone_of(reader, zones_in([card] if card else ()))


def zones_in(cards: Iterable[Card]) -> dict[str, str]:
    """The time zones that people's cards tell, by user id."""
    return {card.user: zone for card in cards for zone in card.values.get(Field.TIMEZONE, ())[:1]}
