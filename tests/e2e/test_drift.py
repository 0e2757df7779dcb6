"""While the bridge runs: what others break is put right within seconds, and what the directory says arrives."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from deploy.demo.bot import Conversation
from tests.e2e.journeys import at_work, let_in, seen, staffed
from tests.localnet.talk import eventually
from tests.support.company import Company, State, children, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

VANDALISM = {
    "the name": ("sales", "m.room.name", {"name": ""}),
    "another name": ("deal", "m.room.name", {"name": "Merger"}),
    "the join rule": ("deal", "m.room.join_rules", {"join_rule": "public"}),
    "the history": ("comex", "m.room.history_visibility", {"history_visibility": "world_readable"}),
    "guests": ("sales", "m.room.guest_access", {"guest_access": "can_join"}),
    "the servers": ("deal", "m.room.server_acl", {"allow": ["*"], "deny": [], "allow_ip_literals": True}),
    "a topic where none may be": ("comex", "m.room.topic", {"topic": "The merger"}),
}


@dataclass(frozen=True)
class Works:
    """The company at work."""

    company: Company
    rooms: dict[str, str]
    talk: Conversation

    async def state(self, group: str) -> State:
        return await self.company.state(self.rooms[group])

    async def becomes(self, group: str, holds: Callable[[State], bool]) -> State:
        """Wait until the room's state, read from the homeserver, is like that."""
        return await eventually(lambda: self.state(group), holds, 90)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def works(park: Park) -> AsyncIterator[Works]:
    """With a directory that is read every second, and a brake that two removals set off."""
    company = await staffed(
        park, service=True, directory={"every": "1s"}, safety={"max_removals": 1, "max_removal_share": 1.0}
    )
    async with at_work(company, "claire", "ines"):
        claire, ines = company.people["claire"], company.people["ines"]
        await seen(claire, "the deal", lambda: claire.room("deal"))
        await seen(
            claire, "the hidden room", lambda: any(name.startswith("Private") for name in claire.invited.values())
        )
        talk = await Conversation.open(ines, company.bot)
        await eventually(lambda: talk.ask("!plan"), lambda answer: answer.reference is None)
        rooms = await company.rooms()
        [hidden] = [
            marker for marker in rooms if marker not in {"sales", "news", "deal", "corner"} and "/" not in marker
        ]
        yield Works(company, rooms | {"comex": rooms[hidden]}, talk)


@pytest.mark.parametrize("what", VANDALISM)
async def test_state_is_put_back(works: Works, what: str) -> None:
    group, kind, content = VANDALISM[what]
    before = (await works.state(group)).get((kind, ""))
    await works.company.set_state(works.rooms[group], kind, content)
    emptied: list[object] = [before] if before is not None else [{}, {"topic": ""}]
    await works.becomes(group, lambda state: state.get((kind, "")) in emptied)


async def test_power_that_somebody_gave_themselves_is_taken_back(works: Works) -> None:
    levels = (await works.state("sales"))["m.room.power_levels", ""]
    luc = works.company.user("luc")
    taken = {**levels, "users": {**levels["users"], luc: 99}, "events": {}, "invite": 0}
    await works.company.set_state(works.rooms["sales"], "m.room.power_levels", taken)
    wanted = {key: value for key, value in levels.items() if key != "historical"}
    await works.becomes("sales", lambda state: wanted.items() <= state["m.room.power_levels", ""].items())


async def test_a_room_that_lost_our_mark_is_left_alone_and_reported(works: Works) -> None:
    await works.company.set_state(works.rooms["news"], "io.parvis.group", {"group": "sales"})
    await eventually(
        lambda: works.talk.ask("!status"), lambda answer: "no longer carries our marker" in answer.text, 30
    )
    await works.company.set_state(works.rooms["news"], "io.parvis.group", {"group": "news"})
    await eventually(lambda: works.talk.ask("!status"), lambda answer: "marker" not in answer.text, 90)


async def test_a_hidden_room_that_was_put_into_a_space_is_taken_out(works: Works) -> None:
    space, hidden = works.rooms["space/company"], works.rooms["comex"]
    await works.company.set_state(space, "m.space.child", {"via": ["corp.test"]}, hidden)
    await works.becomes("space/company", lambda state: hidden not in children(state))
    assert children(await works.state("space/company")) == {
        works.rooms[group] for group in ("sales", "news", "deal", "corner")
    }


async def test_whoever_the_homeservers_administrator_let_in_is_out_again(works: Works) -> None:
    company, deal, luc = works.company, works.rooms["deal"], works.company.people["luc"]
    await let_in(company, deal, luc)
    await works.becomes(
        "deal",
        lambda state: (
            luc.user_id not in members(state, "join", "invite")
            and luc.user_id not in state["m.room.power_levels", ""]["users"]
        ),
    )


async def test_additions_and_departures_of_the_directory_reach_the_rooms(works: Works) -> None:
    company = works.company
    edit(company, '["1", "@bob', '["1", "2", "4", "@bob')
    newcomers = {company.user("ann"), company.user("ines")}
    await works.becomes("deal", lambda state: newcomers <= members(state))
    edit(company, "name: Luc}", "name: Luc, active: false}")
    for group in ("sales", "space/company"):
        await works.becomes(group, lambda state: company.user("luc") not in members(state, "join", "invite"))


async def test_a_directory_that_falls_silent_empties_nothing(works: Works) -> None:
    company, good = works.company, works.company.directory.read_text(encoding="utf-8")
    before = {group: members(await works.state(group), "join", "invite") for group in works.rooms}
    for broken in ("people: []\ngroups: []\n", good[: len(good) // 2], ""):
        company.directory.write_text(broken, encoding="utf-8")
        await eventually(lambda: works.talk.ask("!status"), lambda answer: "last good reading" in answer.text)
        plan = await works.talk.ask("!plan")
        assert (plan.status, plan.reference) == ("ok", None)
    company.directory.write_text(good, encoding="utf-8")
    await eventually(lambda: works.talk.ask("!status"), lambda answer: "last good reading" not in answer.text)
    assert {group: members(await works.state(group), "join", "invite") for group in works.rooms} == before


async def test_a_mass_removal_is_held_until_its_fingerprint_is_quoted(works: Works) -> None:
    company = works.company
    going = {company.user("ann"), company.user("ines")}
    edit(company, '["1", "2", "4", "@bob', '["1", "@bob')
    held = await eventually(lambda: works.talk.ask("!plan"), lambda answer: answer.status == "held")
    assert held.reference
    assert {"Ann", "Inès"} <= set(re.findall(r"\w+", held.text))
    refused = await company.parvis("apply")
    assert refused.code == 4
    assert held.reference in refused.out
    assert going <= members(await works.state("deal"))
    applied = await works.talk.ask(f"!apply {held.reference}")
    assert applied.status == "ok"
    assert not going & members(await works.state("deal"), "join", "invite")


def edit(company: Company, old: str, new: str) -> None:
    """One line of the directory, changed."""
    text = company.directory.read_text(encoding="utf-8")
    assert text.count(old) == 1
    company.directory.write_text(text.replace(old, new), encoding="utf-8")
