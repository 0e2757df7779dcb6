"""Events as the homeserver pushes them, reduced to what routing and bots need."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.domain.rooms import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One Matrix event. ``state_key`` is None for message events; ``sent_at`` is the sender's server's claim (UTC).

    ``received_at`` is when the homeserver brought it to us, where that is known: ``unsigned.age`` counts up to then.
    """

    id: str
    room_id: str
    sender: str
    type: str
    content: Content = field(default_factory=dict)
    state_key: str | None = None
    sent_at: datetime
    redacts: str | None = None
    unsigned: Content = field(default_factory=dict)
    received_at: datetime | None = None

    def relation(self) -> Content:
        """``m.relates_to``, or nothing when it is absent or odd."""
        relation: Any = self.content.get("m.relates_to")
        return relation if isinstance(relation, dict) else {}
