"""What a channel is over which a hidden group could be noticed. For the tables beside it, and ``judging``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bridge.domain.messages import Message
from bridge.domain.secrecy import Asker, Question

CLIENT: Final = "/_matrix/client/v3"
ANYBODY, STRANGER, COLLEAGUE, PARTNER, MEMBER, PEER, READER, SERVER = Asker
OURS: Final = (STRANGER, COLLEAGUE)
PEOPLE: Final = (*OURS, PARTNER)
ALL: Final = (ANYBODY, *PEOPLE)
FORBIDDEN: Final = "M_FORBIDDEN"


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
    not ``steady`` changes by itself, and is only searched for words; in one that is, what ``moves`` (a regular
    expression) does so, and is left out. ``witness`` is who finds the group itself, and
    how, where whoever asks is shown nothing at all. What ``carries`` holds what is said inside unless the homeserver
    leaves it out: no leak, as only those inside are asked, but told. What is asked about somebody ``{inside}`` is asked
    about the place ``beside`` instead, too, who is not: another answer tells who is in the room. ``unkept`` is what
    the answer about what may be seen says where the homeserver keeps none of it."""

    name: str
    title: Message
    question: Question
    askers: tuple[Asker, ...]
    proof: Proof = Proof.TWIN
    shows: str = ""
    limit: tuple[int, str] | None = None
    slow: bool = False
    steady: bool = True
    carries: bool = False
    moves: str = ""
    witness: tuple[Asker, Question] | None = None
    beside: str = ""
    unkept: str = ""


def get(path: str) -> Question:
    """A request that reads."""
    return Question(method="GET", path=path)


def post(path: str, body: Mapping[str, object] | None = None) -> Question:
    """A request that has a body."""
    return Question(method="POST", path=path, body=body or {})
