"""What is recorded of an event."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.domain.activity import PLAIN, Edit, Form, Happening, Kind, Reacted
from bridge.domain.events import Event
from bridge.rules.activity.noting import Gone, Noted, noted

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEXT = {"msgtype": "m.text", "body": "hello"}


def event(type_: str = "m.room.message", content: dict[str, Any] | None = None, **fields: Any) -> Event:
    given = {"id": "$one", "room_id": "!room", "sender": "@ana:corp.example", "sent_at": NOW, **fields}
    return Event(type=type_, content=TEXT if content is None else content, **given)


def note(type_: str = "m.room.message", content: dict[str, Any] | None = None, **fields: Any) -> Noted | None:
    return noted(event(type_, content, **fields), "sales", NOW)


def happening(content: dict[str, Any], type_: str = "m.room.message") -> Happening:
    one = note(type_, content)
    assert isinstance(one, Happening)
    return one


def related(**relation: Any) -> dict[str, Any]:
    return {**TEXT, "m.relates_to": relation}


def test_a_message_that_answers_nothing_begins_its_own_thread() -> None:
    assert note() == Happening(
        event="$one", room="!room", group="sales", sender="@ana:corp.example", at=NOW, thread="$one",
        form=Form(length=5),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "word", "kind"),
    [
        ("m.room.message", "m.emote", Kind.TEXT),
        ("m.room.message", "m.notice", Kind.NOTICE),
        ("m.room.message", "m.image", Kind.IMAGE),
        ("m.room.message", "m.location", Kind.PLACE),
        ("m.room.message", "org.example.dance", Kind.OTHER),
        ("m.sticker", None, Kind.STICKER),
        ("m.poll.start", None, Kind.POLL),
        ("m.room.encrypted", None, Kind.SEALED),
    ],
)
def test_every_message_has_a_kind(type_: str, word: str | None, kind: Kind) -> None:
    assert happening({"msgtype": word, "body": "x"}, type_).kind is kind


def test_of_what_is_encrypted_only_relations_are_kept() -> None:
    sealed = happening({**related(rel_type="m.thread", event_id="$root"), "body": "who?"}, "m.room.encrypted")
    assert (sealed.kind, sealed.thread, sealed.form) == (Kind.SEALED, "$root", PLAIN)


def test_what_stands_in_a_thread_for_older_clients_is_no_answer() -> None:
    fallback = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    inside = happening(related(**fallback, is_falling_back=True))
    assert (inside.thread, inside.reply_to) == ("$root", "")
    answer = happening(related(**fallback))
    assert (answer.thread, answer.reply_to) == ("$root", "$last")


def test_a_reply_belongs_to_what_it_answers() -> None:
    reply = happening(related(**{"m.in_reply_to": {"event_id": "$first"}}))
    assert (reply.thread, reply.reply_to, reply.begins) == ("$first", "$first", False)


def test_an_edit_tells_the_new_form() -> None:
    content = {**related(rel_type="m.replace", event_id="$first"), "m.new_content": {**TEXT, "body": "hello?"}}
    assert note(content=content) == Edit(event="$first", sender="@ana:corp.example", at=NOW,
                                         form=Form(length=6, question=True))  # fmt: skip
    sealed = note("m.room.encrypted", related(rel_type="m.replace", event_id="$first"))
    assert isinstance(sealed, Edit)
    assert sealed.form == PLAIN


@pytest.mark.parametrize(("key", "kept"), [("👍", "👍"), ("1️⃣", "1️⃣"), ("oui !", ""), ("mxc://x/y", ""), (7, "")])
def test_a_reaction_is_kept_as_it_is_unless_it_has_letters(key: Any, kept: str) -> None:
    one = note("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$first", "key": key}})
    assert isinstance(one, Reacted)
    assert (one.to, one.key) == ("$first", kept)


def test_an_exclamation_is_no_command() -> None:
    assert happening({"msgtype": "m.text", "body": "!!! done"}).kind is Kind.TEXT


def test_what_was_taken_back_is_named() -> None:
    assert note("m.room.redaction", {}, redacts="$first") == Gone("$first", NOW)


@pytest.mark.parametrize(
    "one",
    [
        event(content={}),
        event(content={"body": "no type"}),
        event(content={"msgtype": "m.text", "body": "!group list"}),
        event(content={"msgtype": "m.key.verification.request", "body": "x"}),
        event(unsigned={"redacted_because": {}}),
        event(state_key=""),
        event("m.room.redaction", {}, redacts=None),
        event("m.room.redaction", {}, redacts="first"),
        event("m.reaction", {"m.relates_to": {"rel_type": "m.annotation"}}),
        event("m.reaction", {"m.relates_to": {"rel_type": "m.thread", "event_id": "$first"}}),
        event("m.room.encrypted", {"m.relates_to": {"rel_type": "m.replace", "event_id": 7}}),
        event("m.room.topic"),
    ],
)
def test_of_everything_else_nothing_is_recorded(one: Event) -> None:
    assert noted(one, "sales", NOW) is None


@pytest.mark.parametrize("relation", [7, [], {"event_id": 7}, {"m.in_reply_to": 7}, {"rel_type": [], "event_id": "x"},
                                      {"rel_type": "m.thread", "event_id": "$" + "x" * 255}])  # fmt: skip
def test_odd_relations_are_none(relation: Any) -> None:
    assert happening({**TEXT, "m.relates_to": relation}).thread == "$one"


def test_nobody_can_write_in_the_future() -> None:
    later = note(sent_at=NOW + timedelta(days=3650))
    assert isinstance(later, Happening)
    assert later.at == NOW
    odd = note(sent_at=NOW - timedelta(microseconds=1))
    assert isinstance(odd, Happening)
    assert odd.at == NOW - timedelta(milliseconds=1)
