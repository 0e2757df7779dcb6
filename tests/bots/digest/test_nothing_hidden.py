"""Weeks with the real bot and real digests, with a hidden group and without it: the same bytes for everybody outside.

What its members are told alone is left out; what others read of them is not: rooms, and the counts of administrators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from bots.digest.bot import DigestBot
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.directory import Directory
from bridge.domain.events import Event
from bridge.services.rounds import Rounds
from tests.fakes.homeserver import texts
from tests.services.household import DIGEST, household
from tests.services.shown import plainly
from tests.services.talking import bot_api
from tests.services.weeks import Weeks
from tests.world import directory, group, partner, user

pytestmark = pytest.mark.slow

SECRET: Final = "quartz"
WORDS: Final = ("quartz", "basalte")
INSIDE: Final = ("ann", "luc", "max")
OUTSIDE: Final = ("eve", "ines", "bob:acme.example")
LINES: Final = (
    "digest", "digest groups", f"digest groups mute {SECRET}", f"digest groups unmute {SECRET}", "digest now",
    "digest why 1", "digest why 7", f"digest room {SECRET} yes", "digest weekday friday", "digest report",
)  # fmt: skip
A_WEEK: Final = 7 * 24


def company(*, secret: bool) -> Directory:
    """Max is in the hidden group and in no other; Luc owns it, as he does those that are open."""
    groups = [
        group("sales").public().members("ann", "luc", "eve").owners("luc"),
        group("deal").members("ann", "luc", "bob:acme.example").owners("luc").admits("acme"),
    ]
    if secret:
        hidden = group(SECRET).hidden().called("Opération Basalte").having(encrypted=False)
        groups.append(hidden.members(*INSIDE).owners("luc"))
    return directory(*groups, partners=(partner("acme", sponsor="luc"),), people=("ines", "max"))


async def told(*, secret: bool) -> Mapping[str, Any]:
    """Two weeks: people talk, digests come, and everybody says everything to the bot."""
    house = household(company(secret=secret))
    weeks = Weeks(house)
    await weeks.settle()
    rounds = Rounds(clock=house.clock)
    api = replace(
        bot_api(house, MatrixMessenger(house.homeserver.calls, house.store, DIGEST)), rounds=rounds, slow_rounds=rounds
    )
    bot = DigestBot(replace(api, leads=False), {"window": "0m"})
    await rounds.go()
    for week in range(2):
        await weeks.until(A_WEEK * week + 10)
        await weeks.talk("sales", f"Who comes to Lyon? {week}", "eve", "luc", "ann", after=0)
        await weeks.talk("deal", f"The contract {week}", "bob:acme.example", "luc", after=0)
        if secret:
            await weeks.talk(SECRET, f"The price of Basalte {week}", "luc", "ann", "max", after=0)
        for hours in range(8):
            await weeks.until(A_WEEK * (week + 1) + hours)
            assert await rounds.go()
        accept(weeks)
        for one in ("sales", *([SECRET] if secret else [])):
            assert "posted in its room" in str(await answer(bot, weeks, "luc", f"digest room {one} yes"))
    answers = {who: [await answer(bot, weeks, who, line) for line in LINES] for who in OUTSIDE}
    await weeks.until(A_WEEK * 3 + 5 * 24)
    assert await rounds.go()
    accept(weeks)
    assert await rounds.go()
    places = {who: conversation(weeks, who) for who in (*INSIDE, *OUTSIDE)}
    heard = {who: texts(house.homeserver.synapse, room) if room else [] for who, room in places.items()}
    return {"answers": plainly(house, answers), "heard": {who: plainly(house, heard[who]) for who in heard}}


def conversation(weeks: Weeks, who: str) -> str:
    rooms = weeks.house.homeserver.synapse.rooms.items()
    return next((id_ for id_, one in rooms if one.creator == DIGEST and one.membership(user(who)) != "leave"), "")


def accept(weeks: Weeks) -> None:
    """Everybody comes into their conversation with the bot."""
    for room_id, room in weeks.house.homeserver.synapse.rooms.items():
        for who in (*INSIDE, *OUTSIDE):
            if room.creator == DIGEST and room.membership(user(who)) == "invite":
                weeks.house.homeserver.people.join(user(who), room_id)


async def answer(bot: DigestBot, weeks: Weeks, who: str, line: str) -> Sequence[Any]:
    """What the bot says to somebody alone about a line."""
    room_id = conversation(weeks, who)
    if not room_id:
        return ()
    synapse = weeks.house.homeserver.synapse
    before = len(texts(synapse, room_id))
    event_id = synapse.room(room_id).say(user(who), "m.room.message", {"msgtype": "m.text", "body": line})
    event = Event(id=event_id, room_id=room_id, sender=user(who), type="m.room.message",
                  content={"msgtype": "m.text", "body": line}, sent_at=weeks.house.clock.now())  # fmt: skip
    assert bot.wants(event)
    await bot.handle(event)
    return texts(synapse, room_id)[before + 1 :]


async def test_nobody_outside_a_hidden_group_is_told_another_byte() -> None:
    bare, full = await told(secret=False), await told(secret=True)
    assert bare["answers"] == full["answers"]
    for who in OUTSIDE:
        assert bare["heard"][who] == full["heard"][who], who
        assert not any(word in full["heard"][who].lower().replace(f"mute {SECRET}", "") for word in WORDS[1:])
    assert "Who comes to Lyon?" in full["heard"]["eve"]
    assert "The contract" in full["heard"]["bob:acme.example"]
    assert "digests were sent" in full["heard"]["ines"], "the control: the counts of administrators are compared"
    assert "In rooms of groups: posted 1" in full["heard"]["ines"]
    assert "Basalte" in full["heard"]["ann"], "the control: its members do read of it"
