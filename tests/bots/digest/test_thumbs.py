"""One tap under a digest is heard, used in the next one, counted without names, and can be taken back."""

from datetime import timedelta

from bots.digest.thumbs import NUMBERS, REDACTION
from bridge.domain.sending import Choices, Sending, room_reader
from bridge.rules.sending.favours import ITEM, WHOLE
from tests.bots.digest.kiosk import ANN, BOB, EVE, MONDAY, FakeContents, Kiosk
from tests.services.household import DIGEST
from tests.world import user

WEEK = "2026-W48"


async def kiosk(**config: str) -> Kiosk:
    contents = FakeContents({ANN: ["news", "it"], BOB: ["news"], EVE: [], user("ines"): []})
    shop = await Kiosk.opened(contents=contents, config={"window": "0m", "report": "false", **config})
    await shop.go_round(MONDAY)
    for person in (ANN, BOB):
        shop.come_in(person)
    return shop


async def tap(shop: Kiosk, person: str, emoji: str) -> str:
    delivery = shop.delivery(person, WEEK)
    assert delivery is not None
    return await shop.react(person, delivery.events[0], emoji)


async def favours(shop: Kiosk, person: str) -> dict[str, float]:
    """What the next digest of somebody is made with."""
    await shop.go_round(max(MONDAY + timedelta(days=7), shop.house.clock.now()))
    return dict(next(taste.favours for reader, _, taste, _ in reversed(shop.contents.asked) if reader == person))


async def test_a_thumb_counts_for_every_item_of_the_next_digest() -> None:
    shop = await kiosk()
    await tap(shop, ANN, "👍🏽")
    assert await favours(shop, ANN) == {"group:it": WHOLE, "group:news": WHOLE, "thread": 2 * WHOLE}
    assert await favours(shop, BOB) == {}


async def test_after_a_thumb_down_one_tap_says_which_item_was_meant() -> None:
    shop = await kiosk()
    await tap(shop, ANN, "👎")
    assert "tap its number" in shop.told(ANN)[-1]
    synapse = shop.house.homeserver.synapse
    events = synapse.rooms[shop.room(ANN)].timeline
    marks = [event["content"]["m.relates_to"]["key"] for event in events
             if event["type"] == "m.reaction" and event["sender"] == DIGEST]  # fmt: skip
    assert marks == list(NUMBERS[:2])
    await tap(shop, ANN, NUMBERS[1])
    assert await favours(shop, ANN) == {"group:it": -ITEM, "thread": -ITEM}


async def test_a_thumb_under_a_digest_that_was_asked_for_counts_and_each_of_them_for_itself() -> None:
    shop = await kiosk()
    for _ in range(2):
        await shop.write(ANN, "digest now")
    async with shop.house.store.view() as view:
        latest, first = await view.digests.asked_for(ANN)
    await shop.react(ANN, first.events[0], "👎")
    assert "tap its number" in shop.told(ANN)[-1]
    await shop.react(ANN, first.events[0], NUMBERS[1])
    assert "1 time you put 👎 on something of It" in await shop.write(ANN, "digest why 2")
    await shop.react(ANN, latest.events[0], NUMBERS[0])
    assert await favours(shop, ANN) == {"group:it": -ITEM, "group:news": ITEM}


async def test_a_thumb_under_the_digest_of_a_room_counts_for_who_put_it_and_asks_nothing() -> None:
    shop = await kiosk()
    reader, room = room_reader("news"), shop.house.room("news")
    shop.contents.items[reader] = ["news"]
    async with shop.house.store.work() as work:
        await work.digests.put_choices(Choices(reader=reader, on=True))
    await shop.go_round()
    shop.house.homeserver.people.join(BOB, room)
    delivery, said = shop.delivery(reader, WEEK), len(shop.told(BOB))
    assert delivery is not None
    await shop.react(BOB, delivery.events[0], "👎", room=room)
    assert len(shop.told(BOB)) == said
    assert await favours(shop, BOB) == {"group:news": -WHOLE, "thread": -WHOLE}
    assert await favours(shop, ANN) == {}


async def test_a_number_without_a_thumb_likes_its_item() -> None:
    shop = await kiosk()
    await tap(shop, ANN, NUMBERS[0])
    assert await favours(shop, ANN) == {"group:news": ITEM, "thread": ITEM}


async def test_a_thumb_that_is_taken_back_counts_no_more() -> None:
    shop = await kiosk()
    tapped = await tap(shop, ANN, "👎")
    await shop.send(ANN, REDACTION, {"redacts": tapped}, redacts=tapped)
    assert await favours(shop, ANN) == {}


async def test_a_tap_heard_again_after_a_crash_counts_once_and_asks_once() -> None:
    shop = await kiosk()
    shop.deaths = [3, 4, 5]
    shop._dies_at = shop.house.fuse.steps + 2
    await tap(shop, ANN, "👎")
    assert shop.lives > 2
    assert sum("tap its number" in one for one in shop.told(ANN)) == 1
    assert await favours(shop, ANN) == {"group:it": -WHOLE, "group:news": -WHOLE, "thread": -2 * WHOLE}


async def test_a_number_that_no_item_has_and_any_other_emoji_say_that_it_was_seen() -> None:
    shop = await kiosk()
    await tap(shop, BOB, NUMBERS[8])
    await tap(shop, ANN, "🎉")
    assert all(found is not None and found.heard for found in (shop.delivery(ANN, WEEK), shop.delivery(BOB, WEEK)))
    assert shop.house.store.data.opinions == {}


async def test_administrators_are_told_how_many_once_and_no_names() -> None:
    shop = await kiosk(report="true")
    shop.contents.items |= {room_reader("news"): ["news"], room_reader("deal"): ["deal"]}
    async with shop.house.store.work() as work:
        for group in ("news", "deal"):
            await work.digests.put_choices(Choices(reader=room_reader(group), on=True))
    await shop.go_round()
    await tap(shop, ANN, "👍")
    for hours in range(4):
        await shop.go_round(MONDAY + timedelta(days=4, hours=hours))
    told = [one for one in shop.told(user("ines")) if "Weekly digests of" in one]
    assert len(told) == 1
    assert "Weekly digests of 2026-W48" in told[0]
    assert "2 digests were sent." in told[0]
    assert "1 person said by a reaction that they saw theirs." in told[0]
    assert "1 employee got none: nothing was worth it 1, it was too late 0," in told[0]
    assert "In rooms of groups: posted 1, nothing was worth it 0," in told[0]
    assert not any(name in told[0] for name in ("ann", "bob", "eve"))


async def test_a_digest_of_a_hidden_group_alone_counts_as_none() -> None:
    shop = await kiosk()
    shop.contents.secret, shop.contents.items[BOB] = {"deal"}, ["deal"]
    await shop.go_round(MONDAY + timedelta(days=7))
    found = shop.delivery(BOB, "2026-W49")
    assert found is not None
    assert (found.state, found.openly) == (Sending.SENT, Sending.SKIPPED)
    assert len(shop.digests(BOB)) == 2
