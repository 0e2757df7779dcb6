"""What Entra and Okta send otherwise than the standard says, and the library does not take: made right in the body.

Pure functions, for ``handling``.
"""

from collections.abc import Mapping
from typing import Any, Final

MANAGER: Final = "manager"
NOT_SAID: Final = ("id", "schemas", "meta")
"""Okta repeats these inside the value of a PATCH; they are not the client's to change."""
LISTS: Final = ("emails", "members")
"""Attributes with several values; of every other one, a list of one value is that value."""
WRAPPED: Final = frozenset({"value", "$ref", "displayName"})
"""All that older provisioning of Entra writes around a single value."""


def tolerant(body: Any) -> Any:
    """The body of a PATCH with operations that the library understands."""
    if not isinstance(body, Mapping):
        return body
    return {key: _operations(value) if key.lower() == "operations" else value for key, value in body.items()}


def _operations(operations: Any) -> Any:
    if not isinstance(operations, list):
        return operations
    return [made for one in operations for made in (_made(one) if isinstance(one, Mapping) else [one])]


def _made(operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What one operation says, as one or several."""
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str):
        return [_about(operation, path, value if _is_list(path) else _alone(value))]
    said = [value] if isinstance(value, Mapping) else value
    if path is not None or not isinstance(said, list) or not all(isinstance(one, Mapping) for one in said):
        return [operation]
    return [made for one in said for made in _without_path(operation, one)]


def _without_path(operation: Mapping[str, Any], value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Entra may write whole paths as keys: ``emails[type eq "work"].value``. Each becomes an operation of its own."""
    said = {key: one for key, one in value.items() if key not in NOT_SAID}
    plain = {key: _manager(key, one) for key, one in said.items() if "[" not in key}
    chosen = [{**operation, "path": key, "value": one} for key, one in said.items() if "[" in key]
    return [{**operation, "value": plain}, *chosen] if plain or not chosen else [*chosen]


def _about(operation: Mapping[str, Any], path: str, value: Any) -> Mapping[str, Any]:
    if not _is_manager(path):
        return {**operation, "value": value} if "value" in operation else operation
    # The manager is named by the bare id, and nobody by an empty one.
    if str(operation.get("op", "")).lower() == "remove" or value in (None, ""):
        return {"op": "remove", "path": path}
    return {**operation, "path": f"{path}.value", "value": value} if isinstance(value, str) else operation


def _alone(value: Any) -> Any:
    """``x`` of ``[{"$ref": null, "value": x}]``; whatever else it is stays."""
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    return one["value"] if isinstance(one, Mapping) and "value" in one and one.keys() <= WRAPPED else value


def _manager(key: str, value: Any) -> Any:
    one = _alone(value)
    return {"value": one} if _is_manager(key) and isinstance(one, str) else value


def _is_list(path: str) -> bool:
    return path.lower().rpartition(":")[2].partition("[")[0] in LISTS and "]." not in path


def _is_manager(path: str) -> bool:
    return path.lower().rpartition(":")[2] == MANAGER
