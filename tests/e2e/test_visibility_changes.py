"""One group goes through all six changes of visibility while its members write and others knock at the doors."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from deploy.demo.errors import Unmet
from deploy.demo.people import Person
from tests.e2e.journeys import at_work, room_summary, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company, State, children, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

VERSIONS: Final = ["12", "11"] if os.environ.get("PARVIS_PROOF") else ["12"]
OTHERS: Final = {"space/company", "space/partner/acme", "room/admins"}
REFUSED: Final = {403, 404}
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
  - {id: "2", user: "@ines~:corp.test", name: Inès}
  - {id: "3", user: "@luc~:corp.test", name: Luc}
  - {id: "4", user: "@ann~:corp.test", name: Ann}
groups:
  - {id: merger, name: NAME, purpose: To merge, visibility: VISIBILITY, owners: ["1"], members: MEMBERS}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "1"}
"""


@dataclass
class Works:
    """The company at work; ``talk`` is an administrator's, who is no member of the group."""

    company: Company
    talk: Conversation
    name: str = "Merger"
    members: str = '["1", "3"]'
    visibility: str = "public"
    _seen: set[str] = field(default_factory=set)

    def person(self, name: str) -> Person:
        return self.company.people[name]

    def declare(self, **changes: str) -> None:
        for key, value in changes.items():
            setattr(self, key, value)
        text = DIRECTORY.replace("NAME", self.name).replace("VISIBILITY", self.visibility)
        self.company.write(text.replace("MEMBERS", self.members))

    async def room(self, holds: Callable[[State], bool], *, besides: str = "") -> str:
        """The group's room, once it is like that: the only room of ours that is none of the others."""

        async def look() -> str | None:
            rooms = await self.company.rooms()
            found = [room for marker, room in rooms.items() if marker not in OTHERS and room != besides]
            return found[0] if len(rooms) == len(OTHERS) + 1 and found and holds(await self.state(found[0])) else None

        found = await eventually(look, bool, 90)
        assert found
        return found

    async def state(self, room_id: str) -> State:
        return await self.company.state(room_id)

    async def listed(self) -> set[str]:
        return children(await self.state((await self.company.rooms())["space/company"]))

    async def inside(self, room_id: str) -> set[str]:
        """Who of ours is joined, as the homeserver knows it, also of rooms that the bot has left."""
        admin = await self.company.corp.admin()
        path = f"/_synapse/admin/v1/rooms/{quote(room_id, safe='')}/members"
        answer = (await self.company.corp.request("GET", path, token=admin.access_token)).ok("reading members")
        return set(answer["members"]) - {self.company.bot}

    async def confirm(self) -> str:
        """The plan is held; quote its fingerprint. Gives what the plan said."""
        held = await eventually(lambda: self.talk.ask("!plan"), lambda answer: answer.status == "held", 90)
        applied = await self.talk.ask(f"!apply {held.reference}")
        assert applied.status == "ok", applied.text
        return held.text


def rule(state: State) -> Any:
    return state["m.room.join_rules", ""]["join_rule"]


def group(state: State) -> Any:
    return state["io.parvis.group", ""]["group"]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=VERSIONS)
async def works(park: Park, request: pytest.FixtureRequest) -> AsyncIterator[Works]:
    company = park.company(homeserver={"room_version": request.param}, directory={"every": "1s"})
    await company.hire("claire", "ines", "luc", "ann")
    await company.hire("bob", server=ACME)
    await company.hire("mallory", server=STRANGER)
    await company.hire_service()
    Works(company, talk=None).declare()  # type: ignore[arg-type]
    async with at_work(company, "claire", "ines", "luc", "ann", "bob", "mallory"):
        talk = await Conversation.open(company.people["ines"], company.bot)
        await eventually(lambda: talk.ask("!plan"), lambda answer: answer.reference is None, 90)
        yield Works(company, talk)


@asynccontextmanager
async def busy(works: Works, room_id: str) -> AsyncIterator[None]:
    """Claire writes without pause, Ann and a stranger try to come in, until the block ends."""

    async def repeat(act: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await act()
            except Unmet:
                await asyncio.sleep(0.05)  # refused: she is out

    claire, ann, mallory = (works.person(name) for name in ("claire", "ann", "mallory"))
    tasks = [
        asyncio.create_task(repeat(lambda: claire.say(room_id, "still here"))),
        asyncio.create_task(repeat(lambda: ann.join(room_id))),
        asyncio.create_task(repeat(lambda: mallory.join(room_id, via="corp.test"))),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def texts(person: Person, room_id: str) -> list[str]:
    """All that the person may read back, as their homeserver tells it."""
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=b&limit=500"
    events = (await person.ask("GET", path)).ok("reading back")["chunk"]
    return [event["content"].get("body", "") for event in events if event["type"] == "m.room.message"]


async def pinned(person: Person, room_id: str, state: State) -> str:
    """What is pinned, read by this person."""
    [event] = state["m.room.pinned_events", ""]["pinned"]
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/event/{quote(event, safe='')}"
    body: str = (await person.ask("GET", path)).ok("the pinned message")["content"]["body"]
    return body


async def nothing_leads_to(works: Works, room_id: str) -> None:
    """For an employee outside, a partner's member and a stranger there is no such room."""
    ann = works.person("ann")
    space = (await works.company.rooms())["space/company"]
    assert room_id not in json.dumps(await ann.look_into(space))
    assert room_id not in await works.listed()
    for name in ("ann", "bob", "mallory"):
        person, via = works.person(name), "" if name == "ann" else "corp.test"
        assert (await person.join(room_id, via=via)).status in REFUSED
        assert await room_summary(person, room_id) in REFUSED


async def test_public_to_invite_only_closes_the_room_and_walkers_leave(works: Works) -> None:
    room = await works.room(lambda state: rule(state) == "restricted")
    claire, ann = works.person("claire"), works.person("ann")
    await seen(claire, "the room", lambda: claire.room("merger"))
    (await ann.join(room)).ok("walking into a public room")
    await claire.say(room, "said in public")
    async with busy(works, room):
        works.declare(visibility="invite-only")
        state = (await works.room(lambda state: rule(state) == "invite"), await works.state(room))[1]
        await eventually(lambda: works.state(room), lambda now: ann.user_id not in members(now, "join", "invite"), 90)
    assert rule(state) == "invite"
    assert members(await works.state(room)) >= {claire.user_id, works.person("luc").user_id}
    assert room in await works.listed()


async def test_invite_only_to_public_waits_and_says_whose_eyes_the_past_opens_to(works: Works) -> None:
    room = await works.room(lambda state: rule(state) == "invite")
    works.declare(visibility="public")
    said = await works.confirm()
    assert "All that was said in Merger so far becomes readable to 2 more employees" in said
    await works.room(lambda state: rule(state) == "restricted")
    ann = works.person("ann")
    (await ann.join(room)).ok("walking in again")
    assert "said in public" in await texts(ann, room)


async def test_public_to_hidden_makes_a_new_room_without_a_trace(works: Works) -> None:
    old = await works.room(lambda state: rule(state) == "restricted")
    claire, luc, ann = (works.person(name) for name in ("claire", "luc", "ann"))
    async with busy(works, old):
        works.declare(visibility="hidden")
        new = await works.room(lambda state: group(state) != "merger", besides=old)
        await eventually(lambda: works.inside(old), lambda inside: not inside, 90)
    assert new != old
    state = await works.state(new)
    assert members(state, "invite", "join") == {works.company.bot, claire.user_id, luc.user_id}
    assert old not in json.dumps([*state.items()], default=dict)
    assert "Merger" not in json.dumps([*state.items()], default=dict)
    left = (await claire.ask("GET", f"/_matrix/client/v3/rooms/{quote(old, safe='')}/state")).ok("the old room")
    assert not [event for event in left if event["type"] == "m.room.tombstone"]
    assert new not in json.dumps(left)
    await nothing_leads_to(works, new)
    await nothing_leads_to(works, old)
    await seen(luc, "the invitation", lambda: new in luc.invited)
    (await luc.join(new)).ok("coming in")
    (await claire.join(new)).ok("coming in")
    assert "Merger" in await pinned(luc, new, await works.state(new))
    assert ann.user_id not in members(await works.state(new), "join", "invite")


async def test_the_new_name_of_a_hidden_group_is_read_by_those_who_come_later(works: Works) -> None:
    room = await works.room(lambda state: group(state) != "merger")
    luc, ann = works.person("luc"), works.person("ann")
    await luc.say(room, "whispered before Ann came")
    levels = (await works.state(room))["m.room.power_levels", ""]
    first = (await works.state(room))["m.room.pinned_events", ""]
    works.declare(name="Alliance")
    await eventually(lambda: works.state(room), lambda now: now["m.room.pinned_events", ""] != first, 90)
    state = await eventually(lambda: works.state(room), lambda now: now["m.room.power_levels", ""] == levels, 90)
    assert state["m.room.history_visibility", ""] == {"history_visibility": "joined"}
    works.declare(members='["1", "3", "4"]')
    await seen(ann, "the invitation", lambda: room in ann.invited)
    (await ann.join(room)).ok("coming in")
    assert "Alliance" in await pinned(ann, room, await works.state(room))
    assert "whispered before Ann came" not in await texts(ann, room)
    works.declare(members='["1", "3"]')
    await eventually(lambda: works.state(room), lambda now: ann.user_id not in members(now, "join", "invite"), 90)


async def test_hidden_to_invite_only_opens_the_same_room_and_keeps_its_past_closed(works: Works) -> None:
    room = await works.room(lambda state: group(state) != "merger")
    works.declare(visibility="invite-only")
    said = await works.confirm()
    assert "What was said in Alliance so far stays closed" in said
    assert await works.room(lambda state: group(state) == "merger") == room
    state = await eventually(lambda: works.state(room), lambda now: now["m.room.name", ""] == {"name": "Alliance"})
    assert room in await eventually(works.listed, lambda listed: room in listed)
    assert state["m.room.encryption", ""]
    works.declare(members='["1", "3", "4"]')
    ann = works.person("ann")
    await seen(ann, "the room", lambda: ann.room("merger"))
    assert "whispered before Ann came" not in await texts(ann, room)
    works.declare(members='["1", "3"]')
    await eventually(lambda: works.state(room), lambda now: ann.user_id not in members(now, "join", "invite"), 90)


async def test_invite_only_to_hidden_makes_another_new_room(works: Works) -> None:
    old = await works.room(lambda state: group(state) == "merger")
    async with busy(works, old):
        works.declare(visibility="hidden")
        new = await works.room(lambda state: group(state) != "merger", besides=old)
        await eventually(lambda: works.inside(old), lambda inside: not inside, 90)
    await nothing_leads_to(works, new)
    for name in ("claire", "luc"):
        person = works.person(name)
        await seen(person, "the invitation", lambda person=person: new in person.invited)  # type: ignore[misc]
        await person.accept(new)
    await works.person("luc").say(new, "whispered again")


async def test_hidden_to_public_lets_people_in_but_not_into_the_past(works: Works) -> None:
    room = await works.room(lambda state: group(state) != "merger")
    works.declare(visibility="public")
    await works.confirm()
    assert await works.room(lambda state: rule(state) == "restricted") == room
    ann = works.person("ann")
    (await ann.join(room)).ok("walking in")
    assert "whispered again" not in await texts(ann, room)
    plan = await eventually(lambda: works.talk.ask("!plan"), lambda answer: answer.reference is None, 90)
    assert plan.status == "ok"
