"""``parvis run`` beside a real homeserver: how it starts, waits, refuses and ends."""

import asyncio
import json
import signal
import socket
import sqlite3
from contextlib import closing

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import following
from tests.e2e.journeys import seen
from tests.localnet.running import running_with
from tests.localnet.talk import eventually
from tests.support.company import Company, ended
from tests.support.park import Park
from tests.support.preloaded import Outcome

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DIRECTORY = """
people:
  - {id: "1", user: "@ines~:corp.test", name: Inès, language: en}
groups:
  - {id: sales, name: Sales, visibility: public, owners: ["1"], members: ["1"]}
"""


def clean(outcome: Outcome) -> Outcome:
    assert "Traceback" not in outcome.said, outcome.said
    return outcome


def logged(company: Company) -> list[dict[str, str]]:
    """What the running bridge wrote into its log."""
    return [json.loads(line) for line in company.house.log.read_text().splitlines()]


async def test_a_token_that_the_homeserver_does_not_know_is_told_with_the_setting_to_correct(park: Park) -> None:
    company = park.company(DIRECTORY, appservice={"as_token": "w" * 40})
    for verb in ("plan", "apply", "run"):
        outcome = clean(await company.parvis(verb))
        assert outcome.code == 1
        told = [line for line in outcome.err.splitlines() if not line.startswith("{")]
        assert len(told) == 1
        assert "does not know the token in appservice.as_token" in told[0]
        assert "w" * 40 not in outcome.said
    french = clean(await company.parvis("plan", LANG="fr_FR.UTF-8"))
    assert "ne connaît pas le jeton de appservice.as_token" in french.err


async def test_a_person_as_service_account_is_refused(park: Park) -> None:
    company = park.company(DIRECTORY)
    [ines] = await company.hire("ines")
    await ines.close()
    company.house.configure({"homeserver": {"admin_token": company.house.keep_secret("t", ines.account.access_token)}})
    outcome = clean(await company.parvis("plan"))
    assert outcome.code == 2
    assert "who is a person" in outcome.err


async def test_another_hs_token_is_told_once_and_nothing_is_taken(park: Park) -> None:
    company = park.company(DIRECTORY, appservice={"hs_token": "h" * 40})
    await company.hire("ines")
    async with company.running(), following(company.people["ines"]):
        ines = company.people["ines"]
        await seen(ines, "the invitation", lambda: ines.invitation("Sales"))
        told = await eventually(
            lambda: asyncio.to_thread(logged, company), lambda lines: any("hs_token" in str(line) for line in lines)
        )
        assert sum("another hs_token" in line.get("reason", "") for line in told) == 1
        assert "h" * 40 not in company.house.log.read_text()
    with closing(sqlite3.connect(company.database)) as database:
        assert database.execute("SELECT count(*) FROM transactions").fetchone() == (0,)


async def test_a_port_that_somebody_else_has_is_told(park: Park) -> None:
    company = park.company(DIRECTORY)
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", company.house.port))
        holder.listen()
        outcome = clean(await company.parvis("run"))
    assert outcome.code in {1, 2}
    told = [line for line in outcome.err.splitlines() if not line.startswith("{")]
    assert len(told) == 1
    assert str(company.house.port) in told[0]


async def test_it_waits_for_a_homeserver_that_is_not_there_yet_and_ends_in_order(park: Park) -> None:
    company = park.company(DIRECTORY)
    await company.hire("ines")
    ines = company.people["ines"]
    await company.corp.stop()
    bridge = await company.begin("run")
    assert bridge.stderr
    line = b""
    while b"waiting for the homeserver" not in line:
        line = await asyncio.wait_for(bridge.stderr.readline(), 30)
        assert line, "it ended"
    await company.corp.start()
    async with following(ines):
        await seen(ines, "the invitation", lambda: ines.invitation("Sales"))
        talk = await Conversation.open(ines, company.bot)
        assert (await talk.ask("!status")).status == "ok"
        copied = clean(await company.parvis("db", "backup", "copy.db"))
        assert copied.code == 0
        with closing(sqlite3.connect(company.folder / "copy.db")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        second = clean(await company.parvis("run"))
        assert second.code != 0
        assert (await talk.ask("!status")).status == "ok"
        outcome = clean(await ended(bridge, order=signal.SIGTERM))
    assert outcome.code == 0
    assert running_with(str(company.folder / "config.yaml")) == set()


async def test_a_homeserver_that_goes_in_the_middle_of_applying_leaves_nothing_behind_or_double(park: Park) -> None:
    directory = DIRECTORY.replace(
        "groups:",
        "groups:\n"
        + "\n".join(
            f'  - {{id: g{number}, name: Group {number}, visibility: invite-only, owners: ["1"], members: ["1"]}}'
            for number in range(12)
        ),
    )
    company = park.company(directory)
    await company.hire("ines")
    await company.people["ines"].close()
    applying = await company.begin("apply")

    async def rooms() -> int:
        reply = await company.corp.request("GET", "/_matrix/client/v3/joined_rooms", token=token(company))
        return len(reply.content.get("joined_rooms", ()))

    await eventually(rooms, lambda count: count >= 3, 30)
    await company.corp.kill()
    out, err = await asyncio.wait_for(applying.communicate(), 120)
    outcome = clean(Outcome(applying.returncode or 0, out.decode(), err.decode()))
    assert outcome.code == 1
    assert "does not answer" in outcome.said
    await company.corp.start()
    assert clean(await company.parvis("apply")).code == 0
    assert (await company.parvis("plan")).code == 0
    made = await company.rooms()
    assert len(made) == 15
    # A homeserver that dies while it makes a room may leave half of one: that one is found and left.
    assert set(await company.joined_rooms()) == set(made.values())


def token(company: Company) -> str:
    return (company.folder / "keys" / "as_token").read_text().strip()
