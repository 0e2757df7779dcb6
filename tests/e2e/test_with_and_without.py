"""The world with and without: the same company on real homeservers, once with hidden groups and once without them.

Nothing that any non-member is shown differs by a byte. What is shown to whom stands in ``tests/support/outputs.py``.
"""

import asyncio
import os
import random
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.canary import Canary, traces
from tests.support.company import ACME, CORP, Company
from tests.support.hidden_life import STEPS, Look, looked, passed
from tests.support.observing import APPLIED, ENDED, NO_GROUP, Observed, heard, observe, text_of, ways
from tests.support.outputs import LINES, OUTPUTS, STAFF, Line, Output
from tests.support.park import open_park
from tests.support.probes import INSIDE, OUTSIDE
from tests.support.proving import VERSIONS
from tests.support.stage import Stage, staged

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

SEED = int(os.environ.get("PARVIS_SEED", random.SystemRandom().randrange(2**32)))


@dataclass(frozen=True)
class Worlds:
    """Both stages, what everybody was shown on each, and what monitors and readers of the log saw while hidden groups
    lived and ended."""

    without: Observed
    with_it: Observed
    bare: Stage
    stage: Stage
    looks: dict[str, Look]

    def difference(self, name: str) -> str:
        """To whom the output ``name`` is not the same, line by line; empty when it is the same to all."""
        return self.without.difference(self.with_it, name)

    def found(self, shown: Any) -> list[str]:
        return traces(text_of(shown), self.stage.words)


@pytest.fixture(scope="module", params=VERSIONS)
def companies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Company]]:
    """Two companies of the same name, each on homeservers of its own of the same names."""
    parks = [open_park(tmp_path_factory.mktemp(name), size=1, servers=(CORP, ACME)) for name in ("without", "with")]
    yield [park.company(homeserver={"room_version": request.param}) for park in parks]
    for park in parks:
        park.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worlds(companies: list[Company]) -> AsyncIterator[Worlds]:
    print(f"\nseed {SEED}")  # noqa: T201 - PARVIS_SEED repeats the run
    chance = random.Random(SEED)
    canaries = [Canary.hatch(chance) for _ in range(5)]
    async with AsyncExitStack() as stack:
        stages = await asyncio.gather(
            *(
                stack.enter_async_context(staged(company, canaries, present=present))
                for company, present in zip(companies, (False, True), strict=True)
            )
        )
        _, looks = await asyncio.gather(*map(passed, stages))
        without, with_it = await asyncio.gather(*map(observe, stages))
        bare, full = stages
        yield Worlds(without, with_it, bare, full, looks)


def names(line: Line) -> list[str]:
    """What the results of a line are called."""
    asked = WAYS if line.ended else [way for way in WAYS if way not in ENDED]
    return [line.text.replace("{group}", f"<{way}>") for way in asked] if "{group}" in line.text else [line.text]


WAYS = ("id", "name", "near id", "near name", NO_GROUP, *ENDED)
SAID = pytest.mark.parametrize("line", LINES, ids=lambda line: line.text)
SHOWN = pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.name)


async def test_the_harness_names_groups_in_all_the_ways_that_it_says(worlds: Worlds) -> None:
    assert tuple(ways(worlds.stage)) == WAYS


@SAID
async def test_what_the_bot_answers_others_is_the_same_to_the_last_byte(worlds: Worlds, line: Line) -> None:
    for name in names(line):
        assert not (seen := worlds.difference(name)), seen
        assert worlds.found(worlds.with_it.shown[name]) == [], name


@SAID
async def test_the_same_line_does_find_what_may_be_seen(worlds: Worlds, line: Line) -> None:
    if line.found_by:
        answers = [worlds.with_it.controls[name][str(line.found_by)] for name in names(line)]
        assert worlds.found(answers)
    else:
        assert any(line.finds in text_of(worlds.with_it.shown[name]) for name in names(line))


@pytest.mark.parametrize("text", ["!group show {group}", "!plan {group}"])
async def test_a_hidden_group_and_none_are_the_same_answer(worlds: Worlds, text: str) -> None:
    of_none = worlds.with_it.shown[text.replace("{group}", f"<{NO_GROUP}>")]
    for way in WAYS:
        assert worlds.with_it.shown[text.replace("{group}", f"<{way}>")] == of_none, way


@SHOWN
async def test_what_others_are_shown_elsewhere_is_the_same_to_the_last_byte(worlds: Worlds, output: Output) -> None:
    if not output.oracle:
        assert not (seen := worlds.difference(output.name)), seen
    if not output.echoes:
        assert worlds.found(worlds.with_it.shown[output.name]) == []


@SHOWN
async def test_the_same_request_does_find_what_may_be_seen(worlds: Worlds, output: Output) -> None:
    if output.found_by:
        assert worlds.found(worlds.with_it.controls[output.name])
    else:
        assert output.finds in text_of(worlds.with_it.shown[output.name])


async def test_applying_what_one_sees_tells_nothing_of_what_one_does_not(worlds: Worlds) -> None:
    assert not (seen := worlds.difference(APPLIED)), seen
    assert worlds.found(worlds.with_it.shown[APPLIED]) == []
    assert worlds.found(worlds.with_it.controls[APPLIED])


async def test_who_knows_the_id_of_a_hidden_room_learns_that_it_is_there_and_who_is_in_it(worlds: Worlds) -> None:
    """Synapse itself tells a hidden room from none, and members from others, to people with an account; a homeserver
    hears whether others may come in. That is why no id of one may get out, and all that it tells."""
    doors = worlds.with_it.shown["doors of the room by its id"]
    for shown in doors.values():
        for what, (status, content) in shown:
            assert status >= 400 or (what, content) == ("listed", {"visibility": "private"}), shown
    of_one = {who: dict(shown[: len(shown) // len(worlds.stage.hidden)]) for who, shown in doors.items()}
    told = {who: [answers[what] for what in (INSIDE, OUTSIDE)] for who, answers in of_one.items()}
    assert [who for who in STAFF if told[who][0] == told[who][1]] == []
    assert {status for who in told.keys() - {*STAFF} for status, _ in told[who]} == {400, 401}
    to_server = worlds.with_it.shown["doors of the room by its id, told to a server"]["bob"]
    assert [status for _, (status, _) in to_server[:3]] == [403] * 3
    assert all("unfederatable" in content["error"] for _, (_, content) in to_server[:3])


async def test_no_number_and_no_line_moves_while_a_hidden_group_lives_and_ends(worlds: Worlds) -> None:
    before, *_ = worlds.looks.values()
    assert list(worlds.looks) == list(STEPS)
    for step, look in worlds.looks.items():
        assert look == before, step
    said = await worlds.stage.people["claire"].say(worlds.stage.rooms["sales"], "Hello everybody")
    await heard(worlds.stage.people["luc"], worlds.stage.rooms["sales"], said)
    assert (await looked(worlds.stage)).pages["/metrics"] != before.pages["/metrics"]


async def test_neither_files_of_the_bridge_tell_of_it(worlds: Worlds) -> None:
    """Of the database: the files of the running bridge, where pages lie that are not used any more, the backup that
    Parvis makes, and a copy in which SQLite has written everything anew."""
    company, stage = worlds.stage.company, worlds.stage
    copy = company.folder / "copy.db"
    assert (await company.parvis("db", "backup", str(copy))).code == 0
    with closing(sqlite3.connect(company.database)) as database:
        database.execute("VACUUM INTO ?", [str(company.folder / "anew.db")])
    words = [word.encode() for canary in stage.secrets for word in canary.words]
    files = [*company.folder.glob("*.db*"), company.house.log]
    assert len(files) >= 5
    for file in files:
        raw = file.read_bytes().lower()
        assert [word for word in words if word in raw] == [], file.name
        ids = [] if ".db" in file.name else [room_id for room_id in stage.hidden if room_id.encode().lower() in raw]
        assert ids == [], file.name
    assert stage.company.user("claire").encode() in company.database.read_bytes() + _wal(company.database)
    assert words[0] in company.directory.read_bytes().lower()


async def test_who_holds_a_copy_of_the_database_reads_the_same_people_in_it(worlds: Worlds) -> None:
    """Those who stand there in clear did something, or are in a room that everybody may know of."""
    bare, full = (_people(stage.company.database) for stage in (worlds.bare, worlds.stage))
    assert full == bare
    assert worlds.stage.company.user("claire") in full


async def test_in_the_database_a_hidden_room_is_a_row_like_the_others(worlds: Worlds) -> None:
    """Its id stands there as all ids do, and nothing tells it from them."""
    with closing(sqlite3.connect(worlds.stage.company.database)) as database:
        rows = database.execute("SELECT room_id, length(ref_index), length(sealed) FROM rooms").fetchall()
    living = worlds.stage.hidden[: len(worlds.stage.canaries)]
    assert {room_id for room_id, _, _ in rows} >= {*living, *worlds.stage.rooms.values()}
    assert len({(index, sealed) for _, index, sealed in rows}) == 1


def _wal(database: Path) -> bytes:
    log = database.with_name(f"{database.name}-wal")
    return log.read_bytes() if log.exists() else b""


def _people(database: Path) -> set[str]:
    """Everybody who can be read in the files."""
    raw = (database.read_bytes() + _wal(database)).decode(errors="replace")
    return set(re.findall(r"@[a-z]+-\d+:[a-z]+\.test", raw))
