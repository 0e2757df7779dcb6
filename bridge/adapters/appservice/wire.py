"""The body of a pushed transaction → events to store. Reads no more of an event than where it belongs."""

import json
from dataclasses import dataclass
from typing import Final

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


class _Body(msgspec.Struct):
    events: list[msgspec.Raw] = []


class _Head(msgspec.Struct):
    event_id: str
    room_id: str


_read_body: Final = msgspec.json.Decoder(_Body).decode
_read_head: Final = msgspec.json.Decoder(_Head).decode


def read_transaction(body: bytes) -> Transaction:
    """Events in their order, each with its JSON as it came. Raises ``NotJson`` or ``NotATransaction``.

    Ephemeral data is ignored. Specification: application service API, PUT /transactions/{txnId}.
    """
    payloads = _payloads(body)
    events = [event for payload in payloads if (event := _event(payload)) is not None]
    return Transaction(events, len(payloads) - len(events))


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
        events = json.loads(body)["events"]
        return [json.dumps(event).encode() for event in events]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise NotJson(reason) from None


def _event(payload: bytes) -> IncomingEvent | None:
    head: _Head | None
    try:
        head = _read_head(payload)
    except (ValueError, RecursionError):
        head = _head_leniently(payload)
    if head is None or not (_is_usable(head.event_id) and _is_usable(head.room_id)):
        return None
    return IncomingEvent(head.event_id, head.room_id, payload)


def _head_leniently(payload: bytes) -> _Head | None:
    try:
        event = json.loads(payload)
        return _Head(event["event_id"], event["room_id"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _is_usable(text: object) -> bool:
    """Whether the id is text that every database takes."""
    if not isinstance(text, str) or not text or "\0" in text:
        return False
    try:
        return len(text.encode()) <= MAX_ID_BYTES
    except UnicodeEncodeError:
        return False
