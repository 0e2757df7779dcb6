"""Whoever reads that the world with and without are not the same learns in one line where they part first."""

from tests.support.observing import Observed


def test_the_first_line_says_who_saw_what_and_where() -> None:
    bare = Observed(shown={"!group list": {"luc": ["Sales"], "ann": ["News", "Sales"]}})
    full = Observed(shown={"!group list": {"ann": ["News", "Quartz"], "luc": ["Sales"]}})
    first = bare.difference(full, "!group list").splitlines()[0]
    assert first == """'!group list', shown to ann, line 3: without "Sales", with "Quartz\""""
    assert bare.difference(bare, "!group list") == ""


def test_what_is_shown_beyond_the_end_of_the_other_is_said_too() -> None:
    bare, full = (Observed(shown={"log": {"": text}}) for text in ("", "x"))
    assert bare.difference(full, "log").startswith("""'log', shown to anybody, line 1: without "", with "x\"""")
