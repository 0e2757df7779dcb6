"""The way in for people of partners, on federating homeservers: invited, agreed to, asked about terms, let in.

The company's homeserver, the partner's, and a stranger's, with a real client on every side.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import at_work, seen, told
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@sam~:corp.test", name: Sam, language: en}
  - {id: "3", user: "@ines~:corp.test", name: Inès, language: en}
groups:
  - {id: deal, name: Project Zephyr, owners: ["1"], members: ["1"], partners: [acme]}
  - {id: board, name: Board, visibility: hidden, owners: ["1"], members: ["1"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], sponsor: "2"}
"""
POLICIES = """
terms:
  network: {version: "1", text: {en: "Keep it to yourself.", fr: "Gardez cela pour vous."}}
partners:
  reseller: {terms: network}
"""


@dataclass(frozen=True)
class Scene:
    """The company at work, and who talks with the bot alone."""

    company: Company
    alone: dict[str, Conversation]

    async def ask(self, name: str, line: str) -> str:
        """What the bot answers, and under which status."""
        answer = await self.alone[name].ask(line.replace("~", self.company.suffix))
        return f"{answer.status}: {answer.text}"

    def user(self, name: str, server: str = ACME) -> str:
        return self.company.user(name, server)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(park: Park) -> AsyncIterator[Scene]:
    company = park.company(DIRECTORY, policies="policies.yaml")
    (company.folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    await company.hire("claire", "sam", "ines")
    await company.hire("bob", "zoe", "kim", server=ACME)
    await company.hire("mallory", server=STRANGER)
    async with at_work(company, "claire", "sam", "ines", "bob", "zoe", "kim", "mallory"):
        claire, *others = (company.people[name] for name in ("claire", "sam", "ines"))
        await seen(claire, "the deal", lambda: claire.invitation("Project Zephyr"))
        alone = {one.name: await Conversation.open(one, company.bot) for one in (claire, *others)}
        yield Scene(company, alone)


async def enters(person: Person, name: str) -> str:
    """Accept the invitation that is called so, when it comes."""
    room = await seen(person, name, lambda: person.invitation(name))
    await person.accept(room)
    await seen(person, f"{name} from inside", lambda: person.joined.get(room))
    return room


async def called(person: Person, bot: str) -> str:
    """Accept the conversation to which the bot invites."""

    def found() -> str | None:
        return next(iter(person.invited), None)

    room = await seen(person, f"a conversation with {bot}", found)
    await person.accept(room)
    await seen(person, "the conversation", lambda: person.joined.get(room))
    return room


async def test_an_owner_invites_the_sponsor_agrees_terms_are_accepted_and_rooms_open(scene: Scene) -> None:
    company, claire, bob = scene.company, scene.company.people["claire"], scene.company.people["bob"]
    asked = await scene.ask("claire", f"!invite {scene.user('bob')} deal --yes --reason trusted")
    assert asked.startswith("held")
    handle = (await told(company.people["sam"], scene.alone["sam"].room_id, "!invite accept"))["content"]["body"]
    assert "trusted" in handle
    word = handle.partition("!invite accept ")[2].split()[0]
    assert (await scene.ask("sam", f"!invite accept {word}")).startswith("ok")
    await told(claire, scene.alone["claire"].room_id, "is agreed to")

    talk = await called(bob, company.bot)
    terms = await told(bob, talk, "Keep it to yourself.")
    assert "Gardez" not in terms["content"]["body"]
    assert bob.invitation("Project Zephyr") is None
    assert (await Conversation(bob, talk).ask("accept")).status == "ok"
    deal = await enters(bob, "Project Zephyr")

    await enters(claire, "Project Zephyr")
    await claire.say(deal, "Welcome, Bob")
    await told(bob, deal, "Welcome, Bob")
    await bob.say(deal, "Thank you, Claire")
    await told(claire, deal, "Thank you, Claire")
    again = f"!invite {scene.user('bob')} deal"
    await eventually(lambda: scene.ask("sam", again), lambda answer: "is inside already" in answer)


async def test_whoever_refuses_the_terms_sees_no_room(scene: Scene) -> None:
    zoe = scene.company.people["zoe"]
    assert (await scene.ask("sam", f"!invite {scene.user('zoe')} deal --yes")).startswith("ok")
    talk = await called(zoe, scene.company.bot)
    await told(zoe, talk, "Keep it to yourself.")
    assert "not invited any more" in (await Conversation(zoe, talk).ask("no")).text
    await told(scene.company.people["sam"], scene.alone["sam"].room_id, "did not accept the terms")
    assert zoe.invitation("Project Zephyr") is None


async def test_a_stranger_is_invited_by_nobody(scene: Scene) -> None:
    said = await scene.ask("sam", f"!invite {scene.user('mallory', STRANGER)} deal --yes")
    assert "stranger.test belongs to no partner" in said
    mallory = scene.company.people["mallory"]
    assert not mallory.invited


async def test_a_code_leads_in_from_an_encrypted_conversation(scene: Scene) -> None:
    company, kim = scene.company, scene.company.people["kim"]
    shown = await scene.ask("sam", "!invite acme --code --uses 1 deal")
    code = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown)[0]
    assert "1 use left" in await scene.ask("sam", "!invitations")

    secret = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    made = await kim.ask("POST", "/_matrix/client/v3/createRoom", body={
        "preset": "private_chat", "is_direct": True, "invite": [company.bot], "initial_state": [secret],
    })  # fmt: skip
    unreadable = made.ok("opening a conversation")["room_id"]
    await seen(kim, "the conversation", lambda: kim.joined.get(unreadable))
    await told(kim, unreadable, "another conversation, without encryption")
    talk = Conversation(kim, await called(kim, company.bot))

    wrong = await talk.ask("!code 2222-3333-4444")
    assert wrong.status == "denied"
    assert "on behalf of Acme SA" in (await talk.ask(code)).text
    await told(kim, talk.room_id, "Keep it to yourself.")
    await talk.ask("yes")
    await enters(kim, "Project Zephyr")
    used_up = await Conversation.open(scene.company.people["zoe"], company.bot)
    assert (await used_up.ask(code)).own_words["body"] == wrong.own_words["body"]
    assert "No invitation waits" in await scene.ask("claire", "!invitations")


async def test_terms_in_a_changed_file_count_once_the_plan_was_asked_for(scene: Scene) -> None:
    company, bob = scene.company, scene.company.people["bob"]
    talk = next(one.room_id for one in bob.joined.values() if any("Keep it" in text for text in one.texts()))
    changed = POLICIES.replace('"1"', '"2"').replace("Keep it to yourself.", "Keep it in the house.")
    (company.folder / "policies.yaml").write_text(changed, encoding="utf-8")
    asked = await scene.ask("ines", "!plan")
    assert "People of Acme SA who are in already have until" in asked
    assert "version 2" in asked
    await told(bob, talk, "Keep it in the house.")
    await told(company.people["sam"], scene.alone["sam"].room_id, "who are in already")
    assert "Thank you" in (await Conversation(bob, talk).ask("accept")).text

    deal = (await company.rooms())["deal"]
    await eventually(lambda: Conversation(bob, talk).ask("!terms"), lambda answer: "no terms for you" in answer.text)
    assert deal in bob.joined, "who was in stays"
