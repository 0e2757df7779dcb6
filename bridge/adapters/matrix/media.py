"""The media port: one bot's files on our homeserver. Made by wiring, used by ``services/cards``."""

from typing import Final

from mautrix.api import ClientPath, MediaPath, SynapseAdminPath

from bridge.adapters.matrix.calls import Calls, Request
from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.media import media_of
from bridge.domain.messages import say

FILLED: Final = "M_CANNOT_OVERWRITE_MEDIA"
MEGABYTE: Final = 1_000_000


class MatrixMedia:
    """``bridge.ports.media.Media`` for one user of the application service."""

    def __init__(self, calls: Calls, user_id: str, *, admin_token: str | None = None) -> None:
        self._me = calls.user(user_id, hurry=True)
        self._admin = calls.owner(admin_token, "homeserver.admin_token") if admin_token else None

    @property
    def deletes(self) -> bool:
        return self._admin is not None

    async def reserve(self) -> str:
        answer = await self._me.call("reserve media", "POST", MediaPath.v1.create, repeatable=True)
        return str(answer["content_uri"])

    async def fill(self, uri: str, data: bytes, *, mimetype: str, name: str) -> None:
        server, id_ = media_of(uri)
        path, query = MediaPath.v3.upload[server][id_], {"filename": name}
        request = Request(verb="upload", method="PUT", path=path, query=query, file=(mimetype, data))
        try:
            await self._me.ask(request, repeatable=True)
        except HomeserverError as error:
            if error.errcode != FILLED:
                raise

    async def fetch(self, uri: str, *, most: int) -> bytes:
        server, id_ = media_of(uri)
        path = ClientPath.v1.media.download[server][id_]
        data: bytes = await self._me.ask(Request(verb="download", method="GET", path=path, most=most))
        if len(data) > most:
            raise InputError(say("This file is too large: {count} MB at most.", count=most // MEGABYTE))
        return data

    async def delete(self, uri: str) -> None:
        if self._admin is None:
            raise HomeserverError(
                say("Files cannot be deleted: homeserver.admin_token is not set."), kind=ErrorKind.USAGE
            )
        server, id_ = media_of(uri)
        try:
            path = SynapseAdminPath.v1.media[server][id_]
            await self._admin.call("delete media", "DELETE", path, repeatable=True)
        except HomeserverError as error:
            if error.errcode != "M_NOT_FOUND":
                raise
