"""Accounts of our own: bot users are registered, the service account is checked. Called by wiring at start."""

from typing import Final

from mautrix.api import ClientPath, SynapseAdminPath

from bridge.adapters.matrix.calls import Caller, Calls
from bridge.domain.errors import HomeserverError, InputError
from bridge.domain.ids import localpart_of
from bridge.domain.service_account import Unfit, objection, unfit

V3 = ClientPath.v3
FIRST_PATIENCE: Final = 3.0
"""Seconds that the homeserver may take to come up: this is the first call of every start, and a person waits."""


async def ensure_registered(calls: Calls, user_id: str, *, display_name: str = "") -> None:
    """Make a user of the application service, the bot itself included; being there already is success.

    Raises ``HomeserverError``: refused with ``M_EXCLUSIVE`` when the registration's namespaces do not cover the name.
    """
    caller = calls.user(user_id)
    body = {"type": "m.login.application_service", "username": localpart_of(user_id), "inhibit_login": True}
    try:
        await caller.call("register", "POST", V3.register, body, repeatable=True, patience=FIRST_PATIENCE)
    except HomeserverError as error:
        if error.errcode != "M_USER_IN_USE":
            raise
    if display_name:
        path = V3.profile[user_id].displayname
        # A name that is set again goes out to every room of the user again.
        if (await caller.call("read profile", "GET", V3.profile[user_id])).get("displayname") != display_name:
            await caller.call("set profile", "PUT", path, {"displayname": display_name}, repeatable=True)


async def check_service_account(admin: Caller, server_name: str, people: frozenset[str]) -> str:
    """The user id behind an admin token; raises ``InputError`` when it is a person's, foreign or no administrator's."""
    owner = str((await admin.call("whoami", "GET", V3.account.whoami, patience=0))["user_id"])
    reason = unfit(owner, server_name, people)
    if reason is None and not await _is_admin(admin, owner):
        reason = Unfit.POWERLESS
    if reason is not None:
        raise InputError(objection(reason, owner, server_name))
    return owner


async def _is_admin(admin: Caller, owner: str) -> bool:
    try:
        answer = await admin.call("read admin", "GET", SynapseAdminPath.v1.users[owner].admin, patience=0)
    except HomeserverError as error:
        if error.status != 403:
            raise
        return False
    return bool(answer.get("admin"))
