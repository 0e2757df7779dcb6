"""An event becomes what is recorded of it: a message, a reaction, an edit, something taken back; or nothing.

Called by ``services.activity``, live and when it reads a room's past.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bridge.domain.activity import PLAIN, Edit, Form, Happening, Kind, Reacted
from bridge.domain.events import Event
from bridge.domain.relations import ANNOTATION, REACTION, REPLACE
from bridge.domain.rooms import Content
from bridge.rules.activity import forms

MESSAGE: Final = "m.room.message"
REDACTION: Final = "m.room.redaction"
THREAD: Final = "m.thread"
OTHERS: Final[Mapping[str, Kind]] = {
    "m.room.encrypted": Kind.SEALED,
    "m.sticker": Kind.STICKER,
    "m.poll.start": Kind.POLL,
    "org.matrix.msc3381.poll.start": Kind.POLL,
}
KINDS: Final[Mapping[str, Kind]] = {
    "m.text": Kind.TEXT,
    "m.emote": Kind.TEXT,
    "m.notice": Kind.NOTICE,
    "m.image": Kind.IMAGE,
    "m.video": Kind.VIDEO,
    "m.audio": Kind.AUDIO,
    "m.file": Kind.FILE,
    "m.location": Kind.PLACE,
}
TYPES: Final = frozenset({MESSAGE, REACTION, REDACTION, *OTHERS})
"""Events of which anything is recorded."""
SPOKEN: Final = frozenset({Kind.TEXT, Kind.NOTICE})
KEY: Final = 8
"""Characters of a reaction that is kept as it is; and none of them is a letter: people react with words, too."""
COMMAND: Final = re.compile(r"\s*![^\W\d_]")
"""How lines begin that are said to machines."""
LONGEST_ID: Final = 255


@dataclass(frozen=True, slots=True)
class Gone:
    """``event`` was taken back at ``at``."""

    event: str
    at: datetime


Noted = Happening | Reacted | Edit | Gone


def noted(event: Event, group: str, now: datetime) -> Noted | None:
    """What is recorded of an event in a room of ``group``; ``now`` is the latest time that its server may claim."""
    at = min(event.sent_at, now)
    at -= timedelta(microseconds=at.microsecond % 1000)
    if event.type == REDACTION:
        return Gone(event.redacts, at) if event.redacts and _is_id(event.redacts) else None
    if event.state_key is not None or not event.content or "redacted_because" in event.unsigned:
        return None
    relation = event.relation()
    target = _named(relation, "event_id")
    if event.type == REACTION:
        return _reaction(event, group, at, relation) if target and relation.get("rel_type") == ANNOTATION else None
    kind = _kind(event)
    if kind is None:
        return None
    if relation.get("rel_type") == REPLACE:
        return Edit(event=target, sender=event.sender, at=at, form=_edited(event, kind)) if target else None
    reply_to = _answered(relation)
    return Happening(
        event=event.id,
        room=event.room_id,
        group=group,
        sender=event.sender,
        at=at,
        kind=kind,
        thread=(target if relation.get("rel_type") == THREAD else "") or reply_to or event.id,
        reply_to=reply_to,
        form=_form(event.content, kind, event.sender),
    )


def _kind(event: Event) -> Kind | None:
    if event.type != MESSAGE:
        return OTHERS.get(event.type)
    word: Any = event.content.get("msgtype")
    if not isinstance(word, str) or word.startswith("m.key."):
        return None  # redacted, or two devices that get to know each other
    body: Any = event.content.get("body")
    if isinstance(body, str) and COMMAND.match(body):
        return None
    return KINDS.get(word, Kind.OTHER)


def _form(content: Content, kind: Kind, sender: str) -> Form:
    if kind is Kind.SEALED:
        return PLAIN
    return forms.form_of(content, sender) if kind in SPOKEN else forms.unwritten(content, sender)


def _edited(event: Event, kind: Kind) -> Form:
    content: Any = event.content.get("m.new_content")
    return _form(content, kind, event.sender) if isinstance(content, dict) else PLAIN


def _answered(relation: Content) -> str:
    """The event that it answers. What stands in a thread for clients that know none is no answer."""
    if relation.get("rel_type") == THREAD and relation.get("is_falling_back") is True:
        return ""
    before: Any = relation.get("m.in_reply_to")
    return _named(before, "event_id") if isinstance(before, dict) else ""


def _reaction(event: Event, group: str, at: datetime, relation: Content) -> Reacted:
    key: Any = relation.get("key")
    sign = isinstance(key, str) and len(key) <= KEY and not any(map(str.isalpha, key))
    return Reacted(
        event=event.id,
        room=event.room_id,
        group=group,
        sender=event.sender,
        at=at,
        to=_named(relation, "event_id"),
        key=key if sign else "",
    )


def _named(content: Content, key: str) -> str:
    value: Any = content.get(key)
    return value if isinstance(value, str) and _is_id(value) else ""


def _is_id(value: str) -> bool:
    return value.startswith("$") and len(value) <= LONGEST_ID
