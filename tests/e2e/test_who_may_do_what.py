"""The table of who may do what (``tests/support/rights.py``), on real homeservers: everybody types every command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from deploy.demo.bot import OF_THE_QUESTION, Conversation
from tests.e2e.journeys import at_work, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company
from tests.support.observing import AT_ONCE, FENCE, replies
from tests.support.park import Park
from tests.support.rights import (
    CLUB,
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

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SILENT = "silent"
Pages = list[dict[str, Any]]


@dataclass(frozen=True)
class Office:
    """The company at work, everybody's conversation with the bot, and what was said in it."""

    company: Company
    alone: dict[str, Conversation]
    told: dict[str, dict[Typed, Pages]]
    """By part and line: the contents of all pages of the answer."""

    def plain(self, part: str, typed: Typed) -> list[str]:
        """An answer as it can be compared."""
        return [comparable(page, *OF_THE_QUESTION) for page in self.told[part][typed]]

    def status(self, part: str, typed: Typed) -> str:
        pages = self.told[part][typed]
        return status_in(pages[0]) if pages else SILENT


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(park: Park) -> AsyncIterator[Office]:
    """Everything was typed, by all at the same time."""
    company = park.company(DIRECTORY)
    company.house.configure({"admins": [company.user(PEOPLE["admin"]), company.user(SECOND)]})
    talkers = [*PEOPLE.values(), MEMBER]
    await company.hire(*(set(talkers) - {"bob"}), COLLEAGUE, SECOND)
    await company.hire("bob", server=ACME)
    await company.hire("mallory", server=STRANGER)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(at_work(company, *talkers, "mallory"))
        opened = await asyncio.gather(*(Conversation.open(company.people[name], company.bot) for name in talkers))
        alone = dict(zip(talkers, opened, strict=True))
        await founded(alone[PEOPLE["owner"]])
        await company.undisturbed()
        typed = {part: [*lines_of(part)] for part in PEOPLE}
        told = await asyncio.gather(*(type_all(company, alone[PEOPLE[part]], lines) for part, lines in typed.items()))
        yield Office(company, alone, dict(zip(PEOPLE, told, strict=True)))


async def founded(talk: Conversation) -> None:
    """The club is made, and known to the bot: what is made while the first rooms are is known when these are there."""
    assert (await talk.ask(FOUNDS)).status == "ok"
    await eventually(lambda: talk.ask(f"!group show {CLUB}"), lambda shown: shown.status == "ok", seconds=90)


async def type_all(company: Company, talk: Conversation, lines: list[Typed]) -> dict[Typed, Pages]:
    """Type the lines, a few at a time, and wait until the bot has nothing more to say to them."""
    told: dict[Typed, Pages] = {}
    for start in range(0, len(lines), AT_ONCE):
        asked = [(one, await talk.person.say(talk.room_id, spelled(company, talk, one)))
                 for one in lines[start : start + AT_ONCE]]  # fmt: skip
        fence = await talk.person.say(talk.room_id, FENCE)
        await seen(talk.person, "the answer to all that was typed", partial(replies, talk, fence), 90)
        told |= {one: [dict(reply["content"]) for reply in replies(talk, event_id)] for one, event_id in asked}
    return told


def spelled(company: Company, talk: Conversation, one: Typed) -> str:
    return one.text(talk.person.name, company.user(COLLEAGUE))


async def test_everybody_is_told_what_the_table_says(office: Office) -> None:
    wrong = {
        (part, row.line, row.group): office.status(part, Typed(row, row.group))
        for part in PEOPLE for row in ROWS
        if office.status(part, Typed(row, row.group)) not in row.expected[part]
    }  # fmt: skip
    assert wrong == {}


async def test_what_is_hidden_is_told_like_what_does_not_exist(office: Office) -> None:
    differ = {
        (part, typed.row.line): pair
        for part, told in office.told.items() for typed in told if typed.group == HIDDEN
        if (pair := (office.plain(part, typed), office.plain(part, Typed(typed.row, UNKNOWN))))[0] != pair[1]
    }  # fmt: skip
    assert differ == {}


async def test_its_owner_is_told(office: Office) -> None:
    """The control: whoever may know it is told something else."""
    for line in ("!group show", "!why", "!find"):
        hidden, unknown = [await office.alone[MEMBER].ask(f"{line} {name}") for name in (HIDDEN, UNKNOWN)]
        assert comparable(hidden.own_words) != comparable(unknown.own_words), line


async def test_a_command_that_is_not_theirs_is_never_named(office: Office) -> None:
    for part in PEOPLE:
        for row in ROWS:
            if row.is_nothing_to(part):
                assert f"!{row.command}" not in str(office.plain(part, Typed(row, row.group))), (part, row.line)


async def test_the_bot_does_not_come_to_a_stranger_from_elsewhere(office: Office) -> None:
    mallory, bot = office.company.people["mallory"], office.company.bot
    made = await mallory.ask("POST", "/_matrix/client/v3/createRoom", body={"invite": [bot], "preset": "private_chat"})
    room_id = made.ok("opening a conversation")["room_id"]
    await seen(mallory, "the room", lambda: room_id in mallory.joined)
    await seen(mallory, "the refusal", lambda: mallory.joined[room_id].membership(bot) == "leave")
    assert mallory.joined[room_id].messages == []
