"""Reading the projection of many rooms at once: three queries, then rows into values away from the event loop."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from bridge.adapters.sql.members import OUT
from bridge.adapters.sql.people import PEOPLE, part_of
from bridge.adapters.sql.roomdocs import read_doc
from bridge.adapters.sql.tables import memberships, room_state, rooms
from bridge.adapters.sql.vault import Vault
from bridge.domain.rooms import Absence, ActualRoom, Content, Membership, RoomRef, StateKey

STATE: Final = b"room_state.event"
STATE_KEY: Final = b"room_state.key"
ABSENCES: Final = {str(absence): absence for absence in Absence}
QUOTED: Final = tuple(f'"{word}"'.encode() for word in OUT)
FEW: Final = 500
"""Up to here rooms are asked for by name; for more it is quicker to read all and pass over the others."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows of rooms, of their state, and of their people, sealed; the latter two of at least these rooms."""

    rooms: Sequence[Row[Any]]
    state: Sequence[tuple[Any, Any]]
    members: Sequence[tuple[Any, Any]]


def state_row(vault: Vault, place: int, key: StateKey, content: Content) -> dict[str, Any]:
    """A row of ``room_state``; type and state key are sealed too, for a child's room id tells what is not hidden."""
    index = vault.index("\0".join(key), STATE_KEY)
    return {"room": place, "key_index": index, "sealed": vault.put([*key, content], STATE)}


def gather(connection: Connection, indexes: Sequence[bytes] | None) -> Gathered:
    """Rows of the rooms with these blind indexes, of all when None."""
    which = rooms.c.read == 1
    if indexes is not None and len(indexes) <= FEW:
        which &= rooms.c.ref_index.in_(indexes)
    found = connection.execute(select(rooms).where(which)).fetchall()
    if indexes is not None and len(indexes) > FEW:
        wanted = set(indexes)
        found = [row for row in found if row.ref_index in wanted]
    state = select(room_state.c.room, room_state.c.sealed)
    members = select(memberships.c.room, memberships.c.sealed)
    if len(found) <= FEW:
        places = [row.id for row in found]
        state = state.where(room_state.c.room.in_(places))
        members = members.where(memberships.c.room.in_(places))
    return Gathered(found, connection.execute(state).fetchall(), connection.execute(members).fetchall())


async def in_background(vault: Vault, gathered: Gathered) -> Mapping[RoomRef, ActualRoom]:
    """The values, made in another thread: tens of thousands of them would hold up the event loop."""
    return await asyncio.to_thread(_assemble, vault, gathered)


def _assemble(vault: Vault, gathered: Gathered) -> Mapping[RoomRef, ActualRoom]:
    state: dict[int, dict[StateKey, Content]] = defaultdict(dict)
    for place, sealed in gathered.state:
        event_type, state_key, content = vault.get(sealed, STATE)
        state[place][event_type, state_key] = content
    members: dict[int, dict[str, Membership]] = defaultdict(dict)
    out: dict[int, dict[str, Absence]] = defaultdict(dict)
    words = {str(membership): membership for membership in Membership if membership not in ABSENCES}
    once: dict[str, str] = {}
    for place, sealed in gathered.members:
        plain = vault.unseal(sealed, PEOPLE)
        everybody = part_of(plain).words
        if any(word in plain for word in QUOTED):
            out[place] |= {user: ABSENCES[word] for user, word in everybody.items() if word in ABSENCES}
            everybody = {user: word for user, word in everybody.items() if word in words}
        members[place] |= {once.setdefault(user, user): words[word] for user, word in everybody.items()}
    found: dict[RoomRef, ActualRoom] = {}
    for row in gathered.rooms:
        doc = read_doc(vault, row)
        binding = doc.binding
        found[binding.ref] = ActualRoom(
            ref=binding.ref,
            room_id=row.room_id,
            marker=binding.marker,
            version=binding.version,
            state=state.get(row.id, {}),
            members=members.get(row.id, {}),
            out=out.get(row.id, {}),
            published=doc.published,
            told=binding.told,
            aliases=doc.aliases,
        )
    return found
