"""What the document of a SCIM user says of their account. Read by the server, which refuses clashes, and the source."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bridge.domain.ids import as_localpart


class ScimLogin(StrEnum):
    """By what somebody signs in, for finding their account (``rules.identifying``)."""

    NAME = "name"
    """The user name up to its ``@``."""
    USER_NAME = "userName"
    """All of it."""
    EXTERNAL_ID = "externalId"
    """What the provider itself calls them by: with Okta, the subject of a sign-in."""


def login(document: Mapping[str, Any], kind: ScimLogin) -> str:
    """By what somebody signs in; who has no such thing, by the name: to say nothing would be to know the account."""
    name = str(document.get("userName", "")).strip()
    said = {ScimLogin.USER_NAME: name, ScimLogin.EXTERNAL_ID: str(document.get("externalId") or "").strip()}
    return said.get(kind) or name.partition("@")[0] or name


def account(document: Mapping[str, Any]) -> str:
    """The first part of somebody's user id: their user name, up to its ``@`` where it is written as an address."""
    return as_localpart(login(document, ScimLogin.NAME))


def is_active(document: Mapping[str, Any]) -> bool:
    """Whether somebody is there. Providers that do not say it mean it."""
    return document.get("active") is not False
