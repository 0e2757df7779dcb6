"""Luc leaves the company and is erased while the bridge runs: from what it keeps, and from the bytes of its files."""

import json
from typing import Any

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import DIRECTORY, at_work, seen, staffed
from tests.e2e.test_memberships import act
from tests.localnet.talk import eventually
from tests.support.company import Company
from tests.support.park import Park
from tests.support.preloaded import Outcome

pytestmark = pytest.mark.homeserver

PLANNED = 3
WITHOUT_LUC = "\n".join(line for line in DIRECTORY.splitlines() if "@luc" not in line).replace('"1", "3"]', '"1"]')


def kept(company: Company) -> bytes:
    """The bytes of the database, its log included."""
    return b"".join(path.read_bytes() for path in sorted(company.folder.glob("parvis.db*")))


def done(outcome: Outcome) -> bool:
    return outcome.code == 0


async def test_who_left_is_erased_while_the_bridge_runs_and_reading_all_rooms_brings_nobody_back(park: Park) -> None:
    company = await staffed(park, service=True, directory={"every": "1s"})
    luc = company.people["luc"]
    user = luc.user_id
    async with at_work(company, "luc"):
        talk = await Conversation.open(luc, company.bot)
        assert (await talk.ask("!language fr")).status == "ok"
        sales = await seen(luc, "sales", lambda: luc.room("sales"))
        (await act(luc, "leave", sales.room_id)).ok("leaving")
        here = await company.parvis("person", "erase", user, "--yes")
        assert (here.code, "is active in the directory" in here.out) == (1, True)
        found = await eventually(lambda: exported(company, user), lambda one: "leave" in memberships(one))
        assert found["choices"]["language"] == "fr"
        assert user.encode() in kept(company)

        company.write(WITHOUT_LUC)
        planned = await eventually(lambda: company.parvis("person", "erase", user), lambda one: one.code == PLANNED)
        assert "What stays, and why" in planned.out
        erased = await eventually(lambda: company.parvis("person", "erase", user, "--yes"), done)
        assert "was erased from" in erased.out
        assert user.encode() not in kept(company)

        # The homeserver tells that Luc left, to whoever reads the rooms: here everybody does, again.
        assert (await company.parvis("plan")).code == 0
        assert user.encode() not in kept(company)
        found = await exported(company, user)
        assert (found["records"], found["choices"], memberships(found)) == ([], {}, set())
        assert (await company.parvis("audit", "verify")).code == 0
        assert "join" in memberships(await exported(company, company.people["claire"].user_id))


async def exported(company: Company, user: str) -> dict[str, Any]:
    shape: dict[str, Any] = json.loads((await company.parvis("person", "export", user, "--json")).out)
    return shape


def memberships(shape: dict[str, Any]) -> set[str]:
    return {one["membership"] for one in shape["rooms"]}
