"""The way out on real servers: suspended in the middle of a conversation, resumed, ended while their server is down."""

import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import accepted, at_work, seen, told
from tests.localnet.talk import eventually
from tests.support.company import ACME, CORP, Company, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@hugo~:corp.test", name: Hugo, language: en}
groups:
  - {id: deal, name: Project Zephyr, owners: ["1"], members: ["1", "@bob~:acme.test"], partners: [acme]}
  - {id: corner, name: Partner corner, visibility: public, owners: ["1"], members: ["1"], partners: [acme]}
  - {id: comex, name: Comité de fusion, visibility: hidden, owners: ["2"], members: ["2", "@bea~:acme.test"],
     partners: [acme], encrypted: false}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test", "@bea~:acme.test"], sponsor: "1"}
"""
transactions = itertools.count()


@dataclass
class Parted:
    """The company at work with its partner; ``rooms`` by marker, the hidden one as ``comex``."""

    company: Company
    rooms: dict[str, str]
    claire: Conversation

    @property
    def people(self) -> dict[str, Person]:
        return self.company.people

    async def theirs(self) -> dict[str, set[str]]:
        """Who of the partner is or may come in, by room, as our homeserver has it."""
        found = {}
        for marker, room_id in self.rooms.items():
            state = await self.company.state(room_id)
            found[marker] = {user for user in members(state, "join", "invite") if user.endswith(ACME)}
        return {marker: users for marker, users in found.items() if users}

    async def admitted(self) -> set[str]:
        """The rooms whose server ACL lets the partner in."""
        found = set()
        for marker, room_id in self.rooms.items():
            state = await self.company.state(room_id)
            if ACME in state["m.room.server_acl", ""]["allow"]:
                found.add(marker)
        return found

    def arrived(self, event_id: str) -> bool:
        """Whether the partner's homeserver has the event."""
        database = self.company.network[ACME].folder / "homeserver.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            [count] = connection.execute("SELECT count(*) FROM events WHERE event_id = ?", (event_id,)).fetchone()
        return bool(count)

    async def come(self, name: str, *markers: str) -> None:
        """Somebody of the partner accepts, or walks in where they may."""
        person = self.people[name]
        for marker in markers:
            room_id = self.rooms[marker]
            if marker != "corner":
                await accepted(person, room_id)
                continue
            (await person.join(room_id, via=CORP)).ok(f"{name} joining {marker}")
            await seen(person, marker, lambda room_id=room_id: room_id in person.joined)  # type: ignore[misc]

    async def everybody_comes(self) -> None:
        await self.come("bob", "space/partner/acme", "deal", "corner")
        await self.come("bea", "space/partner/acme", "comex")

    async def tries_to_speak(self, name: str, text: str) -> int:
        """The status of an attempt to say something in the deal."""
        room = quote(self.rooms["deal"], safe="")
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/t{next(transactions)}"
        return (await self.people[name].ask("PUT", path, body={"msgtype": "m.text", "body": text})).status


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parted(park: Park) -> AsyncIterator[Parted]:
    company = park.company(DIRECTORY)
    await company.hire("claire", "hugo")
    await company.hire("bob", "bea", server=ACME)
    company.house.configure({"admins": [company.user("hugo")]})
    async with at_work(company, "claire", "hugo", "bob", "bea"):
        found = await eventually(company.rooms, lambda rooms: len(rooms) == 6, seconds=90)
        [hidden] = found.keys() - {"deal", "corner", "space/company", "space/partner/acme", "room/admins"}
        rooms = {marker: found[marker] for marker in ("deal", "corner", "space/partner/acme")} | {
            "comex": found[hidden]
        }
        for name, marker in (("claire", "deal"), ("hugo", "comex")):
            person, room_id = company.people[name], rooms[marker]
            await accepted(person, room_id)
        stage = Parted(company, rooms, await Conversation.open(company.people["claire"], company.bot))
        await stage.everybody_comes()
        yield stage


async def test_a_partner_is_suspended_in_the_middle_of_a_conversation(parted: Parted) -> None:
    claire, bob, deal = parted.people["claire"], parted.people["bob"], parted.rooms["deal"]
    await bob.say(deal, "Bonjour from Acme")
    await told(claire, deal, "Bonjour from Acme")
    before = await claire.say(deal, "Welcome")
    await told(bob, deal, "Welcome")
    asked = await parted.claire.ask('!partner suspend acme --reason "a breach"')
    assert asked.status == "confirm"
    assert "2 people taken out of 3 rooms" in asked.text
    assert await parted.theirs()

    assert (await parted.claire.ask('!partner suspend acme --yes --reason "a breach"')).status == "ok"
    while await parted.tries_to_speak("bob", "still here?") == 200:
        continue
    receipt = str((await told(claire, parted.claire.room_id, "Verified at"))["content"]["body"])

    assert "a breach" in receipt
    assert "Project Zephyr" in receipt
    assert "fusion" not in receipt
    assert await parted.theirs() == {}
    assert await parted.admitted() == set()
    after = await claire.say(deal, "They are gone")
    assert parted.arrived(before)
    assert await parted.tries_to_speak("bob", "and now?") == 403
    assert not parted.arrived(after)
    assert not [one for one in claire.joined[deal].texts() if one == "and now?"]
    inside = str((await told(parted.people["hugo"], parted.rooms["comex"], "Verified at"))["content"]["body"])
    assert "fusion" in inside
    assert "Zephyr" not in inside


async def test_resuming_invites_everybody_again_and_each_comes_back_by_themselves(parted: Parted) -> None:
    assert (await parted.claire.ask("!partner resume acme --yes")).status == "ok"
    await eventually(parted.admitted, lambda found: found == set(parted.rooms), seconds=90)
    bob = parted.people["bob"]
    await seen(bob, "the invitation again", lambda: parted.rooms["deal"] in bob.invited)
    waiting = await eventually(
        lambda: parted.claire.ask("!partner receipt acme"), lambda one: "not back yet" in one.text, seconds=90
    )
    assert bob.account.user_id in waiting.text
    await parted.everybody_comes()
    await bob.say(parted.rooms["deal"], "Back again")
    await told(parted.people["claire"], parted.rooms["deal"], "Back again")


async def test_what_ends_while_their_server_is_down_is_over_when_it_returns(parted: Parted) -> None:
    acme, claire, deal = parted.company.network[ACME], parted.people["claire"], parted.rooms["deal"]
    bob, bea = parted.people["bob"], parted.people["bea"]
    for person in (bob, bea):
        await person.close()
    await acme.stop()
    assert (await parted.claire.ask("!partner end acme --yes")).status == "ok"
    await told(claire, parted.claire.room_id, "The agreement with Acme SA has ended.")
    assert await parted.theirs() == {}
    assert await parted.admitted() == set()
    after = await claire.say(deal, "Nobody hears this over there")
    await acme.start()

    async def out() -> bool:
        await parted.tries_to_speak("bob", "anybody there?")  # which wakes our homeserver up to theirs
        return await _membership(bob, deal) != "join"

    assert await eventually(out, bool, seconds=90)
    assert not parted.arrived(after)
    assert "anybody there?" not in claire.joined[deal].texts()
    evidence = (await parted.claire.ask("!partner evidence acme")).text
    assert f"{bob.user_id} – Project Zephyr: from" in evidence
    assert "since" not in evidence
    assert "fusion" not in evidence
    assert await parted.theirs() == {}


async def _membership(person: Person, room_id: str) -> str:
    user = quote(person.account.user_id, safe="")
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/state/m.room.member/{user}"
    reply = await person.ask("GET", path)
    return str(reply.content.get("membership", "")) if reply.status == 200 else ""
