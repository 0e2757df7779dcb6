"""The conversation loop: what is answered, where, how often, and what errors become."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.errors import ErrorKind, HomeserverError, InputError, StoreError
from bridge.domain.messages import say
from bridge.domain.rooms import Membership
from bridge.services.refusals import SETTLES
from tests.bots.kit.conversation import ANN, INES, NOW, STRANGER, Bot, Refusal, happened, said, tap


@pytest.fixture
def bot() -> Bot:
    bot = Bot()
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    return bot


async def test_a_command_in_a_direct_conversation_needs_no_mark(bot: Bot) -> None:
    [reply] = await bot.told("status")
    assert reply["body"] == "Done."
    assert reply["io.parvis.reply"] == {"command": "status", "status": "ok", "reference": "r1"}
    assert reply["msgtype"] == "m.notice"
    assert reply["m.mentions"] == {}


async def test_a_command_costs_one_read_and_one_send(bot: Bot) -> None:
    await bot.told("!group show sales", room="!room")
    assert bot.messenger.calls == ["surroundings", "send"]


async def test_everyday_talk_in_a_shared_room_costs_one_read_for_ever(bot: Bot) -> None:
    for line in ("good morning", "who has the file?", "me"):
        assert await bot.told(line, room="!room") == []
    assert bot.messenger.calls == ["surroundings"]


async def test_a_room_becomes_a_conversation_when_the_others_leave(bot: Bot) -> None:
    await bot.told("status", room="!room")
    bot.messenger.room("!room", ANN)
    await bot.hear(happened("m.room.member", {"membership": "leave"}, room="!room", sender=INES, key=INES))
    assert await bot.told("status again?", room="!room")


async def test_a_conversation_with_somebody_else_invited_is_no_conversation_of_two(bot: Bot) -> None:
    bot.messenger.room("!dm", ANN, invited=(INES,))
    assert await bot.told("status") == []


async def test_replies_say_to_what_they_reply(bot: Bot) -> None:
    [plain] = await bot.told("status", event_id="$asked")
    assert plain["m.relates_to"] == {"m.in_reply_to": {"event_id": "$asked"}}


async def test_replies_stay_in_the_thread_of_the_command(bot: Bot) -> None:
    thread: dict[str, Any] = {"rel_type": "m.thread", "event_id": "$root"}
    relation: dict[str, Any] = {"m.relates_to": thread}
    [reply] = await bot.told("!status", room="!room", event_id="$asked", **relation)
    assert reply["m.relates_to"] == {**thread, "is_falling_back": False, "m.in_reply_to": {"event_id": "$asked"}}


async def test_a_thread_that_the_homeserver_does_not_know_is_answered_outside_of_it(bot: Bot) -> None:
    bot.messenger.knows_threads = False
    relation: dict[str, Any] = {"m.relates_to": {"rel_type": "m.thread", "event_id": "$elsewhere"}}
    [reply] = await bot.told("!status", room="!room", event_id="$asked", **relation)
    assert reply["m.relates_to"] == {"m.in_reply_to": {"event_id": "$asked"}}


async def test_the_same_event_twice_is_answered_once(bot: Bot) -> None:
    event = said("status")
    await bot.hear(event)
    await bot.hear(event)
    assert len(bot.messenger.sent) == 1
    assert list(bot.messenger.claims) == [f"reply:@parvis:corp.example:{event.id}:1"]


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.notice"},
        {"msgtype": "m.image"},
        {"body": 7},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": "$before"}},
    ],
)
async def test_notices_pictures_edits_and_odd_messages_are_not_answered(bot: Bot, content: dict[str, Any]) -> None:
    assert await bot.told("status", **content) == []
    assert bot.messenger.calls == []


async def test_our_own_users_and_redacted_messages_are_not_answered(bot: Bot) -> None:
    assert not bot.talk.wants(said("status", sender="@parvis_digest:corp.example"))
    assert not bot.talk.wants(replace(said("status"), unsigned={"redacted_because": {}}))
    assert not bot.talk.wants(replace(said("status"), content={}))


async def test_yesterdays_messages_are_left_alone(bot: Bot) -> None:
    await bot.hear(replace(said("status"), sent_at=NOW - timedelta(hours=25)))
    await bot.hear(replace(said("status"), unsigned={"age": 25 * 3600 * 1000}))
    assert bot.messenger.calls == []


async def test_a_server_with_a_wrong_clock_is_answered_because_ours_knows_the_age(bot: Bot) -> None:
    await bot.hear(replace(said("status"), sent_at=NOW - timedelta(days=400), unsigned={"age": 1200}))
    assert bot.messenger.bodies == ["Done."]


async def test_what_waited_with_us_makes_a_message_older_than_the_homeserver_measured(bot: Bot) -> None:
    pushed = replace(said("status"), unsigned={"age": 1200}, received_at=NOW - timedelta(hours=25))
    await bot.hear(pushed)
    assert bot.messenger.calls == []


async def test_a_command_that_comes_more_than_an_hour_late_is_left_alone_and_its_author_told_once(bot: Bot) -> None:
    late = replace(said("status", event_id="$late"), unsigned={"age": 2 * 3600 * 1000})
    await bot.hear(late)
    await bot.hear(late)
    [told] = bot.messenger.bodies
    assert "late" in told
    assert bot.messenger.sent[0][1]["io.parvis.reply"] == {"command": "", "status": "error", "reference": None}
    assert bot.runs == []


async def test_late_talk_in_a_room_that_is_not_for_the_bot_is_not_remarked_on(bot: Bot) -> None:
    late = {"age": 2 * 3600 * 1000}
    for line in ("good morning", "!weather paris"):
        await bot.hear(replace(said(line, room="!room", event_id=f"${line}"), unsigned=late))
    assert bot.messenger.sent == []


@pytest.mark.parametrize(
    "unsigned", [{"redacted_because": {"type": "m.room.redaction"}}, {"m.relations": {"m.replace": {"event_id": "$x"}}}]
)
async def test_a_command_that_was_taken_back_or_edited_while_it_waited_is_not_run(
    bot: Bot, unsigned: dict[str, Any]
) -> None:
    waited = replace(said("status", event_id="$w"), unsigned={"age": 5 * 60 * 1000})
    bot.messenger.answers["GET /_matrix/client/v3/rooms/%21dm/event/%24w"] = {"unsigned": unsigned}
    await bot.hear(waited)
    assert bot.runs == []
    assert bot.messenger.sent == []
    bot.messenger.answers.clear()
    await bot.hear(waited)
    assert bot.messenger.bodies == ["Done."]


async def test_a_waiting_command_is_tried_again_while_the_homeserver_cannot_say_whether_it_stands(bot: Bot) -> None:
    down = HomeserverError(say("Down."), kind=ErrorKind.TEMPORARY)
    bot.messenger.answers["GET /_matrix/client/v3/rooms/%21dm/event/%24w"] = down
    waited = replace(said("status", event_id="$w"), unsigned={"age": 5 * 60 * 1000})
    with pytest.raises(HomeserverError):
        await bot.hear(waited)
    gone = HomeserverError(say("Gone."), kind=ErrorKind.REFUSED)
    bot.messenger.answers["GET /_matrix/client/v3/rooms/%21dm/event/%24w"] = gone
    await bot.hear(waited)
    assert bot.runs == []


async def test_marks_of_other_bots_get_silence_in_shared_rooms(bot: Bot) -> None:
    for line in ("!weather paris", "!", "!!!", "! ?", "!ban @x:y"):
        assert await bot.told(line, room="!room") == []


async def test_a_misspelt_command_gets_a_suggestion_in_shared_rooms(bot: Bot) -> None:
    [reply] = await bot.told("!group shwo sales", room="!room")
    assert "!group show" in reply["body"]
    assert reply["io.parvis.reply"]["status"] == "usage"


async def test_a_conversation_always_gets_an_answer(bot: Bot) -> None:
    [reply] = await bot.told("what a lovely day")
    assert reply["body"].endswith(": help")


async def test_a_command_that_one_may_not_run_is_answered_like_one_that_does_not_exist(bot: Bot) -> None:
    [denied], [unknown] = await bot.told("audit", event_id="$a"), await bot.told("zebra", event_id="$a2")
    for content in (denied, unknown):
        content.pop("m.relates_to")
    assert json.dumps(denied) == json.dumps(unknown)


async def test_in_shared_rooms_both_get_the_same_silence_after_the_same_work(bot: Bot) -> None:
    assert await bot.told("!audit", room="!room") == []
    first, bot.messenger.calls = bot.messenger.calls, []
    await bot.hear(happened("m.room.member", {"membership": "leave"}, room="!room", key="@eve:corp.example"))
    assert await bot.told("!zebra", room="!room") == []
    assert bot.messenger.calls == first


async def test_a_hidden_group_is_answered_like_one_that_does_not_exist(bot: Bot) -> None:
    [hidden], [unknown] = (
        await bot.told("group show secret", event_id="$1"),
        await bot.told("group show nowhere", event_id="$2"),
    )
    for content in (hidden, unknown):
        content.pop("m.relates_to")
    assert json.dumps(hidden) == json.dumps(unknown)
    assert hidden["io.parvis.reply"] == {"command": "group show", "status": "denied", "reference": None}


async def test_rights_open_commands(bot: Bot) -> None:
    [reply] = await bot.told("!audit", room="!room", sender=INES)
    assert reply["io.parvis.reply"]["command"] == "audit"


async def test_words_in_french_are_commands_too_and_answers_follow_the_persons_language(bot: Bot) -> None:
    bot.languages[ANN] = "fr"
    [reply] = await bot.told("groupe montrer «\u00a0l’équipe Données\u00a0»")
    assert bot.runs[0].arguments["group"] == "l’équipe Données"
    [reply] = await bot.told("zebre")
    assert reply["body"].endswith("\u00a0: aide")


@pytest.mark.parametrize(
    "line",
    [
        "!STATUS", "！status", "! status", "!Etat.", "!état !", "@parvis:corp.example: status", "!\u200bstatus…",
        "@parvis:corp.example, !status", "@parvis:corp.example\u00a0status",
    ],
)  # fmt: skip
async def test_marks_and_mentions_of_all_keyboards_are_understood_in_a_room(bot: Bot, line: str) -> None:
    assert [reply["body"] for reply in await bot.told(line, room="!room")] == ["Done."]


async def test_a_mention_of_somebody_else_is_no_mark(bot: Bot) -> None:
    assert await bot.told("@parvis:corp.example.org: status", room="!room") == []
    assert await bot.told("I told @parvis:corp.example: status", room="!room") == []


async def test_options_and_choices_are_understood_without_capitals_and_accents(bot: Bot) -> None:
    await bot.told("!Group Show sales —Kind OPEN --Tout")
    assert bot.runs[0].arguments == {"group": "sales", "kind": "open", "number": None, "every": True}


async def test_an_open_quotation_mark_is_explained(bot: Bot) -> None:
    [reply] = await bot.told('!group show "sales', room="!room")
    assert "quotation mark" in reply["body"]
    assert reply["io.parvis.reply"]["status"] == "usage"


async def test_an_error_of_ours_tells_its_sentence(bot: Bot) -> None:
    bot.fault = Refusal(say("The directory is being read."), kind=ErrorKind.CONFLICT)
    [reply] = await bot.told("status")
    assert reply["body"] == "The directory is being read."
    assert reply["io.parvis.reply"]["status"] == "error"
    bot.fault = InputError(say("No such date."))
    [reply] = await bot.told("status", event_id="$2")
    assert reply["io.parvis.reply"]["status"] == "usage"


async def test_a_surprise_tells_a_reference_and_a_replay_tells_the_same(bot: Bot) -> None:
    bot.fault = RuntimeError("secret detail")
    [reply] = await bot.told("status", event_id="$asked")
    reference = reply["io.parvis.reply"]["reference"]
    assert reference
    assert reference in reply["body"]
    assert "secret detail" not in json.dumps(reply)
    bot.messenger.claims.clear()
    [again] = await bot.told("status", event_id="$asked")
    assert again == reply


@pytest.mark.parametrize("kind", [HomeserverError, StoreError])
async def test_what_is_merely_busy_is_tried_again_later(bot: Bot, kind: type[HomeserverError]) -> None:
    bot.fault = kind(say("Busy."), kind=ErrorKind.TEMPORARY)
    with pytest.raises(kind):
        await bot.told("status")
    assert bot.messenger.sent == []


async def test_a_homeserver_that_is_down_while_replying_is_tried_again_and_answers_once(bot: Bot) -> None:
    bot.messenger.faults = [HomeserverError(say("Down."), kind=ErrorKind.TEMPORARY)]
    with pytest.raises(HomeserverError):
        await bot.told("status")
    assert len(await bot.told("status")) == 1


async def test_a_room_that_the_bot_is_not_in_is_left_alone(bot: Bot) -> None:
    assert await bot.told("!status", room="!elsewhere") == []


async def test_a_conversation_goes_on_after_the_homeserver_refused_one_reply(bot: Bot) -> None:
    bot.messenger.refused = True
    assert await bot.told("status", event_id="$1") == []
    bot.messenger.refused = False
    assert len(await bot.told("status", event_id="$2")) == 1


async def test_who_left_meanwhile_gets_no_answer(bot: Bot) -> None:
    assert await bot.told("!status", room="!room", sender=STRANGER) == []
    assert bot.runs == []


async def test_invitations_from_people_we_know_are_accepted_with_one_hello(bot: Bot) -> None:
    bot.messenger.room("!new", ANN, bot=Membership.INVITE)
    invitation = happened("m.room.member", {"membership": "invite"}, room="!new", key=bot.messenger.user_id)
    await bot.hear(invitation)
    await bot.hear(invitation)
    [(room, hello)] = bot.messenger.sent
    assert (room, hello["body"], hello["msgtype"]) == ("!new", "Hello.", "m.text")


async def test_an_encrypted_conversation_is_told_at_once_that_the_bot_cannot_read(bot: Bot) -> None:
    bot.messenger.encrypted = True
    bot.messenger.room("!new", ANN, bot=Membership.INVITE)
    await bot.hear(happened("m.room.member", {"membership": "invite"}, room="!new", key=bot.messenger.user_id))
    await bot.hear(happened("m.room.encrypted", {}, room="!new"))
    [(other, hello), (room, hint)] = bot.messenger.sent
    assert (other, hello["body"], room) == (bot.messenger.direct[ANN], "Hello.", "!new")
    assert "another conversation, without encryption" in hint["body"]


async def test_invitations_into_shared_rooms_are_accepted_in_silence(bot: Bot) -> None:
    bot.messenger.room("!new", ANN, INES, bot=Membership.INVITE)
    await bot.hear(happened("m.room.member", {"membership": "invite"}, room="!new", key=bot.messenger.user_id))
    assert bot.messenger.calls == ["join", "surroundings"]


async def test_invitations_from_strangers_are_refused_and_nobody_waits_for_it(bot: Bot) -> None:
    bot.messenger.room("!new", STRANGER, bot=Membership.INVITE)
    invitation = {"membership": "invite"}
    await bot.hear(happened("m.room.member", invitation, room="!new", sender=STRANGER, key=bot.messenger.user_id))
    assert (bot.messenger.calls, bot.clock.slept) == ([], [])
    refusing = asyncio.create_task(bot.refusals.go())
    await bot.clock.advance(SETTLES.total_seconds())
    await refusing
    assert bot.messenger.calls == ["leave"]


async def test_encrypted_conversations_are_told_once_that_the_bot_cannot_read(bot: Bot) -> None:
    for _ in range(3):
        await bot.hear(happened("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}))
    assert len(bot.messenger.sent) == 2
    assert "encrypt" in bot.messenger.bodies[1]
    await bot.hear(happened("m.room.encrypted", {}, room="!room"))
    assert len(bot.messenger.sent) == 2


async def test_whoever_cannot_be_invited_elsewhere_is_told_what_to_do(bot: Bot) -> None:
    bot.messenger.room("!dm", ANN)
    no = HomeserverError(say("No."), kind=ErrorKind.REFUSED, errcode="M_FORBIDDEN")
    await bot.hear(happened("m.room.encrypted", {}))
    assert "another conversation" in bot.messenger.bodies[-1]
    bot.messenger.room("!dm2", INES)

    async def refused(user_id: str) -> str:
        raise no

    bot.messenger.direct_room = refused  # type: ignore[method-assign]
    await bot.hear(happened("m.room.encrypted", {}, room="!dm2", sender=INES))
    assert "Create a room without encryption" in bot.messenger.bodies[-1]


async def test_a_bot_that_does_not_lead_leaves_help_and_misspellings_in_shared_rooms_to_another() -> None:
    bot = Bot(leads=False)
    bot.messenger.room("!room", ANN, INES)
    assert await bot.told("!help", room="!room") == []
    assert await bot.told("!grop list", room="!room") == []
    assert len(await bot.told("!help group", room="!room")) == 1
    assert len(await bot.told("!status", room="!room")) == 1


odd = st.sampled_from(
    ['"', "!", "group show ", "aide", "<b>", "\u202e", "https://matrix.to/#/@a:b", "mxc://x/y", "--all", "🦄"]
)
lines = st.lists(st.text() | odd, max_size=12).map("".join) | st.text(min_size=1, max_size=3).map(lambda t: t * 20_000)
contents = st.fixed_dictionaries(
    {"body": lines},
    optional={
        "format": st.just("org.matrix.custom.html"),
        "formatted_body": lines,
        "m.relates_to": st.none()
        | st.text()
        | st.dictionaries(st.sampled_from(["rel_type", "event_id"]), st.none() | lines),
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(contents, st.sampled_from(["!dm", "!room"]), st.sampled_from(["en", "fr"]))
async def test_whatever_is_said_the_bot_neither_stumbles_nor_says_too_much(
    content: dict[str, Any], room: str, language: str
) -> None:
    bot = Bot(languages={ANN: language}, echo=True)
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    body = content.pop("body")
    for reply in await bot.told(body, room=room, **content):
        assert len(json.dumps(reply, ensure_ascii=False).encode()) < 60_000
        assert reply["msgtype"] == "m.notice"
        assert reply["m.mentions"] == {}
    assert len(bot.messenger.calls) <= 2 + len(bot.messenger.sent)


async def test_in_another_bots_conversation_nothing_is_asked_that_the_homeserver_would_refuse() -> None:
    bot = Bot()
    for content in ({"msgtype": "m.text", "body": "!echo hello"}, {"msgtype": "m.text", "body": "hello"}):
        event = replace(said("x", room="!others"), content=content)
        bot.talk.expect(event)
        await bot.talk.handle(event)
    await bot.talk.handle(tap("✅", "$somewhere", room="!others"))
    assert bot.messenger.calls == []
