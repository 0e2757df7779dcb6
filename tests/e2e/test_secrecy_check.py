"""``parvis audit secrecy`` and ``!audit secrecy`` on real Synapses."""

import json
from typing import Final

import pytest

from bridge.domain.ids import localpart_of
from bridge.rules.probing import timing
from bridge.rules.probing.channels import LIMITS
from deploy.demo.bot import Conversation
from deploy.demo.people import Person, following
from deploy.localnet.requests import call
from tests.localnet.talk import eventually
from tests.support.company import ACME, Company, members
from tests.support.park import Park
from tests.support.peer import signing_key
from tests.support.proving import VERSIONS

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@ines~:corp.test", name: Inès}
  - {id: "2", user: "@luc~:corp.test", name: Luc}
  - {id: "3", user: "@probe~:corp.test", name: Probe}
groups:
  - {id: news, name: News, visibility: public, listed: true, owners: ["1"], members: ["2"]}
  - {id: deal, name: Deal, owners: ["1"], partners: [acme], members: ["@bob~:acme.test"]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], sponsor: "1"}
"""
ROOMS: Final = 5
"""Both groups, the spaces of company and partner, and the administrators' room."""
UNPROVEN: Final = {("partner", "directory"), ("peer", "peer-directory"), ("stranger", "presence"), ("reader", "log")}
"""Our directory is closed to other homeservers, ours keeps no presence, and the log is another process's."""
BY_ITS_ID: Final = {
    "summary", "summary-bare", "hierarchy", "join", "state", "members", "messages", "event", "context", "aliases",
}  # fmt: skip
OPENED: Final = BY_ITS_ID | {
    "sync",
    "notifications",
    "push",
    "search",
    "bot-show",
    "bot-find",
    "bot-join",
    "bot-why",
    "bot-near",
    "bot-find-near",
    "bot-export",
    "bot-decide",
    "bot-list",
}
"""Where somebody who is in the hidden group finds it; it has no address and stands in no list of rooms."""
BY_ID: Final = {
    "publication", "summary-bare", "addressing", "knock", "join", "context",
    "peer-event", "peer-file", "peer-join", "peer-knock",
}  # fmt: skip
"""What tells a room from none, to who knows its id."""
CARRIED: Final = {"file", "open-file", "push-content"}
"""Files are told from none by their ids, and what is said inside is pushed to those inside, unless Synapse is told
otherwise."""
TIMED: Final = {channel.name for channel in timing.TIMED}
"""Whether times lie close enough together depends on what else the machine does."""


async def checked(company: Company, code: int) -> dict[str, dict[str, str]]:
    """Verdicts by channel, by asker."""
    outcome = await company.parvis("audit", "secrecy", "--json", seconds=240)
    assert outcome.code == code, outcome.said
    found: dict[str, dict[str, str]] = {}
    for row in json.loads(outcome.out)["probes"]:
        found.setdefault(row["asker"], {})[row["channel"]] = row["verdict"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
async def test_real_clients_find_what_may_be_seen_and_a_hidden_group_where_they_are_let_in(
    park: Park, version: str
) -> None:
    """First as it should be, asked for in chat; then as if every room and command were open to a colleague, who is the
    member in disguise: that has to be found on every channel that it opens, and nowhere else."""
    company = park.company(DIRECTORY, homeserver={"room_version": version})
    ines, luc, probe = await company.hire("ines", "luc", "probe")
    (bob,) = await company.hire("bob", server=ACME)
    await company.hire_service()
    askers = {"colleague": luc, "member": probe, "partner": bob}
    company.house.configure({"secrecy": {name: account_of(company, one, name) for name, one in askers.items()}})
    lent = company.house.keep_secret("keys/acme.signing.key", signing_key(park.network[ACME]))
    company.house.configure({"secrecy": {"federation": {"server": ACME, "key": lent}}})
    async with company.running():
        await eventually(company.rooms, lambda rooms: len(rooms) == ROOMS)
        before = await company.rooms()
        await in_chat(company, ines)
        company.house.configure({"secrecy": {"colleague": account_of(company, probe, "colleague")}})
        found = await checked(company, code=1)
        assert await company.rooms() == before
        assert not [room_id for room_id in await company.joined_rooms() if await made_for_it(company, room_id)]
    disguised = {channel for channel, verdict in found.pop("colleague").items() if verdict == "leaks"}
    assert disguised - TIMED == OPENED
    lines = {(asker, channel): verdict for asker, rows in found.items() for channel, verdict in rows.items()}
    unproven = {line for line, verdict in lines.items() if verdict == "unproven"}
    # The disguise is worn in the open room, too, where others come to see more of the member than before.
    assert {line for line in unproven if line[1] not in {"profile", *TIMED}} == UNPROVEN
    assert {channel for _, channel in lines} >= TIMED
    assert {channel for (_, channel), verdict in lines.items() if verdict == "limit"} == BY_ID | CARRIED | LIMITS.keys()
    assert "leaks" not in lines.values()
    log = [json.loads(line) for line in company.house.log.read_text(encoding="utf-8").splitlines()]
    assert [line for line in log if line["level"] == "error"] == []


async def in_chat(company: Company, ines: Person) -> None:
    """An administrator has the running bridge check, and reads how that ended."""
    async with following(ines):
        talk = await Conversation.open(ines, company.bot)
        assert "In some minutes" in (await talk.ask("audit secrecy --now")).text

        async def shown() -> str:
            return (await talk.ask("audit secrecy")).text

        told = await eventually(shown, lambda text: "under way" not in text, seconds=240)
        assert "No probe found anything, but not everything is proven" in told
        assert "log of the bridge" not in told  # which the running bridge hears, so that it is among those that held
    page = f"http://127.0.0.1:{company.house.port}/metrics"

    async def measured() -> str:
        return str((await call("GET", page)).content)

    text = await eventually(measured, lambda text: "parvis_secrecy_checked_timestamp_seconds 0.0" not in text)
    assert 'parvis_secrecy_channels{verdict="leaks"} 0.0' in text
    assert 'parvis_secrecy_channels{verdict="held"} 0.0' not in text
    assert "parvis_secrecy_failed 0.0" in text


async def made_for_it(company: Company, room_id: str) -> bool:
    """Whether somebody was there whom the check made."""
    return any(
        localpart_of(user).startswith("secrecy-") for user in members(await company.state(room_id), "join", "leave")
    )


def account_of(company: Company, person: Person, name: str) -> dict[str, str]:
    token = company.house.keep_secret(f"keys/{name}.token", person.account.access_token)
    return {"token": token, "address": person.server.client_url}
