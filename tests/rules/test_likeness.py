"""What fits what was searched for, and what is merely like it."""

import pytest

from bridge.rules.likeness import Entry, fit, nearest, said_in
from bridge.rules.naming import folded


def entry(called: str, about: str = "") -> Entry:
    return ("x", "\n".join(map(folded, called.split("|"))), folded(about))


@pytest.mark.parametrize(
    ("words", "called", "rank"),
    [
        ("claire martin", "Claire Martin|claire", 0),
        ("claire", "Claire Martin|claire", 1),
        ("CLÉMENCE", "Clemence|c.roux", 0),
        ("martin cl", "Claire Martin|claire", 2),
        ("artin", "Claire Martin|claire", 3),
        ("ventes", "Claire Martin|claire", 4),
        ("martin ventes", "Claire Martin|claire", 4),
        ("martin paul", "Claire Martin|claire", None),
        ("c.*", "Claire Martin|claire", None),
    ],
)
def test_what_is_called_so_comes_before_what_merely_holds_it(words: str, called: str, rank: int | None) -> None:
    assert fit(entry(called, "Ventes\nDirectrice"), folded(words).split()) == rank


@pytest.mark.parametrize(
    ("word", "meant"),
    [("martni", "martin"), ("matrin", "martin"), ("clare", "claire"), ("zebra", ""), ("cl", ""), ("m" * 60, "")],
)
def test_a_misspelling_is_like_one_word_and_a_short_or_strange_one_like_none(word: str, meant: str) -> None:
    assert nearest(word, ["claire", "martin", "marc", "dupont"])[1] == meant


def test_the_order_of_the_vocabulary_does_not_matter() -> None:
    assert nearest("marta", ["martb", "martc"]) == nearest("marta", ["martc", "martb"])


def test_words_are_cut_at_everything_that_is_no_letter() -> None:
    assert said_in(entry("Jean-Pierre d'Arc|j.arc", "R&D")) == ["jean", "pierre", "d", "arc", "j", "arc", "r", "d"]
