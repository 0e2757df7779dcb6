"""What clients ask the homeserver. For ``channels``."""

from typing import Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import BLANK, PUSH, Question
from bridge.rules.probing.shape import (
    ALL,
    ANYBODY,
    CLIENT,
    COLLEAGUE,
    FORBIDDEN,
    MEMBER,
    OURS,
    PEOPLE,
    STRANGER,
    Channel,
    Proof,
    get,
    post,
)  # fmt: skip

ROOM: Final = CLIENT + "/rooms/{room}"
VIA: Final = "via={server}&server_name={server}"
NEWS: Final = CLIENT + "/sync?timeout=0&set_presence=offline"
"""Nobody is seen to be there because of the check, the member least of all, whose presence is asked for."""
FILE: Final = "/_matrix/client/v1/media/download/{server}/{media}"


def _room(name: str, title: Message, path: str) -> Channel:
    """Read in a room by its id, by people who are not in it; the control is one in which they are."""
    return Channel(name=name, title=title, question=get(ROOM + path), askers=PEOPLE)


NOBODY: Final = "M_MISSING_TOKEN"
BY_ADDRESS: Final = (
    Channel(
        name="alias",
        title=say("address of a room"),
        question=get(CLIENT + "/directory/room/{alias}"),
        askers=ALL,
    ),
    Channel(
        name="publication",
        title=say("whether a room is in the room directory"),
        question=get(CLIENT + "/directory/list/room/{room}"),
        askers=(ANYBODY,),
        limit=(200, "private"),
    ),
    Channel(
        name="summary",
        title=say("summary of a room"),
        question=get("/_matrix/client/v1/room_summary/{room}?via={server}"),
        askers=ALL,
    ),
    Channel(
        name="summary-bare",
        title=say("summary of a room, asked of our homeserver alone"),
        question=get("/_matrix/client/v1/room_summary/{room}"),
        askers=(ANYBODY, *OURS),
        limit=(404, "M_NOT_FOUND"),
    ),
    Channel(
        name="addressing",
        title=say("giving a room an address"),
        question=Question(method="PUT", path=CLIENT + "/directory/room/{alias}", body={"room_id": "{room}"}),
        askers=(ANYBODY,),
        limit=(401, NOBODY),
        shows=NOBODY,
    ),
    Channel(
        name="hierarchy",
        title=say("rooms below a room"),
        question=get("/_matrix/client/v1/rooms/{room}/hierarchy"),
        askers=OURS,
    ),
    Channel(
        name="knock",
        title=say("knocking at a room"),
        question=post(CLIENT + "/knock/{room}?" + VIA),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
    Channel(
        name="join",
        title=say("entering a room"),
        question=post(CLIENT + "/join/{room}?" + VIA),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
)
"""Synapse looks whether there is a room before it looks who asks for a summary or gives it an address."""
BY_ID: Final = (
    _room("state", say("settings of a room"), "/state"),
    _room("members", say("members of a room"), "/joined_members"),
    _room("messages", say("what was said in a room"), "/messages?dir=b&limit=10"),
    _room("event", say("a message by its id"), "/event/{event}"),
    Channel(
        name="context",
        title=say("what was said around a message"),
        question=get(ROOM + "/context/{event}"),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
    _room("aliases", say("addresses that a room has"), "/aliases"),
)
DIRECTORY: Final = Channel(
    name="directory",
    title=say("room directory"),
    question=get(CLIENT + "/publicRooms?server={server}"),
    askers=PEOPLE,
    proof=Proof.LIST,
    shows="{listed}",
)
"""Where no group is listed, the room that everybody may enter is, for a moment."""
SPACE: Final = get("/_matrix/client/v1/rooms/{company}/hierarchy")
LISTS: Final = (
    DIRECTORY,
    Channel(
        name="space",
        title=say("rooms in the space of the company"),
        question=SPACE,
        askers=OURS,
        proof=Proof.LIST,
        shows="{company}",
        witness=(COLLEAGUE, SPACE),
    ),
    Channel(
        name="sync",
        title=say("all that a client is told"),
        question=get(NEWS),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
    ),
    Channel(
        name="search",
        title=say("search in messages"),
        question=post(CLIENT + "/search", {"search_categories": {"room_events": {"search_term": "{name}"}}}),
        askers=OURS,
        slow=True,
    ),
    Channel(
        name="people",
        title=say("search for people"),
        question=post(CLIENT + "/user_directory/search", {"search_term": "{term}"}),
        askers=OURS,
        slow=True,
    ),
)

PRESENCE: Final = Channel(
    name="presence",
    title=say("presence of a member"),
    question=get(CLIENT + "/presence/{user}/status"),
    askers=(STRANGER,),
    proof=Proof.LIST,
    shows='"presence": "online"',
    moves=r'"(?:last_active_ago|currently_active)": \w+, ',
    unkept='{"presence": "offline"}',
)
"""A homeserver that keeps none says of everybody that they are offline, also of who does not exist: the bot is online,
in the room that everybody may enter. One that does tells for how long they have done nothing, in milliseconds, to who
shares any room with them."""
PERSON: Final = (
    Channel(
        name="profile",
        title=say("profile of a member"),
        question=get(CLIENT + "/profile/{user}"),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="displayname",
    ),
    PRESENCE,
    Channel(
        name="in-common",
        title=say("rooms in common with a member"),
        question=get("/_matrix/client/v1/mutual_rooms?user_id={user}"),
        askers=OURS,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
    ),
)
FILES: Final = (
    Channel(
        name="file",
        title=say("a file by its link"),
        question=get(FILE),
        askers=PEOPLE,
        limit=(200, BLANK),
        shows=BLANK,
    ),
    Channel(
        name="open-file",
        title=say("a file by its link, without an account"),
        question=get("/_matrix/media/v3/download/{server}/{media}"),
        askers=(ANYBODY,),
        limit=(404, "M_NOT_FOUND"),
        shows=BLANK,
        witness=(STRANGER, get(FILE)),
    ),
)
"""Somebody with an account finds the file that is not handed out without one; Synapse refuses that in other words than
one that is not there."""
NOTIFIED: Final = (
    Channel(
        name="notifications",
        title=say("what a client is notified of"),
        question=get(CLIENT + "/notifications?limit=50"),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
        slow=True,
    ),
    Channel(
        name="push",
        title=say("what is pushed to telephones"),
        question=Question(method=PUSH, path=""),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
        slow=True,
    ),
    Channel(
        name="push-content",
        title=say("what is pushed to telephones of members"),
        question=Question(method=PUSH, path=""),
        askers=(MEMBER,),
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
        slow=True,
        carries=True,
    ),
)
"""Everybody is notified of what is said in the room that everybody may enter, after something was said in the hidden
one: what comes late cannot come later than that."""
INVITATION: Final = Channel(
    name="invitation",
    title=say("an invitation, before it is accepted"),
    question=get(NEWS),
    askers=(MEMBER,),
    proof=Proof.LIST,
    shows="{room}",
    steady=False,
)
"""Asked before the member comes in. They may know that there is a room; what the group is called is said inside,
and what they were told before there was the group tells nothing of it."""
