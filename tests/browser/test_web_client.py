"""A real web client in a real browser: what people of the demo's company see and do there.

PARVIS_SCREENSHOTS=docs/images keeps the pictures that the README shows.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.domain.messages import Text
from deploy.demo.people import Person
from deploy.demo.scene import Scene
from deploy.demo.staging import staged
from deploy.demo.steps import arriving, looking, partnering
from deploy.localnet.cache import make_folder
from deploy.webclient.building import built_client
from deploy.webclient.serving import served
from tests.browser.devtools import Page, browser_page, chromium_path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (chromium_path() and shutil.which("node") and shutil.which("npm")),
        reason="browser: node or Chromium is not installed",
    ),
]

TIMELINE = "document.querySelector('.Timeline')?.innerText ?? ''"
ROOMS = "document.querySelector('.RoomList')?.innerText ?? ''"


async def test_people_read_write_and_ask_the_bot_in_a_web_client(tmp_path: Path) -> None:
    pictures = make_folder(Path(os.environ.get("PARVIS_SCREENSHOTS", tmp_path)))
    async with staged(tmp_path / "demo", "en") as scene:
        for play in (
            arriving.directory_becomes_rooms,
            arriving.claire_finds_her_groups,
            looking.lea_joins_the_open_group,
            partnering.bob_accepts,
            partnering.bob_and_claire_talk,
        ):
            await play(scene)
        for person in (scene.claire, scene.ines):
            await (await scene.talk(person)).ask("!language en")
        async with at_client(scene.claire, tmp_path / "claire") as page:
            await claire_asks_in_the_open_room(scene, page)
            await keep(page, pictures / "open-room.png")
        async with at_client(scene.bob, tmp_path / "bob") as page:
            await bob_sees_his_part_alone(scene, page)
            await keep(page, pictures / "partner.png")
        async with at_client(scene.ines, tmp_path / "ines") as page:
            await ines_asks_for_the_plan(scene, page)
            await keep(page, pictures / "plan.png")


@asynccontextmanager
async def at_client(person: Person, folder: Path) -> AsyncIterator[Page]:
    """The person's own browser, logged in, with the room list on the screen."""
    public = await built_client()
    async with served(public, homeserver=person.server.client_url) as url, browser_page(folder) as page:
        await page.open(url)
        await page.fill("#username", person.user_id)
        await page.fill("#password", person.account.password)
        await page.click("button[type=submit]")
        await page.until("!!document.querySelector('.RoomList li')")
        yield page


async def claire_asks_in_the_open_room(scene: Scene, page: Page) -> None:
    rooms = await page.evaluate(ROOMS)
    assert scene.name("sales") in rooms
    assert scene.name("comex") not in rooms
    await open_room(page, scene.name("sales"))
    await page.until(f"({TIMELINE}).includes('notes de frais')")
    answer = await ask(page, "!group list", "8 groups")
    for group in scene.directory.groups.values():
        shown = any(name in answer for name in (group.name.en, group.name.fr))
        assert shown == (group not in scene.hidden()), f"{group.id} in an open room: {answer}"


async def bob_sees_his_part_alone(scene: Scene, page: Page) -> None:
    rooms = await page.evaluate(ROOMS)
    assert scene.name("zephyr") in rooms
    assert scene.name("sales") not in rooms
    await open_room(page, scene.name("zephyr"))
    await page.until(f"({TIMELINE}).includes('Merci Bob')")
    await type_in(page, "See you on Thursday!")
    deal = scene.claire.room("zephyr")
    await scene.claire.until(
        lambda: deal and "See you on Thursday!" in deal.texts(), Text.same("Claire does not read what Bob typed")
    )


async def ines_asks_for_the_plan(scene: Scene, page: Page) -> None:
    scene.house.add_member("zephyr", "0401")
    await open_room(page, "Parvis")
    answer = await ask(page, "!plan", "To apply it")
    assert scene.lea.name in answer
    assert "!apply" in answer


async def open_room(page: Page, name: str) -> None:
    found = f"[...document.querySelectorAll('.RoomList li')].find(each => each.innerText.includes({json.dumps(name)}))"
    await page.until(f"!!{found}")
    await page.evaluate(f"{found}.querySelector('a').click()")
    await page.until("!!document.querySelector('.MessageComposer textarea')")


async def ask(page: Page, command: str, expected: str) -> str:
    """Type a command; what the timeline shows after it, as soon as the bot has said what is expected."""
    after = f"({TIMELINE}).split({json.dumps(command)}).at(-1)"
    await type_in(page, command)
    await page.until(f"{after}.includes({json.dumps(expected)})")
    said: str = await page.evaluate(after)
    return said


async def type_in(page: Page, words: str) -> None:
    await page.fill(".MessageComposer textarea", words)
    await page.press_enter()


async def keep(page: Page, path: Path) -> None:
    """A picture, once the page has stopped loading."""
    await page.until(f"!({TIMELINE}).includes('Loading more')")
    await asyncio.to_thread(path.write_bytes, await page.screenshot())
