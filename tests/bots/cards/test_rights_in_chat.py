"""Consent, photo, export, erasing and publishing, as people go about them in a conversation."""

import json
from typing import Any

import pytest

from bridge.domain.cards import Field, Purpose
from bridge.domain.relations import reaction_to
from bridge.services.cards.files import Files
from tests.bots.cards.counter import BOB, CLAIRE, PICTURE, Counter


@pytest.fixture
async def counter() -> Counter:
    return await Counter.open()


def status(replies: list[dict[str, Any]]) -> str:
    return str(replies[0]["io.parvis.reply"]["status"])


async def agreed(counter: Counter) -> None:
    """Bob has a card with a phone number."""
    await counter.line("!profile set phone +33 1 42 68 53 00")
    await counter.agree()


async def test_before_the_first_word_on_a_card_its_owner_is_asked_and_a_yes_does_what_was_typed(
    counter: Counter,
) -> None:
    asked = await counter.line("!profile set title “Head of sales, Europe.”")
    assert status(asked) == "confirm"
    assert "export and erase everything" in asked[0]["body"]
    assert await counter.card() is None
    done = await counter.agree()
    assert "Head of sales, Europe." in done[0]["body"]
    card = await counter.card()
    assert card is not None
    assert card.values == {Field.TITLE: ("Head of sales, Europe.",)}
    consent = card.consent(Purpose.CARD)
    assert consent is not None
    assert consent.text.startswith("2026-11: What you tell me about yourself")
    assert (consent.event, consent.room, consent.at) == ("$did2", "!bob", counter.house.clock.now())
    assert status(await counter.line("!profile set place Lyon")) == "ok"


async def test_who_does_not_agree_has_no_card(counter: Counter) -> None:
    await counter.line("!profile set title Director")
    refusal = counter.event(BOB, dict(reaction_to(list(counter.messenger.events)[-1], "❌")), kind="m.reaction")
    assert "nothing is kept" in (await counter.hear(refusal))[0]["body"]
    assert await counter.card() is None
    counter.start()
    assert await counter.hear(refusal) == []
    assert "Director" not in repr(counter.house.store.data)
    assert status(await counter.line("!profile set title Director")) == "confirm"


async def test_nobody_else_agrees_for_them(counter: Counter) -> None:
    await counter.line("!profile set title Director", room="!both")
    last = list(counter.messenger.events)[-1]
    tap = {"m.relates_to": {"rel_type": "m.annotation", "event_id": last, "key": "✅"}}
    assert await counter.hear(counter.event(CLAIRE, tap, room="!both", kind="m.reaction")) == []
    assert await counter.card() is None


async def test_a_picture_becomes_the_photo_once_its_owner_agrees(counter: Counter) -> None:
    assert status(await counter.hear(counter.image(mimetype="image/png", size=20))) == "confirm"
    said, shown = await counter.agree()
    assert "Photo" in said["body"]
    assert (shown["msgtype"], shown["info"]["w"], shown["info"]["mimetype"]) == ("m.image", 640, "image/jpeg")
    assert shown["url"] != PICTURE
    card = await counter.card()
    assert card is not None
    assert card.photo is not None
    assert card.photo.uri == shown["url"]


async def test_a_yes_answers_what_was_said_last_and_an_older_question_under_its_own_message_alone(
    counter: Counter,
) -> None:
    await agreed(counter)
    await counter.line("!profile erase")
    asked = list(counter.messenger.events)[-1]
    await counter.hear(counter.image())
    await counter.line("yes")
    assert await counter.card() is not None
    tap = counter.event(BOB, dict(reaction_to(asked, "✅")), kind="m.reaction")
    assert "erased" in (await counter.hear(tap))[0]["body"]


async def test_the_word_learnt_for_the_terms_agrees_here_too(counter: Counter) -> None:
    await counter.line("!profile set title Director")
    assert "Director" in (await counter.line("J’accepte."))[0]["body"]


async def test_a_card_is_shown_with_its_photo_to_others_too(counter: Counter) -> None:
    await agreed(counter)
    await counter.hear(counter.image())
    _, shown = await counter.line(f"!profile {BOB}", CLAIRE)
    assert (shown["msgtype"], shown["filename"]) == ("m.image", "photo.jpg")


async def test_the_same_picture_heard_twice_is_one_photo_and_one_answer(counter: Counter) -> None:
    await agreed(counter)
    event = counter.image()
    await counter.hear(event)
    counter.start()
    assert await counter.hear(event) == []
    assert len([data for data in counter.house.media.files.values() if data]) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"url": "mxc://acme.example/gone"}, "does not give me this picture"),
        ({"url": PICTURE, "info": {"size": 99_000_000}}, "too large"),
        ({"url": PICTURE, "info": {"mimetype": "image/gif"}}, "JPEG, PNG or WebP"),
        ({"file": {"url": PICTURE}}, "encrypted pictures"),
        ({"url": 7}, "encrypted pictures"),
    ],
)
async def test_a_picture_that_cannot_be_taken_is_answered_with_the_reason(
    counter: Counter, content: dict[str, Any], words: str
) -> None:
    await agreed(counter)
    event = counter.event(BOB, {"msgtype": "m.image", "body": "x", **content})
    [reply] = await counter.hear(event)
    assert words in reply["body"]


async def test_pictures_in_a_room_with_others_are_nobodys_photo(counter: Counter) -> None:
    await agreed(counter)
    event = counter.event(BOB, {"msgtype": "m.image", "body": "x", "url": PICTURE}, room="!both")
    assert await counter.hear(event) == []
    card = await counter.card()
    assert card is not None
    assert card.photo is None


async def test_a_photo_is_taken_off_and_deleted(counter: Counter) -> None:
    await agreed(counter)
    await counter.hear(counter.image())
    [reply] = await counter.line("!profil photo retirer")
    assert "off your card" in reply["body"]
    await counter.a_day_passes()
    assert len(counter.house.media.deleted) == 1
    assert "no photo" in (await counter.line("!profile photo remove"))[0]["body"]


async def test_an_export_is_two_files_in_the_conversation_and_deleted_after_a_day(counter: Counter) -> None:
    await agreed(counter)
    said, whole, contact = await counter.line("!profile export")
    assert "in two files" in said["body"]
    assert [one["filename"] for one in (whole, contact)] == ["card.json", "card.vcf"]
    kept = json.loads(counter.house.media.files[whole["url"]] or b"")
    assert kept["fields"]["phone"]["values"] == ["+33 1 42 68 53 00"]
    await counter.a_day_passes()
    assert sorted(counter.house.media.deleted) == sorted([whole["url"], contact["url"]])


async def test_who_erases_their_card_has_the_files_of_an_export_deleted_at_once(counter: Counter) -> None:
    await agreed(counter)
    assert "export" not in (await counter.line("!profile erase"))[0]["body"]
    _, whole, contact = await counter.line("!profile export")
    assert "The files of your export, on our homeserver." in (await counter.line("!profile erase"))[0]["body"]
    assert "erased" in (await counter.line("yes"))[0]["body"]
    await Files(store=counter.house.store, media=counter.house.media, clock=counter.house.clock).go()
    assert sorted(counter.house.media.deleted) == sorted([whole["url"], contact["url"]])


@pytest.mark.parametrize("command", ["export", "erase"])
async def test_what_is_private_is_not_done_where_others_read_along(counter: Counter, command: str) -> None:
    await agreed(counter)
    [reply] = await counter.line(f"!profile {command}", room="!both")
    assert "conversation of our own" in reply["body"]


async def test_erasing_shows_first_what_goes_and_what_stays(counter: Counter) -> None:
    await agreed(counter)
    await counter.hear(counter.image())
    [asked] = await counter.line("!profile erase")
    assert status([asked]) == "confirm"
    assert "1 field" in asked["body"]
    assert "Your photo." in asked["body"]
    assert "Copies" in asked["body"]
    assert "erased" in (await counter.line("yes"))[0]["body"]
    assert await counter.card() is None
    assert "42 68 53" not in repr(counter.house.store.data)
    await counter.a_day_passes()
    assert len(counter.house.media.deleted) == 1
    assert "nothing on your card" in (await counter.line("!profile erase"))[0]["body"]
    assert status(await counter.line("!profile set place Lyon")) == "confirm"


async def test_only_people_of_ours_have_a_profile_that_follows(counter: Counter) -> None:
    assert status(await counter.line("!profile publish", CLAIRE)) == "confirm"
    assert "is noted" in (await counter.agree(CLAIRE))[0]["body"]
    card = await counter.card(CLAIRE)
    assert card is not None
    assert card.consent(Purpose.PUBLISH) is not None
    assert card.consent(Purpose.CARD) is None
    assert "already" in (await counter.line("!profile publish", CLAIRE))[0]["body"]
    assert "taken back" in (await counter.line("!profile unpublish", CLAIRE))[0]["body"]
    assert "does not follow" in (await counter.line("!profile unpublish", CLAIRE))[0]["body"]
    await counter.line("!profile publish")
    card = await counter.card()
    assert card is None


async def test_help_tells_of_it_only_to_people_of_ours(counter: Counter) -> None:
    assert "!profile publish" in (await counter.line("!help", CLAIRE))[0]["body"]
    assert "publish" not in (await counter.line("!help"))[0]["body"]
    assert "homeserver of your own" in (await counter.line("!profile publish"))[0]["body"]


async def test_a_picture_sent_while_filling_in_the_card_leads_to_the_next_question(counter: Counter) -> None:
    await counter.line("!profile fill")
    await counter.agree()
    said, shown = await counter.hear(counter.image())
    assert shown["msgtype"] == "m.image"
    assert "Your photo is on your card now." in said["body"]
    assert said["body"].count("\n") > 1


async def test_who_is_on_the_homeserver_of_the_company_hears_of_no_copies_elsewhere(counter: Counter) -> None:
    for who, elsewhere in ((BOB, True), (CLAIRE, False)):
        await counter.line("!profile set place Lyon", who)
        await counter.line("yes", who)
        said = (await counter.line("!profile export", who))[0]["body"]
        assert "I delete both from our homeserver in a day." in said
        assert ("your own homeserver" in said) is elsewhere
