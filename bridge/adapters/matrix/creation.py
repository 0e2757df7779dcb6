"""The body of POST /createRoom: pure, for homeserver.py."""

from typing import Any

from bridge.adapters.matrix.unfinished import BEGUN, begun_for
from bridge.domain.rooms import MARKER
from bridge.ports.homeserver import RoomCreation


def creation_body(creation: RoomCreation) -> dict[str, Any]:
    """One request that makes the room whole.

    The preset is never ``trusted_private_chat``: in room version 12 it makes every invited person a creator for ever.
    What it sets otherwise (guests may join!) the initial state overrides, in the same events.
    """
    body: dict[str, Any] = {
        "preset": "private_chat",
        "visibility": "private",
        "creation_content": {"m.federate": creation.federate},
        "initial_state": [
            {"type": kind, "state_key": key, "content": dict(content)} for kind, key, content in creation.initial_state
        ],
    }
    for kind, _, content in creation.initial_state:
        if kind == MARKER:
            body["creation_content"][BEGUN] = begun_for(content["group"])
    if creation.space:
        body["creation_content"]["type"] = "m.space"
    if creation.name and not any(kind == "m.room.name" for kind, _, _ in creation.initial_state):
        body["name"] = creation.name
    if creation.version is not None:
        body["room_version"] = creation.version
    if creation.power_levels:
        body["power_level_content_override"] = dict(creation.power_levels)
    return body
