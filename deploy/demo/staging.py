"""Everything that must stand before the story begins: servers, accounts, the bridge, six people at their clients."""

import secrets
from asyncio import Semaphore, gather
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

from bridge.domain.directory import Directory
from bridge.domain.ids import localpart_of, server_of
from bridge.domain.messages import Language
from deploy.demo.house import House
from deploy.demo.people import Person, following
from deploy.demo.scene import COMPANY, PARTNER, SERVICE, STRANGER, Scene
from deploy.localnet.network import Network, network
from deploy.localnet.ports import ReservedPort
from deploy.localnet.processes import GuardedProcess
from deploy.localnet.specs import Account, Progress, ServerSpec, silent

Accounts: TypeAlias = dict[str, Account]
"""By user id."""

AT_ONCE: Final = 4
CLAIRE, LEA, INES = f"@claire:{COMPANY}", f"@lea:{COMPANY}", f"@ines:{COMPANY}"
BOB, EVA, MALLORY = f"@bob:{PARTNER}", f"@eva:{PARTNER}", f"@mallory:{STRANGER}"


@asynccontextmanager
async def staged(folder: Path, language: Language, progress: Progress = silent) -> AsyncIterator[Scene]:
    """The scene, with everything running while the block does. Raises ``DemoError`` and ``LocalnetError``."""
    async with AsyncExitStack() as stack:
        port = ReservedPort()
        stack.callback(port.release)
        house = House(folder=folder / "parvis", port=port.number, server_name=COMPANY)
        await house.build(admins=[INES], language=language)
        directory = await house.read_directory()
        company = ServerSpec(COMPANY, appservices=(await house.registration(),))
        specs = [company, ServerSpec(PARTNER), ServerSpec(STRANGER)]
        net = await stack.enter_async_context(network(specs, folder=folder / "servers", progress=progress))
        progress("Registering the people" if language == "en" else "Inscription des personnes")
        accounts = await _accounts(net, directory)
        await _introduce(house, net)
        progress("Starting the bridge" if language == "en" else "Démarrage de la passerelle")
        bridge = await house.start()
        stack.push_async_callback(bridge.stop)
        scene = _scene(net=net, house=house, bridge=bridge, directory=directory, language=language, accounts=accounts)
        await stack.enter_async_context(following(*scene.people))
        yield scene


async def _introduce(house: House, net: Network) -> None:
    """The last two values that an operator fills in: where the homeserver is, and the account that joins people."""
    service = await net[COMPANY].register(localpart_of(SERVICE), admin=True, display_name="Parvis")
    token = house.keep_secret("keys/admin.token", service.access_token)
    house.configure({"homeserver": {"address": net[COMPANY].client_url, "admin_token": token}})
    await house.check()


async def _accounts(net: Network, directory: Directory) -> Accounts:
    """An account for everybody, all with one password made for this run."""
    names = {person.user: person.name for person in directory.people.values() if person.active}
    names |= {user: localpart_of(user).title() for partner in directory.partners.values() for user in partner.users}
    names |= {MALLORY: "Mallory"}
    password, limit = secrets.token_hex(4), Semaphore(AT_ONCE)
    accounts: Accounts = {}

    async def register(user: str, name: str) -> None:
        async with limit:
            server = net[server_of(user)]
            accounts[user] = await server.register(localpart_of(user), password=password, display_name=name)

    await gather(*(register(user, name) for user, name in names.items()))
    return accounts


def _scene(
    *, net: Network, house: House, bridge: GuardedProcess, directory: Directory, language: Language, accounts: Accounts
) -> Scene:
    def at_client(user: str, name: str) -> Person:
        return Person(accounts[user], net[server_of(user)], name)

    return Scene(
        net=net,
        house=house,
        bridge=bridge,
        directory=directory,
        language=language,
        claire=at_client(CLAIRE, "Claire"),
        lea=at_client(LEA, "Léa"),
        ines=at_client(INES, "Inès"),
        bob=at_client(BOB, "Bob"),
        eva=at_client(EVA, "Eva"),
        mallory=at_client(MALLORY, "Mallory"),
    )
