"""What of a message is a line to the bot, and whether it is meant for it."""

import pytest

from bots.kit.listening import line_of
from tests.bots.kit.conversation import said

ME = "@parvis:corp.example"


@pytest.mark.parametrize(
    "text", ["Parvis: aide", "parvis, aide", "Parvis : aide", f"{ME} aide", "!aide", "PARVIS:\n!aide"]
)
def test_whoever_calls_the_bot_by_name_needs_no_mark(text: str) -> None:
    line = line_of(said(text), ME)
    assert (line.text, line.marked) == ("aide", True)


@pytest.mark.parametrize("text", ["Parvis aide", "parvisienne: aide", "aide", "le parvis: aide"])
def test_who_only_speaks_of_it_is_left_alone(text: str) -> None:
    line = line_of(said(text), ME)
    assert (line.text, line.marked) == (text, False)
