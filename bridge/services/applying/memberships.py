"""A batch of memberships of one room: changed one by one, with the fate of each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.domain.rooms import Membership

Change: TypeAlias = Callable[[str], Awaitable[Membership]]
"""Changes one user's membership and gives what it is then."""

Changed: TypeAlias = dict[str, tuple[Membership, bool]]

NOT_TRIED: Final = HomeserverError(say("Not tried: the homeserver had failed just before."), kind=ErrorKind.TEMPORARY)


@dataclass(slots=True)
class Batch:
    """``entries`` are the intentions in the audit log, by user. The rest is what became of them."""

    entries: Mapping[str, str]
    changed: Changed = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    failed: dict[str, HomeserverError] = field(default_factory=dict)
    refused: list[tuple[str, Message]] = field(default_factory=list)
    stopped: HomeserverError | None = None

    async def change(self, change: Change, *, own_server: str) -> None:
        """Change all; what concerns one person alone does not stop the others, a homeserver in trouble does."""
        for user, entry in self.entries.items():
            if self.stopped is not None:
                self.failed[entry] = NOT_TRIED
                continue
            try:
                self.changed[user] = (await change(user), False)
                self.done.append(entry)
            except HomeserverError as error:
                self.failed[entry] = error
                # Another server that does not answer is their trouble, not ours.
                if error.kind is ErrorKind.TEMPORARY and server_of(user) == own_server:
                    self.stopped = error
                else:
                    self.refused.append((user, error.message))
