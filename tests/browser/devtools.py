"""Headless Chromium over its DevTools protocol: a page that is clicked, typed into, asked and photographed."""

import asyncio
import base64
import json
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from deploy.localnet.cache import make_folder
from deploy.localnet.errors import tail
from deploy.localnet.processes import GuardedProcess, minimal_environment

PATIENCE = 30
WIDTH, HEIGHT = 1280, 800
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--no-first-run", "--hide-scrollbars",
    "--remote-debugging-port=0", f"--window-size={WIDTH},{HEIGHT}", "--lang=en",
)  # fmt: skip
LISTENING = re.compile(r"DevTools listening on (ws://\S+)")


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """One tab, in a profile of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket, self._session, self._ids = socket, session, count(1)

    async def open(self, url: str) -> None:
        await self._call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        reply = await self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    async def until(self, expression: str) -> Any:
        """Ask until the expression is true; what the page shows is in the failure."""
        deadline = time.monotonic() + PATIENCE
        while not (value := await self.evaluate(expression)):
            if time.monotonic() > deadline:
                shown = await self.evaluate("document.body.innerText")
                raise AssertionError(f"never true: {expression}; the page shows: {shown}")
            await asyncio.sleep(0.05)
        return value

    async def click(self, selector: str) -> None:
        await self.until(f"!!document.querySelector({json.dumps(selector)})")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    async def fill(self, selector: str, text: str) -> None:
        await self.until(f"!!document.querySelector({json.dumps(selector)})")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        await self._call("Input.insertText", text=text)

    async def press_enter(self) -> None:
        for kind in ("keyDown", "keyUp"):
            await self._call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r"
            )

    async def screenshot(self) -> bytes:
        """The page as a PNG."""
        image = await self._call("Page.captureScreenshot", format="png")
        return base64.b64decode(image["data"])

    async def _call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        await self._socket.send_json({"id": number, "sessionId": self._session, "method": method, "params": params})
        return await answer_to(self._socket, number)


@asynccontextmanager
async def browser_page(folder: Path) -> AsyncIterator[Page]:
    """A fresh Chromium with one empty page, ended with the block; it keeps its profile in the folder."""
    chromium, log = chromium_path(), folder / "chromium.log"
    assert chromium
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    make_folder(folder)
    process = GuardedProcess(command, log=log, folder=folder, env=minimal_environment(folder))
    try:
        address = await _address(process, log)
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.ws_connect(address, max_msg_size=0) as socket,
        ):
            await socket.send_json({"id": 1, "method": "Target.createTarget", "params": {"url": "about:blank"}})
            target = (await answer_to(socket, 1))["targetId"]
            attach = {"targetId": target, "flatten": True}
            await socket.send_json({"id": 2, "method": "Target.attachToTarget", "params": attach})
            yield Page(socket, (await answer_to(socket, 2))["sessionId"])
    finally:
        process.kill()


async def answer_to(socket: aiohttp.ClientWebSocketResponse, number: int) -> Any:
    """The result of the call with this number; events in between are passed over."""
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await socket.receive_json()
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return message["result"]


async def _address(process: GuardedProcess, log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while not (found := LISTENING.search(tail(log, 50))):
        assert process.running, tail(log)
        assert time.monotonic() < deadline, tail(log)
        await asyncio.sleep(0.05)
    return found[1]
