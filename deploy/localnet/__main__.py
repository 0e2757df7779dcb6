"""python -m deploy.localnet up corp.test acme.test: a network for the command line, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import yaml

from deploy.localnet.errors import LocalnetError
from deploy.localnet.installation import installed_synapse
from deploy.localnet.network import Network, network
from deploy.localnet.specs import Registration, ServerSpec
from deploy.localnet.template import template_database

ROOM_VERSIONS = ("11", "12")


def main() -> int:
    arguments = _parser().parse_args()
    try:
        asyncio.run(_prepare() if arguments.command == "prepare" else _up(arguments))
    except LocalnetError as error:
        print(f"localnet: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say("Stopped.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.localnet", description="Real homeservers that federate.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="install Synapse into the cache, start nothing")
    up = commands.add_parser("up", help="start servers and keep them until Ctrl-C")
    up.add_argument("names", nargs="+", metavar="NAME", help="server names, as corp.test")
    up.add_argument("--folder", type=Path, help="keep the data there; without it the data goes at the end")
    up.add_argument("--room-version", choices=ROOM_VERSIONS, default="12")
    up.add_argument("--registration", type=Path, metavar="FILE", help="an application service for the first server")
    up.add_argument("--rate-limited", action="store_true", help="keep Synapse's limits for clients")
    return parser


async def _prepare() -> None:
    await template_database(await installed_synapse(_say), _say)
    _say("Ready.")


async def _up(arguments: argparse.Namespace) -> None:
    task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else sys.exit)
    services = {arguments.names[0]: (registration_in(arguments.registration),)} if arguments.registration else {}
    specs = [
        ServerSpec(
            name,
            appservices=services.get(name, ()),
            room_version=arguments.room_version,
            rate_limited=arguments.rate_limited,
            durable=arguments.folder is not None,
        )
        for name in arguments.names
    ]
    async with network(specs, folder=arguments.folder, progress=_say) as net:
        await net.federated()
        await _tell_how_to_log_in(net)
        await asyncio.Event().wait()


def registration_in(file: Path) -> Registration:
    """What `parvis init` wrote. Raises ``LocalnetError``."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LocalnetError(f"cannot read the registration {file}: {error}") from error
    if not isinstance(found, dict) or "id" not in found:
        raise LocalnetError(f"{file} is no registration of an application service: it has no id")
    return found


async def _tell_how_to_log_in(net: Network) -> None:
    _say("Every server reaches every other. Log in with any Matrix client:")
    for server in net:
        admin = await server.admin()
        _say(f"\n  {server.server_name}   homeserver {server.client_url}   (pid {server.pid}, log {server.log_path})")
        _say(f"    user      {admin.user_id}   (administrator)")
        _say(f"    password  {admin.password}")
    _say("\nCtrl-C ends it.")


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
