"""``parvis audit secrecy`` and ``!audit secrecy`` on real Synapses."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from bridge.domain.ids import localpart_of
from bridge.rules.probing import timing
from bridge.rules.probing.channels import LIMITS
from deploy.demo.bot import Conversation
from deploy.demo.people import Person, following
from deploy.localnet.requests import call
from tests.app.lines import MISUSED
from tests.localnet.talk import eventually
from tests.support.company import ACME, CORP, Company, members
from tests.support.park import Park, open_park
from tests.support.peer import signing_key
from tests.support.proving import VERSIONS
from tests.support.proxy import Mistaking

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
STAFF: Final = """
people:
  - {id: "1", user: "@ines~:corp.test", name: Inès}
  - {id: "2", user: "@mute~:corp.test", name: Mute}
  - {id: "3", user: "@probe~:corp.test", name: Probe}
groups:
  - {id: news, name: News, visibility: public, owners: ["1"]}
"""
BOTS: Final = [{"module": "bots.admin.bot.AdminBot"}, {"module": "bots.digest.bot.DigestBot"}]
ROOMS: Final = 5
"""Both groups, the spaces of company and partner, and the administrators' room."""
UNPROVEN: Final = {("partner", "directory"), ("peer", "peer-directory"), ("reader", "log")}
"""Our directory is closed to other homeservers, and the log is another process's."""
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
    "digest-mute",
    "digest-groups",
    "digest-now",
    "redact",
    "search-inside",
}
"""Where somebody who is in the hidden group finds it; it has no address and stands in no list of rooms."""
BY_ID: Final = {
    "publication", "summary-bare", "addressing", "join", "context",
    "ban", "invite", "redact", "read-marker", "search-inside",
    "peer-event", "peer-file",
}  # fmt: skip
"""What tells a room from none, to who knows its id."""
BY_ID_PEOPLE: Final = {"kick", "unban"}
"""What tells them who is in it, too."""
BY_ID_CLOSED: Final = {"join", "knock", "peer-join", "peer-knock", "peer-leave"}
"""What tells a partner's homeserver, and through it the partner's people, that no partner is admitted."""
CARRIED: Final = {"file", "open-file", "push-content"}
"""Files are told from none by their ids, and what is said inside is pushed to those inside, unless Synapse is told
otherwise."""
TIMED: Final = {channel.name for channel in timing.TIMED}
"""Whether times lie close enough together depends on what else the machine does."""


async def checked(company: Company, code: int) -> list[dict[str, str]]:
    """The lines of a check."""
    outcome = await company.parvis("audit", "secrecy", "--json", seconds=240)
    assert outcome.code == code, outcome.said
    lines: list[dict[str, str]] = json.loads(outcome.out)["probes"]
    return lines


def channels(lines: list[dict[str, str]], **like: str) -> set[str]:
    """Those of the lines that are like this."""
    return {line["channel"] for line in lines if like.items() <= line.items()}


@pytest.mark.parametrize("version", VERSIONS)
async def test_real_clients_find_what_may_be_seen_and_a_hidden_group_where_they_are_let_in(
    park: Park, version: str
) -> None:
    """First as it should be, asked for in chat; then as if every room and command were open to a colleague, as their
    homeserver shows them what the member sees: that has to be found on every channel that it opens, and nowhere else.
    """
    company = park.company(DIRECTORY, homeserver={"room_version": version}, bots=BOTS)
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
        await told_inside(company, luc)
        await in_chat(company, ines)
        async with Mistaking(luc.server.client_url, probe.account.access_token) as open_to_luc:
            colleague = account_of(company, luc, "colleague") | {"address": open_to_luc.url}
            company.house.configure({"secrecy": {"colleague": colleague}})
            lines = await checked(company, code=1)
        await refused(company, luc)
        assert await company.rooms() == before
        assert not [room_id for room_id in await company.joined_rooms() if await made_for_it(company, room_id)]
    assert channels(lines, asker="colleague", verdict="leaks") - TIMED == OPENED
    others = [line for line in lines if line["asker"] != "colleague"]
    unproven = {(line["asker"], line["channel"]) for line in others if line["verdict"] == "unproven"}
    # The disguise is worn in the open room, too, where others come to see more of the member than before.
    assert {line for line in unproven if line[1] not in {"profile", *TIMED}} == UNPROVEN
    assert channels(others) >= TIMED
    assert channels(others, outcome="by-id-people") == BY_ID_PEOPLE
    assert channels(others, outcome="by-id-closed") == BY_ID_CLOSED
    limits = BY_ID | BY_ID_PEOPLE | BY_ID_CLOSED | CARRIED | LIMITS.keys()
    assert channels(others, verdict="limit") == limits
    assert not channels(others, verdict="leaks")
    assert channels(others, verdict="absent", outcome="unkept") == {"presence"}
    log = [json.loads(line) for line in company.house.log.read_text(encoding="utf-8").splitlines()]
    assert [line for line in log if line["level"] == "error"] == []


async def refused(company: Company, luc: Person) -> None:
    """As a partner somebody of ours, and as a stranger nobody: nothing held and nothing leaks, for nothing is asked."""
    (omar,) = await company.hire("omar")
    stranger = account_of(company, omar, "stranger") | {"token": company.house.keep_secret("keys/none", "syt_nobodys")}
    askers = {"colleague": account_of(company, luc, "colleague"), "stranger": stranger}
    company.house.configure({"secrecy": {**askers, "partner": account_of(company, omar, "partner")}})
    outcome = await company.parvis("audit", "secrecy", "--json", seconds=240)
    assert outcome.code == MISUSED, outcome.said
    ours, nobody = json.loads(outcome.out)["error"].splitlines()
    assert "secrecy.partner: @omar" in ours
    assert "our own homeserver" in ours
    assert "secrecy.stranger.token: The homeserver refuses this token (401 M_UNKNOWN_TOKEN)" in nobody


@pytest.fixture
def present(tmp_path: Path) -> Iterator[Company]:
    """A company whose homeserver keeps presence."""
    park = open_park(tmp_path, size=1, servers=(CORP,), extra={"presence": {"enabled": True}})
    yield park.company(STAFF)
    park.close()


async def test_that_somebody_was_active_in_the_meantime_hides_nothing_where_the_homeserver_keeps_presence(
    present: Company,
) -> None:
    """Asked by an employee, who shares the company's space with the member and so sees their presence all along."""
    probe, mute, _ = await present.hire("probe", "mute", "ines")
    askers = {"stranger": mute, "member": probe}
    present.house.configure({"secrecy": {name: account_of(present, one, name) for name, one in askers.items()}})
    async with present.running():
        rooms = await eventually(present.rooms, lambda rooms: "space/company" in rooms)
        await asyncio.gather(*(entered(one, rooms["space/company"]) for one in (probe, mute)))
        lines = await checked(present, code=0)
    assert [(line["verdict"], line["seen"]) for line in lines if line["channel"] == "presence"] == [("held", "200")]


async def entered(person: Person, room_id: str) -> None:
    """As soon as they are invited."""

    async def asked() -> int:
        return (await person.ask("POST", f"/_matrix/client/v3/join/{quote(room_id, safe='')}", body={})).status

    await eventually(asked, lambda status: status == 200)


async def told_inside(company: Company, person: Person) -> None:
    """The bridge has looked since it put them in: their list of groups, which the check compares, says so."""
    async with following(person):
        talk = await Conversation.open(person, company.bot)

        async def listed() -> str:
            return (await talk.ask("group list")).text

        await eventually(listed, lambda text: "you are a member" in text)


async def in_chat(company: Company, ines: Person) -> None:
    """An administrator has the running bridge check, and reads how that ended."""
    async with following(ines):
        talk = await Conversation.open(ines, company.bot)
        assert "In some minutes" in (await talk.ask("audit secrecy --now")).text

        async def shown() -> str:
            return (await talk.ask("audit secrecy")).text

        told = await eventually(shown, lambda text: "under way" not in text, seconds=240)
        assert "No probe found anything, but not everything is proven" in told
        assert "list of groups" not in told  # the member finds the group in both
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
