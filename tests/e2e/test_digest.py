"""A week of conversation on real homeservers, and what each reads of it: an employee in French, an owner who answers
for a partner, somebody of that partner on their own server, members of a hidden group, somebody who left.

The bridge's clock goes on by a week; homeservers and clients are real.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bridge.domain.digest import Week
from deploy.demo.bot import Conversation
from deploy.demo.house import PROJECT
from deploy.demo.people import Person, following
from deploy.localnet.processes import minimal_environment
from tests.e2e.journeys import seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, Company
from tests.support.later import LATER
from tests.support.park import Park
from tests.support.peeking import is_idle
from tests.support.preloaded import Outcome

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin, language: fr}
  - {id: "2", user: "@luc~:corp.test", name: Luc Petit, language: en}
  - {id: "3", user: "@ann~:corp.test", name: Ann Roux, language: en}
  - {id: "4", user: "@eve~:corp.test", name: Eve Blanc}
groups:
  - {id: sales, name: {fr: Ventes, en: Sales}, visibility: public, owners: ["2"], members: ["1", "2", "3", "4"]}
  - {id: deal, name: Project Zephyr, owners: ["2"], members: ["2", "3", "@bob~:acme.test"], partners: [acme]}
  - {id: garden, name: {fr: Jardin, en: Garden}, purpose: {fr: Semer, en: To sow}, visibility: public, owners: ["3"]}
  - {id: board, name: Board of granite, visibility: hidden, encrypted: false, owners: ["2"], members: ["1", "2"]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], sponsor: "2", until: UNTIL}
"""
BOTS = [
    {"module": "bots.admin.bot.AdminBot"},
    {"module": "bots.digest.bot.DigestBot", "config": {"when": "0 8 * * MON", "window": "10m"}},
]
ROOMS = {"claire": 2, "luc": 3, "ann": 3, "eve": 1, "bob": 1}
"""In how many groups each of them is."""
LONG = "I have read all of it twice, and there is more in it than one would think at first sight."
SECRETS = ("granite", "shares", "board")
HEADINGS = ("Votre semaine", "Your week")
PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Told:
    """The company, its people at their clients, and first messages by what they are about."""

    company: Company
    rooms: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    def person(self, name: str) -> Person:
        return self.company.people[name]

    @property
    def bot(self) -> str:
        return f"@parvis{self.company.suffix}_digest:corp.test"

    async def move_in(self) -> None:
        """Everybody accepts until they are in the rooms of all of their groups."""
        for name, number in ROOMS.items():
            person = self.person(name)
            while len(self._groups_of(person)) < number:
                await self._accept_next(person)
        markers = await self.company.rooms()
        self.rooms = {name: markers[name] for name in ("sales", "deal", "garden")}
        known = {*self.rooms.values()}
        self.rooms["board"] = next(one for one in self._groups_of(self.person("claire")) if one not in known)

    async def _accept_next(self, person: Person) -> None:
        room_id = await seen(person, "an invitation", lambda: next(iter(person.invited), None))
        await person.accept(room_id)
        await seen(person, "the room", lambda: room_id in person.joined)

    def _groups_of(self, person: Person) -> list[str]:
        return [room_id for room_id, room in person.joined.items() if room.group and not room.is_space]

    async def send(self, who: str, group: str, kind: str, content: dict[str, Any]) -> str:
        self.sent += 1
        place = f"{quote(self.rooms[group], safe='')}/send/{kind}/told{self.sent}"
        reply = await self.person(who).ask("PUT", f"/_matrix/client/v3/rooms/{place}", body=content)
        return str(reply.ok("speaking")["event_id"])

    async def talk(self, group: str, title: str, *people: str) -> str:
        """A thread that the first of them begins; gives its first message."""
        root = await self.send(people[0], group, "m.room.message", {"msgtype": "m.text", "body": title})
        for who in people[1:]:
            await self._sees(self.person(who), self.rooms[group], root)
            relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True,
                        "m.in_reply_to": {"event_id": root}}  # fmt: skip
            content = {"msgtype": "m.text", "body": LONG, "m.relates_to": relation}
            await self.send(who, group, "m.room.message", content)
        self.events[title] = root
        return root

    async def _sees(self, person: Person, room_id: str, event: str) -> None:
        """Before their homeserver has a message it takes no answer to it."""
        await seen(person, event, lambda: any(one["event_id"] == event for one in person.joined[room_id].messages))

    async def mark(self, who: str, group: str, event: str) -> None:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": "📰"}
        await self.send(who, group, "m.reaction", {"m.relates_to": relation})

    async def preview(self, name: str, *words: str) -> Outcome:
        user = self.person(name).user_id
        return await self.company.parvis("digest", "preview", user, "--week", str(this_week()), *words)

    async def later(self, *words: str, minutes: int = 0) -> str:
        """The command line next Monday, so many minutes after a quarter to nine in Paris; gives what it said."""
        monday = datetime.combine(this_week().until, datetime.min.time(), tzinfo=PARIS) + timedelta(hours=8, minutes=45)
        ahead = monday + timedelta(minutes=minutes) - datetime.now(UTC)
        company = self.company
        command = (sys.executable, "-m", "tests.support.later", "--config", str(company.folder / "config.yaml"), *words)
        environment = minimal_environment(company.folder) | {"PYTHONPATH": str(PROJECT), "LANG": "en_GB.UTF-8",
                                                             LATER: str(ahead.total_seconds())}  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=company.folder, env=environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), 90)
        return said.decode()

    def said_to(self, name: str) -> list[dict[str, Any]]:
        """The contents of everything that the bot wrote to somebody unasked."""
        rooms = self.person(name).joined.values()
        messages = [one["content"] for room in rooms for one in room.messages if one["sender"] == self.bot]
        return [dict(one) for one in messages if one["msgtype"] == "m.text"]

    async def read(self, name: str) -> str:
        """The only digest that somebody got, once it is there, in plain text."""
        person = self.person(name)
        if not self.said_to(name):
            room = await seen(person, "the bot", lambda: person.invitation_of(self.bot))
            await person.accept(room)
        await seen(person, "a digest", lambda: self._digests(name))
        (text,) = self._digests(name)
        return text

    def _digests(self, name: str) -> list[str]:
        """Without the greeting of whoever wrote to the bot first."""
        return [text for one in self.said_to(name) if (text := str(one["body"])).startswith(HEADINGS)]


def this_week() -> Week:
    """The calendar week in which the test runs."""
    today = datetime.now(UTC).date()
    return Week(today + timedelta(days=7 - today.weekday()))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(park: Park) -> AsyncIterator[Told]:
    until = this_week().until + timedelta(days=20)
    company = park.company(DIRECTORY.replace("UNTIL", until.isoformat()), bots=BOTS, timezone="Europe/Paris")
    await company.hire("claire", "luc", "ann", "eve")
    await company.hire("bob", server=ACME)
    found = Told(company)
    async with following(*company.people.values()):
        async with company.running():
            await found.move_in()
            await play(found)
        yield found


async def play(told: Told) -> None:
    """The week, and waiting until the bridge has heard all of it."""
    chat = await Conversation.open(told.person("luc"), told.bot)
    await chat.ask("!digest room Sales yes")
    await told.talk("sales", "The fair in Lyon\nWho comes along?", "luc", "ann", "luc")
    won = await told.talk("sales", "We have won the tender!", "claire")
    await told.mark("luc", "sales", won)
    await told.talk("deal", "The contract with Acme", "bob", "ann", "luc")
    await told.talk("board", "The price of the shares", "luc", "claire", "luc")
    leaving = f"/_matrix/client/v3/rooms/{quote(told.rooms['sales'], safe='')}/leave"
    (await told.person("eve").ask("POST", leaving, body={})).ok("leaving")
    await told.talk("sales", "Prices of next year", "ann", "claire", "ann")

    await eventually(lambda: told.preview("luc"), lambda shown: "Prices of next year" in shown.said, seconds=90)
    # The homeserver brings what is said in order; rooms are handled beside each other.
    await eventually(lambda: asyncio.to_thread(is_idle, told.company.database), bool)


async def test_each_gets_their_own_digest_and_once(told: Told) -> None:
    await told.later("digest", "run")
    # Somebody of another homeserver is written to once they have come in.
    bob = told.person("bob")
    await bob.accept(await seen(bob, "the bot", lambda: bob.invitation_of(told.bot)))
    for minutes in (20, 40):
        await told.later("digest", "run", minutes=minutes)
    claire, luc, ann, bob_reads = [await told.read(name) for name in ("claire", "luc", "ann", "bob")]

    assert claire.startswith("Votre semaine")
    assert "Voici votre premier résumé" in claire
    assert "Ventes" in claire
    assert "The fair in Lyon – avec Luc Petit et Ann Roux · 3 messages" in claire
    assert "Nouveaux groupes qui vous sont ouverts\n• Jardin – Semer" in claire
    assert "The price of the shares" in claire

    assert "Your partner Acme SA" in luc
    assert "• Wrote this week: 1 of 1." in luc
    assert "The agreement ends on" in luc
    assert "Wrote this week: 3 of 3 (the week before: 0)." in luc
    assert "We have won the tender! – picked by you" in luc

    assert "The contract with Acme" in ann
    assert "We have won the tender! – picked by Luc Petit" in ann

    assert "Project Zephyr" in bob_reads
    assert "The contract with Acme" in bob_reads
    assert "Sales" not in bob_reads
    link = (
        f"https://matrix.to/#/{told.rooms['deal']}/{told.events['The contract with Acme']}?via=corp.test&via=acme.test"
    )
    assert link in bob_reads
    assert not told.said_to("eve")


async def test_an_owner_has_one_posted_in_the_room_of_the_group_for_all_who_are_in_it(told: Told) -> None:
    leader, sales = f"@parvis{told.company.suffix}:corp.test", told.rooms["sales"]

    def posted(name: str) -> list[str]:
        messages = told.person(name).joined[sales].messages
        return [one["content"]["body"] for one in messages if one["sender"] == leader and "Lyon" in str(one["content"])]

    for name in ("claire", "ann"):
        await seen(told.person(name), "the digest of the room", partial(posted, name))
        (text,) = posted(name)
        assert "We have won the tender!" in text
        assert not any(word in text for word in ("contract", *SECRETS))


async def test_a_hidden_group_is_told_to_its_members_alone(told: Told) -> None:
    for name in ("ann", "bob"):
        content = json.dumps(told.said_to(name)).lower()
        assert not any(word in content for word in SECRETS), name
        shown = await told.preview(name, "--json")
        assert not any(word in shown.out.lower() for word in SECRETS), name
    assert "granite" in json.dumps(told.said_to("luc"))


async def test_nothing_of_it_is_stored_or_logged(told: Told) -> None:
    words = ("fair in Lyon", "price of the shares", "won the tender")
    stored = b"".join(file.read_bytes() for file in told.company.folder.glob("parvis.db*"))
    logged = told.company.house.log.read_text(encoding="utf-8")
    assert not any(word.encode() in stored or word in logged for word in words)


async def test_whoever_left_gets_nothing(told: Told) -> None:
    shown = await told.preview("eve")
    assert "fair in Lyon" not in shown.out
