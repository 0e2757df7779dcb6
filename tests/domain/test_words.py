"""The words themselves: identifiers, sentences, texts, problems."""

import pytest

from bridge.domain.ids import is_server_name, is_user_id, localpart_of, server_of
from bridge.domain.messages import Text, say, say_n
from bridge.domain.problems import InvalidInput, Problem, Spot


@pytest.mark.parametrize("good", ["@ann:corp.example", "@a.b=2f:[::1]:8448", "@ann:corp.example:8448", "@:odd.example"])
def test_user_ids(good: str) -> None:
    assert is_user_id(good)


@pytest.mark.parametrize("bad", ["ann", "@ann", "@ann:", "@ann:a b", "@ann:corp/x", "@" + "a" * 255 + ":x", "@é:x", ""])
def test_what_is_no_user_id(bad: str) -> None:
    assert not is_user_id(bad)


def test_a_server_name_is_exact_and_keeps_its_port() -> None:
    assert is_server_name("corp.example:8448")
    assert not is_server_name("*.example")
    assert server_of("@ann:Corp.Example:8448") == "corp.example:8448"
    assert localpart_of("@ann:corp.example") == "ann"


def test_sentences_are_filled_in_english_for_logs() -> None:
    assert str(say("{group} has {names}.", group=Text(en="Sales", fr="Ventes"), names=("a", "b"))) == "Sales has a, b."
    assert [str(say_n("{count} room", "{count} rooms", count)) for count in (1, 2)] == ["1 room", "2 rooms"]


def test_a_text_in_one_language_serves_both() -> None:
    assert Text(fr="Ventes").in_language("en") == "Ventes"
    assert not Text()


def test_problems_are_told_together_and_in_order() -> None:
    late, early = Problem(Spot("b.yaml", 2), say("Late.")), Problem(Spot("a.yaml", 9, "x"), say("Early."))
    assert InvalidInput([late, early]).problems == (early, late)
    assert str(InvalidInput([late])) == "b.yaml:2: Late."


def test_what_must_be_mended_comes_before_what_is_only_odd_and_each_is_counted() -> None:
    odd = Problem(Spot("a.yaml", 1), say("Odd."), warning=True)
    wrong = Problem(Spot("b.yaml", 2), say("Wrong."))
    found = InvalidInput([odd, wrong])
    assert found.problems == (wrong, odd)
    assert str(found) == "1 problem found, 1 warning"
