"""``parvis audit secrecy`` on real Synapses: everything is found that may be seen, and nothing of the hidden group."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from bridge.domain.ids import localpart_of
from bridge.rules.probing.channels import LIMITS
from deploy.demo.people import Person
from tests.localnet.talk import eventually
from tests.support.company import ACME, Company, members
from tests.support.park import Park

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
UNPROVEN: Final = {("directory", "partner"), ("space", "stranger")}
"""What these cannot see in any case: our directory is closed to other homeservers, and the space to strangers."""
BY_ID: Final = {"publication", "knock", "join", "context"}
"""What tells a room from none, to who knows its id."""


async def checked(company: Company, code: int = 0) -> Mapping[tuple[str, str], str]:
    """Verdicts by channel and asker."""
    outcome = await company.parvis("audit", "secrecy", "--json")
    assert outcome.code == code, outcome.said
    found: Mapping[str, Any] = json.loads(outcome.out)
    return {(row["channel"], row["asker"]): row["verdict"] for row in found["probes"]}


async def settled(company: Company) -> None:
    """All rooms of the directory are there: what else changes while lists are compared proves nothing."""
    await eventually(company.rooms, lambda rooms: len(rooms) == ROOMS)


async def test_real_clients_find_what_may_be_seen_and_nothing_of_a_hidden_group(park: Park) -> None:
    company = park.company(DIRECTORY)
    _, luc, probe = await company.hire("ines", "luc", "probe")
    (bob,) = await company.hire("bob", server=ACME)
    await company.hire_service()
    askers = {"colleague": luc, "member": probe, "partner": bob}
    company.house.configure({"secrecy": {name: account_of(company, one, name) for name, one in askers.items()}})
    async with company.running():
        await settled(company)
        before = await company.rooms()
        found = await checked(company)
        assert {line for line, verdict in found.items() if verdict == "unproven"} == UNPROVEN
        assert {channel for (channel, _), verdict in found.items() if verdict == "limit"} == BY_ID | LIMITS.keys()
        assert await company.rooms() == before
        assert not [room_id for room_id in await company.joined_rooms() if await made_for_it(company, room_id)]


async def made_for_it(company: Company, room_id: str) -> bool:
    """Whether somebody was there whom the check made."""
    return any(
        localpart_of(user).startswith("secrecy-") for user in members(await company.state(room_id), "join", "leave")
    )


def account_of(company: Company, person: Person, name: str) -> dict[str, str]:
    token = company.house.keep_secret(f"keys/{name}.token", person.account.access_token)
    return {"token": token, "address": person.server.client_url}
