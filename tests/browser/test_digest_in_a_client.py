"""The weekly digest as people see it: a web client in a browser, an employee in French and somebody of a partner in
English.

PARVIS_SCREENSHOTS=docs/images keeps the pictures that docs/digest.md shows.
"""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.demo.people import following
from deploy.localnet.cache import make_folder
from tests.browser.devtools import Page, chromium_path
from tests.browser.test_web_client import TIMELINE, at_client, keep, open_room
from tests.e2e.journeys import seen
from tests.e2e.test_digest import BOTS, DIRECTORY, Told, play, this_week
from tests.support.company import ACME
from tests.support.park import Park

pytestmark = [
    pytest.mark.browser,
    pytest.mark.homeserver,
    pytest.mark.skipif(
        not (chromium_path() and shutil.which("node") and shutil.which("npm")),
        reason="browser: node or Chromium is not installed",
    ),
]

SHOWN = (
    ("luc", "Your week until", "digest.owner.png"),
    ("claire", "Votre semaine", "digest.fr.png"),
    ("bob", "Your week until", "digest.png"),
)


async def test_a_digest_in_a_web_client(park: Park, tmp_path: Path) -> None:
    pictures = make_folder(Path(os.environ.get("PARVIS_SCREENSHOTS", tmp_path)))
    until = this_week().until + timedelta(days=20)
    company = park.company(DIRECTORY.replace("UNTIL", until.isoformat()), bots=BOTS, timezone="Europe/Paris")
    await company.hire("claire", "luc", "ann", "eve")
    await company.hire("bob", server=ACME)
    told = Told(company)
    async with following(*company.people.values()):
        async with company.running():
            await told.move_in()
            await play(told)
        await told.later("digest", "run")
        bob = told.person("bob")
        await bob.accept(await seen(bob, "the bot", lambda: bob.invitation_of(told.bot)))
        await told.later("digest", "run", minutes=20)
        for name, words, picture in SHOWN:
            await told.read(name)
            async with at_client(told.person(name), tmp_path / name) as page:
                await open_room(page, room_name(told, name))
                await page.until(f"({TIMELINE}).includes('{words}')")
                await shown_from_its_beginning(page)
                await keep(page, pictures / picture)


def room_name(told: Told, name: str) -> str:
    """What the conversation with the bot is called in somebody's client: as the bot is."""
    rooms = told.person(name).joined.values()
    room = next(room for room in rooms if any(one["sender"] == told.bot for one in room.messages))
    return str(room.state["m.room.member", told.bot].get("displayname", told.bot))


async def shown_from_its_beginning(page: Page) -> None:
    """The top of the digest is on the screen."""
    await page.evaluate("document.querySelector('.Timeline h4')?.scrollIntoView()")
