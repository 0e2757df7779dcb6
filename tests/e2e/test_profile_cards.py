"""Profile cards on federating Synapses: Bob of a partner fills his in by conversation, from his own server, in English.

What others see of it, what they and Bob write about working together, what he takes with him, and that it is gone.
"""

import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio
from PIL import Image

from deploy.demo.bot import Answer, Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import accepted, at_work, seen, told
from tests.e2e.test_welcome import BOTS, Welcomed
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company
from tests.support.media import fetch, send_picture
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin, language: en, title: Buyer}
  - {id: "2", user: "@sam~:corp.test", name: Sam Lopez, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc Blanc, language: en}
groups:
  - {id: deal, name: Project Zephyr, owners: ["2"], members: ["1", "2", "@bob~:acme.test"], partners: [acme]}
  - {id: other, name: Project Alize, owners: ["2"], members: ["2", "@eve~:stranger.test"], partners: [globex]}
partners:
  - {id: acme, name: Acme SA, kind: customer, servers: [acme.test], sponsor: "2"}
  - {id: globex, name: Globex, kind: customer, servers: [stranger.test], sponsor: "2"}
"""
NOTHING: Final = "I know nothing by this name that I can show here."
NEVER: Final = ("+33 6 12 34 56 78", "bob@acme.example", "Lyon", "It rained", "It snowed", "customs")
"""What stands on the card, and never in the audit log."""
LINES: Final = (
    ("Bob Lœb", "Name – Bob Lœb – Seen by everyone in your network."),
    ("BOB leub", "Title (3 of 11)"),
    ("Head of purchasing", "Phone (4 of 11)"),
    ("12345", "This is no phone number that exists: 12345."),
    ("+33 (0)6 12 34 56 78", "Who may see it?"),
    ("2", "Phone – Seen by people who share a group with you."),
    ("bob at acme", "E-mail (5 of 11)"),
    ("bob@ACME.example", "E-mail – bob@acme.example"),
    ("skip", "Languages (6 of 11)"),
    ("English et un peu de français", "Time zone (7 of 11)"),
    ("the moon", "I know no time zone called the moon."),
    ("europe/paris", "Who may see it?"),
    ("skip", "Place (8 of 11)"),
    ("back", "Time zone (7 of 11)"),
    ("skpi", "Place (8 of 11)"),
    ("Lyon", "Who may see it?"),
    ("ok", "Ask me about (9 of 11)"),
    ("customs, purchasing", "Links (10 of 11)"),
    ("http://acme.example/bob", "Links (10 of 11)"),
    ("https://acme.example/bob", "Photo (11 of 11)"),
    ("here it is", "This is no picture."),
)
"""What Bob writes, field after field, with what the bot answers."""


@dataclass
class Scene:
    """``guide`` is Bob's conversation with the bot that welcomes; the others talk with the administrators' bot."""

    company: Company
    guide: Welcomed
    claire: Conversation
    sam: Conversation
    luc: Conversation
    eve: Conversation
    photo: str = ""

    @property
    def bob(self) -> Person:
        return self.guide.person

    async def of_bob(self, viewer: Conversation) -> str:
        """What somebody is shown of Bob's card."""
        return (await viewer.ask(f"!profile {self.bob.user_id}")).text

    async def sees_photo(self, viewer: Conversation) -> bool:
        """Whether Bob's card comes with the photo, and the file is there for this person."""
        asked = await viewer.person.say(viewer.room_id, f"!profile {self.bob.user_id}")
        file = await seen(viewer.person, "the photo", lambda: next(self._below(viewer, asked), None))
        return file["content"]["url"] == self.photo and bool(await fetch(viewer.person, self.photo))

    def _below(self, viewer: Conversation, asked: str) -> Any:
        return (one for one in viewer.person.joined[viewer.room_id].messages if one["content"].get("url")
                and one["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == asked)  # fmt: skip

    async def agree(self, who: Conversation, line: str) -> Answer:
        """Say something for which one is asked first, and answer yes."""
        assert (await who.ask(line)).status == "confirm"
        return await who.ask("yes")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(park: Park) -> AsyncIterator[Scene]:
    company = park.company(DIRECTORY, bots=BOTS, company="Ateliers Lumière", directory={"every": "1s"})
    await company.hire("claire", "sam", "luc")
    await company.hire("bob", server=ACME)
    await company.hire("eve", server=STRANGER)
    await company.hire_service()
    async with at_work(company, "claire", "sam", "luc", "bob", "eve"):
        people = company.people
        for name, group in (("bob", "Project Zephyr"), ("eve", "Project Alize")):
            person = people[name]
            await accepted(person, await seen(person, group, lambda: person.invitation(group)))  # noqa: B023
        guide = Welcomed(people["bob"], f"@parvis{company.suffix}_welcome:corp.test")
        await guide.come_in()
        names = ("claire", "sam", "luc", "eve")
        claire, sam, luc, eve = [await Conversation.open(people[name], company.bot) for name in names]
        yield Scene(company, guide, claire, sam, luc, eve)


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 1200), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def test_the_whole_card_is_filled_in_by_conversation_with_wrong_answers_on_the_way(scene: Scene) -> None:
    guide = scene.guide
    await guide.hears("Hello Bob")
    await guide.says("no", "For everything else")
    await guide.says("ok", "Shall we fill it in together?")
    assert "If you agree" in await guide.says("yes", "kept sealed")
    assert "Name (1 of 11)" in await guide.says("yes", "Let us go through your card")
    for line, answer in LINES:
        await guide.says(line, answer)
    await send_picture(guide.person, guide.room_id, picture(), "image/jpeg")
    await guide.hears("This is your card")
    await guide.hears("photo.jpg")
    scene.photo = guide.said()[guide.read - 1]["content"]["url"]
    await guide.says("place sponsor", "Place – Seen by your sponsor and you alone.")
    await guide.says("done", "Your card is as you want it.")


async def test_everybody_sees_what_their_circle_sees(scene: Scene) -> None:
    near, far, sponsor = [await scene.of_bob(one) for one in (scene.claire, scene.luc, scene.sam)]
    for shown in (near, far, sponsor):
        assert "Bob Lœb (BOB leub) · Head of purchasing · Acme SA" in shown
        assert "Ask me about: customs, purchasing" in shown
    assert ["+33 6 12 34 56 78" in one for one in (near, far, sponsor)] == [True, False, True]
    assert ["bob@acme.example" in one for one in (near, far, sponsor)] == [True, False, True]
    assert ["Lyon" in one for one in (near, far, sponsor)] == [False, False, True]
    assert await scene.sees_photo(scene.claire)


async def test_people_of_another_partner_do_not_learn_that_there_is_anybody(scene: Scene) -> None:
    nobody = await scene.eve.ask(f"!profile @nobody{scene.company.suffix}:acme.test")
    assert nobody.text == NOTHING
    assert (await scene.eve.ask(f"!profile {scene.bob.user_id}")).own_words == nobody.own_words
    assert (await scene.eve.ask("!profile Bob Lœb")).own_words == nobody.own_words
    assert "Nobody says so" in (await scene.eve.ask("!who customs")).text
    assert "Nobody says so" in (await scene.eve.ask("!who purchasing")).text


async def test_who_changes_a_circle_is_seen_by_others_at_once(scene: Scene) -> None:
    await scene.guide.says("!profile circle phone sponsor", "Seen by your sponsor and you alone.")
    assert "+33 6" not in await scene.of_bob(scene.claire)
    assert "+33 6" in await scene.of_bob(scene.sam)
    await scene.guide.says("!profile circle phone network", "Seen by everyone in your network.")
    assert "+33 6" in await scene.of_bob(scene.luc)


async def test_a_partner_looks_at_others_and_is_told_whom_to_turn_to(scene: Scene) -> None:
    guide = scene.guide
    claire = scene.claire.person.user_id
    assert "Buyer" not in await guide.says(f"!profile {claire}", "Claire Martin"), "nobody outside is told by a file"
    await scene.agree(scene.claire, "!profile set topics contracts")
    assert claire in await guide.says("!who contracts", "Claire Martin")
    contacts = await guide.says("!contacts", "Sam Lopez")
    assert f"https://matrix.to/#/{scene.sam.person.user_id}" in contacts
    assert "your sponsor" in contacts
    assert "owner of Project Zephyr" in contacts
    assert "Alize" not in contacts
    assert await guide.says(f"!profile {scene.eve.person.user_id}", NOTHING) == NOTHING
    assert "Bob Lœb" in (await scene.luc.ask("!who customs")).text


async def test_both_sides_write_the_history_and_see_every_version(scene: Scene) -> None:
    guide, bob = scene.guide, scene.bob.user_id
    await guide.says("!profile history add visit 31/02/2026 Came to Brest.", "31/02/2026")
    await guide.says("!profile history add visit 2199-01-01 Came to Brest.", "2199")
    own = (await guide.says("!profile history add visit 2 March 2026 Came to Brest.", "Written down")).split()[-1]
    await told(scene.sam.person, scene.sam.room_id, "Bob Lœb wrote an entry in the history that you share.")
    written = await scene.sam.ask(f"!profile history add project 2026-03-04 It rained. --about {bob}")
    entry = written.text.split()[-1]
    await guide.says(f"!profile history edit {entry} It snowed.", "Both sides still see")
    for versions in (
        await guide.says(f"!profile history versions {entry}", "Every version"),
        (await scene.sam.ask(f"!profile history versions {entry}")).text,
    ):
        assert versions.index("It snowed.") < versions.index(bob) < versions.index("It rained.")
        assert versions.index("It rained.") < versions.index(scene.sam.person.user_id)
    assert f"• {own} – 2 Mar 2026" in (await scene.sam.ask(f"!profile history {bob}")).text
    assert "It snowed." in await scene.of_bob(scene.sam)
    assert "Brest" not in await scene.of_bob(scene.claire)
    assert (await scene.claire.ask(f"!profile history {bob}")).text == NOTHING


async def test_an_export_holds_the_whole_card_in_two_files(scene: Scene) -> None:
    guide = scene.guide
    await guide.says("!profile export", "Your card in two files")
    whole = json.loads(await _file(guide, "card.json"))
    fields = {name: one["values"] for name, one in whole["fields"].items()}
    assert fields["phone"] == ["+33 6 12 34 56 78"]
    assert fields["organisation"] == ["Acme SA"]
    assert (fields["languages"], fields["timezone"]) == (["en", "fr"], ["Europe/Paris"])
    assert whole["fields"]["place"]["circle"] == "sponsor"
    versions = [[version["text"] for version in one["versions"]] for one in whole["history"]["entries"]]
    assert sorted(versions) == [["Came to Brest."], ["It rained.", "It snowed."]]
    assert [one["purpose"] for one in whole["consents"]] == ["card"]
    vcard = (await _file(guide, "card.vcf")).decode()
    properties = _properties(vcard)
    assert (properties["VERSION"], properties["FN"], properties["ORG"]) == ("4.0", "Bob Lœb", "Acme SA")
    assert properties["TITLE"] == "Head of purchasing"
    assert properties["PHOTO"].startswith("data:image/jpeg;base64,")
    assert "It snowed" not in vcard


async def test_what_is_erased_is_gone_and_the_audit_log_proves_it_without_the_contents(scene: Scene) -> None:
    guide, claire = scene.guide, scene.claire
    assert "1 entry of the history that people of the company wrote" in await guide.says("!profile erase", "What goes")
    await guide.says("yes", "Your card is erased.")
    shown = await scene.of_bob(claire)
    assert "Acme SA" in shown, "he still shares a group, and that is what the agreement says"
    assert not any(word in shown for word in ("Bob Lœb", "purchasing", "+33", "acme.example", "Lyon"))
    assert "Nobody says so" in (await scene.luc.ask("!who customs")).text
    history = (await scene.sam.ask(f"!profile history {scene.bob.user_id}")).text
    assert "It snowed." in history
    assert "Came to Brest." not in history
    await eventually(lambda: fetch(claire.person, scene.photo), lambda data: data is None, seconds=90)
    log = await scene.company.parvis("audit", "search", "--person", scene.bob.user_id)
    assert "profile card erased" in log.out
    assert not any(word in log.out for word in NEVER)
    assert (await scene.company.parvis("audit", "verify")).code == 0


async def test_who_leaves_the_welcome_or_refuses_it_is_left_alone(scene: Scene) -> None:
    """Claire leaves, and comes to own a group later, as Sam does, who is told so; Eve, elsewhere, never came in."""
    claire, eve, sam = (Welcomed(talk.person, scene.guide.bot) for talk in (scene.claire, scene.eve, scene.sam))
    refused = await seen(eve.person, "the welcome", lambda: eve.person.invitation(""))
    for one, name in ((claire, "Claire Martin"), (sam, "Sam Lopez")):
        await one.come_in()
        await one.hears(f"Hello {name}")
        await one.says("stop", "start")
    for person, room_id in ((claire.person, claire.room_id), (eve.person, refused)):
        (await person.ask("POST", f"/_matrix/client/v3/rooms/{room_id}/leave", body={})).ok("leaving")
    await seen(claire.person, "being out", lambda: claire.room_id not in claire.person.joined)
    await seen(eve.person, "being out", lambda: refused not in eve.person.invited)
    late = (
        '  - {id: late, name: Project Late, owners: ["1", "2"], members: ["@eve~:stranger.test"], partners: [globex]}'
    )
    scene.company.write(DIRECTORY.replace("partners:\n", f"{late}\npartners:\n", 1))
    await sam.hears("Project Late")
    await seen(claire.person, "the group", lambda: claire.person.room("late"))
    await eventually(
        lambda: sam.says("!onboarding status", "steps"),
        lambda said: any(
            "Claire" in row and "Leading a group" in row and "cannot be reached" in row for row in said.splitlines()
        ),
    )
    await seen(eve.person, "the group", lambda: eve.person.invitation("Project Late"))
    for person in (claire.person, eve.person):
        assert not person.invitation(""), "rooms of groups have names, and conversations have none"


async def _file(guide: Welcomed, name: str) -> bytes:
    await guide.hears(name)
    return await fetch(guide.person, guide.said()[guide.read - 1]["content"]["url"]) or b""


def _properties(vcard: str) -> Mapping[str, str]:
    """By name, without parameters; long lines go on behind a space."""
    lines = vcard.replace("\r\n ", "").splitlines()
    return {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in lines}
