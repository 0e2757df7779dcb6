"""Homeservers that all end-to-end and command-line tests share, and installations of the bridge that they know.

Each test module takes an installation, with its own bot, people and rooms, and leaves it behind.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bridge.adapters.time import SystemChance
from bridge.config.init import write_project
from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from deploy.demo.house import House
from deploy.localnet.network import Network, prepared
from deploy.localnet.ports import ReservedPort
from deploy.localnet.specs import ServerSpec
from tests.support.company import ACME, CORP, STRANGER, Company

STOCK: Final = 20
"""Installations that homeservers know. Synapse asks for each, at each event, whether it wants that: many are slow."""
ENOUGH: Final = 8
"""Installations for any file of tests."""


@dataclass
class Park:
    """The servers, and installations not taken yet."""

    network: Network
    stock: list[Company]
    held: list[ReservedPort]

    def company(self, directory: str = "", /, **config: Any) -> Company:
        """The next installation, with this directory and these settings."""
        assert self.stock, "all installations are taken: have park.py keep more of them for each file of tests"
        company = self.stock.pop(0)
        if directory:
            company.write(directory)
        company.house.configure(config)
        return company

    def close(self) -> None:
        asyncio.run(self.network.close())
        for port in self.held:
            port.release()


def open_park(
    folder: Path,
    *,
    size: int = STOCK,
    servers: Sequence[str] = (CORP, ACME, STRANGER),
    extra: Mapping[str, object] | None = None,
) -> Park:
    """Start servers whose company knows ``size`` installations; ``extra`` is merged over their configuration. Bound to
    no event loop."""
    houses = [_installed(folder, f"-{number}") for number in range(1, size + 1)]
    registrations = [registration_of(load_config(house.folder / "config.yaml", {})) for _, house, _ in houses]
    known = {name: tuple(registrations) if name == CORP else () for name in servers}
    specs = [ServerSpec(name, appservices=known[name], extra=extra or {}) for name in servers]
    network = asyncio.run(prepared(specs, folder=folder / "servers"))
    asyncio.run(network.start())
    companies = [Company(suffix=suffix, house=house, network=network) for suffix, house, _ in houses]
    for company in companies:
        company.house.configure({"homeserver": {"address": company.corp.client_url}})
    return Park(network, companies, [port for _, _, port in houses])


def _installed(folder: Path, suffix: str) -> tuple[str, House, ReservedPort]:
    port = ReservedPort()
    house = House(folder=folder / f"parvis{suffix}", port=port.number, server_name=CORP)
    write_project(house.folder, chance=SystemChance(), server_name=CORP)
    address = f"127.0.0.1:{port.number}"
    house.configure(
        {
            "appservice": {
                "id": f"parvis{suffix}",
                "listen": address,
                "address": f"http://{address}",
                "bot": f"parvis{suffix}",
                "prefix": f"parvis{suffix}_",
                "aliases": f"grp{suffix}_",
            },
            "directory": {"type": "yaml", "path": "directory.yaml", "every": "1h", "watch": False},
            "admins": [f"@ines{suffix}:{CORP}"],
            "language": "en",
            "hidden": {"spread": "0"},  # nobody waits half an hour for the next step
            "bots": [{"module": "bots.admin.bot.AdminBot"}],
        }
    )
    return suffix, house, port


PARK: Final = pytest.StashKey[Park]()


@pytest.fixture(scope="module")
def park(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Park:
    """One for file after file of all folders that import this fixture, until it has too few installations for another;
    asked for before any event loop runs."""
    started = pytestconfig.stash.get(PARK, None)
    if started is not None and len(started.stock) < ENOUGH:
        started.close()
        started = None
    if started is None:
        started = pytestconfig.stash[PARK] = open_park(tmp_path_factory.mktemp("park"))
        pytestconfig.add_cleanup(started.close)
    return started
