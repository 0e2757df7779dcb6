"""A stored payload → a domain event; called by dispatch, once per event."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from bridge.domain.events import Event

LAST_MOMENT: Final = 253_402_300_799_000
"""Milliseconds up to the last second of the year 9999: servers may claim any time, Python ends there."""


class Payload(msgspec.Struct):
    """What must hold for an event to be one. The rest is taken as it comes: remote servers send odd things."""

    event_id: str
    room_id: str
    sender: str
    type: str
    content: dict[str, Any]
    origin_server_ts: int | float = 0
    state_key: str | None = None
    redacts: Any = None
    unsigned: Any = None


class NotAnEvent(ValueError):
    """The payload has not the shape of an event; says where, not what."""


_decoder: Final = msgspec.json.Decoder(Payload)


def event_of(payload: bytes, received_at: datetime | None = None) -> Event:
    """The event in ``payload``; raises ``NotAnEvent``."""
    try:
        read = _decoder.decode(payload)
    except (ValueError, RecursionError) as error:
        # The text of the error may quote the payload; its class may not.
        raise NotAnEvent(type(error).__name__) from None
    redacts = read.redacts if isinstance(read.redacts, str) else read.content.get("redacts")
    return Event(
        id=read.event_id,
        room_id=read.room_id,
        sender=read.sender,
        type=read.type,
        content=read.content,
        state_key=read.state_key,
        sent_at=_moment(read.origin_server_ts),
        redacts=redacts if isinstance(redacts, str) and read.type == "m.room.redaction" else None,
        unsigned=read.unsigned if isinstance(read.unsigned, dict) else {},
        received_at=received_at,
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(milliseconds, 0), LAST_MOMENT) / 1000, UTC)
