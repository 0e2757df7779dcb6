"""First contact: who invites the bot is let in or not, greeted, and led out of a conversation that it cannot read.

For ``talk``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bots.kit.conversations import SharedRooms
from bots.kit.envelope import Occasion, occasion_of
from bots.kit.greeting import Greeting
from bots.kit.people import People
from bridge.domain.events import Event
from bridge.ports.messenger import Messenger, Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One bot's. ``look`` tells who is in the room of an event, and whether that is a conversation of two; ``refuse``
    takes note of an invitation that is to be refused."""

    messenger: Messenger
    people: People
    greeting: Greeting
    look: Callable[[Event], Awaitable[tuple[Surroundings, bool]]]
    refuse: Callable[[Event], Awaitable[None]]
    _hinted: SharedRooms = field(default_factory=SharedRooms)

    async def invited(self, event: Event) -> None:
        """Accept whom we know, have the others refused, and say hello where a person opened a conversation."""
        if not await self.people.admits(event.sender):
            await self.refuse(event)
            return
        await self.messenger.join(event.room_id)
        surroundings, direct = await self.look(event)
        if not direct:
            return
        language = await self.people.language_of(event.sender)
        if surroundings.encrypted:  # as Element makes conversations: "write to me here" would be wrong
            await self._lead_out(occasion_of(event, language))
        else:
            await self.greeting.greet(event.room_id, language)
            await self.messenger.keep_direct(event.sender, event.room_id)

    async def encrypted(self, event: Event) -> None:
        """In a conversation of two, lead the person to one that can be read, rather than go silent."""
        if event.room_id in self._hinted:
            return
        _, direct = await self.look(event)
        if direct:
            await self._lead_out(occasion_of(event, await self.people.language_of(event.sender)))

    async def _lead_out(self, occasion: Occasion) -> None:
        await self.greeting.lead_out(occasion)
        self._hinted.add(occasion.room_id)
