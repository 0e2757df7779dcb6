"""The real process is killed again and again, at random moments, while it sends digests on a real homeserver: everybody
gets exactly one, in one conversation.
"""

import os
import random
from collections import Counter
from typing import Any, Final
from urllib.parse import quote

import pytest

from bridge.config.loading import load_config
from deploy.localnet.processes import GuardedProcess
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

PROOF: Final = bool(os.environ.get("PARVIS_PROOF"))
READERS: Final = 200 if PROOF else 16
KILLS: Final = 30 if PROOF else 3
SEED: Final = int(os.environ.get("PARVIS_SEED", "20261123"))
COMMITS: Final = (20, 60)
"""How many units of work a life has, at least and at most: some digests, six units each."""
BOTS: Final = [
    {"module": "bots.admin.bot.AdminBot"},
    {"module": "tests.support.eager_digests.EagerBot", "config": {"window": "0m", "report": "false"}},
]


def directory() -> str:
    """Many people, and one group with one of them: what is sent are digests and not invitations."""
    people = [
        f'  - {{id: "{number}", user: "@r{number}~:{CORP}", name: R {number}}}' for number in range(1, READERS + 1)
    ]
    return "\n".join(["people:", *people, "groups:", '  - {id: news, name: News, owners: ["1"], members: ["1"]}', ""])


async def test_everybody_gets_exactly_one_digest_whenever_the_process_dies(park: Park) -> None:
    chance = random.Random(SEED)
    company = park.company(directory(), bots=BOTS, directory={"every": "1h"})
    ends = list[str]()
    for _ in range(KILLS):
        ends.append(f"{chance.choice(['before', 'after'])} commit {chance.randint(*COMMITS)}")
        await live(company, ends[-1])
    reached = len(await digests(company))
    async with company.running():
        await eventually(lambda: digests(company), lambda found: len(found) >= READERS, 240)
        found = await digests(company)
    print(f"seed {SEED}: {reached} of {READERS} before the last life, killed {ends}")  # noqa: T201 - the coverage
    assert Counter(found.values()) == {1: READERS}, {user: number for user, number in found.items() if number != 1}
    assert reached < READERS, "everything was sent before the last kill"


async def live(company: Company, dies_at: str) -> None:
    """One life, which ends there by itself."""
    bridge = company.launch(dies_at=dies_at)
    try:
        await eventually(lambda: _is_over(bridge), bool, 60)
    finally:
        bridge.kill()


async def _is_over(bridge: GuardedProcess) -> bool:
    return not bridge.running


async def digests(company: Company) -> dict[str, int]:
    """How many digests stand in everybody's conversations with the bot, all of them together."""
    bot = f"@parvis{company.suffix}_digest:{CORP}"
    token = load_config(company.folder / "config.yaml", {}).appservice.as_token.reveal()

    async def ask(path: str, query: str = "") -> Any:
        reply = await company.corp.request("GET", f"{path}?user_id={quote(bot)}{query}", token=token)
        return reply.content if reply.status == 200 else {}

    found: Counter[str] = Counter()
    for room_id in (await ask("/_matrix/client/v3/joined_rooms")).get("joined_rooms", ()):
        events = (await ask(f"/_matrix/client/v3/rooms/{quote(room_id)}/messages", "&dir=b&limit=50")).get("chunk", ())
        reader = next((one["state_key"] for one in events if one.get("state_key", "").startswith("@r")), "")
        said = [one for one in events if str(one["content"].get("io.parvis.claim", "")).startswith("digest:")]
        if said:
            found[reader] += len(said)
    return dict(found)
