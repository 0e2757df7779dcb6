"""What a thread is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.digest.titles import LONGEST, title_of


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Who has the key?", "Who has the key?"),
        ("\n\n  Who has\tthe key?\nI need it.", "Who has the key?"),
        ("> <@ann:corp.example> Lunch?\n> Or not?\n\nYes, at noon.", "Yes, at noon."),
        ("# Release 4\n\nAll of it.", "Release 4"),
        ("- first\n- second", "first"),
        ("**Look:** the [plan](https://corp.example/plan) is there", "Look: the plan is there"),
        ("```\nprint(1)\n```", "print(1)"),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_a_title_is_the_first_line_with_words_in_it(body: str, title: str) -> None:
    assert title_of({"msgtype": "m.text", "body": body}) == title


@pytest.mark.parametrize("content", [{}, {"body": 7}, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "abc"}])
def test_what_cannot_be_read_has_none(content: dict[str, object]) -> None:
    assert title_of(content) == ""


def test_a_long_line_is_cut_at_a_word() -> None:
    title = title_of({"body": "word " * 60})
    assert title.endswith("word…")
    assert len(title) <= LONGEST


@given(st.text(max_size=400))
def test_a_title_is_one_line_of_bounded_length(body: str) -> None:
    title = title_of({"body": body})
    assert len(title) <= LONGEST
    assert title == " ".join(title.split())
