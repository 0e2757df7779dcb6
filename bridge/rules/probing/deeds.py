"""What somebody who is not in a room asks for there: to put somebody out of it, to search it. For ``channels``.

Synapse looks whether there is such a room, and sometimes who is in it, before it looks who asks. None of these changes
anything whoever asks, in a room that stands open as well: the bot has more power than anybody, and is in every room.
"""

from typing import Any, Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import Question
from bridge.rules.probing.clients import ROOM
from bridge.rules.probing.shape import CLIENT, FORBIDDEN, OURS, Channel, post

NOT_BANNED: Final = "M_BAD_STATE"
NO_EVENT: Final = "%24" + "A" * 43
"""The id of no event: nothing is taken away where it would be allowed."""
NONE_FOUND: Final = '"count": 0'


def _deed(name: str, title: Message, question: Question, *, limit: tuple[int, str], **more: Any) -> Channel:
    return Channel(name=name, title=title, question=question, askers=OURS, limit=limit, **more)


def _about_bot(what: str) -> Question:
    return post(f"{ROOM}/{what}", {"user_id": "{inside}"})


DEEDS: Final = (
    _deed(
        "kick",
        say("putting somebody out of a room"),
        _about_bot("kick"),
        limit=(403, FORBIDDEN),
        shows="cannot kick",
        beside="nobody",
    ),
    _deed(
        "unban",
        say("letting somebody into a room again"),
        _about_bot("unban"),
        limit=(403, NOT_BANNED),
        shows=NOT_BANNED,
        beside="self",
    ),
    _deed("ban", say("banning somebody from a room"), _about_bot("ban"), limit=(403, FORBIDDEN),
          shows="permission to ban"),
    _deed("invite", say("inviting somebody to a room"), _about_bot("invite"), limit=(403, FORBIDDEN),
          shows="already in the room"),
    _deed(
        "redact",
        say("taking a message away"),
        Question(method="PUT", path=f"{ROOM}/redact/{NO_EVENT}/secrecy", body={}),
        limit=(403, FORBIDDEN),
        shows="Could not find event",
    ),
    _deed("read-marker", say("marking a message as read"), post(ROOM + "/read_markers", {"m.fully_read": "{event}"}),
          limit=(200, "{}")),
    _deed(
        "search-inside",
        say("search in the messages of one room"),
        post(
            CLIENT + "/search",
            {"search_categories": {"room_events": {"search_term": "{name}", "filter": {"rooms": ["{room}"]}}}},
        ),
        limit=(200, NONE_FOUND),
    ),
)  # fmt: skip
"""Of two people who are asked about, the one whose place ``beside`` names is not inside: nobody has that account, or it
is the one who asks. An unban of somebody unknown would be done for who may do it."""
