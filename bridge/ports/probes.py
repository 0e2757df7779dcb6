"""Real clients that ask the running system, for ``services.probing``. Everything that is made for it is taken away
again by ``tidy``, also by another process after a crash.
"""

from dataclasses import dataclass
from typing import Protocol

from bridge.domain.secrecy import Asker, Question, Seen, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a run makes on the homeserver beside the hidden group, by names that nobody else uses: the localpart of the
    alias of a room that everybody may enter, and the localpart of an account. Stored before anything is made."""

    alias: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom:
    """The room in which whatever may be found is found; ``name`` stands in its name and in a message, ``event_id``."""

    room_id: str
    alias: str
    name: str
    event_id: str


class Probes(Protocol):
    """Clients with accounts of their own. Questions are answered, refusals included, and never raise for that."""

    async def gather(self, traces: Traces) -> dict[Asker, str]:
        """The accounts that can be asked as, with their user ids; one is made where that is possible and it is missing.
        Raises ``HomeserverError``."""

    async def open_room(self, traces: Traces, name: str) -> OpenRoom:
        """Make the room that everybody may enter who knows its address. Raises ``HomeserverError``."""

    async def speak(self, room_id: str, text: str) -> str:
        """Say something as the bridge's own bot; gives the event's id. Raises ``HomeserverError``."""

    async def enter(self, asker: Asker, room_id: str) -> bool:
        """Accept an invitation, or enter a room; whether they are in."""

    async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
        """The answer, without what ``about`` says that it repeats; a status of 0 where none comes."""

    async def tidy(self, traces: Traces) -> None:
        """Take away what was made. Repeated, it does nothing more. Raises ``HomeserverError``."""
