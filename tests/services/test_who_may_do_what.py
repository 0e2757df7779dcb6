"""The table of who may do what, on fakes: what is told, and how much work it takes to tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Directory
from deploy.commands import commands
from deploy.demo.bot import OF_THE_QUESTION
from tests.bots.admin.asking import Asking
from tests.fakes.messenger import FakeMessenger
from tests.services.household import household
from tests.services.talking import bot_api
from tests.support.rights import (
    COLLEAGUE,
    DIRECTORY,
    FOUNDS,
    HIDDEN,
    MEMBER,
    PEOPLE,
    ROWS,
    SECOND,
    UNKNOWN,
    Typed,
    comparable,
    lines_of,
    status_in,
)
from tests.support.tallying import Tally
from tests.world import BOT, SERVER, user


@dataclass(frozen=True)
class Told:
    """What was answered, and what was asked of the store, the homeserver and the messenger for it."""

    content: Mapping[str, Any]
    work: tuple[Any, ...]

    @property
    def status(self) -> str:
        return status_in(self.content)


@dataclass
class Counter:
    """Where people type: the bot over fakes that count."""

    asking: Asking
    tally: Tally

    async def ask(self, who: str, typed: Typed) -> Told:
        calls, house = self.asking.messenger.calls, self.asking.house
        before, readings = len(calls), house.source.readings
        self.tally.begin()
        content = await self.asking.ask(typed.text(who.partition(":")[0], user(COLLEAGUE)), by=who)
        work = (dict(self.tally.store), self.tally.calls, calls[before:], house.source.readings - readings)
        return Told(content, work)


@pytest.fixture
async def counter(tmp_path: Path) -> Counter:
    house = household(await company(tmp_path), admins=frozenset({user(PEOPLE["admin"]), user(SECOND)}))
    await house.settle()
    await house.settle()
    messenger = FakeMessenger(BOT)
    asking = Asking(house, AdminBot(bot_api(house, messenger), {}), messenger)
    await asking.ask(FOUNDS, by=PEOPLE["owner"])
    await house.settle()
    return Counter(asking, Tally(house.store, house.homeserver))


async def company(folder: Path) -> Directory:
    path = folder / "directory.yaml"
    path.write_text(DIRECTORY.replace("~", "").replace(".test", ".example"), encoding="utf-8")
    path.chmod(0o600)
    return (await directory_source("yaml", path, server_name=SERVER).read()).directory


def spoken(part: str) -> str:
    """Who plays the part, as the fakes call them."""
    return "bob:acme.example" if part == "partner" else PEOPLE[part]


def test_every_command_stands_in_the_table() -> None:
    assert {row.command for row in ROWS} == {command.name for command in commands()}


@pytest.mark.parametrize("parts", [tuple(PEOPLE), tuple(PEOPLE)[::-1]], ids=["in order", "the other way round"])
async def test_everybody_is_told_what_the_table_says(counter: Counter, parts: tuple[str, ...]) -> None:
    wrong = {}
    for part in parts:
        for typed in lines_of(part):
            told = await counter.ask(spoken(part), typed)
            if typed.group == typed.row.group and told.status not in typed.row.expected[part]:
                wrong[part, typed.row.line, typed.group] = (told.status, told.content["body"])
    assert wrong == {}


@pytest.mark.slow
async def test_what_is_hidden_is_told_like_what_does_not_exist_and_takes_the_same_work(counter: Counter) -> None:
    differ = {}
    for part in PEOPLE:
        told = {(typed.row.line, typed.group): await counter.ask(spoken(part), typed) for typed in lines_of(part)}
        for (line, group), hidden in told.items():
            if group == HIDDEN:
                unknown = told[line, UNKNOWN]
                seen = [(comparable(one.content, *OF_THE_QUESTION), one.work) for one in (hidden, unknown)]
                if seen[0] != seen[1]:
                    differ[part, line] = seen
    assert differ == {}


async def test_its_members_are_told(counter: Counter) -> None:
    """The control: the same lines show the hidden group to whoever may know it."""
    shows = [row for row in ROWS if "{group}" in row.line and row.command in {"group show", "why", "find"}]
    for row in shows:
        told = {group: await counter.ask(MEMBER, Typed(row, group)) for group in (HIDDEN, UNKNOWN)}
        assert comparable(told[HIDDEN].content, *OF_THE_QUESTION) != comparable(told[UNKNOWN].content, *OF_THE_QUESTION)


async def test_a_command_that_is_not_theirs_is_never_named(counter: Counter) -> None:
    for part in PEOPLE:
        for row in ROWS:
            if row.is_nothing_to(part):
                told = await counter.ask(spoken(part), Typed(row, row.group))
                assert f"!{row.command}" not in str(told.content), (part, row.line)
