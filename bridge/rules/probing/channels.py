"""The channels over which a hidden group could be noticed, and what each of them must not tell: data for
``services.probing``.

Their order counts: what is asked before ``join`` is asked by who is in no room at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import SAY, Asker, Question

CLIENT: Final = "/_matrix/client/v3"
ROOM: Final = CLIENT + "/rooms/{room}"
VIA: Final = "via={server}&server_name={server}"
ANYBODY, STRANGER, COLLEAGUE, PARTNER, MEMBER, SERVER = Asker
OURS: Final = (STRANGER, COLLEAGUE)
PEOPLE: Final = (*OURS, PARTNER)
ALL: Final = (ANYBODY, *PEOPLE)


class Proof(StrEnum):
    """How it is told that nothing shows."""

    TWIN = "twin"
    """Asked about the hidden group and about nothing: the answers are the same; about what may be seen: another."""
    LIST = "list"
    """Holds no word of the group, and is the same as before and after it; shows what may be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """``shows`` is what the answer about what may be seen holds (with places). ``limit`` is an answer that tells a room
    from none and no more: HTTP's status, and a word in it. ``slow``: homeservers show it a while later. A list that is
    not ``steady`` changes by itself, and is only searched for words."""

    name: str
    title: Message
    question: Question
    askers: tuple[Asker, ...]
    proof: Proof = Proof.TWIN
    shows: str = ""
    limit: tuple[int, str] | None = None
    slow: bool = False
    steady: bool = True


def _get(path: str) -> Question:
    return Question(method="GET", path=path)


def _post(path: str, body: Mapping[str, object] | None = None) -> Question:
    return Question(method="POST", path=path, body=body or {})


def _room(name: str, title: Message, path: str) -> Channel:
    """Read in a room by its id, by people who are not in it; the control is one in which they are."""
    return Channel(name=name, title=title, question=_get(ROOM + path), askers=PEOPLE)


FORBIDDEN: Final = "M_FORBIDDEN"
BY_ADDRESS: Final = (
    Channel(
        name="alias",
        title=say("address of a room"),
        question=_get(CLIENT + "/directory/room/{alias}"),
        askers=ALL,
    ),
    Channel(
        name="publication",
        title=say("whether a room is in the room directory"),
        question=_get(CLIENT + "/directory/list/room/{room}"),
        askers=(ANYBODY,),
        limit=(200, "private"),
    ),
    Channel(
        name="summary",
        title=say("summary of a room"),
        question=_get("/_matrix/client/v1/room_summary/{room}?via={server}"),
        askers=ALL,
    ),
    Channel(
        name="hierarchy",
        title=say("rooms below a room"),
        question=_get("/_matrix/client/v1/rooms/{room}/hierarchy"),
        askers=OURS,
    ),
    Channel(
        name="knock",
        title=say("knocking at a room"),
        question=_post(CLIENT + "/knock/{room}?" + VIA),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
    Channel(
        name="join",
        title=say("entering a room"),
        question=_post(CLIENT + "/join/{room}?" + VIA),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
)
BY_ID: Final = (
    _room("state", say("settings of a room"), "/state"),
    _room("members", say("members of a room"), "/joined_members"),
    _room("messages", say("what was said in a room"), "/messages?dir=b&limit=10"),
    _room("event", say("a message by its id"), "/event/{event}"),
    Channel(
        name="context",
        title=say("what was said around a message"),
        question=_get(ROOM + "/context/{event}"),
        askers=PEOPLE,
        limit=(403, FORBIDDEN),
    ),
    _room("aliases", say("addresses that a room has"), "/aliases"),
)
LISTS: Final = (
    Channel(
        name="directory",
        title=say("room directory"),
        question=_get(CLIENT + "/publicRooms?server={server}"),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="{listed}",
    ),
    Channel(
        name="space",
        title=say("rooms in the space of the company"),
        question=_get("/_matrix/client/v1/rooms/{company}/hierarchy"),
        askers=OURS,
        proof=Proof.LIST,
        shows="{company}",
    ),
    Channel(
        name="sync",
        title=say("all that a client is told"),
        question=_get(CLIENT + "/sync?timeout=0"),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
    ),
    Channel(
        name="search",
        title=say("search in messages"),
        question=_post(CLIENT + "/search", {"search_categories": {"room_events": {"search_term": "{name}"}}}),
        askers=OURS,
        slow=True,
    ),
    Channel(
        name="people",
        title=say("search for people"),
        question=_post(CLIENT + "/user_directory/search", {"search_term": "{term}"}),
        askers=OURS,
        slow=True,
    ),
)


def _own(
    name: str, title: Message, path: str, *, shows: str, proof: Proof = Proof.LIST, steady: bool = False
) -> Channel:
    """Asked of the bridge itself; ``shows`` proves that it was the bridge that answered."""
    question = Question(method="GET", path=path, bridge=True)
    return Channel(
        name=name, title=title, question=question, askers=(ANYBODY,), proof=proof, shows=shows, steady=steady
    )


def _line(name: str, title: Message, line: str) -> Channel:
    """Typed to the bot in a conversation with it alone."""
    return Channel(name=f"bot-{name}", title=title, question=Question(method=SAY, path=line), askers=PEOPLE)


def _listing(name: str, title: Message, line: str, shows: str = '"status": "ok"') -> Channel:
    """The same, where the answer is a list."""
    question = Question(method=SAY, path=line)
    return Channel(name=f"bot-{name}", title=title, question=question, askers=PEOPLE, proof=Proof.LIST, shows=shows)


PERSON: Final = (
    Channel(
        name="profile",
        title=say("profile of a member"),
        question=_get(CLIENT + "/profile/{user}"),
        askers=PEOPLE,
        proof=Proof.LIST,
        shows="displayname",
    ),
    Channel(
        name="presence",
        title=say("presence of a member"),
        question=_get(CLIENT + "/presence/{user}/status"),
        askers=(STRANGER,),
        proof=Proof.LIST,
        shows="presence",
    ),
    Channel(
        name="in-common",
        title=say("rooms in common with a member"),
        question=_get("/_matrix/client/v1/mutual_rooms?user_id={user}"),
        askers=OURS,
        proof=Proof.LIST,
        shows="{room}",
        steady=False,
    ),
)
BRIDGE: Final = (
    _own("metrics", say("measures of the bridge"), "/metrics", shows="parvis_inbox"),
    _own("health", say("health of the bridge"), "/health/ready", shows="ready", steady=True),
    _own(
        "queries", say("what the bridge answers about addresses"), "/_matrix/app/v1/rooms/{alias}",
        shows="M_NOT_FOUND", proof=Proof.TWIN, steady=True,
    ),
)  # fmt: skip
BOT: Final = (
    _line("show", say("the bot: a group by its name"), "group show {name}"),
    _line("find", say("the bot: search"), "find {name}"),
    _line("join", say("the bot: asking to be let in"), "join {name}"),
    _line("why", say("the bot: reasons"), "why {name}"),
    _line("near", say("the bot: a group by nearly its name"), "group show {near}"),
    _listing("list", say("the bot: list of groups"), "group list", shows="{name}"),
    _listing("help", say("the bot: help"), "help"),
)
INVITATION: Final = Channel(
    name="invitation",
    title=say("an invitation, before it is accepted"),
    question=_get(CLIENT + "/sync?timeout=0"),
    askers=(MEMBER,),
    proof=Proof.LIST,
    shows="{room}",
    steady=False,
)
"""Asked before the member comes in. They may know that there is a room; what the group is called is said inside."""
CHANNELS: Final[tuple[Channel, ...]] = (INVITATION, *BY_ADDRESS, *BY_ID, *LISTS, *PERSON, *BOT, *BRIDGE)
"""Those that are asked."""
LIMITS: Final[Mapping[str, Message]] = {
    "administrators": say("lists of rooms and members, for administrators of a homeserver that is in the room"),
    "traffic": say("who talks with which homeserver and when, for who watches the network"),
    "timing": say("how long a homeserver takes to answer about an id, for who asks very often"),
    "push": say("the cover name of the room, for services that carry notifications to telephones"),
    "files": say("files, for who has their link and an account"),
}
"""What shows by the nature of Matrix and is not asked; never counted as held."""
