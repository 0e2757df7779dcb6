"""The history of working together: days as people say them, numbers, taking back, and what the other side hears."""

import pytest

from bridge.services.cards.history_news import HISTORY_NEWS
from tests.bots.cards.counter import BOB, CLAIRE, Counter


@pytest.fixture
async def counter() -> Counter:
    return await Counter.open()


async def said(counter: Counter, text: str, who: str = BOB, *, room: str = "") -> str:
    """What the bot answers."""
    return "\n".join(str(one["body"]) for one in await counter.line(text, who, room=room))


async def told(counter: Counter) -> list[tuple[str, str]]:
    """What a round tells, and in which room."""
    before = len(counter.messenger.sent)
    assert await counter.house.rounds.go()
    return [(room, str(content["body"])) for room, content in counter.messenger.sent[before:]]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("!profile history add visit 3 March 2024 Came to Brest", "visit, 3 Mar 2024"),
        ("!profile history add visit March 3, 2024 Came to Brest", "visit, 3 Mar 2024"),
        ('!profile history add visit "3 mars 2024" Came to Brest', "visit, 3 Mar 2024"),
        ("!profile history add note yesterday Came to Brest", "note, "),
        ("!profile history add note 01/02/2024 Came to Brest", "I read 01/02/2024 as 1 Feb 2024"),
        ("!profile history add note March 2024 Came to Brest", "I noted the first day of that month."),
    ],
)
async def test_an_entry_begins_with_its_day_as_people_say_it(counter: Counter, line: str, shown: str) -> None:
    assert shown in await said(counter, line)
    assert "Came to Brest" in await said(counter, "history")


async def test_in_french_the_day_comes_first_and_nothing_is_asked_about_it(counter: Counter) -> None:
    await counter.house.society.choose_language(BOB, "fr")
    answer = await said(counter, "!profil historique ajouter visite 01/02/2024 Passage à Brest")
    assert "1 févr. 2024" in answer
    assert "01/02/2024" not in answer


async def test_a_day_that_is_none_is_said_once_with_examples(counter: Counter) -> None:
    answer = await said(counter, "!profile history add visit soon Came to Brest")
    assert answer == "This is no day: soon. Write it like 2026-03-02, 02/03/2026 or 2 March 2026."


async def test_an_entry_gets_another_day_in_free_words(counter: Counter) -> None:
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    assert "visit, 5 Apr 2024" in await said(counter, "!profile history edit 1 --date 5 April 2024")
    await said(counter, "!profile history edit 1 --date 6 April 2024 Came to Lorient")
    assert "6 Apr 2024 – visit: Came to Lorient" in await said(counter, "history")


async def test_the_list_tells_what_one_can_do_and_a_number_is_enough(counter: Counter) -> None:
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    await counter.house.clock.advance(60)
    await said(counter, "!profile history add note 4 March 2024 Called")
    listed = await said(counter, "history")
    assert listed.index("• 2 – 4 Mar 2024") < listed.index("• 1 – 3 Mar 2024")
    assert "!profile history add" in listed
    assert "!profile history remove 2" in listed
    assert "counts again" not in listed
    assert "Taken back. Both sides still see what it said: 1" in await said(counter, "!profile history remove 1")
    listed = await said(counter, "history")
    assert "Came to Brest" not in listed
    assert "1 entry was taken back: !profile history removed" in listed
    gone = await said(counter, "!profile history removed")
    assert "1 – 3 Mar 2024 – visit: Came to Brest" in gone
    assert "!profile history restore 1" in gone
    assert "It counts again: 1" in await said(counter, "!profile history restore 1")
    assert "Came to Brest" in await said(counter, "history")
    assert "Nothing was taken back." in await said(counter, "!profile history removed")


async def test_who_keeps_histories_for_the_company_is_asked_with_whom(counter: Counter) -> None:
    assert "say with whom" in await said(counter, "history", CLAIRE)
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    assert f"!profile history {BOB}" in await said(counter, "history", CLAIRE)
    await said(counter, f"!profile history remove 1 --about {BOB}", CLAIRE)
    assert f"!profile history removed {BOB}" in await said(counter, f"!profile history {BOB}", CLAIRE)
    gone = await said(counter, f"!profile history removed {BOB}", CLAIRE)
    assert "It counts again" in await said(counter, gone.rpartition(": ")[2], CLAIRE)


async def test_the_other_side_hears_once_of_each_change_and_never_what_it_says(counter: Counter) -> None:
    await counter.house.society.choose_language(CLAIRE, "fr")
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    [(room, heard)] = await told(counter)
    assert room == await counter.messenger.direct_room(CLAIRE)
    assert f"!profil historique {BOB}" in heard
    assert "a écrit une entrée" in heard
    assert "Brest" not in heard
    assert await told(counter) == []
    await said(counter, f"!profile history edit 1 Came to Lorient --about {BOB}", CLAIRE)
    await said(counter, f"!profile history remove 1 --about {BOB}", CLAIRE)
    assert [text.partition(" To read")[0] for _, text in await told(counter)] == [
        "@claire:corp.example changed an entry in the history that you share.",
        "@claire:corp.example took back an entry in the history that you share.",
    ]


async def test_news_that_are_told_again_after_a_crash_are_said_once(counter: Counter) -> None:
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    async with counter.house.store.view() as view:
        [item] = await view.pending.open(HISTORY_NEWS)
    assert len(await told(counter)) == 1
    async with counter.house.store.work() as work:
        await work.pending.remove([item.key])
        await work.pending.put(item)  # killed before it was noted that it is told
    counter.start()
    assert await told(counter) == []


async def test_nobody_hears_of_an_entry_that_is_erased(counter: Counter) -> None:
    await said(counter, "!profile history add visit 3 March 2024 Came to Brest")
    await counter.house.card_office.rights.erase(BOB, origin="$gone")
    assert await told(counter) == []
