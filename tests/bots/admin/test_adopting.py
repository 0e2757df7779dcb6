"""``!group adopt`` in chat: asked in the room or alone, the card and who may answer it, in both languages."""

from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.events import Event
from tests.bots.kit.conversation import tap as reaction
from tests.fakes.homeserver import texts
from tests.services.talking import bot_api
from tests.services.test_adopting import ANN, EVE, LUC, Case, settled
from tests.world import BOT, user


class Chat:
    """The bot over the homeserver itself: cards stand in rooms, people answer them there."""

    def __init__(self, case: Case) -> None:
        self.case, self._asked = case, 0
        house = case.house
        self.messenger = MatrixMessenger(house.homeserver.calls, house.store, BOT)
        self.bot = AdminBot(bot_api(house, self.messenger), {})
        synapse = house.homeserver.synapse
        self.rooms = {one: synapse.create(one, {"room_version": "11"}) for one in (ANN, LUC)}
        for one, room_id in self.rooms.items():
            house.homeserver.people.invite(one, room_id, BOT)
            house.homeserver.people.join(BOT, room_id)

    async def say(self, line: str, *, by: str = ANN, room: str = "") -> str:
        """What the bot has said since, everywhere."""
        room_id = room or self.rooms[by]
        event_id = self.case.house.homeserver.people.say(by, room_id, line)
        event = Event(
            id=event_id,
            room_id=room_id,
            sender=by,
            type="m.room.message",
            content={"msgtype": "m.text", "body": line},
            sent_at=self.case.house.clock.now(),
        )
        return await self._heard(event)

    async def tap(self, emoji: str, on: str, *, by: str, room: str) -> str:
        self._asked += 1
        event = reaction(emoji, on, room=room, sender=by, event_id=f"$tap{self._asked}")
        return await self._heard(replace(event, sent_at=self.case.house.clock.now()))

    async def _heard(self, event: Event) -> str:
        before = self._said()
        assert self.bot.wants(event)
        await self.bot.handle(event)
        return "\n".join(self._said()[len(before) :])

    def _said(self) -> list[str]:
        return [unescape(str(one["content"]["body"])) for one in self._messages()]

    def _messages(self) -> list[Mapping[str, Any]]:
        rooms = self.case.house.homeserver.synapse.rooms.values()
        found = [one for room in rooms for one in room.timeline if one["type"] == "m.room.message"]
        return sorted((one for one in found if one["sender"] == BOT), key=lambda one: str(one["event_id"]))

    @property
    def last(self) -> tuple[str, str]:
        """The bot's last message and its room."""
        message = self._messages()[-1]
        return str(message["event_id"]), str(message["room_id"])

    async def language(self, who: str, word: str) -> None:
        await self.case.house.society.choose_language(who, word)


@pytest.fixture
async def chat() -> Chat:
    case = await settled()
    case.house.homeserver.people.kick(ANN, case.room_id, EVE)
    return Chat(case)


async def test_in_the_room_itself_who_has_power_answers_under_the_reply(chat: Chat) -> None:
    room_id = chat.case.room_id
    shown = await chat.say("!group adopt sales", room=room_id)
    assert "The room “Old room” is to become the room of Sales." in shown
    assert "1 person in the room becomes a member" in shown
    assert "set who may do what" in shown
    card, _ = chat.last
    assert await chat.tap("✅", card, by=LUC, room=room_id) == ""
    agreed = await chat.tap("✅", card, by=ANN, room=room_id)
    assert agreed.startswith("Agreed.")
    assert ANN in agreed
    chat.case.empower({ANN: 50, BOT: 100})
    await chat.case.go()
    assert chat.case.house.room("sales") == room_id


async def test_who_asks_elsewhere_has_the_question_put_in_the_room(chat: Chat) -> None:
    case = chat.case
    case.empower({LUC: 100, BOT: 100, ANN: 100})
    case.empower({LUC: 100, BOT: 100})
    told = await chat.say(f"!group adopt sales {case.room_id}")
    assert f"I have asked in the room. These can agree: {LUC}." in told
    assert any(
        "is to become the room of Sales" in str(text) for text in texts(case.house.homeserver.synapse, case.room_id)
    )
    card = next(one for one in chat._messages() if one["room_id"] == case.room_id)
    assert await chat.tap("✅", str(card["event_id"]), by=ANN, room=case.room_id) == ""
    assert "Agreed." in await chat.tap("✅", str(card["event_id"]), by=LUC, room=case.room_id)


async def test_where_a_stranger_reads_along_only_who_may_know_is_asked(chat: Chat) -> None:
    case = chat.case
    case.house.homeserver.people.invite(ANN, case.room_id, EVE)
    case.house.homeserver.people.join(EVE, case.room_id)
    case.empower({LUC: 100, BOT: 100, ANN: 100})
    case.empower({LUC: 100, BOT: 100})
    assert "I know nothing by this name" in await chat.say("!group adopt sales", room=case.room_id)
    told = await chat.say(f"!group adopt sales {case.room_id}")
    assert "so I have asked these alone" in told
    assert EVE in told
    in_the_room = [one for one in chat._messages() if one["room_id"] == case.room_id]
    assert not any("Sales" in str(one["content"]) for one in in_the_room)


async def test_what_has_changed_since_is_shown_again(chat: Chat) -> None:
    case, people = chat.case, chat.case.house.homeserver.people
    await chat.say(f"!group adopt sales {case.room_id}")
    card, room_id = chat.last
    people.invite(ANN, case.room_id, EVE)
    people.join(EVE, case.room_id)
    again = await chat.tap("✅", card, by=ANN, room=room_id)
    assert again.startswith("Something has changed since this was shown.")
    assert EVE in again
    card, room_id = chat.last
    assert "Agreed." in await chat.tap("✅", card, by=ANN, room=room_id)


async def test_refusing_changes_nothing(chat: Chat) -> None:
    await chat.say(f"!group adopt sales {chat.case.room_id}")
    card, room_id = chat.last
    assert "Cancelled" in await chat.tap("❌", card, by=ANN, room=room_id)
    assert await chat.case.waiting() == 0


async def test_in_french(chat: Chat) -> None:
    await chat.language(ANN, "fr")
    shown = await chat.say(f"!groupe adopter sales {chat.case.room_id}")
    assert "doit devenir celui de Sales" in shown
    assert "pendant 7 jours" in shown
    assert "conversation avec moi seul" in await chat.say(
        f"!groupe adopter sales {chat.rooms[ANN]}", room=chat.case.room_id
    )
    assert user("dora") not in shown
