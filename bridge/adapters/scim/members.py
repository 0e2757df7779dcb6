"""The members in a request about a group, taken out of its body before the library reads it: it would look at each.

Entra and Okta write them in five ways (``docs/directories.md``); pure functions, for ``handling``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from scim2_models import InvalidPathException, InvalidValueException

from bridge.ports.scim import Change

MEMBERS: Final = "members"
GROUP_URN: Final = "urn:ietf:params:scim:schemas:core:2.0:group:"
VALUE: Final = r'value\s+eq\s*"([^"\\]*)"'
CHOSEN: Final = re.compile(rf"members\[\s*{VALUE}(?:\s+or\s+{VALUE})*\s*\](?:\.value)?", re.IGNORECASE)
"""The path of members that are named one by one (RFC 7644 section 3.5.2.2)."""

Body = Mapping[str, Any]


def of_whole(body: Body) -> tuple[Body, Change]:
    """A group without its members, and these, for POST and PUT. A body that is silent about members changes none: to
    take them all out it says ``null`` or an empty list."""
    key = _key(body, MEMBERS)
    if key is None:
        return body, Change()
    return {name: value for name, value in body.items() if name != key}, Change(add=_ids(body[key]), whole=True)


def of_patch(body: Body) -> tuple[Body | None, Change]:
    """The operations of a PATCH that are not about members (None: there are no others), and what the rest come to.

    Raises ``SCIMException`` for paths and values that name no members.
    """
    key = _key(body, "operations")
    operations = body[key] if key else None
    if not isinstance(operations, list):
        return body, Change()
    change, others = Change(), []
    for operation in operations:
        change, left = _applied(change, operation) if isinstance(operation, Mapping) else (change, operation)
        if left is not None:
            others.append(left)
    if operations and not others:
        return None, change
    return {**body, str(key): others}, change


def _applied(change: Change, operation: Body) -> tuple[Change, Body | None]:
    """What one operation makes of the change, and what is left of it for the library."""
    word, path, value = str(operation.get("op", "")).lower(), operation.get("path"), operation.get("value")
    if path:
        target = str(path)[len(GROUP_URN) :] if str(path).lower().startswith(GROUP_URN) else str(path)
        if not target.lower().startswith(MEMBERS):
            return change, operation
        return _step(change, word, target, value), None
    if not isinstance(value, Mapping) or (key := _key(value, MEMBERS)) is None:
        return change, operation
    rest = {name: one for name, one in value.items() if name != key}
    return _step(change, word, MEMBERS, value[key]), {**operation, "value": rest} if rest else None


def _step(change: Change, word: str, path: str, value: Any) -> Change:
    if CHOSEN.fullmatch(path):
        if word != "remove":
            raise InvalidPathException(detail="A single member can only be removed")
        return _without(change, tuple(re.findall(VALUE, path, re.IGNORECASE)))
    if path.lower() not in (MEMBERS, "members.value"):
        raise InvalidPathException(detail='Members are named as members or as members[value eq "id"]')
    match word:
        case "add":
            new = _ids(value)
            gone = tuple(one for one in change.remove if one not in new)
            return replace(change, add=(*change.add, *new), remove=gone)
        case "replace":
            return Change(add=_ids(value), whole=True)
        case "remove" if value is None:  # an empty list takes nobody out: rooms are not emptied on a guess
            return Change(whole=True)
        case "remove":
            return _without(change, _ids(value))
    raise InvalidValueException(detail="op is add, remove or replace")


def _without(change: Change, gone: tuple[str, ...]) -> Change:
    left = frozenset(gone)
    add = tuple(one for one in change.add if one not in left)
    return replace(change, add=add, remove=() if change.whole else (*change.remove, *gone))


def _ids(value: Any) -> tuple[str, ...]:
    """Ids as they are written: ``{"value": id}``, or the id itself, alone or in a list."""
    items: Iterable[Any] = value if isinstance(value, list) else () if value is None else (value,)
    written = [item.get("value") if isinstance(item, Mapping) else item for item in items]
    ids = [one for one in written if isinstance(one, str) and one]
    if len(ids) < len(written):
        raise InvalidValueException(detail="A member is named by its id, under value")
    return tuple(dict.fromkeys(ids))


def _key(body: Body, wanted: str) -> str | None:
    """How a key is written here: letter case does not count (RFC 7643 section 2.1)."""
    return next((key for key in body if isinstance(key, str) and key.lower() == wanted), None)
