"""A batch of memberships of one room: changed one by one, with the fate of each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.domain.rooms import Absence, Membership
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.services.applying.way import Going

Change: TypeAlias = Callable[[str], Awaitable[Membership]]
"""Changes one user's membership and gives what it is then."""

Changed: TypeAlias = dict[str, tuple[Membership, bool]]

Absences: TypeAlias = Mapping[str, Absence | None]
"""Why people are out from now on."""

NOT_TRIED: Final = HomeserverError(
    say("Not tried: the homeserver had failed just before, or something else went first."), kind=ErrorKind.TEMPORARY
)


@dataclass(slots=True)
class Batch:
    """``entries`` are the intentions in the audit log, by user. The rest is what became of them: ``blocked`` are
    those whom nobody may invite."""

    entries: Mapping[str, str]
    changed: Changed = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    failed: dict[str, HomeserverError] = field(default_factory=dict)
    refused: list[tuple[str, Message]] = field(default_factory=list)
    blocked: dict[str, Absence | None] = field(default_factory=dict)
    stopped: HomeserverError | None = None

    async def change(self, change: Change, *, own_server: str, going: Going) -> None:
        """Change all; what concerns one person alone does not stop the others, a homeserver in trouble does, and
        whoever must go first."""
        for user, entry in self.entries.items():
            if self.stopped is not None or going.stopped:
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
                    continue
                self.refused.append((user, error.message))
                if _is_blocked(error, user, own_server):
                    self.blocked[user] = Absence.BLOCKED


def check_of(action: AddMembers | RemoveMembers, user: str) -> dict[str, Any]:
    """What to look for in the room when the outcome of one membership is not known."""
    check = {"room": str(action.ref), "user": user, "present": isinstance(action, AddMembers)}
    if isinstance(action, RemoveMembers) and action.remembered:
        check["remembered"] = str(action.remembered)
    if isinstance(action, RemoveMembers) and action.invited:
        check["invited"] = True
    return check


def absences_after(action: AddMembers | RemoveMembers, batch: Batch) -> Absences:
    """Why people are out once the batch is done, where that is to be remembered."""
    if isinstance(action, AddMembers):
        return batch.blocked
    return dict.fromkeys(batch.changed, action.remembered) if action.remembered else {}


def _is_blocked(error: HomeserverError, user: str, own_server: str) -> bool:
    """Whether the person, or their server, does not let them be invited, so that asking again would get the same no.

    Our own homeserver has other reasons too, such as an account that comes with the first login.
    """
    if error.kind is not ErrorKind.REFUSED or not error.certain:
        return False
    return error.errcode.endswith("INVITE_BLOCKED") or (server_of(user) != own_server and error.status in {403, 404})
