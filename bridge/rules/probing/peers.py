"""What another homeserver asks ours, signed with its key (server-server API). For ``channels``."""

from typing import Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import BLANK
from bridge.rules.probing.shape import FORBIDDEN, PEER, Channel, Proof, get

FEDERATION: Final = "/_matrix/federation/v1"
VERSIONS: Final = "&".join(f"ver={number}" for number in range(1, 13))
"""The versions of rooms that the other homeserver says that it knows."""
SOMEBODY: Final = "%40secrecy%3A{peer}"
"""Nobody has to have this account: who comes in is asked for later."""


def _room(name: str, title: Message, path: str, *, limit: tuple[int, str] | None = None, shows: str = "") -> Channel:
    return Channel(
        name=f"peer-{name}", title=title, question=get(FEDERATION + path), askers=(PEER,), limit=limit, shows=shows
    )


def _listing(name: str, title: Message, path: str, shows: str) -> Channel:
    return Channel(
        name=f"peer-{name}", title=title, question=get(FEDERATION + path), askers=(PEER,), proof=Proof.LIST, shows=shows
    )


KNOWN: Final = (403, FORBIDDEN)
PEERS: Final = (
    _room("alias", say("between homeservers: address of a room"), "/query/directory?room_alias={alias}"),
    _room("hierarchy", say("between homeservers: rooms below a room"), "/hierarchy/{room}?suggested_only=false"),
    _listing(
        "space",
        say("between homeservers: rooms in a space, closed ones too"),
        "/hierarchy/{shared}?suggested_only=false",
        "{shared}",
    ),
    _room("state", say("between homeservers: settings of a room"), "/state/{room}?event_id={event}", limit=KNOWN),
    _room("event", say("between homeservers: a message by its id"), "/event/{event}", limit=KNOWN),
    _room(
        "backfill",
        say("between homeservers: what was said in a room"),
        "/backfill/{room}?v={event}&limit=5",
        limit=KNOWN,
    ),
    _room(
        "join", say("between homeservers: entering a room"), f"/make_join/{{room}}/{SOMEBODY}?{VERSIONS}", limit=KNOWN
    ),
    _room(
        "knock",
        say("between homeservers: knocking at a room"),
        f"/make_knock/{{room}}/{SOMEBODY}?{VERSIONS}",
        limit=KNOWN,
    ),
    _room(
        "leave",
        say("between homeservers: leaving a room"),
        f"/make_leave/{{room}}/{SOMEBODY}",
        limit=KNOWN,
        shows=FORBIDDEN,
    ),
    _listing(
        "profile", say("between homeservers: profile of a member"), "/query/profile?user_id={user}", "displayname"
    ),
    _listing("directory", say("between homeservers: room directory"), "/publicRooms", "{listed}"),
    Channel(
        name="peer-file",
        title=say("between homeservers: a file by its link"),
        question=get(FEDERATION + "/media/download/{media}"),
        askers=(PEER,),
        limit=(200, BLANK),
    ),
)
