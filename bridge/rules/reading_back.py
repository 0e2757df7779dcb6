"""What a room says of each thing that is decided about its group, for people who want to see that it is so. Pure;
called by ``services.readback`` with the state that the homeserver just gave.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bridge.domain.desired import JoinRule, Setting
from bridge.domain.messages import Message, say, say_n
from bridge.domain.rooms import ActualRoom, Content, HistoryVisibility
from bridge.rules.settings import BOT, MODERATORS, OWNERS
from bridge.rules.state import DAY, EVENT_TYPES

Told = Callable[[ActualRoom], Message]

BY_INVITATION: Final = say("who may join: by invitation only")
ENTERING: Final[Mapping[Any, Message]] = {
    JoinRule.INVITE: BY_INVITATION,
    JoinRule.KNOCK: say("who may join: by invitation, or by knocking"),
    JoinRule.RESTRICTED: say("who may join: everyone of its audience"),
    JoinRule.PUBLIC: say("who may join: everyone"),
}
ALL_OF_IT: Final = say("who may read what is said from now on: members, whenever they come in")
READING: Final[Mapping[Any, Message]] = {
    HistoryVisibility.SHARED: ALL_OF_IT,
    HistoryVisibility.INVITED: say("who may read what is said from now on: members who were invited by then"),
    HistoryVisibility.JOINED: say("who may read what is said from now on: members who are in it by then"),
}
WRITING: Final = (
    (0, say("who may write: everybody in it")),
    (MODERATORS, say("who may write: owners and moderators")),
    (OWNERS, say("who may write: owners")),
    (BOT, say("who may write: nobody")),
)
LETTING_IN: Final = (
    (0, say("who may invite: everybody in it")),
    (MODERATORS, say("who may invite: owners and moderators")),
    (OWNERS, say("who may invite: owners")),
    (BOT, say("who may invite: nobody")),
)
"""By power level, the lowest first."""


def _content(room: ActualRoom, setting: Setting) -> Content:
    return room.content(EVENT_TYPES[setting])


def _join_rule(room: ActualRoom) -> Message:
    return ENTERING.get(_content(room, Setting.JOIN_RULE).get("join_rule", "invite"), BY_INVITATION)


def _history(room: ActualRoom) -> Message:
    return READING.get(_content(room, Setting.HISTORY).get("history_visibility", "shared"), ALL_OF_IT)


def _published(room: ActualRoom) -> Message:
    return say("in the room directory: yes") if room.published else say("in the room directory: no")


def _encrypted(room: ActualRoom) -> Message:
    on = _content(room, Setting.ENCRYPTION).get("algorithm")
    return say("encrypted: yes") if on else say("encrypted: no")


def _posting(room: ActualRoom) -> Message:
    return _at(_content(room, Setting.POWERS).get("events_default", 0), WRITING)


def _inviting(room: ActualRoom) -> Message:
    return _at(_content(room, Setting.POWERS).get("invite", 0), LETTING_IN)


def _at(level: Any, ranks: tuple[tuple[int, Message], ...]) -> Message:
    """The words of the lowest rank that reaches the level; the last where none does."""
    _, highest = ranks[-1]
    return next((words for rank, words in ranks if isinstance(level, int) and level <= rank), highest)


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
