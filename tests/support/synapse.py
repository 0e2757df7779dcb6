"""A real Synapse with our application service for a whole test run, and a partner's beside it; see conftest files."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deploy.localnet.network import Network, prepared
from deploy.localnet.server import Server
from deploy.localnet.specs import Registration, ServerSpec

CORP, ACME = "corp.test", "acme.test"
AS_TOKEN, HS_TOKEN = "as-token-of-the-tests-" + "a" * 32, "hs-token-of-the-tests-" + "h" * 32
BOT = f"@parvis:{CORP}"


def registration(url: str | None = None) -> Registration:
    """Ours; without ``url`` Synapse pushes nothing."""
    return {
        "id": "parvis",
        "url": url,
        "as_token": AS_TOKEN,
        "hs_token": HS_TOKEN,
        "sender_localpart": "parvis",
        "rate_limited": False,
        "namespaces": {
            "users": [{"exclusive": True, "regex": rf"@parvis_.*:{CORP}"}],
            "aliases": [{"exclusive": True, "regex": rf"#grp_.*:{CORP}"}],
            "rooms": [],
        },
    }


@dataclass(frozen=True)
class RealServers:
    """The company's server and a partner's; ``fresh`` makes names that no other test uses."""

    network: Network
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def corp(self) -> Server:
        return self.network[CORP]

    @property
    def acme(self) -> Server:
        return self.network[ACME]

    def fresh(self, name: str) -> str:
        return f"{name}{next(self.numbers)}"


def running_servers(folder: Path) -> Iterator[RealServers]:
    """For a session fixture: starts both, gives them, ends both. Bound to no event loop. Whoever is in a room of the
    company may give it addresses."""
    specs = [ServerSpec(CORP, appservices=(registration(),), may_make_aliases=("*",)), ServerSpec(ACME)]
    network = asyncio.run(prepared(specs, folder=folder))
    try:
        asyncio.run(network.start())
        yield RealServers(network)
    finally:
        asyncio.run(network.close())
