"""The bot with people who do what people do: tap, send pictures, change their words, leave, come back after weeks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.onboarding.bot import OnboardingBot
from bridge.app.bots import called_by
from bridge.domain.cards import Card, Field
from bridge.domain.directory import Directory
from bridge.domain.onboarding import Owed, Stage, Word
from tests.bots.onboarding.parlour import WELCOME, Parlour
from tests.fakes.homeserver import texts
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

ANN, BOB = user("ann"), user("bob:acme.example")


def company(*, leads: str = "max") -> Directory:
    return directory(
        group("sales").public().called("Sales").owners(leads).members("ann", "max"),
        group("deal").called("Deal").owners("max").members("max", "bob:acme.example").admits("acme"),
        group("quartz").hidden().called("Canary").owners("max").members("ann", "max"),
        partners=[partner("acme")],
    )


@pytest.fixture
async def parlour() -> Parlour:
    house = household(company())
    await house.settle()
    await house.settle()
    return Parlour(house)


async def arrived(parlour: Parlour, person: str = ANN) -> None:
    await parlour.go_round()
    parlour.come_in(person)


def stage(house: Household, person: str = ANN) -> Stage:
    [one] = [one for one in house.store.data.onboarding.values() if one.user == person and one.begun]
    return one.stage


def last(said: Sequence[str]) -> str:
    return said[-1].splitlines()[0]


async def test_a_tap_on_the_question_answers_it_and_one_on_an_older_message_does_not(parlour: Parlour) -> None:
    await arrived(parlour)
    [one] = [one for one in parlour.house.store.data.onboarding.values() if one.user == ANN and one.begun]
    tap = {"m.relates_to": {"rel_type": "m.annotation", "event_id": one.shown, "key": "1️⃣"}}
    await parlour.send(ANN, "m.reaction", tap)
    assert "has its own room here" in last(parlour.told(ANN))
    before = len(parlour.told(ANN))
    await parlour.send(ANN, "m.reaction", {"m.relates_to": {**tap["m.relates_to"], "key": "2️⃣"}})
    assert len(parlour.told(ANN)) == before


async def test_each_step_that_answers_somebody_can_be_answered_by_one_tap(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "i know")
    timeline = parlour.house.homeserver.synapse.rooms[parlour.room(ANN)].timeline
    relations = [one["content"]["m.relates_to"] for one in timeline if one["type"] == "m.reaction"]
    assert [one["key"] for one in relations] == ["1️⃣", "2️⃣"]
    await parlour.send(ANN, "m.reaction", {"m.relates_to": relations[1]})
    assert "For everything else" in last(parlour.told(ANN))


async def test_a_picture_a_sticker_and_a_file_get_one_word_and_nothing_else(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.send(ANN, "m.sticker", {"body": "hi", "url": "mxc://corp.example/x"})
    assert "I can read words only" in parlour.told(ANN)[-1]
    before = [one for one in parlour.told(ANN) if "words only" in one]
    await parlour.send(ANN, "m.room.message", {"msgtype": "m.file", "body": "a.pdf", "url": "mxc://corp.example/y"})
    await parlour.send(ANN, "m.sticker", {"body": "hi", "url": "mxc://corp.example/x"})
    assert [one for one in parlour.told(ANN) if "words only" in one] == before


async def test_words_that_were_changed_after_they_were_acted_upon_are_told_so(parlour: Parlour) -> None:
    await arrived(parlour)
    said = await parlour.write(ANN, "1")
    edit = {"rel_type": "m.replace", "event_id": said.id}
    await parlour.write(ANN, "* 2", **{"m.relates_to": edit, "m.new_content": {"msgtype": "m.text", "body": "2"}})
    assert "gone by what you wrote first" in last(parlour.told(ANN))
    await parlour.write(ANN, "back")
    assert "Hello" in last(parlour.told(ANN))


async def test_after_three_weeks_they_go_on_where_they_were(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "1")
    parlour.house.clock.set(parlour.house.clock.now() + timedelta(days=21))
    await parlour.write(ANN, "ok")
    assert "These are your groups" in last(parlour.told(ANN))
    await parlour.write(ANN, "ok")
    assert "people to turn to" in last(parlour.told(ANN))
    assert "owner of Sales" in parlour.told(ANN)[-1]
    assert "Canary" not in str(parlour.told(ANN)), "what is said unasked is seen on locked telephones"


async def test_who_leaves_the_conversation_is_not_invited_again_and_may_come_back_by_themselves(
    parlour: Parlour,
) -> None:
    await arrived(parlour)
    room = parlour.room(ANN)
    parlour.house.homeserver.people.leave(ANN, room)
    for _ in range(30):
        parlour.house.clock.set(parlour.house.clock.now() + timedelta(days=1))
        await parlour.go_round()
    assert ANN not in parlour.house.homeserver.synapse.inside(room)
    assert stage(parlour.house) is Stage.UNREACHABLE


async def test_who_has_left_is_not_invited_again_for_a_group_of_theirs_either(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "stop")
    room, said = parlour.room(ANN), len(parlour.told(ANN))
    parlour.house.homeserver.people.leave(ANN, room)
    parlour.house.source.directory = company(leads="ann")
    await parlour.house.settle()
    await parlour.go_round()
    assert ANN not in parlour.house.homeserver.synapse.inside(room)
    assert len(texts(parlour.house.homeserver.synapse, room)) == said
    [led] = [one for one in parlour.house.store.data.onboarding.values() if one.user == ANN and one.subject]
    assert led.stage is Stage.UNREACHABLE


async def test_somebody_from_elsewhere_is_greeted_once_they_are_in(parlour: Parlour) -> None:
    await parlour.go_round()
    room = parlour.room(BOB)
    assert parlour.told(BOB) == []
    await parlour.go_round()
    assert parlour.told(BOB) == [], "and nothing is asked again and again meanwhile"
    parlour.come_in(BOB)
    joined = parlour.house.homeserver.synapse.rooms[room].timeline[-1]
    await parlour.hear_raw(room, joined)
    [hello] = parlour.told(BOB)
    assert "has opened its network to" in hello


async def test_before_anything_is_known_nobody_is_given_up(parlour: Parlour) -> None:
    await arrived(parlour)
    world, parlour.house.world = parlour.house.world, None
    await parlour.write(ANN, "1")
    assert stage(parlour.house) is Stage.UNDER_WAY
    parlour.house.world = world
    await parlour.go_round()
    assert "has its own room here" in last(parlour.told(ANN))


async def test_a_card_that_was_left_is_gone_on_with_and_not_the_tour(parlour: Parlour) -> None:
    await arrived(parlour)
    for line in ("i know", "no", "ok", "yes", "yes", "later"):
        await parlour.write(ANN, line)
    assert "What you said is kept" in parlour.told(ANN)[-1]
    said = await parlour.write(ANN, "start")
    assert "Let us go through your card" in last(parlour.told(ANN))
    told = parlour.told(ANN)
    await parlour.hear(said)
    assert parlour.told(ANN) == told, "heard again, it is answered as before"
    await parlour.write(ANN, "Annie")
    assert "Annie" in parlour.told(ANN)[-1]


async def test_the_last_question_leads_to_the_card_and_the_lines_after_it_are_for_the_card(parlour: Parlour) -> None:
    await arrived(parlour)
    for line in ("i know", "no", "ok"):
        await parlour.write(ANN, line)
    assert "profile card" in last(parlour.told(ANN))
    await parlour.write(ANN, "yes")
    assert "What you tell me about yourself" in last(parlour.told(ANN))
    assert "That was all" not in str(parlour.told(ANN))
    await parlour.write(ANN, "yes")
    assert "Let us go through your card" in last(parlour.told(ANN))
    await parlour.write(ANN, "skip")
    assert "Hello" not in last(parlour.told(ANN))
    await parlour.write(ANN, "later")
    await parlour.write(ANN, "start over")
    assert "Hello" in last(parlour.told(ANN))


async def test_it_invites_in_the_language_of_who_is_invited(parlour: Parlour) -> None:
    society = parlour.house.society
    await society.choose_language(ANN, "fr")
    called = called_by(OnboardingBot, society)
    french, english = await called(ANN), await called(BOB)
    assert (french.name, english.name) == ("Accueil", "")
    assert french.reason.startswith("J’accueille")
    assert english.reason.startswith("I welcome")


def test_the_bot_has_a_name_of_its_own() -> None:
    assert WELCOME == "@parvis_welcome:corp.example"


async def test_who_has_come_into_a_group_by_themselves_finds_it_among_theirs_and_is_not_offered_it() -> None:
    house = household(
        directory(
            group("chess").public().called("Chess").members("max", "eva"),
            group("sales").public().called("Sales").members("ann", "max", "eva"),
        )
    )
    await house.settle()
    for room in (house.room(""), house.room("chess")):
        house.homeserver.people.join(ANN, room)
    await house.hear()
    await house.settle()
    parlour = Parlour(house)
    await arrived(parlour)
    for line in ("1", "ok"):
        await parlour.write(ANN, line)
    assert "Chess" in parlour.told(ANN)[-1]
    await parlour.write(ANN, "ok")
    assert "Chess" not in parlour.told(ANN)[-1]


async def test_a_command_of_the_other_bot_is_shown_to_whom_it_belongs_and_the_question_stays(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "!trouver eva")
    assert "no command of mine" in last(parlour.told(ANN))
    assert "@parvis:corp.example" in last(parlour.told(ANN))
    await parlour.write(ANN, "1")
    assert "has its own room here" in last(parlour.told(ANN))


async def test_who_goes_back_to_suggestions_that_are_none_any_more_reads_no_sentence_without_them(
    parlour: Parlour,
) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "1")
    async with parlour.house.store.work() as work:
        [one] = [one for one in await work.onboarding.of_user(ANN) if one.begun]
        await work.onboarding.put(replace(one, step="people", trail=("hello", "suggestions")))
    await parlour.write(ANN, "back")
    assert "There is nothing here for you at the moment." in parlour.told(ANN)[-1]
    assert "These may be for you" not in str(parlour.told(ANN))


async def test_a_reminder_leaves_out_the_sentence_before_what_it_does_not_show(parlour: Parlour) -> None:
    await arrived(parlour)
    async with parlour.house.store.work() as work:
        [one] = [one for one in await work.onboarding.of_user(ANN) if one.begun]
        owed = Owed(word=Word.REMINDER, about="1", turn=one.turn + 1)
        await work.onboarding.put(replace(one, step="groups", turn=one.turn + 1, owed=(owed,)))
    await parlour.go_round()
    assert "We had stopped here" in last(parlour.told(ANN))
    assert "These are your groups" not in parlour.told(ANN)[-1]
    assert "To go on: ok" in parlour.told(ANN)[-1]


async def test_a_language_that_is_chosen_by_the_command_brings_the_question_once_more(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "je ne comprends pas l’anglais")
    said = await parlour.write(ANN, "!language fr")
    confirmed, question = parlour.told(ANN)[-2:]
    assert confirmed == "Entendu, en français."
    assert question.startswith("Bonjour")
    told = parlour.told(ANN)
    await parlour.hear(said)
    assert parlour.told(ANN) == told, "heard again, it is said no second time"
    await parlour.write(ANN, "2")
    assert "Shall we" not in last(parlour.told(ANN))
    assert "Préférez-vous" not in last(parlour.told(ANN))


async def test_a_language_that_is_chosen_when_no_question_is_open_brings_none(parlour: Parlour) -> None:
    await arrived(parlour)
    for line in ("stop", "!language fr"):
        await parlour.write(ANN, line)
    assert last(parlour.told(ANN)) == "Entendu, en français."


async def test_help_in_the_middle_tells_the_words_of_the_conversation_and_else_the_commands(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "help")
    told = parlour.told(ANN)[-1]
    assert all(word in told for word in ("skip – ", "back – ", "later – ", "stop – ", "checklist – ", "!help"))
    assert "1. Show me around" in told
    await parlour.write(ANN, "!help")
    assert "What you can ask me for" in parlour.told(ANN)[-1]
    for line in ("later", "help"):
        await parlour.write(ANN, line)
    assert "What you can ask me for" in parlour.told(ANN)[-1]


async def test_people_are_greeted_by_their_given_name_by_that_of_their_card_or_as_they_call_themselves() -> None:
    source = company()
    people = {**source.people, "ann": replace(source.people["ann"], name="Petit, Ann", given="Ann")}
    house = household(replace(source, people=people))
    for _ in range(2):
        await house.settle()
    card = Card(user=BOB, values={Field.NAME: ("Robert",)}, at=house.clock.now())
    async with house.store.work() as work:
        await work.cards.put(card)
    parlour = Parlour(house)
    await arrived(parlour)
    parlour.come_in(BOB)
    room = parlour.room(BOB)
    await parlour.hear_raw(room, house.homeserver.synapse.rooms[room].timeline[-1])
    assert last(parlour.told(ANN)).startswith("Hello Ann, and welcome")
    assert last(parlour.told(BOB)).startswith("Hello Robert, and welcome")
    async with house.store.work() as work:
        await work.cards.put(replace(card, values={}))
    await parlour.write(BOB, "again")
    assert last(parlour.told(BOB)).startswith("Hello bob, and welcome")


async def test_whom_a_partner_names_is_greeted_before_they_are_in_any_group() -> None:
    house = household(
        directory(group("sales").public().members("max"), partners=[partner("acme", named=["bob:acme.example"])])
    )
    for _ in range(2):
        await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    assert parlour.room(BOB)


async def test_whom_a_hidden_group_alone_names_is_not_greeted_because_of_it() -> None:
    board = group("board").hidden().owners("max").members("max", "bob:acme.example", "zoe:acme.example").admits("acme")
    deal = group("deal").owners("max").members("max", "zoe:acme.example").admits("acme")
    house = household(directory(board, deal, partners=[partner("acme")]))
    for _ in range(2):
        await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    begun = {one.user for one in house.store.data.onboarding.values() if one.begun}
    assert "@zoe:acme.example" in begun
    assert BOB not in begun


async def test_help_tells_of_the_status_to_whom_it_may_be_of_use(parlour: Parlour) -> None:
    await arrived(parlour)
    await parlour.write(ANN, "!help")
    assert "!onboarding status" in parlour.told(ANN)[-1]
    parlour.come_in(BOB)
    await parlour.write(BOB, "!help")
    assert "!onboarding later" in parlour.told(BOB)[-1]
    assert "!onboarding status" not in parlour.told(BOB)[-1]
