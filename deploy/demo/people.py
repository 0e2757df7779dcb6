"""The people of the story: each is a real client (matrix-nio) that follows what its homeserver sends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar
from urllib.parse import quote

import nio

from bridge.domain.messages import Text
from deploy.demo.errors import DemoError, Unmet
from deploy.demo.rooms import SeenRoom
from deploy.localnet.requests import Reply
from deploy.localnet.server import Server
from deploy.localnet.specs import Account

PATIENCE: Final = 30
"""Seconds; what takes longer does not work."""

LONG_POLL: Final = 20_000
"""Milliseconds that a homeserver may keep a sync open."""
ALL_NEWS: Final = {"room": {"timeline": {"limit": 100}}}
"""Homeservers give ten events of a room at a time by default, and pass over the others of a busy moment."""

FORBIDDEN: Final = 403
BETWEEN_TRIES: Final = 0.2
"""Seconds."""

T = TypeVar("T")


class Person:
    """Somebody with an account, logged in. ``joined`` and ``invited`` are as of the last sync."""

    def __init__(self, account: Account, server: Server, name: str) -> None:
        self.account, self.server, self.name = account, server, name
        self.user_id = account.user_id
        self.joined: dict[str, SeenRoom] = {}
        self.invited: dict[str, str] = {}
        """The name that the invitation shows, by room id."""
        self.awaits: Text | None = None
        """What has not come true yet of what they wait for."""
        self._invited_by: dict[str, str] = {}
        self._client = nio.AsyncClient(server.client_url, account.user_id)
        self._client.restore_login(account.user_id, account.device_id, account.access_token)
        self._news = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    def room(self, group: str) -> SeenRoom | None:
        """The joined room of a group, by the marker that rooms of ours carry."""
        return next((room for room in self.joined.values() if room.group == group), None)

    def space(self, name: str) -> SeenRoom | None:
        return next((room for room in self.joined.values() if room.is_space and room.name == name), None)

    def invitation(self, name: str) -> str | None:
        """The id of a room that an invitation calls by this name."""
        return next((room_id for room_id, shown in self.invited.items() if shown == name), None)

    def invitation_of(self, sender: str) -> str | None:
        """The id of a room into which this sender invites."""
        return next((room_id for room_id in self.invited if self._invited_by.get(room_id) == sender), None)

    async def until(self, found: Callable[[], T | None], what: Text, seconds: float = PATIENCE) -> T:
        """Wait, sync after sync, until ``found`` gives something true, and return it; else ``Unmet`` says ``what``."""
        self.awaits = what
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if value := found():
                        return value
                    self._raise_if_ended()
                    await self._news.wait()
        except TimeoutError:
            raise Unmet(what) from None
        finally:
            self.awaits = None

    async def join(self, room_id: str, *, via: str = "") -> Reply:
        """Try to enter, through the server ``via`` when the own one does not know the room."""
        query = {"via": via, "server_name": via} if via else None
        return await self.ask("POST", f"/_matrix/client/v3/join/{quote(room_id, safe='')}", body={}, query=query)

    async def accept(self, room_id: str, *, seconds: float = 30) -> None:
        """Enter a room to which they are invited.

        The invited person's homeserver shows an invitation when it has signed it, a moment before the inviting one
        stores it. Whoever answers within that moment is refused, and asks again.
        """
        deadline = time.monotonic() + seconds
        while True:
            reply = await self.join(room_id)
            if reply.status != FORBIDDEN or time.monotonic() > deadline:
                reply.ok(f"{self.name}'s accepting an invitation")
                return
            await asyncio.sleep(BETWEEN_TRIES)

    async def say(self, room_id: str, text: str) -> str:
        """Send a message; returns the event's id."""
        reply = await self._client.room_send(room_id, "m.room.message", {"msgtype": "m.text", "body": text})
        if not isinstance(reply, nio.RoomSendResponse):
            raise _refused(self.name, "speak", "parler", reply)
        return str(reply.event_id)

    async def open_conversation(self, with_user: str) -> str:
        """A direct conversation with somebody, who has come in; not encrypted."""
        reply = await self._client.room_create(is_direct=True, invite=[with_user], preset=nio.RoomPreset.private_chat)
        if not isinstance(reply, nio.RoomCreateResponse):
            raise _refused(self.name, "open a conversation", "ouvrir une conversation", reply)
        room_id = str(reply.room_id)
        await self.until(
            lambda: room_id in self.joined and self.joined[room_id].membership(with_user) == "join",
            Text(en=f"{with_user} did not come to {self.name}", fr=f"{with_user} n'est pas venu parler à {self.name}"),
        )
        return room_id

    async def look_into(self, space_id: str) -> list[dict[str, Any]]:
        """The rooms of a space as the homeserver lists them for this person; empty when it shows nothing."""
        reply = await self._client.space_get_hierarchy(space_id)
        return list(reply.rooms) if isinstance(reply, nio.SpaceGetHierarchyResponse) else []

    async def ask(
        self, method: str, path: str, *, body: object = None, query: Mapping[str, str] | None = None
    ) -> Reply:
        """Any other request to the own homeserver, with the answer as it is, refusals included."""
        return await self.server.request(method, path, token=self.account.access_token, body=body, query=query)

    async def follow(self) -> None:
        """Sync until cancelled."""
        while True:
            reply = await self._client.sync(timeout=LONG_POLL if self._client.next_batch else 0, sync_filter=ALL_NEWS)
            if not isinstance(reply, nio.SyncResponse):
                raise DemoError(f"{self.server.server_name} refuses to sync for {self.user_id}: {reply}")
            self._take(reply)
            self._tell()

    async def close(self) -> None:
        if self._following:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
        await self._client.close()

    def start(self) -> None:
        self._following = asyncio.create_task(self.follow(), name=f"sync of {self.user_id}")
        self._following.add_done_callback(lambda _: self._tell())

    def _take(self, reply: Any) -> None:
        for room_id in reply.rooms.leave:  # first: who was put out and invited again is told both at once
            self.joined.pop(room_id, None)
            self.invited.pop(room_id, None)
        for room_id, invitation in reply.rooms.invite.items():
            names = [event.name for event in invitation.invite_state if isinstance(event, nio.InviteNameEvent)]
            self.invited[room_id] = names[-1] if names else ""
            for event in invitation.invite_state:
                if isinstance(event, nio.InviteMemberEvent) and event.state_key == self.user_id:
                    self._invited_by[room_id] = event.sender
        for room_id, news in reply.rooms.join.items():
            self.invited.pop(room_id, None)
            room = self.joined.setdefault(room_id, SeenRoom(room_id))
            room.take(event.source for event in (*news.state, *news.timeline.events))

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _raise_if_ended(self) -> None:
        if self._following and self._following.done():
            self._following.result()


@asynccontextmanager
async def following(*people: Person) -> AsyncIterator[None]:
    """Their clients run while the block does."""
    try:
        for person in people:
            person.start()
        yield
    finally:
        await asyncio.gather(*(person.close() for person in people))


def _refused(who: str, en: str, fr: str, reply: object) -> Unmet:
    return Unmet(Text(en=f"{who} may not {en}: {reply}", fr=f"{who} ne peut pas {fr} : {reply}"))
