"""The pinned notice of which organisations are in a room: current, once, for whoever is inside."""

from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bots.admin.who_is_here import WhoIsHere
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.directory import Directory
from bridge.domain.messages import Text
from bridge.domain.partners import PartnerState
from bridge.services.presence import Presence
from tests.bots.kit.conversation import CATALOGUES
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, Killed, household
from tests.world import BOT, AGroup, directory, group, partner, user

BOB, KIM, ANN = "@bob:acme.example", "@kim:apex.example", user("ann")


def company(*groups: AGroup, state: PartnerState = PartnerState.ACTIVE) -> Directory:
    corner = group("corner").members("ann", "bob:acme.example", "kim:apex.example").admits("acme", "apex")
    return directory(
        *(groups or (corner, group("team").members("ann"))),
        partners=[replace(partner("acme", sponsor="ann"), state=state), partner("apex", sponsor="ann")],
    )


class Doorplate:
    """A company with the errand on the messenger that speaks to the homeserver."""

    def __init__(self, source: Directory | None = None) -> None:
        self.house: Household = household(source or company())
        self.begin()

    def begin(self) -> None:
        """A new process."""
        house = self.house
        messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
        speaker = Speaker(messenger=messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock)
        presence = Presence(store=house.store, teller=BOT)
        house.rounds.add(WhoIsHere(speaker=speaker, society=house.society, presence=presence).tell)

    async def settle(self) -> None:
        for _ in range(2):
            await self.house.settle()
            await self.house.hear()
        await self.house.rounds.go()
        await self.house.hear()

    def room(self, group_id: str = "corner") -> FakeRoom:
        return self.house.homeserver.synapse.rooms[self.house.room(group_id)]

    def said(self, group_id: str = "corner") -> list[dict[str, Any]]:
        """Messages of the bot, oldest first."""
        return [dict(one["content"]) for one in self.room(group_id).timeline if one["type"] == "m.room.message"]

    def plate(self, group_id: str = "corner") -> str:
        """What the pinned notice says now; empty when none is pinned."""
        pinned = self.room(group_id).state.get(("m.room.pinned_events", ""), {}).get("content", {}).get("pinned", [])
        text = ""
        for event in self.room(group_id).timeline:
            content = event["content"]
            if event["event_id"] in pinned and event["type"] == "m.room.message":
                text = str(content["body"])
            elif content.get("m.relates_to", {}).get("event_id") in pinned:
                text = str(content["m.new_content"]["body"])
        return text


async def joined(*who: str) -> Doorplate:
    door = Doorplate()
    await door.settle()
    for one in who:
        door.room().join(one)
    await door.house.hear()
    await door.settle()
    return door


async def test_before_anybody_came_nothing_is_said_and_then_the_company_and_whoever_is_invited_too() -> None:
    door = await joined()
    assert door.said() == []
    door = await joined(BOB)
    assert [line for line in door.plate().splitlines() if "•" in line] == [
        "• corp.example",
        "• Acme",
        "• Apex – invited",
    ]
    assert door.said()[0]["msgtype"] == "m.notice"


async def test_where_no_partner_is_admitted_nothing_is_said() -> None:
    door = await joined(BOB)
    assert door.said("team") == []
    assert ("m.room.pinned_events", "") not in door.room("team").state


async def test_who_arrives_first_of_an_organisation_is_told_once_and_later_the_notice_is_edited() -> None:
    door = await joined(BOB)
    arrived = [one for one in door.said() if one["msgtype"] == "m.text"]
    assert ["Somebody of Acme is in here" in one["body"] for one in arrived] == [True]
    assert "Acme\n" in door.plate() + "\n"
    assert "Apex – invited" in door.plate()
    before = len(door.said())
    for _ in range(2):
        door.room().leave(BOB)
        await door.settle()
        door.room().invite(BOT, BOB, None)
        door.room().join(BOB)
        await door.house.hear()
        await door.settle()
    assert [one["body"] for one in door.said()[before:] if one["msgtype"] == "m.text"] == []
    assert [one for one in door.said()[before:] if "m.new_content" not in one] == []


async def test_whose_homeserver_is_new_to_a_room_gets_a_notice_that_it_can_fetch() -> None:
    door = await joined(BOB)
    [before] = door.room().state["m.room.pinned_events", ""]["content"]["pinned"]
    door.room().join(KIM)
    await door.house.hear()
    await door.settle()
    [after] = door.room().state["m.room.pinned_events", ""]["content"]["pinned"]
    assert after != before


async def test_when_the_last_one_is_gone_the_notice_says_so_and_is_no_longer_pinned() -> None:
    door = await joined(BOB, KIM)
    door.house.source.directory = company(group("corner").members("ann", "kim:apex.example").admits("acme", "apex"))
    await door.settle()
    assert "Acme" not in door.plate()
    door.house.source.directory = company(group("corner").members("ann"))
    await door.settle()
    assert door.plate() == ""
    assert "Nobody of another organisation" in door.said()[-1]["m.new_content"]["body"]
    await door.settle()
    assert "Nobody of another organisation" in door.said()[-1]["m.new_content"]["body"]


async def test_a_partner_that_is_called_otherwise_is_so_in_the_notice() -> None:
    door = await joined(BOB)
    known = door.house.source.directory
    renamed = replace(known.partners["acme"], name=Text.same("Acme Holding"))
    door.house.source.directory = replace(known, partners={**known.partners, "acme": renamed})
    await door.settle()
    assert "Acme Holding" in door.plate()


async def test_what_others_pinned_stays_and_what_they_unpinned_comes_back() -> None:
    door = await joined(BOB)
    calls = door.house.homeserver
    ours = door.room().state["m.room.pinned_events", ""]["content"]["pinned"]
    await calls.set_state(door.house.room("corner"), "m.room.pinned_events", "", {"pinned": ["$theirs"]})
    await door.house.hear()
    await door.settle()
    assert door.room().state["m.room.pinned_events", ""]["content"]["pinned"] == ["$theirs", *ours]


async def test_in_a_hidden_room_whoever_comes_later_can_read_it_beside_the_name() -> None:
    secret = group("board").hidden().called("Fusion").members("ann", "zoe", "bob:acme.example").admits("acme")
    door = Doorplate(company(secret))
    await door.settle()
    door.room("board").join(BOB)
    await door.house.hear()
    await door.settle()
    named, first = door.room("board").state["m.room.pinned_events", ""]["content"]["pinned"]
    door.room("board").join(ANN)
    await door.house.hear()
    await door.settle()
    again, second = door.room("board").state["m.room.pinned_events", ""]["content"]["pinned"]
    assert (again, second != first) == (named, True)
    assert "Acme" in door.plate("board")


@pytest.mark.slow
async def test_a_process_killed_at_any_step_says_everything_once() -> None:
    for at in count(1):
        door = await joined()
        house, killed = door.house, True
        door.room().join(BOB)
        await house.hear()
        house.fuse.at = house.fuse.steps + at
        with suppress(Killed, BaseExceptionGroup):
            await house.rounds.go()
            killed = False
        house.fuse.at = 0
        house.start()
        door.begin()
        await house.clock.advance(120)
        house._see(await house.reconciler.look())
        await door.settle()
        await door.settle()
        assert len([one for one in door.said() if "m.new_content" not in one]) == 2
        assert len([one for one in door.said() if one["msgtype"] == "m.text"]) == 1
        assert "Apex – invited" in door.plate()
        assert "Acme – invited" not in door.plate()
        if not killed:
            break
    assert at > 5
