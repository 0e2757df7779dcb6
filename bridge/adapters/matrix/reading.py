"""What a room's state events say: pure reading of GET /rooms/{id}/state, for homeserver.py and messenger.py."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.rooms import Content, Membership, StateKey
from bridge.ports.homeserver import RoomView
from bridge.ports.messenger import Surroundings

FIRST_VERSION: Final = "1"
CREATE: Final = "m.room.create"
MEMBER: Final = "m.room.member"
INSIDE: Final = frozenset({Membership.JOIN, Membership.INVITE, Membership.KNOCK})


def room_view(room_id: str, events: Iterable[Any], reader: str) -> RoomView:
    """The room as its state says. ``members`` lacks those who are out, save the banned.

    Raises ``HomeserverError`` when ``reader`` is not in the room: then the homeserver has answered with the state of
    the moment when they went, which looks just like the present.
    """
    state: dict[StateKey, Content] = {}
    members: dict[str, Membership] = {}
    left: set[str] = set()
    creators: frozenset[str] = frozenset()
    for event in events:
        kind, key, content = event["type"], event["state_key"], event["content"]
        if kind != MEMBER:
            state[kind, key] = content
            creators = _creators(event) if kind == CREATE else creators
            continue
        membership = membership_in(content)
        if membership is not Membership.LEAVE:
            members[key] = membership
        elif _went_by_themselves(event):
            left.add(key)
    if members.get(reader) is not Membership.JOIN:
        raise not_inside(reader)
    version = state.get((CREATE, ""), {}).get("room_version", FIRST_VERSION)
    return RoomView(
        room_id=room_id, version=version, state=state, members=members, left=frozenset(left), creators=creators
    )


def surroundings(room_id: str, events: Iterable[Any], reader: str) -> Surroundings:
    """Who can read along; defaults are the specification's for absent events."""
    view = room_view(room_id, events, reader)
    rule = _content(view, "m.room.join_rules")
    return Surroundings(
        room_id=room_id,
        members=view.members,
        join_rule=_word(rule.get("join_rule"), "invite"),
        history=_word(_content(view, "m.room.history_visibility").get("history_visibility"), "shared"),
        # Encryption cannot be taken back: an event emptied later still means that clients encrypt.
        encrypted=("m.room.encryption", "") in view.state,
        allow=frozenset(_allowed(rule.get("allow"))),
    )


def membership_in(content: Mapping[str, Any]) -> Membership:
    """What a member event says; an odd word counts as being out."""
    try:
        return Membership(content.get("membership", ""))
    except ValueError:
        return Membership.LEAVE


def not_inside(user_id: str) -> HomeserverError:
    """The error for a room that ``user_id`` is not in."""
    return HomeserverError(
        say("{user} is not in the room. Somebody who is must invite it.", user=user_id),
        kind=ErrorKind.REFUSED,
        status=403,
        errcode="M_FORBIDDEN",
    )


def _went_by_themselves(event: Mapping[str, Any]) -> bool:
    """Left or declined; who merely takes a knock back has never been asked and is not a leaver."""
    before = event.get("unsigned", {}).get("prev_content", {}).get("membership")
    return bool(event["sender"] == event["state_key"] and before != Membership.KNOCK)


def _creators(event: Mapping[str, Any]) -> frozenset[str]:
    """Who sent m.room.create, and whom it names beside them (MSC4289)."""
    others = event["content"].get("additional_creators")
    named = (one for one in others if isinstance(one, str)) if isinstance(others, list) else ()
    return frozenset((event.get("sender", ""), *named))


def _content(view: RoomView, event_type: str) -> Content:
    return view.state.get((event_type, ""), {})


def _word(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def _allowed(conditions: Any) -> Iterable[str]:
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, dict) and isinstance(condition.get("room_id"), str):
            yield condition["room_id"]
