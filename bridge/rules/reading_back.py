"""What a room says of each thing that is decided about its group, for people who want to see that it is so. Pure;
called by ``services.readback`` with the state that the homeserver just gave.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bridge.domain.desired import Setting
from bridge.domain.messages import Message, say, say_n
from bridge.domain.rooms import ActualRoom, Content
from bridge.rules.state import DAY, EVENT_TYPES

Told = Callable[[ActualRoom], Message]


def _content(room: ActualRoom, setting: Setting) -> Content:
    return room.content(EVENT_TYPES[setting])


def _join_rule(room: ActualRoom) -> Message:
    return say("who may join: {rule}", rule=str(_content(room, Setting.JOIN_RULE).get("join_rule", "invite")))


def _history(room: ActualRoom) -> Message:
    return say("history: {rule}", rule=str(_content(room, Setting.HISTORY).get("history_visibility", "shared")))


def _published(room: ActualRoom) -> Message:
    return say("in the room directory: yes") if room.published else say("in the room directory: no")


def _encrypted(room: ActualRoom) -> Message:
    on = _content(room, Setting.ENCRYPTION).get("algorithm")
    return say("encrypted: yes") if on else say("encrypted: no")


def _posting(room: ActualRoom) -> Message:
    return say("level to write: {level}", level=str(_content(room, Setting.POWERS).get("events_default", 0)))


def _inviting(room: ActualRoom) -> Message:
    return say("level to invite: {level}", level=str(_content(room, Setting.POWERS).get("invite", 0)))


def _kept(room: ActualRoom) -> Message:
    lifetime: Any = _content(room, Setting.RETENTION).get("max_lifetime")
    if not isinstance(lifetime, int):
        return say("kept: as long as the homeserver keeps it")
    return say_n("kept: {count} day", "kept: {count} days", lifetime // DAY)


def _name(room: ActualRoom) -> Message:
    return say("name: {name}", name=str(_content(room, Setting.NAME).get("name", "")))


def _topic(room: ActualRoom) -> Message:
    topic = str(_content(room, Setting.TOPIC).get("topic", ""))
    return say("topic: {topic}", topic=topic) if topic else say("no topic")


def _servers(room: ActualRoom) -> Message:
    allow: Any = _content(room, Setting.ACL).get("allow")
    return say("servers: {servers}", servers=tuple(map(str, allow)) if isinstance(allow, list) else ("–",))


TOLD: Final[Mapping[str, tuple[Told, ...]]] = {
    "name": (_name,),
    "purpose": (_topic,),
    "visibility": (_join_rule, _history, _published),
    "listed": (_published,),
    "requests": (_join_rule,),
    "posting": (_posting,),
    "inviting": (_inviting,),
    "history": (_history,),
    "encrypted": (_encrypted,),
    "retention": (_kept,),
    "partners": (_servers, _join_rule),
    "state": (_join_rule, _posting),
    "template": (_join_rule, _history, _encrypted, _posting, _inviting),
}
"""By field, what of the room's state shows it; other fields are kept by the bridge alone."""


def shown_by(fields: tuple[str, ...], room: ActualRoom) -> tuple[Message, ...]:
    """What the room says of these fields, each thing once; nothing where no setting of a room shows them."""
    return tuple(dict.fromkeys(told(room) for field in fields for told in TOLD.get(field, ())))
