"""What a word of the command line imports: what it needs, and none of the libraries that only others need."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import click
import pytest

from bridge.app.cli import WORDS, parvis

ROOT: Final = Path(__file__).parents[2]
IMPORTING: Final = """
import sys, click
from bridge.app.cli import parvis
assert parvis.get_command(click.Context(parvis), sys.argv[1])
for bot in sys.argv[2:]:
    __import__(bot)
print(*sys.modules)
"""
BOTS: Final = ("bots.admin.bot", "bots.onboarding.bot", "bots.digest.bot")

OF_TESTS: Final = {"hypothesis", "nio", "numpy", "pytest"}
OF_SOME_COMPANIES: Final = {"alembic", "asyncpg", "scim2_models", "scim2_server", "sqlalchemy.orm"}
OF_THE_RUNNING_BRIDGE: Final = {"PIL", "aiosmtplib", "bridge.app.running"}
OF_ROOMS_AND_STORE: Final = {"aiohttp", "ldap3", "mautrix", "sqlalchemy"}


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_where_it_is_said_to_be(word: str) -> None:
    command = parvis.get_command(click.Context(parvis), word)
    assert command
    assert command.name == word


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "useless"),
    [
        (["init"], OF_SOME_COMPANIES | OF_THE_RUNNING_BRIDGE | OF_ROOMS_AND_STORE),
        (["plan", *BOTS], OF_SOME_COMPANIES | OF_THE_RUNNING_BRIDGE),
        (["run"], OF_SOME_COMPANIES),
    ],
    ids=["init", "plan", "run"],
)
def test_a_word_imports_nothing_that_only_others_need(words: list[str], useless: set[str]) -> None:
    program = (sys.executable, "-c", IMPORTING, *words)
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (useless | OF_TESTS)
