"""The welcome on real homeservers: an employee in French, somebody of a partner from their own server, a new owner.

Real clients on both sides; whoever answers nonsense, pictures and the other language is led on as well.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import at_work, seen
from tests.support.company import ACME, Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin, language: fr, department: Ventes, manager: "2"}
  - {id: "2", user: "@sam~:corp.test", name: Sam Lopez, language: en}
groups:
  - {id: deal, name: Project Zephyr, owners: ["2"], members: ["1", "2", "@bob~:acme.test"], partners: [acme]}
  - {id: ventes, name: Ventes, visibility: public, owners: ["2"], members: ["2"]}
  - {id: board, name: Board of granite, visibility: hidden, owners: ["2"], members: ["1", "2"]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], sponsor: "2"}
"""
POLICIES = """
terms:
  network: {version: "1", text: {en: "Keep it to yourself.", fr: "Gardez cela pour vous."}}
partners:
  reseller: {terms: network}
"""
BOTS = [{"module": "bots.admin.bot.AdminBot"}, {"module": "bots.onboarding.bot.OnboardingBot"}]


@dataclass
class Welcomed:
    """Somebody in the conversation that the bot opened; ``read`` counts what they have read."""

    person: Person
    bot: str
    room_id: str = ""
    read: int = field(default=0)

    async def come_in(self) -> None:
        """Accept every conversation to which they are invited, until the bot's is among them."""

        def there() -> str | None:
            joined = self.person.joined.values()
            return next((room.room_id for room in joined if self._is_ours(room)), None)

        while not (found := there()):
            await seen(self.person, "an invitation or the bot", lambda: self.person.invited or there())
            for room_id in [*self.person.invited]:
                await self._accept(room_id)
        self.room_id = found

    async def _accept(self, room_id: str) -> None:
        await self.person.accept(room_id)
        await seen(self.person, "the room", lambda: self.person.joined.get(room_id))

    def _is_ours(self, room: Any) -> bool:
        return bool(room.membership(self.bot) == "join") and not room.group and not room.is_space

    def said(self) -> list[Mapping[str, Any]]:
        """What the bot has said, in order."""
        messages = self.person.joined[self.room_id].messages
        return [one for one in messages if one["sender"] == self.bot]

    async def hears(self, words: str) -> str:
        """The next message of the bot, which holds these words."""
        await seen(self.person, words, lambda: len(self.said()) > self.read)
        text = str(self.said()[self.read]["content"]["body"])
        assert words in text, text
        self.read += 1
        return text

    async def says(self, line: str, words: str) -> str:
        await self.person.say(self.room_id, line)
        return await self.hears(words)

    async def sends(self, kind: str, content: Mapping[str, Any]) -> None:
        path = f"/_matrix/client/v3/rooms/{self.room_id}/send/{kind}/{len(self.said())}-{kind}"
        assert (await self.person.ask("PUT", path, body=content)).status == 200


@dataclass(frozen=True)
class Scene:
    company: Company

    @property
    def bot(self) -> str:
        return f"@parvis{self.company.suffix}_welcome:corp.test"

    async def welcomed(self, name: str) -> Welcomed:
        welcomed = Welcomed(self.company.people[name], self.bot)
        await welcomed.come_in()
        return welcomed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(park: Park) -> AsyncIterator[Scene]:
    company = park.company(DIRECTORY, policies="policies.yaml", bots=BOTS, company="Ateliers Lumière",
                           directory={"every": "1s"})  # fmt: skip
    (company.folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    await company.hire("claire", "sam")
    await company.hire("bob", server=ACME)
    async with at_work(company, "claire", "sam", "bob"):
        yield Scene(company)


async def test_an_employee_is_welcomed_in_french_and_led_to_the_end(scene: Scene) -> None:
    claire = await scene.welcomed("claire")
    hello = await claire.hears("Bonjour Claire Martin, et bienvenue chez Ateliers Lumière")
    assert "1. Faites-moi visiter" in hello
    assert claire.said()[0]["content"]["msgtype"] == "m.text", "what is said unasked is notified"
    await claire.says("qu’est-ce que c’est ?", "Je suis un programme qui accueille")
    await claire.sends("m.sticker", {"body": "hi", "url": "mxc://corp.test/none", "info": {}})
    await claire.hears("Mais je ne sais lire que les mots.")
    await claire.says("fatres-moi visitr", "chaque groupe a son salon")
    await claire.says("suite", "Voici vos groupes")
    assert "granite" not in str(claire.said())
    await claire.says("retour", "chaque groupe a son salon")
    await claire.says("ok", "Voici vos groupes")
    await claire.says("ok", "Ventes")
    await claire.says("ok", "Sam Lopez")
    await claire.says("plus tard", "à plus tard")
    await claire.says("reprendre", "Sam Lopez")
    await claire.says("suite", "Pour tout le reste")
    await claire.says("suite", "Une dernière chose")
    await claire.says("non", "C’est tout pour moi")
    assert "granite" not in str(claire.said()), "what is said unasked is seen on locked telephones"


async def test_a_partner_is_welcomed_after_the_terms_from_their_own_server_and_may_change_the_language(
    scene: Scene,
) -> None:
    bob = scene.company.people["bob"]
    room = await seen(bob, "the terms", lambda: next(iter(bob.invited), None))
    await bob.accept(room)
    await seen(bob, "the conversation", lambda: bob.joined.get(room))
    await seen(bob, "the text", lambda: [one for one in bob.joined[room].messages if "Keep it" in str(one["content"])])
    assert not any(scene.bot in str(one["content"]) for one in bob.joined[room].messages)
    await Conversation(bob, room).ask("accept")

    welcomed = await scene.welcomed("bob")
    hello = await welcomed.hears("Ateliers Lumière has opened its network to Acme SA")
    assert "1. Show me around" in hello
    await welcomed.says("oui", "Préférez-vous que nous continuions en français")
    await welcomed.says("oui", "à qui vous adresser, directement")
    assert "Sam Lopez" in str(welcomed.said()[-1]["content"]["body"])
    await welcomed.says("suite", "Project Zephyr")
    assert "granite" not in str(welcomed.said())
    await welcomed.says("stop", "je m’arrête là")
    await welcomed.says("reprendre", "Voici vos groupes")


async def test_who_becomes_an_owner_is_told_how_to_lead_a_group_and_who_was_one_before_is_not(scene: Scene) -> None:
    sam = await scene.welcomed("sam")
    await sam.hears("Hello Sam Lopez")
    text = DIRECTORY.replace(
        'name: Ventes, visibility: public, owners: ["2"]', 'name: Ventes, visibility: public, owners: ["1", "2"]'
    )
    scene.company.write(text)
    claire = await scene.welcomed("claire")
    await seen(claire.person, "the path of owners", lambda: "confié : Ventes" in str(claire.said()[-1]["content"]))
    claire.read = len(claire.said())
    await claire.says("je vous écoute", "D’abord : dites à quoi sert le groupe")
    assert "You are now an owner" not in str(sam.said())


async def test_no_bot_asks_for_what_the_homeserver_refuses_in_the_conversations_of_the_others(scene: Scene) -> None:
    log = scene.company.house.log.read_text(encoding="utf-8")
    assert "a person is invited to a conversation" in log
    assert "the homeserver refuses" not in log


async def test_the_invitation_says_who_calls_and_why_in_the_language_of_who_is_invited(scene: Scene) -> None:
    claire = await scene.welcomed("claire")
    members = f"/_matrix/client/v3/rooms/{claire.room_id}/members"
    known = (await claire.person.ask("GET", members)).ok("members")["chunk"]
    assert "Accueil" in [one["content"].get("displayname") for one in known if one["state_key"] == scene.bot]
