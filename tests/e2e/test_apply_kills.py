"""Applying dies at named points on a real Synapse: each time it comes to the same rooms as if it had not.

Before and after each kind of action and each commit, and at random moments. ``PARVIS_PROOF`` takes all of them.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from difflib import unified_diff
from itertools import zip_longest
from typing import Any, Final

import pytest
import pytest_asyncio

from bridge.services.applying.doing import TABLE
from tests.support.company import CORP
from tests.support.lives import Lives, passed
from tests.support.park import open_park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

PROOF: Final = bool(os.environ.get("PARVIS_PROOF"))
MOMENTS: Final = 20 if PROOF else 1
PEOPLE: Final = ("claire", "ines", "luc", "ann")
BUILDING: Final = (
    "after create_room #1", "before add_members #1", "after tell_name #1", "before link_child #1", "before commit 9",
)  # fmt: skip
"""Points on the way from nothing to a company with all visibilities."""
CHANGING: Final = (
    "after set_aside #1", "before publish #1", "after set_alias #1", "after remove_members #1", "before let_go #1",
)  # fmt: skip
"""Points on the way from there to a reorganised one."""

PASSES: Final = 3
"""What empties a room in one pass lets it go in the next."""
STARTS: Final = 0.5
LASTS: Final = 5.0
"""Seconds that a process takes to start, and that a run is taken to last until one ends before it is killed."""

Groups = list[dict[str, Any]]


def before() -> Groups:
    """All visibilities, a partner, an alias."""
    return [
        {"id": "sales", "name": "Sales", "visibility": "public", "owners": ["claire"], "members": ["luc"]},
        {"id": "news", "name": "News", "visibility": "public", "listed": "true", "owners": ["ines"],
         "members": ["ann"]},
        {"id": "deal", "name": "Deal", "visibility": "invite-only", "owners": ["claire"], "partners": ["acme"]},
        {"id": "comex", "name": "Board", "visibility": "hidden", "owners": ["claire"], "members": ["ines"]},
    ]  # fmt: skip


def after() -> Groups:
    """Other purposes, owners, members; nothing is listed; the hidden group has another name, and another is hidden."""
    return [
        {"id": "sales", "name": "Sales", "purpose": "To sell", "visibility": "public", "owners": ["luc"],
         "members": ["ann"]},
        {"id": "news", "name": "News", "visibility": "public", "owners": ["ines"], "members": ["luc"]},
        {"id": "deal", "name": "Deal", "visibility": "hidden", "owners": ["claire"], "members": ["ann"]},
        {"id": "comex", "name": "Table", "visibility": "hidden", "owners": ["claire"], "members": ["luc"]},
    ]  # fmt: skip


def directory(groups: Groups) -> str:
    people = [{"id": name, "user": f"@{name}~:{CORP}", "name": name.title()} for name in PEOPLE]
    partners = [
        {"id": name, "name": name.title(), "servers": [f"{name}.test"], "sponsor": "claire"} for name in ("acme",)
    ]
    return json.dumps({"people": people, "groups": groups, "partners": partners})


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """An installation that is begun again and again, on a homeserver of its own."""
    park = open_park(tmp_path_factory.mktemp("kills"), size=1, servers=(CORP,))
    others = {"space/company", "space/partner/acme", "room/admins"}
    groups = {group["id"] for group in before() if group["visibility"] != "hidden"}
    try:
        company = park.company(safety={"max_removals": 1000, "max_removal_share": 1.0})
        yield Lives(company=company, plain_markers=frozenset(others | groups), service=company.user("svc"))
    finally:
        park.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def undisturbed(lives: Lives, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How the rooms are after both ways when nothing is killed, and the points that were passed."""
    await lives.company.hire(*PEOPLE)
    await lives.company.hire_service()
    found: dict[str, Any] = {}
    for name, groups in (("building", before()), ("changing", after())):
        points = tmp_path_factory.mktemp("points") / name
        lives.company.write(directory(groups))
        for _ in range(PASSES):
            await lives.apply(points=points)
        found[name] = (await lives.portraits(), passed(points))
    return found


async def comes_through(lives: Lives, expected: dict[str, str]) -> None:
    """After a kill, further lives finish the work; what the first of them cannot know, another does."""
    for _ in range(PASSES):
        await lives.apply()
        if (found := await lives.portraits()) == expected:
            return
    raise AssertionError("\n".join(unified_diff(lines(expected), lines(found), "undisturbed", "killed", lineterm="")))


def lines(rooms: dict[str, str]) -> list[str]:
    return [line for label in sorted(rooms) for line in (label, *rooms[label].splitlines())]


async def dies(lives: Lives, point: str) -> bool:
    """Whether one of the passes is killed at this point."""
    for _ in range(PASSES):
        if await lives.apply(dies_at=point) < 0:
            return True
    return False


async def test_applying_that_dies_at_a_named_point_comes_to_the_same_rooms(
    lives: Lives, undisturbed: dict[str, Any]
) -> None:
    (built, building), (changed, changing) = undisturbed["building"], undisturbed["changing"]
    assert (len(built), len(changed)) == (7, 7)
    missing = {do.__name__ for do in TABLE.values()} - {point.split(" ")[1] for point in (*building, *changing)}
    assert not missing, f"neither way does {sorted(missing)}: add it to the groups after"
    assert built != changed
    pairs = list(zip_longest(building, changing) if PROOF else zip(BUILDING, CHANGING, strict=True))
    for first, second in pairs:
        await lives.begin_again()
        for groups, point, expected in ((before(), first, built), (after(), second, changed)):
            lives.company.write(directory(groups))
            if point is not None:
                assert await dies(lives, point), f"{point} was not passed"
            await comes_through(lives, expected)
    points = [point for pair in pairs for point in pair if point]
    print(f"\nkilled at {len(points)} of {len(building) + len(changing)} points: {', '.join(points)}")  # noqa: T201


async def test_applying_that_dies_at_any_moment_comes_to_the_same_rooms(
    lives: Lives, undisturbed: dict[str, Any]
) -> None:
    seed = int(os.environ.get("PARVIS_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print(f"\nseed {seed}")  # noqa: T201 - PARVIS_SEED repeats the run
    chance, killed, tries = random.Random(seed), 0, 0
    lasts = LASTS
    while killed < MOMENTS:
        tries += 1
        assert tries <= 3 * MOMENTS, "this machine is quicker than any moment"
        await lives.begin_again()
        for groups, way in ((before(), "building"), (after(), "changing")):
            lives.company.write(directory(groups))
            began = time.monotonic()
            died = await lives.apply(after=chance.uniform(STARTS, lasts)) < 0
            killed += died
            if not died:
                lasts = max(2 * STARTS, (time.monotonic() - began) * 0.9)
            await comes_through(lives, undisturbed[way][0])
    print(f"{killed} kills")  # noqa: T201 - shown by the proof
