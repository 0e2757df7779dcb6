"""The body of a pushed transaction → events to store. Reads no more of an event than where it belongs."""

import json
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from bridge.domain.ids import MAX_ID_BYTES
from bridge.ports.store import IncomingEvent


class NotJson(ValueError):
    """The body is not JSON."""


class NotATransaction(ValueError):
    """The body is JSON, but no transaction."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """``passed_over`` counts what has no event id or room id: nothing could ever refer to it."""

    events: list[IncomingEvent]
    passed_over: int


NUL: Final = "\0"
"""No database of ours takes it in a text, and a refused transaction would come back for ever."""

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID_BYTES)]


class _Body(msgspec.Struct):
    events: list[msgspec.Raw] = []


class _Head(msgspec.Struct):
    event_id: _Id
    room_id: _Id


_read_body: Final = msgspec.json.Decoder(_Body).decode
_read_head: Final = msgspec.json.Decoder(_Head).decode


def read_transaction(body: bytes) -> Transaction:
    """Events in their order, each with its JSON as it came. Raises ``NotJson`` or ``NotATransaction``.

    Ephemeral data is ignored. Specification: application service API, PUT /transactions/{txnId}.
    """
    payloads = _payloads(body)
    events = _plainly(payloads)
    if events is None:
        events = [event for payload in payloads if (event := _one(payload)) is not None]
    return Transaction(events, len(payloads) - len(events))


def _plainly(payloads: list[bytes]) -> list[IncomingEvent] | None:
    """All in one stride, a third cheaper, when no event is odd: the case of every day. None: look at each."""
    try:
        heads = list(map(_read_head, payloads))
    except (ValueError, RecursionError):
        return None
    if NUL in "".join([head.event_id for head in heads]) or NUL in "".join([head.room_id for head in heads]):
        return None
    return [IncomingEvent(head.event_id, head.room_id, payload) for head, payload in zip(heads, payloads, strict=True)]


def _one(payload: bytes) -> IncomingEvent | None:
    """One event; None when it has no ids that anything could refer to it by."""
    try:
        head = _read_head(payload)
    except (ValueError, RecursionError):
        odd = _head_leniently(payload)
        if odd is None:
            return None
        head = odd
    if NUL in head.event_id or NUL in head.room_id:
        return None
    return IncomingEvent(head.event_id, head.room_id, payload)


def _payloads(body: bytes) -> list[bytes]:
    try:
        return [bytes(raw) for raw in _read_body(body).events]
    except msgspec.ValidationError as error:
        raise NotATransaction(str(error)) from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except ValueError as error:
        return _payloads_leniently(body, str(error))


def _payloads_leniently(body: bytes, reason: str) -> list[bytes]:
    """Python's reader takes lone surrogates, msgspec does not: one odd event must not keep the others out for ever."""
    try:
        return [json.dumps(event).encode() for event in json.loads(body)["events"]]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise NotJson(reason) from None


def _head_leniently(payload: bytes) -> _Head | None:
    """The same for one event; its ids must be sound all the same."""
    try:
        event = json.loads(payload)
        head = msgspec.convert({"event_id": event["event_id"], "room_id": event["room_id"]}, _Head)
        (head.event_id + head.room_id).encode()
        return head
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
