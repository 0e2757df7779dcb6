"""The story, step by step; each asserts what it tells. Played by ``__main__``."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from bridge.domain.messages import Text
from deploy.demo.errors import DemoError, Unmet
from deploy.demo.scene import Scene
from deploy.demo.steps import arriving, governing, looking, partnering, repairing, welcoming
from deploy.demo.telling import Teller
from deploy.localnet.errors import LocalnetError

SOME_SECONDS: Final = 5.0
"""After which people want to know what they wait for."""

BROKEN: Final = (DemoError, LocalnetError, aiohttp.ClientError, TimeoutError)
"""What a step may run into besides not coming true: a server or the bridge that does not answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """``play`` raises ``Unmet`` unless the title came true; it returns what was seen."""

    title: Text
    play: Callable[[Scene], Awaitable[Text]]


async def tell(scene: Scene, story: Sequence[Step], teller: Teller, *, every: float = SOME_SECONDS) -> bool:
    """Play every step, up to the first that does not come true; whether all did. Who watches hears every so many
    seconds what is waited for."""
    teller.heading("The story", "L'histoire")
    for step in story:
        began = time.monotonic()
        try:
            with teller.working(step.title), _told(scene, step, teller, every):
                seen = await step.play(scene)
        except Unmet as unmet:
            teller.failed(step.title, unmet.text)
            return False
        except BROKEN as error:
            teller.failed(step.title, Text.same(f"{type(error).__name__}: {error}"))
            return False
        teller.done(step.title, seen, time.monotonic() - began)
    return True


@contextmanager
def _told(scene: Scene, step: Step, teller: Teller, every: float) -> Iterator[None]:
    """Meanwhile it is told what does not hold yet."""

    async def tell_again() -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(every)  # nothing is waited for here: who looks on is told now and then
            missing = scene.awaits or next((one.awaits for one in scene.people if one.awaits), None)
            teller.waiting(step.title, missing, time.monotonic() - began)

    telling = asyncio.create_task(tell_again(), name=f"telling of {step.title.en}")
    try:
        yield
    finally:
        telling.cancel()


def _step(en: str, fr: str, play: Callable[[Scene], Awaitable[Text]]) -> Step:
    return Step(Text(en=en, fr=fr), play)


STORY: Final = (
    _step("The directory becomes rooms", "L'annuaire devient des salons", arriving.directory_becomes_rooms),
    _step(
        "Claire, the sales director, finds her three groups",
        "Claire, la directrice commerciale, trouve ses trois groupes",
        arriving.claire_finds_her_groups,
    ),
    _step(
        "Léa, an accountant, finds the open group and joins it by herself",
        "Léa, comptable, trouve le groupe ouvert et y entre seule",
        looking.lea_joins_the_open_group,
    ),
    _step(
        "Bob, of the partner Acme, is let in from his own server",
        "Bob, du partenaire Acme, est admis depuis son propre serveur",
        partnering.bob_accepts,
    ),
    _step(
        "Bob and Claire talk across servers",
        "Bob et Claire se parlent d'un serveur à l'autre",
        partnering.bob_and_claire_talk,
    ),
    _step(
        "Léa knows of the deal and stays outside",
        "Léa sait que l'affaire existe et reste dehors",
        looking.lea_stays_outside_the_deal,
    ),
    _step(
        "Léa finds nothing of the executive committee",
        "Léa ne trouve rien du comité exécutif",
        looking.lea_finds_no_hidden_group,
    ),
    _step(
        "Bob learns of no other group", "Bob n'apprend l'existence d'aucun autre groupe", partnering.bob_asks_the_bot
    ),
    _step(
        "A stranger sees nothing and gets nowhere",
        "Une inconnue ne voit rien et n'entre nulle part",
        partnering.mallory_stays_outside,
    ),
    _step("Léa is welcomed and shown around", "Léa est accueillie et visite les lieux", welcoming.lea_is_shown_around),
    _step("Vandalism is repaired", "Le vandalisme est réparé", repairing.vandalism_is_repaired),
    _step(
        "Inès, the administrator, finds nothing to do",
        "Inès, l'administratrice, n'a rien à faire",
        governing.ines_finds_nothing_to_do,
    ),
    _step(
        "A colleague is admitted to the deal: shown first, then done",
        "Une collègue rejoint l'affaire : d'abord montré, puis fait",
        governing.lea_is_admitted_to_the_deal,
    ),
    _step(
        "Everyone is answered in their language",
        "Chacun reçoit ses réponses dans sa langue",
        governing.each_in_their_language,
    ),
)
