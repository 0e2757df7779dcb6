"""The web client's files: what is served and how, and what is said where node is missing. Needs no browser."""

from pathlib import Path

import aiohttp
import pytest

from deploy.webclient.building import WebClientError, built_client
from deploy.webclient.serving import served


async def test_each_file_has_its_type_and_nothing_outside_is_reached(tmp_path: Path) -> None:
    public = tmp_path / "public"
    (public / "assets").mkdir(parents=True)
    (tmp_path / "secret").write_text("no")
    for name in ("index.html", "app.js", "olm.wasm", "assets/theme.css", "assets/font.woff2"):
        (public / name).write_text(name)

    async with served(public, homeserver="http://127.0.0.1:8008") as url, aiohttp.ClientSession() as session:
        origin = url.partition("?")[0]
        types = {}
        for path in ("", "app.js", "olm.wasm", "assets/theme.css", "assets/font.woff2"):
            async with session.get(origin + path) as answer:
                types[path] = answer.headers["Content-Type"]
        async with session.get(f"{origin}%2e%2e/secret") as outside, session.get(f"{origin}nothing") as nothing:
            statuses = [outside.status, nothing.status]

    assert url.endswith("/?hs=http%3A%2F%2F127.0.0.1%3A8008")
    assert types == {
        "": "text/html",
        "app.js": "text/javascript",
        "olm.wasm": "application/wasm",
        "assets/theme.css": "text/css",
        "assets/font.woff2": "font/woff2",
    }
    assert statuses == [404, 404]


async def test_without_node_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(WebClientError, match="needs node and npm"):
        await built_client()
