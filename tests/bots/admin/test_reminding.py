"""Invitations that nobody answers: who invited is reminded twice at most, in one word for all, and then it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory
from bridge.domain.rooms import Membership
from tests.bots.admin.asking import Asking, status
from tests.bots.admin.test_inviting import BOB, company
from tests.services.household import Killed
from tests.services.talking import bot_api
from tests.world import user

ZOE = user("zoe:acme.example")
WAITS = "invited and ha"


@pytest.fixture
async def asking() -> Asking:
    return await Asking.of(company(), settled=True)


async def invited(asking: Asking, *people: str, into: str = "deal", by: str = "sam") -> None:
    for one in people:
        assert status(await asking.ask(f"!invite {one} {into} --yes", by=by)) == "ok"
    for _ in range(2):
        await asking.house.settle()


async def later(asking: Asking, days: float) -> None:
    """So many days pass, in which the bridge goes about its work."""
    await asking.house.clock.advance(timedelta(days=days).total_seconds())
    await gone_round(asking)


async def gone_round(asking: Asking) -> None:
    for _ in range(2):
        asking.house.world = await asking.house.settle()
        assert await asking.house.rounds.go()


async def comes(asking: Asking, who: str, *groups: str) -> None:
    for one in groups:
        asking.house.homeserver.people.join(who, asking.house.room(one))
    await asking.house.hear()


def heard(asking: Asking, who: str, words: str = WAITS) -> list[str]:
    """What somebody was told in a conversation with the bot alone that holds these words."""
    room = asking.messenger.direct.get(who)
    return [content["body"] for place, content in asking.messenger.sent if place == room and words in content["body"]]


async def test_who_invited_is_reminded_twice_and_then_the_invitation_is_withdrawn(asking: Asking) -> None:
    await invited(asking, BOB)
    await later(asking, 6)
    assert not heard(asking, user("sam"))
    await later(asking, 1.5)
    await later(asking, 5)
    [first] = heard(asking, user("sam"))
    assert f"{BOB} – since 23 Nov 2026, taken back on 23 Dec 2026" in first
    await later(asking, 15)
    await later(asking, 1)
    assert len(heard(asking, user("sam"))) == 2
    await later(asking, 5)
    assert BOB not in asking.house.members("deal")
    assert BOB not in asking.house.members("acme"), "the partner's space does not go on inviting"
    assert len(heard(asking, user("sam"), "has not answered in time")) == 1
    await later(asking, 60)
    assert len(heard(asking, user("sam"))) == 2, "nobody hears of it any more"
    assert len(heard(asking, user("sam"), "has not answered in time")) == 1
    assert BOB not in asking.messenger.direct, "nobody is invited to be told that they are invited"


async def test_whoever_is_asked_again_after_no_answer_is_invited_into_the_partners_space_again(asking: Asking) -> None:
    await invited(asking, BOB)
    await later(asking, 31)
    assert BOB not in asking.house.members("deal") | asking.house.members("acme")
    await invited(asking, BOB)
    await gone_round(asking)
    assert BOB in asking.house.members("deal").keys() & asking.house.members("acme").keys()


async def test_one_word_tells_of_everybody_and_of_nobody_who_answered(asking: Asking) -> None:
    await invited(asking, BOB, ZOE, user("tom:acme.example"))
    await comes(asking, ZOE, "deal", "acme")
    await later(asking, 8)
    [told] = heard(asking, user("sam"))
    assert BOB in told
    assert "@tom:acme.example" in told
    assert ZOE not in told


async def test_whoever_talks_with_the_bot_is_reminded_there(asking: Asking) -> None:
    await invited(asking, BOB, ZOE)
    asking.messenger.direct[BOB] = asking.messenger.room("!bob", BOB)
    asking.messenger.direct[ZOE] = asking.messenger.room("!zoe", invited=(ZOE,))
    await later(asking, 8)
    assert ["wait in your client. They are taken back" in text for text in heard(asking, BOB, "")] == [True]
    assert not heard(asking, ZOE, "")


async def test_who_is_named_by_the_directory_is_told_to_who_answers_for_the_partner() -> None:
    source = company()
    named = replace(source.groups["deal"], members=(*source.groups["deal"].members, BOB))
    asking = await Asking.of(replace(source, groups={**source.groups, "deal": named}), settled=True)
    assert asking.house.members("deal")[BOB] is Membership.INVITE
    await later(asking, 8)
    assert len(heard(asking, user("sam"))) == 1


async def into_board(asking: Asking) -> str:
    """Bob is invited into a hidden group by its owner, and sits in the partner's space; the group's room."""
    assert status(await asking.ask("!invite @bob:acme.example board --yes", by="claire")) == "held"
    await gone_round(asking)
    [item] = [one for one in asking.house.store.data.pending.values() if one.kind == "vouching"]
    assert status(await asking.ask(f"!invite accept {item.key.partition(':')[2]}", by="sam")) == "ok"
    asking.messenger.direct[BOB] = asking.messenger.room("!bob", BOB)
    await gone_round(asking)
    assert asking.house.members("board")[BOB] is Membership.INVITE
    await comes(asking, BOB, "acme")
    return asking.house.room("board")


async def test_of_a_hidden_group_it_is_told_inside_and_to_nobody_alone(asking: Asking) -> None:
    board = await into_board(asking)
    await later(asking, 8)
    for one in (user("claire"), user("sam"), BOB):
        assert not heard(asking, one)
    inside = [content["body"] for place, content in asking.messenger.sent if place == board]
    assert [f"{BOB} – since" in body for body in inside if WAITS in body] == [True]


async def test_who_declines_a_hidden_group_is_told_of_to_nobody_outside_its_room(asking: Asking) -> None:
    board = await into_board(asking)
    asking.house.homeserver.people.leave(BOB, board)
    await asking.house.hear()
    await later(asking, 1)
    assert not heard(asking, user("claire"), "declined or left")


async def reminded(source: Directory, at: int) -> tuple[Asking, int, list[str]]:
    """What Sam hears when the process dies at a step of reminding, and how many steps there were."""
    asking = await Asking.of(source, settled=True)
    await invited(asking, BOB, ZOE)
    house = asking.house
    await house.clock.advance(timedelta(days=8).total_seconds())
    world = house.world = await house.settle()
    house.fuse.steps, house.fuse.at = 0, at
    try:
        await house.rounds.go()
    except Killed:
        house.start()
        house.world = world
        asking.bot = AdminBot(bot_api(house, asking.messenger), {})
    steps, house.fuse.at = house.fuse.steps, 0
    await gone_round(asking)
    return asking, steps, heard(asking, user("sam"))


@pytest.mark.slow
async def test_wherever_the_process_dies_everybody_is_told_of_once() -> None:
    _, steps, unhurt = await reminded(company(), 0)
    assert len(unhurt) == 1
    assert steps > 3
    for at in range(1, steps + 1):
        _, _, told = await reminded(company(), at)
        assert told == unhurt, at
