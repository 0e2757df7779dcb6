"""What tests of intake and dispatch put into a store, and how they look at what became of it."""

from typing import Any

import msgspec

from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from bridge.ports.store import InboxEntry, IncomingEvent
from tests.fakes.store import FakeStore
from tests.fakes.store_inbox import State


def make_event(number: int, room: str = "!a", **fields: Any) -> IncomingEvent:
    """An event whose id is its number."""
    event = {
        "event_id": f"${number}",
        "room_id": room,
        "sender": "@ann:corp.test",
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "bonjour"},
        "origin_server_ts": 1_795_315_335_314,
        **fields,
    }
    return IncomingEvent(f"${number}", room, msgspec.json.encode(event))


class Inbox(FakeStore):
    """The store in memory, seen from the inbox."""

    @property
    def entries(self) -> dict[str, InboxEntry]:
        """What is not handled and not set aside, by event id, in order of arrival."""
        rows = sorted(self.data.inbox.values(), key=lambda row: row.seq)
        return {row.event.event_id: row.entry() for row in rows if row.state is not State.SET_ASIDE}

    @property
    def aside(self) -> dict[str, str]:
        """Why events were set aside, by event id."""
        return {row.event.event_id: row.error for row in self.data.inbox.values() if row.state is State.SET_ASIDE}

    @property
    def finished(self) -> list[str]:
        """The ids of handled events, in order of arrival."""
        left = {row.event.event_id for row in self.data.inbox.values()}
        return [name for name in self.data.remembered if name not in left]

    @property
    def out_of_order(self) -> bool:
        """Whether every access fails."""
        return self.failing is not None

    @out_of_order.setter
    def out_of_order(self, value: bool) -> None:
        self.failing = StoreError(say("The database cannot be used.")) if value else None
