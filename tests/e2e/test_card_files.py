"""Photos, exports and profiles on federating Synapses: somebody of a partner from their own server, and an employee."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from PIL import Image
from PIL.ExifTags import Base

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from deploy.demo.rooms import Event
from tests.e2e.journeys import accepted, at_work, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, Company
from tests.support.media import fetch, fetch_thumbnail, send_picture
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin, language: en, title: Sales director}
groups:
  - {id: deal, name: Project Zephyr, owners: ["1"], members: ["1", "@bob~:acme.test"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, kind: customer, servers: [acme.test], sponsor: "1"}
"""


@dataclass(frozen=True)
class Scene:
    company: Company
    claire: Conversation
    bob: Conversation

    def below(self, where: Conversation, asked: str) -> list[Event]:
        """Files that the bot shows below its reply to an event."""
        messages = where.person.joined[where.room_id].messages
        return [one for one in messages if one["content"].get("url") and one["sender"] == self.company.bot
                and one["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == asked]  # fmt: skip

    async def agree(self, where: Conversation, line: str) -> str:
        """Say something for which one is asked first, and answer yes."""
        assert (await where.ask(line)).status == "confirm"
        return (await where.ask("yes")).text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(park: Park) -> AsyncIterator[Scene]:
    company = park.company(DIRECTORY)
    await company.hire("claire")
    await company.hire("bob", server=ACME)
    await company.hire_service()
    async with at_work(company, "claire", "bob"):
        claire, bob = company.people["claire"], company.people["bob"]
        invitation = await seen(bob, "the deal", lambda: bob.invitation("Project Zephyr"))
        await accepted(bob, invitation)
        yield Scene(company, *[await Conversation.open(one, company.bot) for one in (claire, bob)])


def picture() -> bytes:
    """Of a telephone, with where it was taken."""
    exif = Image.Exif()
    exif[Base.Artist] = "SECRET-PLACE"
    out = io.BytesIO()
    Image.effect_noise((1200, 1600), 60).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def shown_below(scene: Scene, where: Conversation, asked: str, files: int = 1) -> list[Event]:
    return await seen(
        where.person, "files", lambda: found if len(found := scene.below(where, asked)) == files else None
    )


async def is_gone(person: Person, uri: str) -> None:
    await eventually(lambda: fetch(person, uri), lambda data: data is None, seconds=90)


@pytest.mark.parametrize("who", ["bob", "claire"])
async def test_a_photo_sent_in_the_chat_goes_on_the_card_and_others_see_it(scene: Scene, who: str) -> None:
    mine, other = (scene.bob, scene.claire) if who == "bob" else (scene.claire, scene.bob)
    await scene.agree(mine, "!profile set topics pumps")
    sent = await send_picture(mine.person, mine.room_id, picture(), "image/jpeg")
    [answer] = await shown_below(scene, mine, sent)
    uri = answer["content"]["url"]
    assert uri.startswith("mxc://corp.test/")
    data = await fetch(other.person, uri)
    assert data is not None
    assert b"SECRET" not in data
    assert Image.open(io.BytesIO(data)).size == (480, 640)
    assert (await fetch_thumbnail(other.person, uri)) is not None
    asked = await other.person.say(other.room_id, f"!profile {mine.person.user_id}")
    [card] = await shown_below(scene, other, asked)
    assert card["content"]["url"] == uri
    assert "off your card" in (await mine.ask("!profile photo remove")).text
    await is_gone(scene.claire.person, uri)


async def test_an_export_has_the_history_and_the_vcard_and_erasing_leaves_nothing(scene: Scene) -> None:
    bob = scene.bob
    await bob.ask("!profile set phone +33 1 42 68 53 00")
    await bob.ask("!profile history add visit today We met")
    sent = await send_picture(bob.person, bob.room_id, picture(), "image/jpeg")
    [photo] = await shown_below(scene, bob, sent)
    asked = await bob.person.say(bob.room_id, "!profile export")
    whole, contact = await shown_below(scene, bob, asked, files=2)
    kept = json.loads(await fetch(bob.person, whole["content"]["url"]) or b"")
    assert kept["fields"]["phone"]["values"] == ["+33 1 42 68 53 00"]
    assert [one["versions"][0]["text"] for one in kept["history"]["entries"]] == ["We met"]
    vcard = (await fetch(bob.person, contact["content"]["url"]) or b"").decode()
    assert "VERSION:4.0" in vcard
    assert "PHOTO:data:image/jpeg;base64," in vcard
    assert "We met" not in vcard
    assert "erased" in await scene.agree(bob, "!profile erase")
    await is_gone(scene.claire.person, photo["content"]["url"])
    assert "nothing on your card" in (await bob.ask("!profile export")).text


async def test_a_card_goes_to_the_profile_of_an_employee_who_allows_it_and_comes_back(scene: Scene) -> None:
    claire = scene.claire
    path = f"/_matrix/client/v3/profile/{claire.person.user_id}"

    async def profile() -> dict[str, object]:
        fields: dict[str, object] = (await claire.person.ask("GET", path)).ok("a profile")
        return fields

    await claire.ask("!profile set links https://corp.test/claire")
    await claire.ask("!profile set phone +33 1 42 68 53 01")
    await scene.agree(claire, "!profile publish")
    found = await eventually(profile, lambda fields: "io.parvis.links" in fields, seconds=90)
    assert found["io.parvis.links"] == ["https://corp.test/claire"]
    assert "io.parvis.phone" not in found
    assert "taken back" in (await claire.ask("!profile unpublish")).text
    await eventually(profile, lambda fields: "io.parvis.links" not in fields, seconds=90)
    assert "own, where I write nothing" in (await scene.bob.ask("!profile publish")).text
