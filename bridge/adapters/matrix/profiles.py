"""The profiles port: fields of users of ours, written with the admin token. Made by wiring, used by ``services/cards``.

Synapse lets a user's fields be written by that user and by its administrators alone, but where it limits look-ups to
users who share a room, administrators as well read only these (seen on 1.163.2): so the bot reads, which is with
everybody in the company's space.
"""

from typing import Any, Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Caller, Calls
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say

V3: Final = ClientPath.v3


class MatrixProfiles:
    """``bridge.ports.profiles.Profiles``."""

    def __init__(self, calls: Calls, bot: str, *, admin_token: str | None = None) -> None:
        self._bot = calls.user(bot)
        self._admin = calls.owner(admin_token, "homeserver.admin_token") if admin_token else None

    @property
    def writes(self) -> bool:
        return self._admin is not None

    async def read(self, user: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = await self._bot.call("read profile", "GET", V3.profile[user])
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            return {}
        return found

    async def write(self, user: str, name: str, value: Any) -> None:
        await self._admins.call("set profile", "PUT", V3.profile[user][name], {name: value}, repeatable=True)

    async def remove(self, user: str, name: str) -> None:
        try:
            await self._admins.call("remove profile", "DELETE", V3.profile[user][name], repeatable=True)
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise

    @property
    def _admins(self) -> Caller:
        if self._admin is None:
            raise HomeserverError(
                say("Profiles cannot be written: homeserver.admin_token is not set."), kind=ErrorKind.USAGE
            )
        return self._admin
