"""What a bot is to the bridge: something that wants some events and handles them one at a time per room."""

from typing import Protocol

from bridge.domain.events import Event


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
