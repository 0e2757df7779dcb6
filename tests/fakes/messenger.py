"""A messenger with memory: what was sent under which claim, who is in which room, what was asked of it."""

from collections.abc import Mapping
from typing import Any

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.relations import edit_of
from bridge.domain.rooms import Content, Membership
from bridge.ports.messenger import Surroundings


class FakeMessenger:
    """One bot's voice. ``calls`` lists what was asked, ``sent`` what stands in the rooms, once per claim.

    Edits are sent too; ``revised`` are those for the moment; ``reactions`` are (event id, emoji);
    ``events`` what was sent under which event id.

    ``answers`` are what other requests give or raise, by method and path.
    ``faults`` are raised by the next calls, one each; ``refused`` forbids every message;
    rooms are made ``encrypted`` when that is set; without ``knows_threads`` it refuses messages in threads.
    """

    def __init__(self, user_id: str = "@parvis:corp.example") -> None:
        self._user_id = user_id
        self.rooms: dict[str, Surroundings] = {}
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.claims: dict[str, str] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.revised: list[tuple[str, dict[str, Any]]] = []
        self.reactions: list[tuple[str, str]] = []
        self.direct: dict[str, str] = {}
        self.calls: list[str] = []
        self.faults: list[HomeserverError] = []
        self.answers: dict[str, Any] = {}
        self.refused = False
        self.encrypted = False
        self.knows_threads = True

    @property
    def user_id(self) -> str:
        return self._user_id

    def room(self, room_id: str, *people: str, invited: tuple[str, ...] = (), bot: Membership = Membership.JOIN) -> str:
        """A room that holds the bot and ``people``."""
        members = {
            self._user_id: bot,
            **dict.fromkeys(people, Membership.JOIN),
            **dict.fromkeys(invited, Membership.INVITE),
        }
        self.rooms[room_id] = Surroundings(
            room_id=room_id, members=members, join_rule="invite", history="shared", encrypted=self.encrypted
        )
        return room_id

    async def send(self, room_id: str, content: Content, *, claim: str, event_type: str = "m.room.message") -> str:
        self._called("send")
        if self.refused or (not self.knows_threads and "rel_type" in content.get("m.relates_to", {})):
            raise HomeserverError(say("You may not speak here."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")
        if claim not in self.claims:
            self.claims[claim] = f"$sent{len(self.claims)}"
            self.sent.append((room_id, dict(content)))
            self.events[self.claims[claim]] = dict(content)
        return self.claims[claim]

    async def said(self, claim: str) -> str | None:
        self._called("said")
        return self.claims.get(claim)

    async def edit(self, room_id: str, event_id: str, content: Content, *, claim: str) -> str:
        self._called("edit")
        if claim not in self.claims:
            self.claims[claim] = f"$sent{len(self.claims)}"
            self.sent.append((room_id, dict(edit_of(event_id, content))))
            self.events[self.claims[claim]] = self.sent[-1][1]
        return self.claims[claim]

    async def revise(self, room_id: str, event_id: str, content: Content) -> None:
        self._called("revise")
        self.revised.append((event_id, dict(content)))

    async def react(self, room_id: str, event_id: str, key: str, *, claim: str) -> None:
        self._called("react")
        if claim not in self.claims:
            self.claims[claim] = f"$sent{len(self.claims)}"
            self.reactions.append((event_id, key))

    async def direct_room(self, user_id: str) -> str:
        self._called("direct_room")
        if user_id not in self.direct:
            self.direct[user_id] = self.room(f"!direct{len(self.direct)}", user_id)
        return self.direct[user_id]

    async def conversation_with(self, user_id: str) -> str | None:
        self._called("conversation_with")
        room_id = self.direct.get(user_id)
        there = room_id is not None and self.rooms[room_id].members.get(user_id) is Membership.JOIN
        return room_id if there else None

    async def keep_direct(self, user_id: str, room_id: str) -> None:
        self._called("keep_direct")
        known = self.rooms.get(self.direct.get(user_id, ""))
        if known is None or known.members.get(user_id) is not Membership.JOIN:
            self.direct[user_id] = room_id

    async def surroundings(self, room_id: str) -> Surroundings:
        self._called("surroundings")
        if room_id not in self.rooms:
            raise HomeserverError(say("You are not in this room."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")
        return self.rooms[room_id]

    async def is_in(self, room_id: str) -> bool:
        there = self.rooms.get(room_id)
        return there is not None and there.members.get(self._user_id) is Membership.JOIN

    def moved(self, room_id: str, *, inside: bool) -> None:
        """It knows by itself."""

    async def join(self, room_id: str) -> None:
        self._called("join")
        present = self.rooms[room_id]
        people = [user for user, membership in present.members.items() if membership is Membership.JOIN]
        self.room(room_id, *(user for user in people if user != self._user_id))

    async def leave(self, room_id: str) -> None:
        self._called("leave")
        self.rooms.pop(room_id, None)

    async def display_name(self, user_id: str) -> str:
        return user_id[1:].partition(":")[0]

    async def request(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        self._called(f"{method} {path}")
        answer = self.answers.get(f"{method} {path}", {})
        if isinstance(answer, HomeserverError):
            raise answer
        return answer

    @property
    def bodies(self) -> list[str]:
        """The plain texts sent, in order."""
        return [content["body"] for _, content in self.sent]

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.faults:
            raise self.faults.pop(0)
