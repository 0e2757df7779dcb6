"""Digests are sent when they are due, once, to whom they are for, and to nobody who does not want them."""

from datetime import timedelta

import pytest

from bridge.domain.events import Event
from bridge.domain.sending import Because, Choices, Sending, room_reader
from tests.bots.digest.kiosk import ANN, BOB, EVE, MONDAY, FakeContents, Kiosk
from tests.fakes.homeserver import texts
from tests.world import user


async def kiosk(**items: list[str]) -> Kiosk:
    people = {"ann": ANN, "bob": BOB, "eve": EVE}
    return await Kiosk.opened(contents=FakeContents({people[name]: some for name, some in items.items()}))


async def test_each_gets_theirs_on_monday_at_eight_once() -> None:
    shop = await kiosk(ann=["news", "it"], bob=["news"])
    await shop.go_round(MONDAY - timedelta(seconds=1))
    assert (shop.told(ANN), shop.told(BOB)) == ([], [])
    for minutes in range(5):
        await shop.go_round(MONDAY + timedelta(minutes=minutes))
    assert len(shop.digests(ANN)) == len(shop.digests(BOB)) == 1
    await shop.go_round(MONDAY + timedelta(days=7))
    assert len(shop.digests(ANN)) == 1, "she was invited and has not come in, and is not asked twice"
    shop.come_in(ANN)
    await shop.go_round(MONDAY + timedelta(days=14))
    assert len(shop.digests(ANN)) == 2


async def test_nothing_is_sent_that_was_due_before_the_bot_began() -> None:
    shop = await kiosk(ann=["news"])
    await shop.go_round(MONDAY - timedelta(days=6))
    assert shop.told(ANN) == []


async def test_nothing_worth_sending_is_not_sent_and_not_thought_of_again() -> None:
    shop = await kiosk(ann=[])
    await shop.go_round(MONDAY)
    await shop.go_round(MONDAY + timedelta(minutes=1))
    assert shop.told(ANN) == []
    found = shop.delivery(ANN, "2026-W48")
    assert found is not None
    assert (found.state, found.because) == (Sending.SKIPPED, Because.NOTHING)
    assert len(shop.contents.asked) == 1


@pytest.mark.parametrize(("hours", "sent"), [(47, 1), (49, 0)])
async def test_what_was_missed_while_the_bridge_was_down_is_sent_late_once_or_not_at_all(hours: int, sent: int) -> None:
    shop = await kiosk(ann=["news"])
    for minutes in range(3):
        await shop.go_round(MONDAY + timedelta(hours=hours, minutes=minutes))
    assert len(shop.digests(ANN)) == sent


async def test_who_left_the_conversation_is_not_asked_into_another() -> None:
    shop = await kiosk(ann=["news"])
    await shop.go_round(MONDAY)
    room = shop.room(ANN)
    shop.come_in(ANN)
    shop.house.homeserver.people.leave(ANN, room)
    await shop.go_round(MONDAY + timedelta(days=7))
    found = shop.delivery(ANN, "2026-W49")
    assert found is not None
    assert (found.state, found.because) == (Sending.SKIPPED, Because.LEFT)
    for week in range(2, 9):
        await shop.go_round(MONDAY + timedelta(days=7 * week))
    assert len(shop.digests(ANN)) == 1


async def test_somebody_elsewhere_who_comes_in_gets_theirs_in_the_next_rounds() -> None:
    shop, max_ = await kiosk(), user("max:acme.example")
    shop.contents.items[max_] = ["news"]
    await shop.go_round(MONDAY)
    room = shop.room(max_)
    assert shop.digests(max_) == []
    shop.come_in(max_)
    await shop.hear(
        Event(id="$in", room_id=room, sender=max_, type="m.room.member", content={"membership": "join"},
              state_key=max_, sent_at=shop.house.clock.now())
    )  # fmt: skip
    await shop.go_round(MONDAY + timedelta(seconds=10))
    assert shop.digests(max_) == [], "their homeserver is only just coming in"
    await shop.go_round(MONDAY + timedelta(seconds=30))
    assert len(shop.digests(max_)) == 1


async def test_what_was_shown_is_remembered_for_the_next_one() -> None:
    shop = await kiosk(ann=["news"])
    await shop.go_round(MONDAY)
    shop.come_in(ANN)
    await shop.go_round(MONDAY + timedelta(days=7))
    _, week, _, shown = shop.contents.asked[-1]
    assert str(week) == "2026-W49"
    assert list(shown) == ["$root-news-2026-W48"]


async def test_somebody_who_chose_another_day_gets_it_then() -> None:
    shop = await kiosk(ann=["news"])
    async with shop.house.store.work() as work:
        await work.digests.put_choices(Choices(reader=ANN, weekday=2, hour=17))
    await shop.go_round(MONDAY)
    assert shop.told(ANN) == []
    await shop.go_round(MONDAY + timedelta(days=2, hours=9))
    assert len(shop.digests(ANN)) == 1


async def test_a_digest_of_a_group_is_posted_in_its_room_where_its_owner_asked_for_it() -> None:
    shop = await kiosk()
    reader = room_reader("news")
    shop.contents.items[reader] = ["news"]
    await shop.go_round(MONDAY)
    async with shop.house.store.work() as work:
        await work.digests.put_choices(Choices(reader=reader, on=True))
    for minutes in range(3):
        await shop.go_round(MONDAY + timedelta(minutes=minutes))
    said = texts(shop.house.homeserver.synapse, shop.house.room("news"))
    assert sum("The week in this room" in str(body) for body in said) == 1


async def test_a_room_that_was_encrypted_since_gets_none_and_its_owner_hears_of_it_once() -> None:
    shop = await kiosk(bob=["news"])
    reader = room_reader("news")
    shop.contents.items[reader] = ["news"]
    await shop.go_round(MONDAY)
    shop.come_in(BOB)
    await shop.write(BOB, "digest room news yes")
    room = shop.house.homeserver.synapse.room(shop.house.room("news"))
    room.append(room.creator, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}, "")
    for days in (7, 14):
        await shop.go_round(MONDAY + timedelta(days=days))
    found = shop.delivery(reader, "2026-W49")
    assert found is not None
    assert (found.state, found.because) == (Sending.SKIPPED, Because.ENCRYPTED)
    assert sum("is encrypted now" in one for one in shop.told(BOB)) == 1
    assert shop.house.store.data.digest_choices[reader].on is False
    assert "is encrypted, and I cannot write" in await shop.write(BOB, "digest room news yes")
