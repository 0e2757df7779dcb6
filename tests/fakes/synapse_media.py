"""The media of the Synapse of tests/fakes/synapse.py: who reserved, filled, read and deleted what."""

from typing import TYPE_CHECKING, Any

from bridge.adapters.matrix.calls import Request
from tests.fakes.synapse_rooms import No, forbidden

if TYPE_CHECKING:
    from tests.fakes.synapse import FakeSynapse


def reserve(server: "FakeSynapse", user: str, _: Request) -> Any:
    uri = f"mxc://{server.server_name}/media{len(server.media)}"
    server.media[uri] = (user, None)
    return {"content_uri": uri, "unused_expires_at": 0}


def fill(server: "FakeSynapse", user: str, request: Request, name: str, media: str) -> Any:
    uri = f"mxc://{name}/{media}"
    if uri not in server.media:
        raise No(404, "M_NOT_FOUND", "Unknown media ID")
    owner, data = server.media[uri]
    if owner != user:
        raise forbidden("Only the creator of the media ID can upload to it")
    if data is not None:
        raise No(409, "M_CANNOT_OVERWRITE_MEDIA", "Media ID already has content")
    assert request.file is not None
    server.media[uri] = (user, request.file[1])
    return {}


def download(server: "FakeSynapse", _user: str, request: Request, name: str, media: str) -> Any:
    """Without federation: what other servers have is put among the media under their name."""
    _, data = server.media.get(f"mxc://{name}/{media}", ("", None))
    if name in server.silent_servers:
        raise No(502, "M_UNKNOWN", "Failed to fetch remote media")
    if data is None:
        raise No(404, "M_NOT_FOUND", "Not found")
    return data[: request.most + 1]


def delete(server: "FakeSynapse", user: str, _: Request, name: str, media: str) -> Any:
    if user not in server.admins:
        raise forbidden("You are not a server admin")
    if server.media.pop(f"mxc://{name}/{media}", None) is None:
        raise No(404, "M_NOT_FOUND", "Unknown media")
    return {"deleted_media": [media], "total": 1}
