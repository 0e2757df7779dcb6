"""docs/commands.md and its French twin say what the commands' descriptions say."""

import pytest

from bridge.domain.messages import LANGUAGES
from deploy.commands import PAGES, WHO, commands, page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_those_of_the_descriptions(language: str) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == page(language), "run `make pages`"


def test_every_command_stands_on_both_pages_under_both_names() -> None:
    for text in map(page, LANGUAGES):
        assert [one.name for one in commands() if f"`!{one.words('en')}" not in text] == []
        assert [one.name for one in commands() if f"`!{one.words('fr')}" not in text] == []


def test_the_pages_know_every_role_that_commands_ask_for() -> None:
    assert {role for one in commands() for role in one.rights} <= WHO.keys()
