"""The short journey with the bridge's data on PostgreSQL."""

from collections.abc import Iterator

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import at_work, seen, staffed
from tests.support.park import Park
from tests.support.postgres import MissingPostgres, PostgresServer, postgres_server

pytestmark = [pytest.mark.homeserver, pytest.mark.postgres, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    try:
        with postgres_server() as server:
            yield server
    except MissingPostgres as missing:
        pytest.skip(f"no PostgreSQL: {missing}")


async def test_a_company_on_postgresql_has_its_rooms_and_its_bot(park: Park, postgres: PostgresServer) -> None:
    company = await staffed(park, database={"url": postgres.new_database()})
    assert (await company.parvis("db", "upgrade")).code == 0
    applied = await company.parvis("apply")
    assert applied.code == 0, applied.said
    assert (await company.parvis("plan")).code == 0
    assert len(await company.rooms()) == 8
    async with at_work(company, "claire", "ines"):
        claire, ines = company.people["claire"], company.people["ines"]
        await seen(claire, "the deal", lambda: claire.invitation("Project Zephyr"))
        talk = await Conversation.open(ines, company.bot)
        assert (await talk.ask("!status")).status == "ok"
        assert (await talk.ask("!plan")).reference is None
        sales = (await company.rooms())["sales"]
        await company.set_state(sales, "m.room.name", {"name": "Broken"})
        (await claire.join(sales)).ok("accepting")
        await seen(claire, "the repaired name", lambda: sales in claire.joined and claire.joined[sales].name == "Sales")
    copied = await company.parvis("db", "backup", "copy.db")
    assert copied.code == 2
    assert "pg_dump" in copied.err
