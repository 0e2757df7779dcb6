"""What a secrecy check asks about: the hidden group, nothing, and what may be seen. Made by ``running``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bridge.domain.directory import GroupState
from bridge.domain.rooms import COMPANY, group_room, partner_space
from bridge.domain.secrecy import Subject
from bridge.ports.probes import OpenRoom
from bridge.services.world import World

EVENT: Final = 43
"""Letters of an event's id, which is a hash since room version 4."""
MEDIA: Final = 24
"""Letters of a file's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where it plays: ``same`` are the places that no question varies, ``opened`` the room that everybody may enter.
    ``alias`` gives the address that a group of this id would have."""

    same: Subject
    opened: OpenRoom
    bot: str
    alias: Callable[[str], str]

    def seen(self) -> Subject:
        """What may be seen; in the room directory it is the open room, where no group is there."""
        opened = self.opened
        listed = self.same["listed"] or opened.room_id
        return {**self.same, "listed": listed, "room": opened.room_id, "alias": opened.alias, "event": opened.event_id,
                "name": opened.name, "near": opened.name, "term": opened.name, "user": self.bot,
                "media": opened.media, "group": ""}  # fmt: skip

    def nothing(self, name: str, group: str, letters: str, user: str) -> Subject:
        """What does not exist, in the same form; ``letters`` are random, enough for the longest id."""
        return {**self.same, "room": _like(self.opened.room_id, letters), "alias": self.alias(group),
                "event": "$" + letters[-EVENT:], "name": name, "near": name[:-1], "term": name,
                "user": user, "media": letters[:MEDIA], "group": group}  # fmt: skip

    def canary(self, name: str, group: str, room_id: str, user: str, media: str) -> Subject:
        """The hidden group, in which nothing is said yet; ``media`` is the id of a file of its."""
        return {**self.same, "room": room_id, "alias": self.alias(group), "event": "", "name": name,
                "near": name[:-1], "term": name, "user": user, "media": media, "group": group}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """``words`` betray the hidden group."""

    canary: Subject
    nothing: Subject
    seen: Subject
    words: tuple[str, ...]


def stage_of(world: World, opened: OpenRoom, *, server: str, bot: str, aliases: str, peer: str, run: str) -> Stage:
    """As the world is now; ``peer`` is the name of another homeserver that asks, if one does, and ``run`` a word that
    this run leaves in log and database."""
    rooms, groups = world.room_ids(), world.facts.directory.groups.values()
    living = [group for group in groups if group.state is GroupState.ACTIVE and group_room(group.id) in rooms]
    listed = next((rooms[group_room(group.id)] for group in living if group.listed), "")
    shared = (rooms.get(partner_space(one.id), "") for one in world.facts.directory.partners.values()
              if peer and peer in one.servers)  # fmt: skip
    return Stage(
        same={
            "server": server,
            "company": rooms.get(COMPANY, ""),
            "listed": listed,
            "peer": peer,
            "run": run,
            "inside": bot,
            "nobody": f"@secrecy-nobody:{server}",
            "shared": next(shared, ""),
        },
        opened=opened,
        bot=bot,
        alias=lambda group: f"#{aliases}{group}:{server}",
    )


def _like(room_id: str, letters: str) -> str:
    """An id of no room, of the same form as ``room_id``: since room version 12 without a server."""
    local, colon, server = room_id[1:].partition(":")
    return room_id[:1] + letters[: len(local)] + colon + server
