"""Witnesses of the audit log inside rooms: where heads of chains are kept, and whether the log agrees with them.

Heads of everything open stand in the administrators' room, those of a hidden group in its own: there nobody counts them
who may not know of it. Used each day by the bot that tells them, ``bots.admin.herald``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import structlog

from bridge.domain.audit import Head
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN, Compartment
from bridge.domain.witnesses import read
from bridge.ports.messenger import Messenger
from bridge.rules.facts import is_hidden
from bridge.services.adminroom import AdminRoom
from bridge.services.auditing import Auditing
from bridge.services.proof import Checked

HEADS: Final = "io.parvis.heads"
"""Key in a message's content, and the type of the events in hidden rooms, which clients do not show: a list of lines
as ``domain.witnesses`` writes them."""
MESSAGE: Final = "m.room.message"
PAGE: Final = 100
MOST_PAGES: Final = 50

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The room in which the heads of a compartment's chain are kept."""

    compartment: Compartment
    room_id: str

    @property
    def event_type(self) -> str:
        """In what kind of event: people read the administrators' room, a hidden group's members need not be told."""
        return MESSAGE if self.compartment == OPEN else HEADS


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """How a chain agrees with the witnesses of its place. ``head`` is its end now, None when it is empty; ``known``
    says that it stands there already. ``checked`` has a fault when something is wrong."""

    place: Place
    witnesses: int
    checked: Checked | None
    head: Head | None
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessing:
    """Reads witnesses back over the homeserver as the bot that keeps them."""

    auditing: Auditing
    admin_room: AdminRoom
    messenger: Messenger

    async def places(self) -> tuple[Sequence[Place], Sequence[Place]]:
        """The place of everything open, if there is one, and those of hidden groups, in order of their ids."""
        world = self.auditing.society.world()
        admins = await self.admin_room.room_id()
        if world is None:
            return (), ()
        rooms = world.room_ids()
        hidden = sorted(group.id for group in world.facts.directory.groups.values() if is_hidden(group))
        return (
            [Place(compartment=OPEN, room_id=admins)] if admins else [],
            [Place(compartment=one, room_id=rooms[ref]) for one in hidden if (ref := group_room(one)) in rooms],
        )

    async def examine(self, places: Sequence[Place]) -> Sequence[Examined]:
        """Check the chains of these places against what stands there. A place that the homeserver refuses is left out.
        Raises ``HomeserverError`` where it is busy or down, and ``StoreError``."""
        kept: dict[Place, Sequence[Head]] = {}
        for place in places:
            try:
                kept[place] = await self._kept(place)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                self._refused(place, error)
        if not kept:
            return ()
        proof, compartments = self.auditing.proof, frozenset(place.compartment for place in kept)
        witnesses = [head for heads in kept.values() for head in heads]
        checked = await proof.verify(compartments=compartments, witnesses=witnesses)
        ends = {head.chain: head for head in await proof.heads(compartments)}
        return [_examined(place, heads, checked, ends) for place, heads in kept.items()]

    async def _kept(self, place: Place) -> Sequence[Head]:
        """The heads that stand in the room, told by this bot, newest first. What others write there is no witness."""
        wanted = {"senders": [self.messenger.user_id], "types": [place.event_type]}
        query = {"dir": "b", "limit": str(PAGE), "filter": json.dumps(wanted)}
        path = f"/_matrix/client/v3/rooms/{quote(place.room_id, safe='')}/messages"
        found: list[Head] = []
        for _ in range(MOST_PAGES):
            page = await self.messenger.request("GET", f"{path}?{urlencode(query)}")
            for event in page.get("chunk", ()):
                found += _heads_in(event)
            if not page.get("end"):
                break
            query["from"] = page["end"]
        return found

    @staticmethod
    def _refused(place: Place, error: HomeserverError) -> None:
        # A line about a hidden group's room would count it.
        if place.compartment == OPEN:
            log.warning("the administrators' room cannot be read", errcode=error.errcode, detail=error.detail)


def _examined(place: Place, heads: Sequence[Head], checked: Sequence[Checked], ends: Mapping[bytes, Head]) -> Examined:
    named = {head.chain for head in heads}
    own = [one for one in checked if one.compartment == place.compartment or one.chain in named]
    worst = next((one for one in own if one.fault), own[0] if own else None)
    head = next((ends[one.chain] for one in own if one.chain in ends), None)
    return Examined(place=place, witnesses=len(heads), checked=worst, head=head, known=head in heads)


def _heads_in(event: Mapping[str, Any]) -> Sequence[Head]:
    lines = event.get("content", {}).get(HEADS)
    if not isinstance(lines, list):
        return ()
    try:
        return read(str(line) for line in lines)
    except InputError:
        return ()  # nothing of ours is damaged unless the homeserver did it, and then its line proves nothing
