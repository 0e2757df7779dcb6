"""Real clients that ask the running system, for ``services.probing``. Everything that is made for it is taken away
again by ``tidy``, also by another process after a crash.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bridge.domain.secrecy import Asker, Question, Seen, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a run makes on the homeserver beside the hidden group, by names that nobody else uses: the localpart of the
    alias of a room that everybody may enter, the localpart of an account, and the ids of two files, of that room and of
    the hidden one (empty where none could be taken away again). Stored before anything is made."""

    alias: str
    account: str
    open_file: str = ""
    hidden_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom:
    """The room in which whatever may be found is found; ``name`` stands in its name and in a message, ``event_id``.
    ``media`` is the id of a file."""

    room_id: str
    alias: str
    name: str
    event_id: str
    media: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Whom a run can ask as, and which bots. ``users`` are the ids of their accounts; of another
    homeserver that asks it is its name, of who reads files nothing. ``mute`` are the accounts of the configuration of
    which nobody said whose they are, with what was answered instead. ``bots`` are those that answer beside that of
    administrators, as questions call them."""

    users: Mapping[Asker, str]
    mute: Mapping[Asker, Seen] = field(default_factory=dict)
    bots: frozenset[str] = frozenset()


class Probes(Protocol):
    """Clients with accounts of their own. Questions are answered, refusals included, and never raise for that."""

    async def gather(self, traces: Traces) -> Gathered:
        """The accounts that can be asked as; one is made where that is possible and it is missing. From then on what is
        pushed to the accounts and what is logged is kept, until ``tidy``. Raises ``ParvisError``."""

    async def reserve(self) -> str:
        """The id of a file that holds nothing yet; empty where files cannot be taken away again. Raises
        ``HomeserverError``."""

    async def fill(self, media: str) -> None:
        """Put something into a file that says nothing. Raises ``HomeserverError``."""

    async def open_room(self, traces: Traces, name: str) -> OpenRoom:
        """Make the room that everybody may enter who knows its address. Raises ``HomeserverError``."""

    async def speak(self, room_id: str, text: str) -> str:
        """Say something as the bridge's own bot; gives the event's id. Raises ``HomeserverError``."""

    async def publish(self, room_id: str) -> bool:
        """Put a room into the room directory; whether the homeserver lets that. Raises ``HomeserverError``."""

    async def unpublish(self, room_id: str) -> None:
        """Take it out again. Raises ``HomeserverError``."""

    async def appear(self) -> None:
        """The bridge's own bot is online for half a minute, where the homeserver keeps presence. Raises
        ``HomeserverError``."""

    async def enter(self, asker: Asker, room_id: str) -> bool:
        """Accept an invitation, or enter a room; whether they are in."""

    async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
        """The answer, without what ``about`` says that it repeats; a status of 0 where none comes."""

    async def time(self, asker: Asker, question: Question, about: Subject) -> float | None:
        """Seconds until the answer begins, from where it was asked; None where none comes."""

    async def tidy(self, traces: Traces) -> None:
        """Take away what was made. Repeated, it does nothing more. Raises ``HomeserverError``."""
