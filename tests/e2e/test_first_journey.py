"""From an empty homeserver to a company's rooms: what the command line says, and what stands there afterwards."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from deploy.demo.people import following
from tests.e2e.expected import expected_state
from tests.e2e.journeys import SECRET_WORDS, room_summary, seen, staffed
from tests.support.company import CORP, Company, State, children, members
from tests.support.park import Park
from tests.support.preloaded import Outcome

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

FORBIDDEN, NOT_FOUND = 403, 404
PLAIN = ("sales", "news", "deal", "corner")
SPACES = ("space/company", "space/partner/acme")
ADMINS = "room/admins"


@dataclass(frozen=True)
class Journey:
    """A company whose plan was shown, applied and shown again."""

    company: Company
    version: str
    service: str | None
    first: Outcome
    applied: Outcome
    again: Outcome
    rooms: dict[str, str]
    states: dict[str, State] = field(repr=False)

    @property
    def hidden(self) -> str:
        """The marker of the one room that tells nothing."""
        [marker] = self.rooms.keys() - {*PLAIN, *SPACES, ADMINS}
        return marker

    def planned(self) -> Any:
        return json.loads(self.first.out)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["12", "11"])
async def journey(park: Park, request: pytest.FixtureRequest) -> AsyncIterator[Journey]:
    """On room version 12 with an account that joins people, on 11 without."""
    version, service = request.param, request.param == "12"
    company = await staffed(park, room_version=version, service=service)
    first, applied = await company.parvis("plan", "--json"), await company.parvis("apply")
    again = await company.parvis("plan", "--json")
    rooms = await company.rooms()
    states = {marker: await company.state(room_id) for marker, room_id in rooms.items()}
    async with following(*company.people.values()):
        yield Journey(
            company=company, version=version, service=f"@svc{company.suffix}:{CORP}" if service else None,
            first=first, applied=applied, again=again, rooms=rooms, states=states,
        )  # fmt: skip


async def test_the_plan_tells_scripts_everything_that_is_to_do(journey: Journey) -> None:
    planned = journey.planned()
    assert journey.first.code == 3
    assert journey.first.err == ""
    assert planned.keys() == {"fingerprint", "held", "actions", "findings"}
    assert planned["held"] is None
    assert {key for action in planned["actions"] for key in action} == {
        "kind", "group", "room", "user", "detail", "reason", "phase"
    }  # fmt: skip
    created = {action["group"] for action in planned["actions"] if action["kind"] == "create-room"}
    assert created == {*PLAIN, *SPACES, ADMINS, "comex"}
    assert all(action["room"] is None and action["reason"] for action in planned["actions"])


async def test_applying_leaves_nothing_to_do(journey: Journey) -> None:
    assert journey.applied.code == 0, journey.applied.said
    assert journey.again.code == 0
    assert json.loads(journey.again.out)["actions"] == []
    assert json.loads(journey.again.out)["findings"] == []


async def test_every_room_is_exactly_what_the_table_of_visibilities_says(journey: Journey) -> None:
    assert len(journey.rooms) == 8
    for marker, state in journey.states.items():
        without_members = {key: content for key, content in state.items() if key[0] != "m.room.member"}
        wanted = expected_state(
            "comex" if marker == journey.hidden else marker, marker, journey.rooms,
            version=journey.version, company=journey.company, service=journey.service,
        )  # fmt: skip
        if marker == journey.hidden:
            [pinned] = without_members.pop(("m.room.pinned_events", ""))["pinned"]
            assert pinned.startswith("$")
        assert without_members == wanted, marker


async def test_only_the_listed_room_is_in_the_directory_and_has_an_alias(journey: Journey) -> None:
    company = journey.company
    for marker, room_id in journey.rooms.items():
        quoted = quote(room_id, safe="")
        published = await company.as_bot("GET", f"/_matrix/client/v3/directory/list/room/{quoted}")
        aliases = await company.as_bot("GET", f"/_matrix/client/v3/rooms/{quoted}/aliases")
        assert published["visibility"] == ("public" if marker == "news" else "private"), marker
        assert aliases["aliases"] == ([company.alias("news")] if marker == "news" else []), marker


async def test_spaces_list_what_their_members_may_know(journey: Journey) -> None:
    rooms, states = journey.rooms, journey.states
    assert children(states["space/company"]) == {rooms[group] for group in PLAIN}
    assert children(states["space/partner/acme"]) == {rooms["deal"], rooms["corner"]}


async def test_everybody_is_in_or_invited_where_the_directory_puts_them(journey: Journey) -> None:
    who, ours = journey.company.user, {journey.company.bot, journey.service}
    bob = who("bob", "acme.test")
    belongs = {
        "sales": {who("claire"), who("luc")}, "news": {who("ines"), who("ann")}, "deal": {who("claire")},
        "corner": {who("claire")}, "space/partner/acme": {who("claire")},
        "space/company": {who(name) for name in ("claire", "ines", "luc", "ann")}, ADMINS: {who("ines")},
    }  # fmt: skip
    for marker, people in belongs.items():
        state = journey.states[marker]
        assert members(state, "join") - ours == (people if journey.service else set()), marker
        guests = {bob} if marker in {"deal", "space/partner/acme"} else set()
        assert members(state, "invite") == (guests if journey.service else people | guests), marker
    hidden = journey.states[journey.hidden]
    assert members(hidden, "invite") == {who("claire"), who("ines")}
    assert members(hidden, "join") == {journey.company.bot}


async def test_the_real_name_of_a_hidden_group_is_told_inside_and_nowhere_else(journey: Journey) -> None:
    company, hidden = journey.company, journey.rooms[journey.hidden]
    for marker, state in journey.states.items():
        text = json.dumps([*state.items()], ensure_ascii=False, default=dict).casefold()
        assert not [word for word in SECRET_WORDS if word in text], marker
        assert (hidden in text) is False
    claire = company.people["claire"]
    shown = await seen(claire, "the invitation", lambda: claire.invited.get(hidden))
    assert shown.startswith("Private group")
    await claire.accept(hidden)
    room = await seen(claire, "the hidden room", lambda: claire.joined.get(hidden))
    assert any("Comité de fusion" in text for text in room.texts())
    [pinned] = room.state["m.room.pinned_events", ""]["pinned"]
    path = f"/_matrix/client/v3/rooms/{quote(hidden, safe='')}/event/{quote(pinned, safe='')}"
    assert "Comité de fusion" in (await claire.ask("GET", path)).ok("the pinned message")["content"]["body"]
    for name in ("luc", "bob", "mallory"):
        assert (await company.people[name].ask("GET", path)).status in {FORBIDDEN, NOT_FOUND}
        assert (await company.people[name].join(hidden, via=CORP)).status in {FORBIDDEN, NOT_FOUND}
        assert await room_summary(company.people[name], hidden) in {FORBIDDEN, NOT_FOUND}


async def test_the_partner_reads_and_writes_from_a_homeserver_of_its_own(journey: Journey) -> None:
    company, deal = journey.company, journey.rooms["deal"]
    claire, bob = company.people["claire"], company.people["bob"]
    space = await seen(bob, "the partner space", lambda: bob.invitation("Acme SA"))
    assert space == journey.rooms["space/partner/acme"]
    await seen(bob, "the deal's invitation", lambda: deal in bob.invited)
    for room_id in (space, deal):
        await bob.accept(room_id)
    if not journey.service:
        await claire.accept(deal)
    (await bob.join(journey.rooms["corner"], via=CORP)).ok("joining the room that the space admits to")
    await seen(bob, "the deal", lambda: deal in bob.joined)
    await bob.say(deal, "Hello from Acme")
    await seen(
        claire, "Bob's words", lambda: deal in claire.joined and "Hello from Acme" in claire.joined[deal].texts()
    )
    await claire.say(deal, "Bonjour d'ici")
    await seen(bob, "Claire's words", lambda: "Bonjour d'ici" in bob.joined[deal].texts())


async def test_strangers_find_nothing_and_come_in_nowhere(journey: Journey) -> None:
    company = journey.company
    mallory, bob = company.people["mallory"], company.people["bob"]
    alias = quote(company.alias("news"), safe="")
    reached = await mallory.ask("GET", f"/_matrix/client/v3/directory/room/{alias}")
    assert reached.ok("the listed room, so the servers do talk")["room_id"] == journey.rooms["news"]
    for marker, room_id in journey.rooms.items():
        assert (await mallory.join(room_id, via=CORP)).status == FORBIDDEN, marker
        # A listed room tells its name to anybody: the plan says so. It is also what shows that asking works.
        assert await room_summary(mallory, room_id) == (200 if marker == "news" else NOT_FOUND), marker
    for marker in ("sales", "news", "space/company"):
        assert (await bob.join(journey.rooms[marker], via=CORP)).status == FORBIDDEN, marker


async def test_an_employee_walks_into_the_open_rooms_and_no_others(journey: Journey) -> None:
    company, rooms = journey.company, journey.rooms
    ann = company.people["ann"]
    if not journey.service:
        (await ann.join(rooms["space/company"])).ok("accepting")
    listing = {room["room_id"]: room for room in await ann.look_into(rooms["space/company"])}
    assert listing[rooms["sales"]]["name"] == "Sales"
    for marker, status in {"sales": 200, "corner": 200, "deal": FORBIDDEN, "space/partner/acme": FORBIDDEN}.items():
        assert (await ann.join(rooms[marker])).status == status, marker
    assert journey.rooms[journey.hidden] not in json.dumps([*listing.values()])
    assert (await ann.ask("GET", _messages(rooms["deal"]))).status == FORBIDDEN
    assert (await ann.ask("GET", _messages(rooms["sales"]))).status == 200


async def test_who_walked_in_stays_in(journey: Journey) -> None:
    again = await journey.company.parvis("plan", "--json")
    assert again.code == 0, again.out
    ann = journey.company.user("ann")
    assert ann in members(await journey.company.state(journey.rooms["sales"]))


def _messages(room_id: str) -> str:
    return f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/messages?dir=b"
