"""What rooms look like, whatever their ids and markers are: to compare two runs of the bridge. For the kill tests."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.adapters.matrix.unfinished import BEGUN
from bridge.domain.rooms import MARKER
from bridge.rules.naming import told_apart

State = Mapping[tuple[str, str], Mapping[str, Any]]
OUT = {"leave", "ban"}
CHILD = "m.space.child"
OF_SYNAPSE = "historical"
"""A level that Synapse adds when it makes a room. It means nothing and is gone when levels change, which is sooner on
one way than on another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One room. ``label`` says which it is, the same in both runs; ``said`` are the messages in it, in order."""

    label: str
    room_id: str
    state: State
    said: tuple[str, ...] = ()
    published: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        return str(self.state.get((MARKER, ""), {}).get("group", ""))


def likeness(rooms: Iterable[Portrait]) -> dict[str, str]:
    """Label → the room as text, with every id and marker replaced by the label of the room that it belongs to.

    Fails when two rooms are the same: that is what applying twice would make.
    """
    rooms = list(rooms)
    labels = [room.label for room in rooms]
    assert len(labels) == len(set(labels)), f"rooms made twice: {sorted(labels)}"
    words = {room.room_id: f"({room.label})" for room in rooms}
    words |= {room.marker: f"({room.label})" for room in rooms if room.marker}
    found = {}
    for room in rooms:
        text = _text(room, words)
        for word, label in words.items():
            text = text.replace(json.dumps(word), json.dumps(label))
        found[room.label] = text
    return found


def _text(room: Portrait, words: Mapping[str, str]) -> str:
    state = {f"{kind} {key}": _content(kind, content, room) for (kind, key), content in room.state.items()}
    present = {name: content for name, content in state.items() if content is not None}
    # Their keys are room ids, which would sort them differently each time.
    children = sorted(words.get(key, key) for (kind, key), content in room.state.items() if kind == CHILD and content)
    picture = {
        "state": {name: content for name, content in present.items() if not name.startswith(CHILD)},
        "children": children,
        "said": room.said,
        "published": room.published,
        "aliases": room.aliases,
    }
    return json.dumps(picture, sort_keys=True, ensure_ascii=False, indent=1)


def _content(kind: str, content: Mapping[str, Any], room: Portrait) -> Any:
    if kind == "m.room.member":
        membership = content.get("membership")
        return None if membership in OUT else membership
    if kind == "m.room.pinned_events":
        return len(content.get("pinned", ()))
    if kind == "m.room.create":
        return {key: value for key, value in content.items() if key not in {BEGUN, "creator"}}
    if kind == "m.room.name" and room.marker:
        code = told_apart("", room.marker)
        return {"name": str(content.get("name", "")).replace(code, "CODE")}
    if kind == "m.room.power_levels":
        return {key: value for key, value in content.items() if key != OF_SYNAPSE}
    return dict(content)
