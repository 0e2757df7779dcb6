"""The real process is killed again and again while somebody is welcomed: at random commits, and when a line has just
been said. The conversation is the same: every answer once, in order, and nothing twice.
"""

import os
import random
from typing import Final

import pytest

from deploy.demo.people import following
from deploy.localnet.processes import GuardedProcess
from tests.e2e.journeys import seen
from tests.e2e.test_welcome import BOTS, Welcomed
from tests.localnet.talk import eventually
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin, language: fr, manager: "2"}
  - {id: "2", user: "@sam~:corp.test", name: Sam Lopez}
groups:
  - {id: deal, name: Project Zephyr, owners: ["2"], members: ["1", "2"]}
"""
SCRIPT: Final = (
    ("faites-moi visiter", "chaque groupe"),
    ("qu’est-ce que c’est ?", "Je suis un programme"),
    ("suite", "Voici vos groupes"),
    ("retour", "chaque groupe"),
    ("ok", "Voici vos groupes"),
    ("plus tard", "à plus tard"),
    ("reprendre", "Voici vos groupes"),
    ("suite", "Sam Lopez"),
    ("stop", "je m’arrête là"),
)
LIVES: Final = 20 if os.environ.get("PARVIS_PROOF") else 5
SEED: Final = int(os.environ.get("PARVIS_SEED", "20261123"))
LINES_IN_A_LIFE: Final = 3


async def test_a_welcome_survives_kills_at_random_moments(park: Park) -> None:
    chance = random.Random(SEED)
    company = park.company(DIRECTORY, bots=BOTS, company="Ateliers Lumière", directory={"every": "1s"})
    await company.hire("claire", "sam")
    claire = Welcomed(company.people["claire"], f"@parvis{company.suffix}_welcome:corp.test")
    rest, deaths = [*SCRIPT], list[str]()
    async with following(claire.person):
        async with company.running():
            await claire.come_in()
            await claire.hears("Bonjour Claire Martin")
        for _ in range(LIVES):
            deaths.append(f"{chance.choice(['before', 'after'])} commit {chance.randint(1, 40)}")
            await _live(company, deaths[-1], claire, rest)
        async with company.running():
            while rest:
                await _heard(claire, rest)
            assert (await claire.says("merci", "Avec plaisir")) == str(claire.said()[-1]["content"]["body"])
    print(f"seed {SEED}: killed {deaths}")  # noqa: T201 - the coverage
    assert len(claire.said()) == len(SCRIPT) + 2, [one["content"]["body"] for one in claire.said()]


async def _live(company: Company, dies_at: str, claire: Welcomed, rest: list[tuple[str, str]]) -> None:
    """One life, which ends there, or at the latest when some lines were said."""
    bridge = company.launch(dies_at=dies_at)
    try:
        await eventually(company.ready, lambda ready: ready or not bridge.running, 60)
        await _talk(claire, bridge, rest)
    finally:
        bridge.kill()


async def _talk(claire: Welcomed, bridge: GuardedProcess, rest: list[tuple[str, str]]) -> None:
    """Say some lines, each once the one before is answered; the last is not waited for."""
    for _ in range(LINES_IN_A_LIFE):
        if not rest or not bridge.running:
            return
        await _say(claire, rest)
        await seen(claire.person, "an answer", lambda: claire.read < len(claire.said()) or not bridge.running)
        if claire.read < len(claire.said()):
            await _heard(claire, rest)
    if rest:
        await _say(claire, rest)


async def _say(claire: Welcomed, rest: list[tuple[str, str]]) -> None:
    """The next line, unless it was said in an earlier life and its answer is still to come."""
    before = _count(claire)
    if before == len(SCRIPT) - len(rest):
        await claire.person.say(claire.room_id, rest[0][0])
        await seen(claire.person, "their own line", lambda: _count(claire) > before)


def _count(claire: Welcomed) -> int:
    """How much they have said themselves."""
    return sum(one["sender"] != claire.bot for one in claire.person.joined[claire.room_id].messages)


async def _heard(claire: Welcomed, rest: list[tuple[str, str]]) -> None:
    await _say(claire, rest)
    await claire.hears(rest[0][1])
    rest.pop(0)
