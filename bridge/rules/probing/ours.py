"""What is asked of the bridge itself, and typed to its bots. For ``channels``."""

from typing import Final

from bridge.domain.messages import Message, say
from bridge.domain.secrecy import READ, SAY, Question
from bridge.rules.probing.shape import ANYBODY, MEMBER, PEOPLE, READER, Channel, Proof

VALUES: Final = r" [-+.\d]+(?:e[-+]?\d+)?(?=\\n)"
"""Of measures, in a text on one line: they move with what the check itself has the bridge do. Which there are does
not."""

DONE: Final = '"status": "ok"'


def _own(name: str, title: Message, path: str, *, shows: str, proof: Proof = Proof.LIST, moves: str = "") -> Channel:
    """Asked of the bridge itself; ``shows`` proves that it was the bridge that answered."""
    question = Question(method="GET", path=path, bridge=True)
    return Channel(name=name, title=title, question=question, askers=(ANYBODY,), proof=proof, shows=shows, moves=moves)


def _line(name: str, title: Message, line: str, *, bot: str = "") -> Channel:
    """Typed to a bot in a conversation with it alone."""
    question = Question(method=SAY, path=line, bot=bot)
    return Channel(name=f"{bot or 'bot'}-{name}", title=title, question=question, askers=PEOPLE)


def _listing(
    name: str, title: Message, line: str, *, bot: str = "", shows: str = '"status": "', found: bool = False,
    steady: bool = True,
) -> Channel:  # fmt: skip
    """The same, where the answer is a list; one in which a member finds the group, if it is to be ``found``."""
    question = Question(method=SAY, path=line, bot=bot)
    return Channel(
        name=f"{bot or 'bot'}-{name}", title=title, question=question, askers=PEOPLE, proof=Proof.LIST, shows=shows,
        witness=(MEMBER, question) if found else None, steady=steady,
    )  # fmt: skip


def _left(name: str, title: Message, words: str) -> Channel:
    """What is found of the ``words`` where the bridge leaves something; ``{run}`` is there in any case."""
    question = Question(method=READ, path=f"{name} {words} {{run}}")
    return Channel(
        name=name, title=title, question=question, askers=(READER,), proof=Proof.LIST, shows="{run}", steady=False
    )


BRIDGE: Final = (
    _own("metrics", say("measures of the bridge"), "/metrics", shows="parvis_inbox", moves=VALUES),
    _own("health", say("health of the bridge"), "/health/ready", shows="ready"),
    _own(
        "queries", say("what the bridge answers about addresses"), "/_matrix/app/v1/rooms/{alias}",
        shows="M_NOT_FOUND", proof=Proof.TWIN,
    ),
    _own(
        "paths", say("what the bridge answers where nothing is"), "/{name}/{alias}",
        shows="M_UNRECOGNIZED", proof=Proof.TWIN,
    ),
)  # fmt: skip
BOT: Final = (
    _line("show", say("the bot: a group by its name"), "group show {name}"),
    _line("find", say("the bot: search"), "find {name}"),
    _line("join", say("the bot: asking to be let in"), "join {name}"),
    _line("why", say("the bot: reasons"), "why {name}"),
    _line("near", say("the bot: a group by nearly its name"), "group show {near}"),
    _line("find-near", say("the bot: search by nearly its name"), "find {near}"),
    _line("export", say("the bot: policies of a group"), "group export {name}"),
    _line("decide", say("the bot: deciding about a group"), "group set {name} purpose -"),
    _listing("contacts", say("the bot: contacts"), "contacts"),
    _listing("list", say("the bot: list of groups"), "group list", shows="{name}", found=True),
    _listing("help", say("the bot: help"), "help", shows=DONE),
)
DIGEST: Final = (
    _line("mute", say("the bot of digests: a group by its name"), "digest groups unmute {name}", bot="digest"),
    _listing(
        "groups", say("the bot of digests: list of groups"), "digest groups", bot="digest", shows="{name}", found=True
    ),
    _listing("now", say("the bot of digests: the last seven days"), "digest now", bot="digest", steady=False),
    _listing("help", say("the bot of digests: help"), "help", bot="digest", shows=DONE),
)
"""Asked where that bot runs. To hear of a group that was not muted changes nothing."""
LEFT: Final = (
    _left("log", say("log of the bridge"), "{name} {group} {room}"),
    _left("database", say("files of the database"), "{name} {group}"),
    _left("backup", say("a backup of the database"), "{name} {group}"),
)
"""Ids of rooms stand in the database, those of hidden ones like the others."""
