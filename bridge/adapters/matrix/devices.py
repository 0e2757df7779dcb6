"""The devices port: those of our own bots, asked for with the application service's token. Made by ``app.wiring``.

The token itself has no device. Synapse lets an application service remove devices of its users without their password
(seen on 1.163.2); a dehydrated device (MSC3814) stands among the keys that others are given, not in every list of one's
own, so both are asked.
"""

from collections.abc import Sequence
from typing import Final

from mautrix.api import ClientPath

from bridge.adapters.matrix.calls import Calls
from bridge.domain.errors import HomeserverError

V3: Final = ClientPath.v3


class MatrixDevices:
    """``bridge.ports.devices.Devices``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def of(self, user: str) -> Sequence[str]:
        caller = self._calls.user(user)
        own = await caller.call("list devices", "GET", V3.devices)
        everything: dict[str, list[str]] = {user: []}
        query = {"device_keys": everything}
        told = await caller.call("ask for keys", "POST", V3.keys.query, query, repeatable=True)
        listed = {str(one["device_id"]) for one in own["devices"]}
        return sorted(listed.union(told.get("device_keys", {}).get(user, {})))

    async def remove(self, user: str, device: str) -> None:
        try:
            await self._calls.user(user).call("remove device", "DELETE", V3.devices[device], repeatable=True)
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
