"""What people tell the digest bot: when they want it, how long, of which groups; and why something was in it."""

from datetime import timedelta

import pytest

from bots.digest.settings import settings_of
from bots.digest.wishes import day_in, hour_in
from bridge.adapters.schedule import CronSchedule
from bridge.domain.errors import InputError
from bridge.domain.problems import WrongSettings
from bridge.domain.sending import room_reader
from tests.bots.digest.kiosk import ANN, BOB, MONDAY, FakeContents, Kiosk


async def kiosk() -> Kiosk:
    """Everybody is in the rooms of their groups, has had a first digest, and came in."""
    shop = await Kiosk.opened(contents=FakeContents({ANN: ["news", "it"], BOB: ["news"]}))
    await shop.move_in()
    await shop.go_round(MONDAY)
    for person in (ANN, BOB):
        shop.come_in(person)
    return shop


async def test_one_sees_what_one_chose_and_that_the_rest_is_the_companys() -> None:
    shop = await kiosk()
    told = await shop.write(ANN, "digest")
    assert "On Monday at 08:00 (Europe/Paris)." in told
    assert "At most 5 conversations." in told
    await shop.write(ANN, "digest weekday friday")
    await shop.write(ANN, "digest hour 17h")
    told = await shop.write(ANN, "digest length 3")
    assert "On Friday at 17:00 (Europe/Paris)." in told
    assert "At most 3 conversations." in told
    assert "At most 5 conversations." in await shop.write(ANN, "digest length usual")


async def test_another_day_holds_from_the_next_one_on() -> None:
    shop = await kiosk()
    await shop.write(ANN, "digest weekday sun")
    await shop.go_round(MONDAY + timedelta(minutes=5))
    assert len(shop.digests(ANN)) == 1
    await shop.go_round(MONDAY + timedelta(days=6))
    assert len(shop.digests(ANN)) == 2
    await shop.go_round(MONDAY + timedelta(days=7))
    assert len(shop.digests(ANN)) == 2


async def test_whoever_wants_none_gets_none_until_they_want_it_again() -> None:
    shop = await kiosk()
    assert "no digest any more" in await shop.write(ANN, "digest off")
    await shop.go_round(MONDAY + timedelta(days=7))
    assert len(shop.digests(ANN)) == 1
    assert "You get no weekly digest" in await shop.write(ANN, "digest")
    await shop.write(ANN, "digest on")
    await shop.go_round(MONDAY + timedelta(days=8))
    assert len(shop.digests(ANN)) == 1, "what was due before is not sent"
    await shop.go_round(MONDAY + timedelta(days=14))
    assert len(shop.digests(ANN)) == 2


async def test_a_muted_group_is_told_of_no_more_and_can_be_heard_again() -> None:
    shop = await kiosk()
    assert "nothing of News" in await shop.write(ANN, "digest groups mute news")
    assert "News – muted" in await shop.write(ANN, "digest groups")
    await shop.go_round(MONDAY + timedelta(days=7))
    assert shop.contents.asked[-1][2].muted == {"news"} or shop.contents.asked[-2][2].muted == {"news"}
    assert "tells of News again" in await shop.write(ANN, "digest groups unmute news")


async def test_what_one_may_not_know_can_no_more_be_muted_than_what_is_not_there() -> None:
    shop = await kiosk()
    unknown = await shop.write(BOB, "digest groups mute nothing-like-it")
    assert await shop.write(BOB, "digest groups mute deal") == unknown
    assert "Deal" not in await shop.write(BOB, "digest groups")
    assert "nothing of Deal" in await shop.write(ANN, "digest groups mute deal")


async def test_e_mail_is_refused_where_none_is_sent() -> None:
    shop = await kiosk()
    assert "I cannot write to you by e-mail" in await shop.write(ANN, "digest e-mail yes")
    assert "not by e-mail" in await shop.write(ANN, "digest e-mail no")


async def test_owners_alone_have_a_digest_posted_in_the_room_of_their_group() -> None:
    shop = await kiosk()
    assert "posted in its room each week" in await shop.write(BOB, "digest room news yes")
    assert shop.house.store.data.digest_choices[room_reader("news")].on
    assert "News – one is posted in its room, too" in await shop.write(BOB, "digest groups")
    assert "posted" not in await shop.write(ANN, "digest groups")
    await shop.write(ANN, "digest room news no")
    assert "for the owners of It to decide" in await shop.write(BOB, "digest room it yes")
    assert shop.house.store.data.digest_choices[room_reader("news")].on
    assert "any more" in await shop.write(BOB, "digest room news no")


async def test_a_group_that_has_no_part_in_digests_has_none_in_its_room() -> None:
    shop = await kiosk()
    assert "no part in weekly digests" in await shop.write(BOB, "digest room quiet yes")
    assert room_reader("quiet") not in shop.house.store.data.digest_choices


async def test_a_digest_can_be_had_at_once_and_the_weekly_one_comes_all_the_same() -> None:
    shop = await kiosk()
    for _ in range(2):
        assert "Your week until" in await shop.write(ANN, "digest now")
        assert shop.contents.asked[-1][3] == {}, "it tells all of it, whatever they were told before"
    await shop.go_round(MONDAY + timedelta(days=7))
    assert len(shop.digests(ANN)) == 4
    assert list(shop.contents.asked[-2][3]) == ["$root-news-2026-W48", "$root-it-2026-W48"]


async def test_why_tells_the_reason_of_an_item_and_what_thumbs_changed() -> None:
    shop = await kiosk()
    assert "News: 3 people write there" in await shop.write(ANN, "digest why 1")
    await shop.go_round(MONDAY + timedelta(days=7))
    delivery = shop.delivery(ANN, "2026-W49")
    assert delivery is not None
    await shop.react(ANN, delivery.events[0], "👎")
    told = await shop.write(ANN, "digest why 2")
    assert "1 time you put 👎 on something of It: there is less of it." in told
    assert "the conversation" in told
    assert "items 1 to 2." in await shop.write(ANN, "digest why 9")
    async with shop.house.store.work() as work:
        await work.digests.forget(ANN)
    assert "had no digest with items yet" in await shop.write(ANN, "digest why 1")


async def test_one_thumb_under_a_digest_is_one_thumb_in_what_is_told_of_it() -> None:
    shop = await Kiosk.opened(contents=FakeContents({ANN: ["news", "it"]}))
    await shop.go_round(MONDAY)
    shop.come_in(ANN)
    delivery = shop.delivery(ANN, "2026-W48")
    assert delivery is not None
    await shop.react(ANN, delivery.events[0], "👎")
    assert "1 time you put 👎 on such an item" in await shop.write(ANN, "digest why 1")


async def test_words_are_french_for_who_speaks_it() -> None:
    shop = await kiosk()
    await shop.write(ANN, "langue fr")
    assert "Le vendredi à 08:00 (Europe/Paris)." in await shop.write(ANN, "résumé jour vendredi")


@pytest.mark.parametrize(
    ("text", "day"), [("Monday", 0), ("mar", 1), ("DIMANCHE", 6), ("sun", 6), ("usual", None), ("habituel", None)]
)
def test_days_are_known_in_both_languages(text: str, day: int | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(("text", "hour"), [("8", 8), ("08:00", 8), ("17h", 17), ("0h00", 0), ("usual", None)])
def test_hours_are_known_as_people_write_them(text: str, hour: int | None) -> None:
    assert hour_in(text) == hour


@pytest.mark.parametrize("text", ["m", "someday", "8:30", "24", "-1", ""])
def test_what_is_neither_a_day_nor_an_hour_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="like Monday"):
        day_in(text)
    with pytest.raises(InputError):
        hour_in(text)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"wen": "0 8 * * MON"}, "it may be when"),
        ({"when": "weekly"}, "as cron writes it"),
        ({"when": "0 25 * * LUN"}, "0 25 \\* \\* LUN is no schedule"),
        ({"window": "soon"}, "a time such as 30m"),
        ({"readers": "some"}, "everyone, asked"),
        ({"length": "0"}, "1 to 10"),
        ({"report": "maybe"}, "true or false"),
        ({"marks": [""]}, "an emoji"),
    ],
    ids=["a-word", "when", "no-schedule", "window", "readers", "length", "report", "marks"],
)
def test_a_wrong_setting_is_told(config: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        settings_of(config, CronSchedule())


def test_everything_that_is_wrong_with_the_settings_is_told_at_once() -> None:
    wrong = {"wen": "", "when": "0 25 * * LUN", "window": "soon", "late": "never", "readers": "some", "length": "0",
             "report": "maybe", "marks": [""]}  # fmt: skip
    with pytest.raises(WrongSettings) as refused:
        settings_of(wrong, CronSchedule())
    assert sorted(keys for keys, _ in refused.value.faults) == sorted((key,) for key in wrong)
