"""The messenger port on mautrix: one bot's voice. Made by wiring for each bot user, given to the bots."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.delivery import Delivery
from bridge.adapters.matrix.direct import DirectRooms, plainly
from bridge.adapters.matrix.reading import INSIDE, MEMBER, membership_in, surroundings
from bridge.adapters.matrix.whereabouts import Whereabouts
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import localpart_of
from bridge.domain.relations import REACTION, edit_of, reaction_to
from bridge.domain.rooms import Content
from bridge.ports.messenger import Called, Surroundings
from bridge.ports.store import Claim, Store

CLAIM: Final = "io.parvis.claim"
"""Key in the content of a message, by which it is found again."""
MESSAGE: Final = "m.room.message"
REDACTION: Final = "m.room.redaction"
"""Sent like a message; ``redacts`` in its content names the event, as since room version 11."""
CLOCKS_DIFFER: Final = timedelta(hours=1)
INVITATION_SETTLES: Final = (0.25, 0.5, 1.0, 2.0)
"""Seconds between attempts to join: another homeserver may tell us of an invitation before it has stored it, and until
then it answers that nobody is invited (seen with Synapse inviting by createRoom)."""
PAGE: Final = 100
V3: Final = ClientPath.v3


class MatrixPost:
    """``delivery.Post``: speaks as each claim's sender, ahead of bulk work."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def put(self, claim: Claim) -> str:
        room, content = V3.rooms[claim.room_id], {**claim.content, CLAIM: claim.key}
        if claim.event_type == REDACTION:
            path = room.redact[content.pop("redacts")][transaction_id(claim)]
        else:
            path = room.send[claim.event_type][transaction_id(claim)]
        # Not repeatable here: a homeserver that restarted meanwhile would take it for a new message.
        answer = await self._calls.user(claim.sender, hurry=True).call("send", "PUT", path, content)
        return str(answer["event_id"])

    async def find(self, claim: Claim) -> str | None:
        caller = self._calls.user(claim.sender, hurry=True)
        oldest = claim.claimed_at - CLOCKS_DIFFER
        query = {"dir": "b", "limit": str(PAGE), "filter": _filter(claim)}
        while True:
            page = await caller.call("look for message", "GET", V3.rooms[claim.room_id].messages, query=query)
            for event in page["chunk"]:
                if event["content"].get(CLAIM) == claim.key:
                    return str(event["event_id"])
                if _sent_at(event) < oldest:
                    return None
            if not page.get("end") or page["end"] == query.get("from"):
                return None
            query["from"] = page["end"]


class MatrixMessenger:
    """``bridge.ports.messenger.Messenger`` for one user of the application service. ``called``: as what it invites."""

    def __init__(self, calls: Calls, store: Store, user_id: str, *, called: Called = plainly) -> None:
        self._calls, self._user_id = calls, user_id
        self._me = calls.user(user_id, hurry=True)
        self._post = MatrixPost(calls)
        self._delivery = Delivery(store, self._post)
        self._direct = DirectRooms(self._me, store, user_id, calls.clock, called)
        self._whereabouts = Whereabouts(self._me)

    @property
    def user_id(self) -> str:
        return self._user_id

    async def send(self, room_id: str, content: Content, *, claim: str, event_type: str = "m.room.message") -> str:
        return await self._delivery.deliver(self._claim(room_id, content, claim, event_type))

    async def said(self, claim: str) -> str | None:
        return await self._delivery.said(claim)

    async def edit(self, room_id: str, event_id: str, content: Content, *, claim: str) -> str:
        return await self.send(room_id, edit_of(event_id, content), claim=claim)

    async def revise(self, room_id: str, event_id: str, content: Content) -> None:
        edit = edit_of(event_id, content)
        key = hashlib.sha256(msgspec.json.encode(edit)).hexdigest()[:16]
        await self._post.put(self._claim(room_id, edit, f"revise:{event_id}:{key}", MESSAGE))

    async def react(self, room_id: str, event_id: str, key: str, *, claim: str) -> None:
        try:
            await self.send(room_id, reaction_to(event_id, key), claim=claim, event_type=REACTION)
        except HomeserverError as error:
            if error.errcode != "M_DUPLICATE_ANNOTATION":
                raise

    async def direct_room(self, user_id: str) -> str:
        return await self._direct.room_with(user_id)

    async def conversation_with(self, user_id: str) -> str | None:
        return await self._direct.known(user_id)

    async def keep_direct(self, user_id: str, room_id: str) -> None:
        await self._direct.keep(user_id, room_id)

    async def surroundings(self, room_id: str) -> Surroundings:
        events = await self._me.call("read room", "GET", V3.rooms[room_id].state)
        return surroundings(room_id, events, self._user_id)

    async def is_in(self, room_id: str) -> bool:
        return await self._whereabouts.inside(room_id)

    def moved(self, room_id: str, *, inside: bool) -> None:
        self._whereabouts.note(room_id, inside=inside)

    async def join(self, room_id: str) -> None:
        await self._join(room_id)
        self.moved(room_id, inside=True)

    async def _join(self, room_id: str) -> None:
        for seconds in INVITATION_SETTLES:
            try:
                await self._me.call("join", "POST", V3.join[room_id], repeatable=True)
            except HomeserverError as error:
                if error.errcode != "M_FORBIDDEN":
                    raise
                await self._calls.clock.sleep(seconds)
            else:
                return
        await self._me.call("join", "POST", V3.join[room_id], repeatable=True)

    async def leave(self, room_id: str) -> None:
        """Being out already is success."""
        try:
            await self._me.call("leave", "POST", V3.rooms[room_id].leave, repeatable=True)
        except HomeserverError as error:
            if error.kind is not ErrorKind.REFUSED or await self._inside(room_id):
                raise

    async def display_name(self, user_id: str) -> str:
        """Their localpart too when their server does not answer or the profile is not for us."""
        try:
            profile = await self._me.call("read profile", "GET", V3.profile[user_id].displayname)
        except HomeserverError as error:
            if not error.errcode:
                raise
            profile = {}
        name = profile.get("displayname")
        return name if isinstance(name, str) and name.strip() else localpart_of(user_id)

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        return await self._me.plain(method, path, content)

    def _claim(self, room_id: str, content: Content, key: str, event_type: str) -> Claim:
        return Claim(
            key=key,
            sender=self._user_id,
            room_id=room_id,
            event_type=event_type,
            content=content,
            claimed_at=self._calls.clock.now(),
        )

    async def _inside(self, room_id: str) -> bool:
        path = V3.rooms[room_id].state[MEMBER][self._user_id]
        try:
            return membership_in(await self._me.call("read state", "GET", path)) in INSIDE
        except HomeserverError as error:
            if error.kind is not ErrorKind.REFUSED:
                raise
            return False


async def resend_open(calls: Calls, store: Store) -> int:
    """Find or send every message that is claimed and not known to be sent; gives how many must wait for another time.

    Called at start and again while the result is not zero: this is why a crash loses no message and repeats none.
    """
    return await Delivery(store, MatrixPost(calls)).resume()


def transaction_id(claim: Claim) -> str:
    """Depends on sender and key alone. Synapse shares transaction ids among all users of an application service."""
    digest = hashlib.sha256(f"{claim.sender}\n{claim.key}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _filter(claim: Claim) -> str:
    return msgspec.json.encode({"senders": [claim.sender], "types": [claim.event_type]}).decode()


def _sent_at(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
