"""Rooms that people made come to serve groups: who has power there agrees, people and past stay, strangers go."""

import itertools
from typing import Any, Final
from urllib.parse import quote

import pytest

from deploy.demo.bot import REPLY, Conversation
from deploy.demo.people import Person
from deploy.demo.rooms import Event
from tests.e2e.journeys import at_work, seen, told
from tests.e2e.test_activity import record
from tests.support.company import STRANGER, Company, members
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

CLIENT: Final = "/_matrix/client/v3"
POWERS: Final = "m.room.power_levels"
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
  - {id: "4", user: "@ann~:corp.test", name: Ann, language: en}
groups:
  - {id: team, name: Team, purpose: To do, visibility: invite-only, membership: both, owners: ["1"], members: ["3"]}
  - {id: crew, name: Crew, visibility: invite-only, owners: ["1"], members: ["3"]}
"""
transactions = itertools.count()


async def made(company: Company, maker: Person, name: str, *others: Person, version: str = "11") -> str:
    """A room of somebody's with these people and the bot in it, who has as much power there as its maker."""
    body: dict[str, Any] = {"name": name, "preset": "private_chat", "room_version": version,
                            "invite": [company.bot, *(one.user_id for one in others)]}  # fmt: skip
    powers = {company.bot: 100} | ({maker.user_id: 100} if version == "11" else {})
    body["power_level_content_override"] = {"users": powers}
    room_id = str((await maker.ask("POST", f"{CLIENT}/createRoom", body=body)).ok("making a room")["room_id"])
    for one in others:
        await seen(one, "an invitation", lambda one=one: room_id in one.invited)  # type: ignore[misc]
        await one.accept(room_id)
    await seen(maker, "the bot", lambda: maker.joined[room_id].membership(company.bot) == "join")
    return room_id


async def tap(person: Person, room_id: str, event_id: str) -> None:
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.reaction/adopt{next(transactions)}"
    relation = {"rel_type": "m.annotation", "event_id": event_id, "key": "✅"}
    (await person.ask("PUT", path, body={"m.relates_to": relation})).ok("reacting")


async def answered(person: Person, room_id: str, event_id: str) -> Event:
    """The bot's reply to a tap under one of its messages."""

    def found() -> Event | None:
        replies = [one for one in person.joined[room_id].messages if REPLY in one["content"]]
        return next((one for one in replies if one["content"]["m.relates_to"].get("m.in_reply_to") == about), None)

    about = {"event_id": event_id}
    reply = await seen(person, "what becomes of a tap", found)
    assert "Agreed." in reply["content"]["body"], reply["content"]["body"]
    return reply


async def step_down(person: Person, room_id: str) -> None:
    """Give up one's power, as clients let people do."""
    path = f"{CLIENT}/rooms/{quote(room_id)}/state/{POWERS}"
    levels = (await person.ask("GET", path)).ok("reading levels")
    levels["users"][person.user_id] = 50
    (await person.ask("PUT", path, body=levels)).ok("stepping down")


async def test_a_room_of_people_becomes_a_groups_once_who_has_power_there_agrees(park: Park) -> None:
    company = park.company(DIRECTORY)
    claire, _, luc, ann = await company.hire("claire", "ines", "luc", "ann")
    [mallory] = await company.hire("mallory", server=STRANGER)
    await company.hire_service()
    async with at_work(company, "claire", "luc", "ann", "mallory"):
        await seen(claire, "her groups", lambda: claire.room("team") and claire.room("crew"))
        own = claire.room("team")
        assert own
        talk = await Conversation.open(claire, company.bot)

        twelve = await made(company, luc, "Later", claire, version="12")
        assert "stays above everybody" in (await talk.ask(f"!group adopt team {twelve}")).text

        old = await made(company, luc, "Old room", claire, ann)
        await luc.say(old, "Do you remember?")
        asked = await talk.ask(f"!group adopt team {old}")
        assert "I have asked in the room" in asked.text, asked.text
        card = await told(luc, old, "is to become the room of Team")
        assert "1 person in the room becomes a member" in card["content"]["body"]
        await tap(ann, old, card["event_id"])
        assert (await Conversation(ann, old).ask("!group show team")).status == "ok"  # and no answer to her tap
        await tap(luc, old, card["event_id"])
        assert luc.user_id in (await answered(luc, old, card["event_id"]))["content"]["body"]
        assert [text.count("Agreed.") for text in luc.joined[old].texts()].count(1) == 1
        await step_down(luc, old)
        await told(claire, talk.room_id, "is the room of Team from now on")
        await told(claire, talk.room_id, "looked through what was said in the room of Team")
        known, _ = await record(company)
        assert (luc.user_id, "team", True) in {(one.sender, one.group, one.form.question) for one in known}
        await seen(luc, "the group's name", lambda: luc.joined[old].name == "Team")

        state = await company.state(old)
        assert state["io.parvis.group", ""] == {"group": "team"}
        assert state["m.room.join_rules", ""] == {"join_rule": "invite"}
        assert state[POWERS, ""]["users"][claire.user_id] == 60
        assert luc.user_id not in state[POWERS, ""]["users"]
        assert {claire.user_id, luc.user_id, ann.user_id} <= members(state)
        assert "Do you remember?" in luc.joined[old].texts()
        await seen(claire, "that the empty room is gone", lambda: own.room_id not in claire.joined)

        other = await made(company, claire, "Mixed", ann, mallory)
        assert (await Conversation(claire, other).ask("!group adopt crew")).status == "denied"
        asked = await talk.ask(f"!group adopt crew {other}")
        assert asked.status == "confirm"
        assert "2 people who do not belong to the group are removed" in asked.text
        question = await told(claire, talk.room_id, "is to become the room of Crew")
        await tap(claire, talk.room_id, question["event_id"])
        await answered(claire, talk.room_id, question["event_id"])
        await step_down(claire, other)
        await told(claire, talk.room_id, "is the room of Crew from now on")
        await seen(mallory, "that she is out", lambda: other not in mallory.joined)
        assert (await company.parvis("plan")).code == 0
