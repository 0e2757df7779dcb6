"""The homeserver port on mautrix: the verbs by which rooms change, as the bot. Made by wiring, used by services."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, Final

from mautrix.api import ClientPath, SynapseAdminPath

from bridge.adapters.matrix.accounts import check_service_account
from bridge.adapters.matrix.addressing import addresses, give, take_away
from bridge.adapters.matrix.answers import told
from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.creation import creation_body
from bridge.adapters.matrix.parting import delete, leave
from bridge.adapters.matrix.reaching import reach
from bridge.adapters.matrix.reading import INSIDE, MEMBER, membership_in, not_inside, room_view
from bridge.adapters.matrix.retention import deletes
from bridge.adapters.matrix.unfinished import leave_unfinished
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import server_of
from bridge.domain.messages import say
from bridge.domain.rooms import MARKER, Content, Membership
from bridge.ports.homeserver import Reach, RoomCreation, RoomView

ATTEMPTS: Final = 3
SETTLED: Final = 5.0
"""Seconds after which a creation whose connection broke has happened or never will."""
EXPECTED: Final = frozenset({Membership.JOIN, Membership.INVITE})
V3: Final = ClientPath.v3


class MatrixHomeserver:
    """``bridge.ports.homeserver.Homeserver``. Call ``check_admin`` once before joining people directly."""

    def __init__(
        self, calls: Calls, *, server_name: str, bot: str, admin_token: str | None = None, hurry: bool = False
    ) -> None:
        self._calls, self._server_name, self._bot = calls, server_name, bot
        self._me = calls.user(bot, hurry=hurry)
        self._admin = calls.owner(admin_token, "homeserver.admin_token") if admin_token else None
        self._service_user: str | None = None
        self._retains = False
        self._creation_may_be_under_way_until = calls.clock.monotonic() + SETTLED

    @property
    def server_name(self) -> str:
        return self._server_name

    @property
    def bot(self) -> str:
        return self._bot

    @property
    def joins_directly(self) -> bool:
        return self._service_user is not None

    @property
    def service_user(self) -> str | None:
        return self._service_user

    @property
    def retains(self) -> bool:
        return self._retains

    async def learn_retention(self) -> None:
        self._retains = await deletes(self._me)

    async def check_admin(self, people: frozenset[str]) -> None:
        """Learn whose the admin token is, when there is one.

        ``people`` are the user ids of persons, none of whom it may be. Raises ``InputError`` for a person's token, one
        of another server or of no administrator; ``HomeserverError`` when the homeserver does not know it.
        """
        if self._admin is not None:
            self._service_user = await check_service_account(self._admin, self._server_name, people)

    async def reachable(self) -> None:
        if self._me.just_answered():
            return
        try:
            answer = await self._me.call("whoami", "GET", V3.account.whoami, patience=0)
        except HomeserverError as error:
            if error.status != 403:
                raise
            answer = {}
        if answer.get("user_id") != self._bot:
            raise HomeserverError(
                say(
                    "The homeserver does not let Parvis act as {bot}. Make homeserver.server_name and appservice.bot"
                    " agree with the homeserver and with sender_localpart in the registration that it reads.",
                    bot=self._bot,
                ),
                kind=ErrorKind.REFUSED,
                status=403,
            )

    async def reach(self, user_id: str) -> Reach:
        return await reach(self._me, user_id)

    async def default_room_version(self) -> str:
        answer = await self._me.call("capabilities", "GET", V3.capabilities)
        return str(answer["capabilities"]["m.room_versions"]["default"])

    async def create_room(self, creation: RoomCreation) -> str:
        try:
            answer = await self._me.call("create room", "POST", V3.createRoom, creation_body(creation))
        except HomeserverError as error:
            if not error.certain:
                self._creation_may_be_under_way_until = self._calls.clock.monotonic() + SETTLED
            raise
        return str(answer["room_id"])

    async def find_room(self, marker: str, *, besides: Collection[str] = ()) -> str | None:
        if found := await self._look_for(marker, besides):
            return found
        # Synapse finishes a creation after the connection broke: what is absent now may be there in a moment.
        wait = self._creation_may_be_under_way_until - self._calls.clock.monotonic()
        if wait <= 0:
            return None
        await self._calls.clock.sleep(wait)
        return await self._look_for(marker, besides)

    async def leave_unfinished(self, marker: str) -> int:
        return await leave_unfinished(self._me, self._bot, marker, at_once=self._calls.limits.at_once)

    async def read_room(self, room_id: str) -> RoomView:
        events = await self._me.call("read room", "GET", V3.rooms[room_id].state)
        return room_view(room_id, events, self._bot)

    async def set_state(self, room_id: str, event_type: str, state_key: str, content: Content) -> None:
        path = V3.rooms[room_id].state[event_type][state_key]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._me.call("set state", "PUT", path, content)
            except HomeserverError as error:
                if error.certain:
                    raise
                if await self._state(room_id, event_type, state_key) == content:
                    return
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    async def invite(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        body = _target(user_id, reason)
        try:
            await self._me.call("invite", "POST", V3.rooms[room_id].invite, body, repeatable=True)
        except HomeserverError as error:
            if error.kind is ErrorKind.REFUSED and await self._membership(room_id, user_id) in EXPECTED:
                return
            raise self._about_their_server(error, user_id) from error

    async def join_directly(self, room_id: str, user_id: str) -> None:
        """The service account itself accepts its invitation this way: it cannot join people where it is not."""
        if self._admin is None or self._service_user is None:
            raise HomeserverError(
                say("People cannot be joined directly: homeserver.admin_token is not set or was not checked."),
                kind=ErrorKind.USAGE,
            )
        if user_id == self._service_user:
            await self._admin.call("join", "POST", V3.join[room_id], repeatable=True)
            return
        path = SynapseAdminPath.v1.join[room_id]
        try:
            await self._admin.call("join directly", "POST", path, {"user_id": user_id}, repeatable=True)
        except HomeserverError as error:
            # Synapse refuses who is in already (seen: 403 "is already in the room").
            if error.errcode == "M_NOT_FOUND":
                raise told(error, say("{user} has no account on the homeserver yet.", user=user_id)) from error
            if error.kind is ErrorKind.REFUSED and await self._membership(room_id, user_id) is Membership.JOIN:
                return
            raise

    async def remove(self, room_id: str, user_id: str, reason: str | None = None) -> None:
        """A knock from another server is taken away here only: Matrix has no way to tell them (synapse#18030).

        Inviting and kicking instead would tell, but for a moment lets them in where their client accepts by itself.
        """
        try:
            await self._me.call("remove", "POST", V3.rooms[room_id].kick, _target(user_id, reason), repeatable=True)
        except HomeserverError as error:
            if error.kind is ErrorKind.REFUSED and await self._membership(room_id, user_id) not in INSIDE:
                return
            raise

    async def published(self, room_id: str) -> bool:
        answer = await self._me.call("read publication", "GET", V3.directory.list.room[room_id])
        return bool(answer.get("visibility") == "public")

    async def publish(self, room_id: str, visible: bool) -> None:
        body = {"visibility": "public" if visible else "private"}
        try:
            await self._me.call("publish", "PUT", V3.directory.list.room[room_id], body, repeatable=True)
        except HomeserverError as error:
            if error.status != 403:
                raise
            message = say(
                "The homeserver does not let {bot} publish rooms. Add a rule for it to room_list_publication_rules in"
                " the homeserver's configuration, then restart the homeserver.",
                bot=self._bot,
            )
            raise told(error, message) from error

    async def aliases(self, room_id: str) -> tuple[str, ...]:
        return await addresses(self._me, room_id)

    async def add_alias(self, alias: str, room_id: str) -> None:
        await give(self._me, alias, room_id)

    async def remove_alias(self, alias: str) -> None:
        await take_away(self._me, self._admin, alias)

    async def enter(self, room_id: str) -> None:
        await self._me.call("join", "POST", V3.join[room_id], repeatable=True)

    async def leave(self, room_id: str) -> None:
        await leave(self._me, room_id)

    async def delete_room(self, room_id: str) -> None:
        await delete(self._admin, room_id)

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        return await self._me.plain(method, path, content)

    async def _look_for(self, marker: str, besides: Collection[str]) -> str | None:
        answer = await self._me.call("joined rooms", "GET", V3.joined_rooms)
        joined: list[str] = [room for room in answer["joined_rooms"] if room not in besides]
        width = self._calls.limits.at_once
        for start in range(0, len(joined), width):
            rooms = joined[start : start + width]
            markers = await asyncio.gather(*(self._marker(room) for room in rooms))
            for room, found in zip(rooms, markers, strict=True):
                if found == marker:
                    return room
        return None

    async def _marker(self, room_id: str) -> str | None:
        try:
            content = await self._state(room_id, MARKER, "")
        except HomeserverError as error:
            if error.kind is not ErrorKind.REFUSED:
                raise
            return None  # left meanwhile
        return content.get("group") if content else None

    async def _state(self, room_id: str, event_type: str, state_key: str) -> Content | None:
        """The content of a state event now; None when there is none."""
        path = V3.rooms[room_id].state[event_type][state_key]
        try:
            content: Content = await self._me.call("read state", "GET", path)
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            return None
        return content

    async def _membership(self, room_id: str, user_id: str) -> Membership:
        """What a refusal is judged by. Raises when the bot is out: it would be shown the past as if it were now."""
        mine, theirs = [await self._state(room_id, MEMBER, user) for user in (self._bot, user_id)]
        if membership_in(mine or {}) is not Membership.JOIN:
            raise not_inside(self._bot)
        return membership_in(theirs or {})

    def _about_their_server(self, error: HomeserverError, user_id: str) -> HomeserverError:
        server = server_of(user_id)
        if server == self._server_name or not error.errcode or error.status not in {502, 504}:
            return error
        # An invitation that their server has not signed does not exist.
        message = say("The homeserver {server} does not answer: its people cannot be invited now.", server=server)
        return told(error, message, certain=True)


def _target(user_id: str, reason: str | None) -> dict[str, str]:
    return {"user_id": user_id, "reason": reason} if reason else {"user_id": user_id}
