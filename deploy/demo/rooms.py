"""What one person's client knows about one room: its state and what was said. Kept by ``people``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.domain.rooms import MARKER

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeenRoom:
    """A joined room, as a client has it after its last sync."""

    room_id: str
    state: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    messages: list[Event] = field(default_factory=list)
    came: set[str] = field(default_factory=set)
    """Whoever was in at any time, however short, since the client knows the room."""

    @property
    def name(self) -> str:
        return str(self._content("m.room.name").get("name", ""))

    @property
    def group(self) -> str:
        """What our marker says: a group's id, something opaque, or nothing."""
        return str(self._content(MARKER).get("group", ""))

    @property
    def is_space(self) -> bool:
        return self._content("m.room.create").get("type") == "m.space"

    @property
    def encrypted(self) -> bool:
        return ("m.room.encryption", "") in self.state

    def membership(self, user_id: str) -> str:
        return str(self.state.get(("m.room.member", user_id), {}).get("membership", "leave"))

    def children(self) -> set[str]:
        """The rooms that a space lists."""
        return {key for (kind, key), content in self.state.items() if kind == "m.space.child" and content.get("via")}

    def texts(self) -> list[str]:
        return [str(event["content"].get("body", "")) for event in self.messages]

    def take(self, events: Iterable[Event]) -> None:
        """Events in the order in which the homeserver sent them."""
        for event in events:
            if "state_key" in event:
                self.state[event["type"], event["state_key"]] = event["content"]
                if event["type"] == "m.room.member" and event["content"].get("membership") == "join":
                    self.came.add(event["state_key"])
            elif event["type"] == "m.room.message":
                self.messages.append(event)

    def _content(self, kind: str) -> Mapping[str, Any]:
        return self.state.get((kind, ""), {})
