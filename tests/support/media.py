"""What people's clients do with files: send a picture, fetch what they are shown. Each through their own homeserver."""

from typing import Any

import aiohttp

from deploy.demo.people import Person

UPLOAD = "/_matrix/media/v3/upload"
DOWNLOAD = "/_matrix/client/v1/media/download"


async def send_picture(person: Person, room_id: str, data: bytes, mimetype: str = "image/png") -> str:
    """Upload, and say it in the room: the event's id."""
    async with _session(person) as session:
        url = f"{person.server.client_url}{UPLOAD}"
        async with session.post(url, data=data, headers={"Content-Type": mimetype}) as answer:
            uri = (await answer.json())["content_uri"]
    content = {"msgtype": "m.image", "body": "me.png", "url": uri, "info": {"mimetype": mimetype, "size": len(data)}}
    path = f"/_matrix/client/v3/rooms/{room_id}/send/m.room.message/{uri[-16:]}"
    return str((await person.ask("PUT", path, body=content)).ok("sending a picture")["event_id"])


async def fetch(person: Person, uri: str) -> bytes | None:
    """A file as this person's homeserver gives it; None when there is none."""
    return await _read(person, f"{DOWNLOAD}/{uri.removeprefix('mxc://')}")


async def fetch_thumbnail(person: Person, uri: str, side: int = 96) -> bytes | None:
    """What a client shows in a list."""
    path = f"/_matrix/client/v1/media/thumbnail/{uri.removeprefix('mxc://')}"
    return await _read(person, f"{path}?width={side}&height={side}&method=scale")


async def _read(person: Person, path: str) -> bytes | None:
    async with _session(person) as session, session.get(f"{person.server.client_url}{path}") as answer:
        return await answer.read() if answer.status == 200 else None


def _session(person: Person) -> Any:
    # Not aiohttp's default of trust in the environment: a proxy has no business on loopback.
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {person.account.access_token}"},
        timeout=aiohttp.ClientTimeout(total=60),
        trust_env=False,
    )
