"""The welcome as people see it: a web client in a browser, an employee in French and somebody of a partner in English.

PARVIS_SCREENSHOTS=docs/images keeps the pictures that docs/onboarding.md shows.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.demo.bot import Conversation
from deploy.localnet.cache import make_folder
from tests.browser.devtools import Page, chromium_path
from tests.browser.test_web_client import TIMELINE, at_client, keep, open_room, type_in
from tests.e2e.journeys import at_work, seen
from tests.e2e.test_welcome import BOTS, DIRECTORY, POLICIES, Welcomed
from tests.support.company import ACME, Company
from tests.support.park import Park

pytestmark = [
    pytest.mark.browser,
    pytest.mark.homeserver,
    pytest.mark.skipif(
        not (chromium_path() and shutil.which("node") and shutil.which("npm")),
        reason="browser: node or Chromium is not installed",
    ),
]

IN_FRENCH = (
    ("Faites-moi visiter", "a son salon"),
    ("suite", "Voici vos groupes"),
    ("suite", "pourraient vous intéresser"),
    ("suite", "Et voici à qui"),
)
IN_ENGLISH = (
    ("show me", "people to turn to"),
    ("ok", "These are your groups"),
    ("blue", "did not quite get that"),
    ("ok", "One habit"),
)


async def test_a_welcome_in_a_web_client(park: Park, tmp_path: Path) -> None:
    pictures = make_folder(Path(os.environ.get("PARVIS_SCREENSHOTS", tmp_path)))
    company = park.company(DIRECTORY, policies="policies.yaml", bots=BOTS, company="Ateliers Lumière", language="fr")
    (company.folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    await company.hire("claire", "sam")
    await company.hire("bob", server=ACME)
    async with at_work(company, "claire", "sam", "bob"):
        await led_through(company, "claire", "Accueil", IN_FRENCH, pictures / "welcome.fr.png", tmp_path)
        await accept_terms(company)
        await led_through(company, "bob", "Welcome", IN_ENGLISH, pictures / "welcome.png", tmp_path)


async def accept_terms(company: Company) -> None:
    bob = company.people["bob"]
    room = await seen(bob, "the terms", lambda: next(iter(bob.invited), None))
    await bob.accept(room)
    await seen(bob, "the text", lambda: room in bob.joined and "Gardez cela" in str(bob.joined[room].texts()))
    talk = Conversation(bob, room)
    await talk.ask("!language en")
    await talk.ask("accept")


async def led_through(
    company: Company, name: str, bot: str, lines: Sequence[tuple[str, str]], picture: Path, folder: Path
) -> None:
    """They write in their browser, where the bot is called ``bot``, and read what is answered."""
    person = company.people[name]
    welcomed = Welcomed(person, f"@parvis{company.suffix}_welcome:corp.test")
    await welcomed.come_in()
    async with at_client(person, folder / name) as page:
        await open_room(page, bot)
        for line, answer in lines:
            await type_in(page, line)
            await page.until(f"({TIMELINE}).includes({json.dumps(answer, ensure_ascii=False)})")
        await shown_whole(page)
        await keep(page, picture)


async def shown_whole(page: Page) -> None:
    """The end of the conversation is on the screen."""
    await page.evaluate("document.querySelector('.Timeline_scroller')?.scrollTo(0, 1e6)")
