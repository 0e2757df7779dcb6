"""How groups end and how they do not: archived, reopened and retired by command, vanished, emptied, renamed."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import pytest
import pytest_asyncio

from deploy.demo.bot import Answer, Conversation
from deploy.demo.errors import Unmet
from deploy.demo.people import Person, following
from deploy.localnet.processes import GuardedProcess
from tests.e2e.journeys import room_summary, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company, State, children, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

VERSIONS: Final = ["12", "11"] if os.environ.get("PARVIS_PROOF") else ["12"]
REFUSED: Final = {403, 404}
STAFF: Final = ("claire", "ines", "luc", "ann")
PEOPLE: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc}
  - {id: "4", user: "@ann~:corp.test", name: Ann}
"""
GROUPS: Final = {
    "news": '{id: news, name: News, visibility: public, listed: true, owners: ["1"], members: ["1", "3"]}',
    "deal": '{id: deal, name: Deal, visibility: invite-only, owners: ["1"], members: ["1", "3", "@bob~:acme.test"],'
    " partners: [acme]}",
    "crew": '{id: crew, name: Crew, visibility: invite-only, owners: ["1"], members: ["1", "3", "4"]}',
    "club": '{id: club, name: Club, visibility: public, owners: ["1"], members: ["1", "3"]}',
}
PARTNERS: Final = """
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "1"}
"""


@dataclass
class Works:
    """The company at work: ``owner`` is Claire's conversation with the bot, ``admin`` Inès's, who is in no group."""

    company: Company
    groups: dict[str, str] = field(default_factory=lambda: dict(GROUPS))
    rooms: dict[str, str] = field(default_factory=dict)
    bridge: GuardedProcess = field(init=False)
    owner: Conversation = field(init=False)
    admin: Conversation = field(init=False)

    def person(self, name: str) -> Person:
        return self.company.people[name]

    def declare(self, **changes: str) -> None:
        """The directory has these groups otherwise; an empty text takes one away."""
        self.groups.update(changes)
        lines = [f"  - {text}\n" for text in self.groups.values() if text]
        self.company.write(f"{PEOPLE}groups:\n{''.join(lines)}{PARTNERS}")

    async def restart(self, **config: Any) -> None:
        """Stop, change the configuration, start again."""
        await self.bridge.stop()
        self.company.house.configure(config)
        self.bridge = await self.company.house.start()

    async def state(self, group: str) -> State:
        return await self.company.state(self.rooms[group])

    async def until(self, group: str, rule: str) -> State:
        """The state of a group's room, once people come in like that."""
        return await eventually(
            lambda: self.state(group), lambda state: state["m.room.join_rules", ""]["join_rule"] == rule, 40
        )

    async def told(self, words: str, *, by: str = "!plan") -> Answer:
        """The administrator's answer to a command, once it says this."""
        return await eventually(lambda: self.admin.ask(by), lambda answer: words in answer.text, 90)

    async def still(self) -> None:
        """All is done."""
        await eventually(lambda: self.admin.ask("!plan"), lambda answer: answer.reference is None, 90)

    async def held(self) -> Answer:
        """The plan, once it waits for somebody's word."""
        return await eventually(lambda: self.admin.ask("!plan"), lambda answer: answer.status == "held", 90)

    async def confirm(self) -> str:
        """Quote the fingerprint of the plan that waits. Gives what it said."""
        held = await self.held()
        applied = await self.admin.ask(f"!apply {held.reference}")
        assert applied.status == "ok", applied.text
        return held.text

    async def listed(self) -> set[str]:
        """What the company space lists."""
        return children(await self.company.state((await self.company.rooms())["space/company"]))

    async def published(self) -> str:
        """The room directory of the company's homeserver, as an employee reads it."""
        reply = await self.person("ann").ask("GET", "/_matrix/client/v3/publicRooms", query={"limit": "500"})
        return json.dumps(reply.ok("the room directory"))

    async def alias(self, group: str) -> int:
        """The status of asking the company's homeserver where the alias leads."""
        path = f"/_matrix/client/v3/directory/room/{quote(self.company.alias(group), safe='')}"
        return (await self.person("claire").ask("GET", path)).status

    async def inside(self, group: str) -> set[str] | None:
        """Who is joined; None when the homeserver knows no such room."""
        admin = await self.company.corp.admin()
        path = f"/_synapse/admin/v1/rooms/{quote(self.rooms[group], safe='')}/members"
        answer = await self.company.corp.request("GET", path, token=admin.access_token)
        return None if answer.status == 404 else set(answer.ok("reading members")["members"])

    def people(self, *names: str) -> set[str]:
        """Their user ids."""
        return {self.person(name).user_id for name in names}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VERSIONS)
async def works(park: Park, request: pytest.FixtureRequest) -> AsyncIterator[Works]:
    company = park.company(
        homeserver={"room_version": request.param}, directory={"every": "1s"}, safety={"max_removals": 1}
    )
    await company.hire(*STAFF)
    await company.hire("bob", server=ACME)
    await company.hire("mallory", server=STRANGER)
    await company.hire_service()
    works = Works(company)
    works.declare()
    works.bridge = await company.house.start()
    try:
        async with following(*company.people.values()):
            works.owner = await Conversation.open(works.person("claire"), company.bot)
            works.admin = await Conversation.open(works.person("ines"), company.bot)
            await works.still()
            works.rooms = await company.rooms()
            bob = works.person("bob")
            await seen(bob, "the invitation", lambda: bob.invitation("Deal"))
            await bob.accept(works.rooms["deal"])
            yield works
    finally:
        await works.bridge.stop()


async def readable(person: Person, room_id: str) -> list[str]:
    """What the person reads back in a room."""
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=b&limit=500"
    events = (await person.ask("GET", path)).ok("reading back")["chunk"]
    return [event["content"].get("body", "") for event in events if event["type"] == "m.room.message"]


async def test_an_archived_group_is_closed_and_silent_and_its_members_read_on(works: Works) -> None:
    claire, luc, room_id = works.person("claire"), works.person("luc"), works.rooms["news"]
    await claire.say(room_id, "said before")
    assert room_id in await works.published()
    assert await works.alias("news") == 200
    assert (await works.owner.ask("!group archive news")).status == "confirm"
    assert (await works.owner.ask("!group archive news --yes")).status == "ok"
    await works.until("news", "invite")
    await works.still()
    assert room_id not in await works.published()
    assert room_id not in await works.listed()
    assert await works.alias("news") == 404
    assert members(await works.state("news")) >= {claire.user_id, luc.user_id}
    assert "said before" in await readable(luc, room_id)
    for member in (claire, luc):
        with pytest.raises(Unmet):
            await member.say(room_id, "may I?")
    for name in ("ann", "bob", "mallory"):
        person, via = works.person(name), "" if name == "ann" else "corp.test"
        assert (await person.join(room_id, via=via)).status in REFUSED
        assert await room_summary(person, room_id) in REFUSED


async def test_a_reopened_group_is_as_it_was(works: Works) -> None:
    ann, luc, room_id = works.person("ann"), works.person("luc"), works.rooms["news"]
    reopened = await works.owner.ask("!group reopen news --yes")
    assert reopened.status == "ok", reopened.text
    assert "All that was said in News so far becomes readable to 2 more employees" in reopened.text
    await works.until("news", "public")
    await works.still()
    assert room_id in await works.published()
    assert room_id in await works.listed()
    assert await works.alias("news") == 200
    await luc.say(room_id, "here again")
    (await ann.join(room_id)).ok("walking in")
    assert {"said before", "here again"} <= {*await readable(ann, room_id)}


async def test_a_retired_group_is_emptied_and_left(works: Works) -> None:
    bob, luc, room_id = works.person("bob"), works.person("luc"), works.rooms["deal"]
    assert (await works.owner.ask("!group retire deal")).status == "confirm"
    assert (await works.inside("deal") or set()) >= works.people("claire", "luc", "bob")
    assert (await works.owner.ask("!group retire deal --yes")).status == "ok"
    assert await eventually(lambda: works.inside("deal"), lambda inside: not inside, 90) == set()
    await works.still()
    assert room_id not in await works.company.joined_rooms()
    assert room_id not in await works.listed()
    await seen(bob, "that it is over", lambda: room_id not in bob.joined)
    assert (await luc.join(room_id)).status in REFUSED


async def test_a_mass_removal_waits_until_somebody_quotes_its_fingerprint(works: Works) -> None:
    everybody = members(await works.state("crew"))
    works.declare(crew=GROUPS["crew"].replace('"1", "3", "4"', '"1"'))
    held = await works.held()
    assert "2 removals that nobody asked for: more than 1." in held.text
    assert (await works.admin.ask("!plan")).reference == held.reference
    assert members(await works.state("crew")) == everybody
    assert (await works.admin.ask("!apply 00000000")).status == "held"
    assert members(await works.state("crew")) == everybody
    applied = await works.admin.ask(f"!apply {held.reference}")
    assert applied.status == "ok", applied.text
    assert members(await works.state("crew")) == everybody - works.people("luc", "ann")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("people: []\ngroups: []\n", "The directory cannot be read, its last good reading stays in force"),
        (f"{PEOPLE}groups: []\n", "The directory answered with nobody or no group at all"),
    ],
    ids=["nobody", "no-group"],
)
async def test_an_empty_directory_empties_nothing_and_says_so(works: Works, text: str, said: str) -> None:
    before = {group: members(await works.state(group)) for group in ("news", "crew", "club")}
    works.company.write(text)
    assert (await works.told(said)).reference is None
    assert {group: members(await works.state(group)) for group in before} == before
    works.declare()
    await eventually(lambda: works.admin.ask("!plan"), lambda answer: said not in answer.text, 90)


async def test_a_renamed_group_keeps_its_room(works: Works) -> None:
    works.declare(news=GROUPS["news"].replace("name: News", "name: Bulletin"))
    ann = works.person("ann")
    await seen(ann, "the new name", lambda: ann.joined[works.rooms["news"]].name == "Bulletin")
    assert (await works.company.rooms())["news"] == works.rooms["news"]
    assert await works.alias("news") == 200


async def test_a_vanished_group_stays_is_archived_after_its_time_and_comes_back(works: Works) -> None:
    luc, room_id = works.person("luc"), works.rooms["club"]
    works.declare(club="")
    await works.told("Club has vanished from the directory; it is archived on", by="!status")
    assert (await works.admin.ask("!plan")).reference is None
    await luc.say(room_id, "still here")
    assert room_id in await works.listed()

    await works.restart(lifecycle={"archive_vanished": "1s"})
    await works.until("club", "invite")
    await works.told("Club has vanished from the directory and is archived.", by="!status")
    assert room_id not in await works.listed()
    assert luc.user_id in members(await works.state("club"))
    with pytest.raises(Unmet):
        await luc.say(room_id, "may I?")

    works.declare(club=GROUPS["club"])
    assert "would become more open, which waits for somebody's word." in await works.confirm()
    await works.until("club", "restricted")
    assert room_id in await eventually(works.listed, lambda listed: room_id in listed)
    await luc.say(room_id, "back again")


async def test_a_retired_group_is_deleted_from_the_homeserver_where_this_is_asked_for(works: Works) -> None:
    await works.restart(lifecycle={"delete_retired": True})
    assert (await works.owner.ask("!group retire crew --yes")).status == "ok"
    assert await eventually(lambda: works.inside("crew"), lambda inside: inside is None, 90) is None
    await works.still()
    assert await works.inside("deal") == set(), "what was left before stays"
