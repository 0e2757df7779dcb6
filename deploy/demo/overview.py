"""What really stands on the company's homeserver after the story, group by group: read through its admin API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bridge.domain.directory import Group
from bridge.domain.ids import server_of
from bridge.domain.rooms import MARKER
from bridge.rules.facts import gather
from deploy.demo.scene import BOT, COMPANY, PARTNER, SERVICE, Scene

STATES = ("join", "invite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One group and its room. ``joined`` and ``invited`` count the company's people; ``partners`` names the others."""

    group: Group
    room_name: str
    join_rule: str
    joined: int
    invited: int
    partners: tuple[str, ...]
    encrypted: bool
    federated: bool


@dataclass(frozen=True, slots=True)
class _Room:
    state: Mapping[tuple[str, str], Mapping[str, Any]]

    def content(self, kind: str) -> Mapping[str, Any]:
        return self.state.get((kind, ""), {})

    def people(self, *memberships: str) -> frozenset[str]:
        """Everybody with such a membership, without the bridge's own accounts."""
        ours = {BOT, SERVICE}
        found = {key for (kind, key), content in self.state.items()
                 if kind == "m.room.member" and content.get("membership") in memberships}  # fmt: skip
        return frozenset(found - ours)


async def overview(scene: Scene) -> list[Row]:
    """A row for each group, in the directory's order."""
    rooms = await _rooms(scene)
    facts = gather(await scene.house.read_directory(), today=datetime.now(UTC).date(), server_name=COMPANY)
    by_marker = {str(room.content(MARKER).get("group", "")): room for room in rooms}
    rows = []
    for group in facts.directory.groups.values():
        seated = facts.people_of(group.id)
        # A hidden group's marker tells nothing: its room is the encrypted one that holds its members.
        room = by_marker.get(group.id) or _room_of(seated, rooms)
        if room:
            rows.append(_row(group, room))
    return rows


def _room_of(people: frozenset[str], rooms: Sequence[_Room]) -> _Room | None:
    sealed = (room for room in rooms if room.content("m.room.encryption") and room.content(MARKER))
    return next((room for room in sealed if room.people(*STATES) == people), None)


def _row(group: Group, room: _Room) -> Row:
    employees = {user for user in room.people(*STATES) if server_of(user) == COMPANY}
    return Row(
        group=group,
        room_name=str(room.content("m.room.name").get("name", "")),
        join_rule=str(room.content("m.room.join_rules").get("join_rule", "")),
        joined=len(employees & room.people("join")),
        invited=len(employees & room.people("invite")),
        partners=tuple(sorted(user for user in room.people("join") if server_of(user) == PARTNER)),
        encrypted=bool(room.content("m.room.encryption")),
        federated=room.content("m.room.create").get("m.federate", True) is not False,
    )


async def _rooms(scene: Scene) -> list[_Room]:
    corp = scene.net[COMPANY]
    token = (await corp.admin()).access_token
    listed = (await corp.request("GET", "/_synapse/admin/v1/rooms?limit=500", token=token)).ok("listing rooms")
    found = []
    for room in listed["rooms"]:
        path = f"/_synapse/admin/v1/rooms/{quote(room['room_id'], safe='')}/state"
        events = (await corp.request("GET", path, token=token)).ok("reading a room")["state"]
        found.append(_Room({(event["type"], event["state_key"]): event["content"] for event in events}))
    return found
