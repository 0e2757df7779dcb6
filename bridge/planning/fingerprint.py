"""The short hash of a plan that people quote to apply it: the same for the same changes, whatever order or language."""

import json
from base64 import b32encode
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any, Final

from bridge.domain.desired import RoomSettings
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LetGo,
    LinkChild,
    Publish,
    RemoveMembers,
    SetAlias,
    SetAside,
    SetState,
    TellName,
)

LENGTH: Final = 10
"""Characters; 50 bits, far more than anyone could meet by chance between looking and applying."""


def fingerprint_of(actions: Iterable[Action]) -> str:
    """Over the actions in order; reasons are left out, they are words about the change and not the change."""
    hashing = blake2b(digest_size=16)
    for action in actions:
        for piece in _pieces(action):
            hashing.update(piece.encode())
            hashing.update(b"\0")
        hashing.update(b"\1")
    return _short(hashing.digest())


def fingerprint_of_parts(parts: Iterable[tuple[str, str]]) -> str:
    """Over (compartment, fingerprint) of the parts that a viewer sees."""
    hashing = blake2b(digest_size=16)
    for compartment, fingerprint in parts:
        hashing.update(f"{compartment}\0{fingerprint}\1".encode())
    return _short(hashing.digest())


def _short(digest: bytes) -> str:
    return b32encode(digest).decode().lower()[:LENGTH]


def _pieces(action: Action) -> Iterator[str]:
    yield type(action).__name__
    yield str(int(action.phase))
    yield action.ref.kind
    yield action.ref.id
    match action:
        case AddMembers(users=users):
            yield "\2".join(users)
        case RemoveMembers(users=users, invited=invited, remembered=remembered):
            yield f"{invited} {remembered}"
            yield "\2".join(users)
        case SetState(setting=setting, before=before, after=after):
            yield setting
            yield _plain(before)
            yield _plain(after)
        case CreateRoom(settings=settings):
            yield _settings(settings)
        case LinkChild(parent=parent, present=present, order=order, suggested=suggested):
            yield f"{parent} {present} {suggested} {order}"
        case SetAlias(alias=alias, present=present):
            yield f"{alias} {present}"
        case Publish(published=flag) | LetGo(delete=flag):
            yield str(flag)
        case TellName(name=name):
            yield name
        case SetAside(former=former, secret=secret):
            yield f"{former} {secret}"


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _settings(settings: RoomSettings) -> str:
    return repr(
        (
            settings.name,
            settings.topic,
            str(settings.join_rule),
            [str(ref) for ref in settings.allow],
            str(settings.history),
            settings.servers,
            settings.federate,
            settings.space,
            settings.encrypted,
            settings.published,
            settings.alias,
            [str(ref) for ref in settings.parents],
            sorted(settings.owners),
            sorted(settings.moderators),
            settings.owners_post,
            settings.silent,
            settings.order,
            settings.suggested,
            settings.old_aliases,
            settings.told_name,
            settings.plain_marker,
            settings.invite_power,
        )
    )
