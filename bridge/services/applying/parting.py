"""Rooms that serve their group no more: set aside for a new one, left, deleted. In the table of ``doing.py``."""

from collections.abc import Sequence
from dataclasses import replace

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.findings import Finding
from bridge.domain.rooms import Membership, former_room
from bridge.planning.actions import LetGo, SetAside
from bridge.ports.store import UnitOfWork
from bridge.rules.naming import plain_marker
from bridge.services.applying.hands import Hands
from bridge.services.applying.ledger import Note


async def set_aside(hands: Hands, action: SetAside) -> Sequence[Finding]:
    """Before anything is done to the room, so that whoever is interrupted knows what it is. The new room gets a mark
    of its own where it is hidden."""
    binding = hands.bindings[action.ref]
    if binding.room_id is None or former_room(binding.room_id) != action.former:
        return ()
    room_id, marker = binding.room_id, hands.ledger.chance.token() if action.secret else plain_marker(action.ref)

    async def act() -> Note:
        async def note(work: UnitOfWork) -> None:
            await work.rooms.set_aside(action.ref, action.former, secret=action.secret)
            hands.bindings[action.ref] = await work.rooms.intend(action.ref, marker)

        return note

    await hands.record(action, "set-aside", {"former": str(action.former)}, act)
    hands.bindings[action.former] = replace(binding, ref=action.former, of=action.ref.id, secret=action.secret)
    hands.room_ids[action.former] = room_id
    hands.room_ids.pop(action.ref, None)
    return ()


async def let_go(hands: Hands, action: LetGo) -> Sequence[Finding]:
    """Whoever came in since the plan was made goes first: nobody is left behind in a room without us."""
    room_id = hands.room_id(action.ref)
    refused: list[HomeserverError] = []

    async def act() -> Note:
        await _leave_empty(hands, room_id)
        if action.delete:
            try:
                await hands.homeserver.delete_room(room_id)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                refused.append(error)

        async def note(work: UnitOfWork) -> None:
            await work.rooms.unbind(action.ref)

        return note

    await hands.record(action, "let-go", {"delete": action.delete}, act)
    findings = [hands.finding("room-kept", action, str(action.ref), error.message) for error in refused]
    hands.bindings.pop(action.ref, None)
    hands.room_ids.pop(action.ref, None)
    return findings


async def _leave_empty(hands: Hands, room_id: str) -> None:
    try:
        members = (await hands.homeserver.read_room(room_id)).members
    except HomeserverError as error:
        if error.kind is ErrorKind.TEMPORARY:
            raise
        members = {}  # we are out already, or the room is gone
    for user, state in members.items():
        if user != hands.homeserver.bot and state is not Membership.BAN:
            await hands.homeserver.remove(room_id, user)
    await hands.homeserver.leave(room_id)
