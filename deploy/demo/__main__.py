"""python -m deploy.demo: a company, its partner and a stranger, on real homeservers; a story that proves itself.

--once    end after the story: exit code 0 only if every step really happened
--client  also serve a web client, where node is installed
--lang    en or fr
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from deploy.demo.errors import DemoError
from deploy.demo.overview import overview
from deploy.demo.scene import COMPANY, Scene
from deploy.demo.staging import staged
from deploy.demo.story import STORY, tell
from deploy.demo.telling import Teller
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.waiting import until
from deploy.webclient.building import WebClientError, built_client
from deploy.webclient.serving import served


def main() -> int:
    arguments = _parser().parse_args()
    teller = Teller(arguments.lang)
    try:
        with tempfile.TemporaryDirectory(prefix="parvis-demo-", ignore_cleanup_errors=True) as folder:
            return asyncio.run(_play(Path(folder), arguments, teller))
    except (DemoError, LocalnetError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        teller.say("Everything is stopped.", "Tout est arrêté.")
        return 1 if arguments.once else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description="A company, a partner and a stranger.")
    parser.add_argument("--once", action="store_true", help="end after the story; exit code 0 if all of it happened")
    parser.add_argument("--client", action="store_true", help="also serve a web client, where node is installed")
    parser.add_argument("--lang", choices=("en", "fr"), default="en", help="language of the account and of the rooms")
    return parser


async def _play(folder: Path, arguments: argparse.Namespace, teller: Teller) -> int:
    task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel if task else sys.exit)
    teller.heading(
        f"Parvis: a company ({COMPANY}), its partner and a stranger, each on a real homeserver",
        f"Parvis : une entreprise ({COMPANY}), son partenaire et une inconnue, chacun sur un vrai serveur",
    )
    async with AsyncExitStack() as stack:
        public = await _web_client(teller) if arguments.client else None
        scene = await stack.enter_async_context(staged(folder, arguments.lang, teller.note))
        stopping = teller.words("Stopping the bridge and the homeservers", "Arrêt de la passerelle et des serveurs")
        stack.callback(teller.note, stopping)
        if not await tell(scene, STORY, teller):
            return 1
        teller.note(teller.words("Reading what stands on the homeserver", "Lecture de ce qui est sur le serveur"))
        teller.groups(await overview(scene))
        teller.say(f"All {len(STORY)} steps came true.", f"Les {len(STORY)} étapes se sont réalisées.")
        if not arguments.once:
            homeserver = scene.net[COMPANY].client_url
            client = await stack.enter_async_context(served(public, homeserver=homeserver)) if public else None
            _invite_in(scene, teller, client)
            await _stay(scene)
    return 0


async def _stay(scene: Scene) -> None:
    """Until Ctrl-C; ends by itself only if the bridge does."""
    await until(lambda: not scene.bridge.running, pause=0.5)
    raise DemoError(
        f"{tail(scene.house.log)}\nThe bridge has ended; these are its last lines. The demo ends with it: its servers"
        " are stopped and its folder is removed. What it reads again by itself needs no restart."
    )


async def _web_client(teller: Teller) -> Path | None:
    try:
        return await built_client(teller.note)
    except WebClientError as error:
        teller.say(f"{error} The demo goes on without it.", f"{error} La démonstration continue sans lui.")
        return None


def _invite_in(scene: Scene, teller: Teller, client: str | None) -> None:
    words = teller.words
    teller.logins(
        [
            (scene.claire, words("sales director", "directrice commerciale")),
            (scene.lea, words("accountant", "comptable")),
            (scene.ines, words("administrator", "administratrice")),
            (scene.bob, words("partner", "partenaire")),
            (scene.eva, words("partner, invited and not in yet", "partenaire, invitée, pas encore entrée")),
            (scene.mallory, words("stranger", "inconnue")),
        ]
    )
    if client:
        teller.say(f"\nWeb client: {client}", f"\nClient web : {client}")
    teller.say(
        f"\nWrite to @parvis:{COMPANY}; begin with help. Change {scene.house.directory}, then let Inès ask !plan; "
        f"by itself it is read again every hour.\nTerms for the partner: {scene.house.policies} shows how."
        f"\nThe bridge's log: {scene.house.log}\nCtrl-C ends it all.",
        f"\nÉcrivez à @parvis:{COMPANY} ; commencez par aide. Changez {scene.house.directory}, puis qu'Inès demande "
        f"!plan ; sans cela, il est relu toutes les heures."
        f"\nDes conditions pour le partenaire : {scene.house.policies} montre comment."
        f"\nLe journal de la passerelle : {scene.house.log}\nCtrl-C arrête tout.",
    )


if __name__ == "__main__":
    sys.exit(main())
