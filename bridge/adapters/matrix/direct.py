"""One direct conversation per person and bot, made once whatever crashes; part of messenger.py.

Before a room is made, its number is stored, and the room carries it in its first state: a creation of unknown fate is
looked for among the bot's rooms. Later it is remembered, and read each time before something is said there.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec
import structlog
from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller
from bridge.adapters.matrix.reading import MEMBER, surroundings
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.rooms import Content, Membership
from bridge.ports.clock import Clock
from bridge.ports.messenger import Called, Calling, Surroundings
from bridge.ports.store import Store

DIRECT: Final = "io.parvis.direct"
"""State event by which a conversation is known to be ours: for whom, and the how-manieth."""
SETTLED: Final = 5.0
"""Seconds after which Synapse has finished, or not, what it was doing when the connection broke (as homeserver.py)."""
V3: Final = ClientPath.v3

log = structlog.get_logger()


async def plainly(_: str) -> Calling:
    """Under the name that it has everywhere, and without a reason."""
    return Calling()


@dataclass(frozen=True, slots=True)
class Remembered:
    """The person's conversation number ``number``; without ``room_id`` it was meant to be made, and perhaps was."""

    number: int = 0
    room_id: str = ""


class DirectRooms:
    """Of one bot; there is one such object per bot user in the one process that speaks."""

    def __init__(self, me: Caller, store: Store, user_id: str, clock: Clock, called: Called = plainly) -> None:
        self._me, self._store, self._bot, self._clock, self._called = me, store, user_id, clock, called
        self._key = f"direct conversation with {user_id}"
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def room_with(self, person: str) -> str:
        """As ``Messenger.direct_room``."""
        async with self._turn(person):
            known = await self._recall(person)
            there = await self._alone_with(person, known.room_id) if known.room_id else None
            if there is None:
                known, there = await self._another(person, known)
            if there is None or person not in there.members:
                await self._invite(known.room_id, person, named=there is None)
            return known.room_id

    def _turn(self, person: str) -> asyncio.Lock:
        """For each person: nobody waits while conversations with others are made."""
        return self._one_at_a_time.setdefault(person, asyncio.Lock())

    async def known(self, person: str) -> str | None:
        """As ``Messenger.conversation_with``."""
        return await self._lived_in(person, await self._recall(person))

    async def keep(self, person: str, room_id: str) -> None:
        """As ``Messenger.keep_direct``."""
        async with self._turn(person):
            known = await self._recall(person)
            if await self._lived_in(person, known) is None:
                await self._remember(person, Remembered(max(known.number, 1), room_id))

    async def _lived_in(self, person: str, known: Remembered) -> str | None:
        """The remembered room, if the person is in it with the bot alone."""
        there = await self._alone_with(person, known.room_id) if known.room_id else None
        return known.room_id if there and there.members.get(person) is Membership.JOIN else None

    async def _recall(self, person: str) -> Remembered:
        async with self._store.view() as view:
            found = await view.preferences.get(person, self._key)
        return msgspec.json.decode(found, type=Remembered) if found else Remembered()

    async def _remember(self, person: str, known: Remembered) -> None:
        async with self._store.work() as work:
            await work.preferences.put(person, self._key, msgspec.json.encode(known).decode())

    async def _alone_with(self, person: str, room_id: str) -> Surroundings | None:
        """Who is there; None where the bot is not any more, or somebody else is, or nothing can be read."""
        try:
            there = surroundings(room_id, await self._state(room_id), self._bot)
        except HomeserverError as error:
            if error.kind is not ErrorKind.REFUSED:
                raise
            return None
        fit = there.members.keys() <= {self._bot, person} and not there.encrypted
        return there if fit else None

    async def _another(self, person: str, known: Remembered) -> tuple[Remembered, Surroundings | None]:
        """The next one, in which nobody is; the one with the same number when an earlier attempt did not come to its
        end, and who is in that."""
        begun = bool(known.number and not known.room_id)
        number = known.number if begun else known.number + 1
        if not begun:
            await self._remember(person, Remembered(number))
        found = await self._find(person, number) if begun else None
        made = Remembered(number, found or await self._create(person, number))
        await self._remember(person, made)
        return made, await self._alone_with(person, found) if found else None

    async def _find(self, person: str, number: int) -> str | None:
        """The room that an earlier process made, or was making when it died."""
        for room_id in (await self._me.call("joined rooms", "GET", V3.joined_rooms))["joined_rooms"]:
            try:
                mark = await self._me.call("read state", "GET", V3.rooms[room_id].state[DIRECT][""])
                if mark == _mark(person, number) and self._is_mine(await self._state(room_id)):
                    return str(room_id)
            except HomeserverError as error:
                if error.kind is not ErrorKind.REFUSED:
                    raise
                # another kind of room, or one that the bot left meanwhile
        return None

    def _is_mine(self, state: Iterable[Any]) -> bool:
        """Anybody may invite the bot to a room with such a mark; the creator cannot be forged."""
        return any(event["type"] == "m.room.create" and event["sender"] == self._bot for event in state)

    async def _state(self, room_id: str) -> list[Any]:
        state: list[Any] = await self._me.call("read room", "GET", V3.rooms[room_id].state)
        return state

    async def _create(self, person: str, number: int) -> str:
        """Empty at first: a refused invitation inside createRoom would leave a room that nobody remembers. The bot's
        name comes with it, for a call of its own would be a third more of them for each who arrives."""
        calling = await self._called(person)
        named = [_state(MEMBER, _own(calling.name), self._bot)] if calling.name else []
        body = {
            # Never trusted_private_chat: a person as powerful as the bot could let others in.
            "preset": "private_chat",
            "visibility": "private",
            "is_direct": True,
            "initial_state": [
                _state(DIRECT, _mark(person, number)),
                _state("m.room.guest_access", {"guest_access": "forbidden"}),
                _state("m.room.history_visibility", {"history_visibility": "invited"}),
                *named,
            ],
        }
        try:
            return str((await self._me.call("create room", "POST", V3.createRoom, body))["room_id"])
        except HomeserverError as error:
            if not error.certain:
                await self._clock.sleep(SETTLED)  # so that the next attempt finds it, if it was made
            raise

    async def _invite(self, room_id: str, person: str, *, named: bool) -> None:
        """With ``is_direct``, by which clients put it among the conversations; the invite call cannot say so. Unless
        the room was made with the bot's name (``named``) that is put first: the invitation carries it to clients that
        are not in the room yet."""
        calling = await self._called(person)
        members = V3.rooms[room_id].state[MEMBER]
        if calling.name and not named:
            await self._me.call("set name", "PUT", members[self._bot], _own(calling.name), repeatable=True)
        content = {"membership": Membership.INVITE, "is_direct": True}
        content |= {"reason": calling.reason} if calling.reason else {}
        await self._me.call("invite", "PUT", members[person], content, repeatable=True)
        log.info("a person is invited to a conversation")


def _mark(person: str, number: int) -> Content:
    return {"user": person, "number": number}


def _own(name: str) -> Content:
    """A membership of the bot under this name."""
    return {"membership": Membership.JOIN, "displayname": name}


def _state(event_type: str, content: Content, key: str = "") -> dict[str, Any]:
    return {"type": event_type, "state_key": key, "content": dict(content)}
