"""What a bot is to the bridge: something that wants some events and handles them one at a time per room. And what keeps
something of many events, which is no bot."""

from collections.abc import Sequence
from typing import Protocol

from bridge.domain.events import Event
from bridge.ports.store import UnitOfWork


class Handler(Protocol):
    """Gets events from the inbox, in order per room. It may be called again with the same event after a crash or an
    error, so everything that it does is repeatable: claims for messages, unique rows for effects."""

    @property
    def name(self) -> str:
        """A stable word for logs and status."""

    def wants(self, event: Event) -> bool:
        """Whether ``handle`` should see the event: cheap, pure, never raises."""

    def expect(self, event: Event) -> bool:
        """The event, which it wants, is about to be stored and may then be handled at once: a reading that takes long
        may begin, of which nothing may come but a quicker ``handle``. Says whether somebody waits for an answer.

        Not always called; and the event may never come."""

    async def handle(self, event: Event) -> None:
        """Do what the event asks for. An exception means: again later."""


class Keeper(Protocol):
    """Stores something of events in the unit of work in which they are finished: with that, or not at all."""

    def wants(self, event: Event) -> bool:
        """Whether ``keep`` should see the event: cheap, pure, never raises."""

    async def keep(self, work: UnitOfWork, events: Sequence[Event]) -> None:
        """Some may come again, and of one room a later one before an earlier one that failed. An exception for one
        event alone means: again later."""
