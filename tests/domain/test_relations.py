"""Edits and reactions, as the specification wants them."""

import json

from bots.kit.paging import PAGE_BYTES
from bridge.domain.relations import edit_of, reaction_to


def test_an_edit_says_it_anew_and_for_those_who_know_no_edits() -> None:
    edit = edit_of("$old", {"msgtype": "m.notice", "body": "Done.", "format": "f", "formatted_body": "<p>Done.</p>"})
    assert edit == {
        "msgtype": "m.notice",
        "body": "* Done.",
        "m.new_content": {"msgtype": "m.notice", "body": "Done.", "format": "f", "formatted_body": "<p>Done.</p>"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"},
    }


def test_an_edit_keeps_what_is_replied_to_but_not_the_thread_where_the_old_message_stands_anyway() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$asked"}}
    edit = edit_of("$old", {"body": "x", "m.relates_to": thread})
    relation = {"rel_type": "m.replace", "event_id": "$old", "m.in_reply_to": {"event_id": "$asked"}}
    assert edit["m.relates_to"] == relation


def test_the_largest_page_fits_into_an_event_as_an_edit() -> None:
    page = {"body": "🦄" * (PAGE_BYTES // 8), "formatted_body": "🦄" * (PAGE_BYTES // 8)}
    assert len(json.dumps(edit_of("$old", page), ensure_ascii=False).encode()) < 60_000


def test_a_reaction_names_the_event_and_the_emoji() -> None:
    assert reaction_to("$it", "✅") == {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$it", "key": "✅"}}
