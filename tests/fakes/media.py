"""Media and pictures with memory, for services and bots."""

from bridge.domain.errors import ErrorKind, HomeserverError, InputError
from bridge.domain.media import media_of
from bridge.domain.messages import say
from bridge.ports.media import Portrait


class FakeMedia:
    """``files`` are by address, None while one is only reserved; ``elsewhere`` is what other servers have."""

    def __init__(self, server_name: str = "corp.example", *, deletes: bool = True) -> None:
        self.files: dict[str, bytes | None] = {}
        self.elsewhere: dict[str, bytes] = {}
        self.deleted: list[str] = []
        self.faults: list[HomeserverError] = []
        self._server_name, self._deletes = server_name, deletes

    @property
    def deletes(self) -> bool:
        return self._deletes

    async def reserve(self) -> str:
        self._fail()
        uri = f"mxc://{self._server_name}/file{len(self.files)}"
        self.files[uri] = None
        return uri

    async def fill(self, uri: str, data: bytes, *, mimetype: str, name: str) -> None:
        self._fail()
        if uri not in self.files:
            raise _unknown()
        self.files[uri] = self.files[uri] or data

    async def fetch(self, uri: str, *, most: int) -> bytes:
        self._fail()
        media_of(uri)
        data = self.elsewhere.get(uri) or self.files.get(uri)
        if data is None:
            raise _unknown()
        if len(data) > most:
            raise InputError(say("This file is too large: {count} MB at most.", count=most // 1_000_000))
        return data

    async def delete(self, uri: str) -> None:
        self._fail()
        self.files.pop(uri, None)
        self.deleted.append(uri)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


class FakePictures:
    """Every picture that begins like one is one."""

    async def portrait(self, data: bytes) -> Portrait:
        if not data.startswith(b"picture"):
            raise InputError(say("I cannot read this picture. Send it as JPEG, PNG or WebP."))
        return Portrait(data=b"portrait of " + data, width=640, height=480)


def _unknown() -> HomeserverError:
    return HomeserverError(
        say("The homeserver does not know what was asked for."),
        kind=ErrorKind.REFUSED,
        status=404,
        errcode="M_NOT_FOUND",
    )
