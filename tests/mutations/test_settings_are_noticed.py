"""Leaks of a real Synapse, by its settings and by hand: each shows something to somebody outside, and is noticed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.localnet.network import network
from deploy.localnet.specs import ServerSpec
from tests.mutations.settings_put_in import BY_HAND, CLOSED, SETTINGS, Outsiders
from tests.support.company import ACME, CORP, Company
from tests.support.park import Park, park
from tests.support.proving import PROOF

__all__ = ["park"]

pytestmark = pytest.mark.homeserver

BY_HAND_TESTED: Final = list(BY_HAND) if PROOF else list(BY_HAND)[:2]
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
groups:
  - {id: comex, name: Comex, visibility: hidden, owners: ["1"]}
"""


async def ills(company: Company, configuration: Path) -> set[str]:
    """What ``parvis doctor`` finds of the homeserver, whose bridge this one is not."""
    outcome = await company.parvis("doctor", "--json", "--homeserver", str(configuration))
    checks: list[dict[str, Any]] = json.loads(outcome.out)["checks"]
    return {one["check"] for one in checks if one["verdict"] in {"warning", "fault"}}


@asynccontextmanager
async def outsiders(folder: Path, bot: str) -> AsyncIterator[Outsiders]:
    """A company's homeserver as it should be, and a partner's."""
    specs = [ServerSpec(CORP, extra=CLOSED, may_publish=(bot,)), ServerSpec(ACME)]
    async with network(specs, folder=folder) as net:
        corp = net[CORP]
        yield Outsiders(corp, net[ACME], await corp.register("ann"), await corp.register("bea"))


async def test_what_a_setting_opens_is_seen_by_an_outsider_and_found_by_the_doctor(park: Park, tmp_path: Path) -> None:
    company = park.company(DIRECTORY)
    async with outsiders(tmp_path / "servers", company.bot) as out:
        corp, checks = out.corp, {check for one in SETTINGS for check in one.checks}
        company.house.configure({"homeserver": {"address": corp.client_url}})
        file = corp.folder / "homeserver.yaml"
        assert [one.name for one in SETTINGS if await one.seen(out)] == []
        assert not checks & await ills(company, file)
        opened: dict[str, Any] = {key: value for one in SETTINGS for key, value in one.extra.items()}
        await corp.stop()
        corp.reconfigure(replace(corp.spec, extra={**CLOSED, **opened}))
        await corp.start()
        assert [one.name for one in SETTINGS if not await one.seen(out)] == []
        assert checks - await ills(company, file) == set()


async def test_what_somebody_opens_by_hand_is_in_the_plan_and_put_right(park: Park) -> None:
    company = park.company(DIRECTORY)
    await company.hire("claire")
    assert (await company.parvis("apply")).code == 0
    [hidden] = [room for marker, room in (await company.rooms()).items() if "/" not in marker]
    before = await company.state(hidden)
    assert (await company.parvis("plan")).code == 0
    for name in BY_HAND_TESTED:
        kind, content = BY_HAND[name]
        await company.set_state(hidden, kind, content)
        assert (await company.parvis("plan")).code == 3, name
        assert (await company.parvis("apply")).code == 0, name
        after = await company.state(hidden)
        assert after.get((kind, ""), {}) in (before.get((kind, ""), {}), {"topic": ""}), name
