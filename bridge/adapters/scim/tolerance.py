"""What Entra and Okta send otherwise than the standard says, and the library does not take: made right in the body.

Pure functions, for ``handling``.
"""

from collections.abc import Mapping
from typing import Any, Final

MANAGER: Final = "manager"
NOT_SAID: Final = ("id", "schemas", "meta")
"""Okta repeats these inside the value of a PATCH; they are not the client's to change."""


def tolerant(body: Any) -> Any:
    """The body of a PATCH with operations that the library understands."""
    if not isinstance(body, Mapping):
        return body
    return {key: _operations(value) if key.lower() == "operations" else value for key, value in body.items()}


def _operations(operations: Any) -> Any:
    return [_operation(one) for one in operations] if isinstance(operations, list) else operations


def _operation(operation: Any) -> Any:
    if not isinstance(operation, Mapping):
        return operation
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str) and _is_manager(path) and not isinstance(value, Mapping | list):
        return _about_manager(operation, path, value)
    if path is None and isinstance(value, Mapping):
        said = {key: one for key, one in value.items() if key not in NOT_SAID}
        return {**operation, "value": {key: _manager(key, one) for key, one in said.items()}}
    return operation


def _about_manager(operation: Mapping[str, Any], path: str, value: Any) -> Mapping[str, Any]:
    """Entra names the manager by the bare id, and nobody by an empty one."""
    if str(operation.get("op", "")).lower() == "remove" or value in (None, ""):
        return {"op": "remove", "path": path}
    return {**operation, "path": f"{path}.value"}


def _manager(key: str, value: Any) -> Any:
    return {"value": value} if _is_manager(key) and isinstance(value, str) else value


def _is_manager(path: str) -> bool:
    return path.lower().rpartition(":")[2] == MANAGER
