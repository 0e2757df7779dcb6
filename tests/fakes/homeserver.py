"""The homeserver port in memory: the adapter itself on a Synapse of our own make, with people who act by themselves."""

from collections.abc import Iterable
from typing import Any

from bridge.adapters.matrix.calls import Calls
from bridge.adapters.matrix.homeserver import MatrixHomeserver
from bridge.domain.rooms import Content
from tests.fakes.clock import FakeClock
from tests.fakes.synapse import FakeSynapse

SERVER = "corp.example"
BOT = f"@parvis:{SERVER}"
ADMIN_TOKEN = "the-service-account-token"


class FakeHomeserver(MatrixHomeserver):
    """What services are given; ``synapse`` is behind it: rooms, faults, counts, and ``people`` who do things.

    With ``joins_directly`` there is a service account, checked already. The clock is eager and its own unless given.
    """

    def __init__(
        self,
        *,
        clock: FakeClock | None = None,
        server_name: str = SERVER,
        bot: str = BOT,
        joins_directly: bool = False,
        room_version: str = "12",
    ) -> None:
        self.synapse = FakeSynapse(server_name, clock or FakeClock(eager=True), room_version=room_version)
        service_user = f"@service:{server_name}"
        self.synapse.owners[ADMIN_TOKEN] = service_user
        self.synapse.admins.add(service_user)
        self.people = People(self.synapse)
        super().__init__(
            self.synapse, server_name=server_name, bot=bot, admin_token=ADMIN_TOKEN if joins_directly else None
        )
        if joins_directly:
            self._service_user = service_user

    @property
    def calls(self) -> Calls:
        """For messengers of the same homeserver: ``MatrixMessenger(homeserver.calls, store, user)``."""
        return self.synapse


class People:
    """What users do in their own clients; raises ``No`` where Synapse refuses."""

    def __init__(self, synapse: FakeSynapse) -> None:
        self._synapse = synapse

    def join(self, user: str, *rooms: str) -> None:
        for room in rooms:
            self._synapse.room(room).join(user)

    def leave(self, user: str, room: str) -> None:
        self._synapse.room(room).leave(user)

    def knock(self, user: str, room: str) -> None:
        self._synapse.room(room).knock(user)

    def write(self, user: str, room: str, kind: str, content: Content, key: str = "") -> str:
        return self._synapse.room(room).write(user, kind, key, content)

    def say(self, user: str, room: str, body: str) -> str:
        return self._synapse.room(room).say(user, "m.room.message", {"msgtype": "m.text", "body": body})

    def kick(self, user: str, room: str, target: str) -> None:
        self._synapse.room(room).kick(user, target, None)

    def invite(self, user: str, room: str, *targets: str) -> None:
        for target in targets:
            self._synapse.invite(user, room, target, None)

    def accept_everything(self, users: Iterable[str]) -> None:
        """Everyone among ``users`` who is invited somewhere goes in."""
        for room in self._synapse.rooms.values():
            for user in users:
                if room.membership(user) == "invite":
                    room.join(user)


def texts(synapse: FakeSynapse, room_id: str) -> list[Any]:
    """The bodies of all messages of a room, in order."""
    timeline = synapse.rooms[room_id].timeline
    return [event["content"].get("body") for event in timeline if event["type"] == "m.room.message"]
