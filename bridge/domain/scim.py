"""What the document of a SCIM user says of their account. Read by the server, which refuses clashes, and the source."""

from collections.abc import Mapping
from typing import Any

from bridge.domain.ids import as_localpart


def account(document: Mapping[str, Any]) -> str:
    """The first part of somebody's user id: their user name, up to its ``@`` where it is written as an address."""
    name = str(document.get("userName", "")).strip()
    return as_localpart(name.partition("@")[0] or name)


def is_active(document: Mapping[str, Any]) -> bool:
    """Whether somebody is there. Providers that do not say it mean it."""
    return document.get("active") is not False
