"""People of partners come in once, whatever dies between two lines: every commit of the way in is a place to die."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.messages import Text
from bridge.domain.partners import Standing
from bridge.domain.policy import Terms
from tests.bots.admin.asking import Asking, body
from tests.bots.admin.test_inviting import company, guests
from tests.bots.admin.test_terms import BOB, ZOE, Rules, bound, ruled
from tests.services.household import Killed
from tests.services.talking import bot_api
from tests.world import user

pytestmark = pytest.mark.slow


@dataclass
class Life:
    """A company in which the process dies at one step and starts again; every event comes until it is handled."""

    asking: Asking
    rules: Rules | None = None
    deaths: int = 0
    steps: int = 0

    async def said(self, line: str, by: str) -> str:
        """The last answer to a line, which the homeserver brings again until it is handled."""
        self.asking.asked += 1
        number, answers = self.asking.asked, list[str]()
        while True:
            self.asking.asked = number - 1
            try:
                answers.append(body(await self.asking.ask(line, by=by) or {"body": ""}))
                return next((one for one in reversed(answers) if one), self.asking.messenger.bodies[-1])
            except Killed:
                self._again()

    async def went_round(self, *, twice: bool = False) -> None:
        rounds = 1 + twice
        while rounds:
            try:
                assert await self.asking.house.rounds.go()
                self.asking.house.world = await self.asking.house.reconciler.look(keep=True)
                rounds -= 1
            except Killed:
                self._again()

    def _again(self) -> None:
        self.deaths += 1
        house, world = self.asking.house, self.asking.house.world
        house.start()
        house.world = world
        if self.rules:
            ruled(self.asking, self.rules)
        else:
            self.asking.bot = AdminBot(bot_api(house, self.asking.messenger), {})


async def lived(at: int) -> tuple[Life, tuple[Any, ...]]:
    """The story, with a death at a step: what is known and was said in the end."""
    life = Life(await Asking.of(company()))
    house = life.asking.house
    await house.society.choose_language(user("zoe:acme.example"), "en")
    house.fuse.steps, house.fuse.at = 0, at
    await life.said("!invite @bob:acme.example deal --yes", "ann")
    await life.went_round()
    [handle] = {one.key for one in house.store.data.pending.values() if one.kind == "vouching"}
    await life.said(f"!invite accept {handle.partition(':')[2]}", "sam")
    await life.went_round()
    made = await life.said("!invite acme --code deal", "sam")
    code = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", made)[0]
    await life.said(code, "zoe:acme.example")
    await life.went_round()
    house.fuse.at = 0
    known = [(one.user, one.standing, one.invited_by, one.approved_by) for one in (await guests(life.asking)).values()]
    deal = house.store.data.policies["deal"].values["members"]
    kinds = Counter(entry.kind for entry in house.store.data.audit.values())
    heard = Counter(re.sub(r"[2-9A-Z]{4}-\S+|\b[a-z2-7]{6}\b", "…", text) for text in life.asking.messenger.bodies)
    return life, (known, deal, kinds, heard)


async def test_whoever_dies_on_the_way_in_lets_nobody_in_twice_and_forgets_nobody() -> None:
    life, unhurt = await lived(0)
    steps = life.asking.house.fuse.steps
    assert steps > 20
    for at in range(1, steps + 1):
        life, found = await lived(at)
        assert life.deaths == 1, at
        assert found == unhurt, at


async def agreed(at: int) -> tuple[Life, tuple[Any, ...]]:
    """Somebody accepts the terms, and then another version of them, with a death at a step."""
    rules = Rules()
    life = Life(await Asking.of(bound()), rules)
    ruled(life.asking, rules)
    house, messenger = life.asking.house, life.asking.messenger
    house.world = await house.settle()
    for who in (BOB, ZOE):
        messenger.direct[who] = messenger.room(f"!talk{who}", who)
        await house.society.choose_language(who, "en")
    house.fuse.steps, house.fuse.at = 0, at
    await life.said("!invite @bob:acme.example deal --yes", "sam")
    await life.went_round(twice=True)
    await life.said("accept", "bob:acme.example")
    await life.went_round(twice=True)
    rules.terms = Terms(version="2", text=Text.same("Tell nobody."))
    await life.went_round(twice=True)
    await life.said("refuse", "zoe:acme.example")
    await life.said("yes", "bob:acme.example")
    await life.went_round(twice=True)
    life.steps, house.fuse.at = house.fuse.steps, 0
    for _ in range(2):
        await house.settle()
        await house.rounds.go()
    known = [(one.user, one.standing, one.accepted and one.accepted.version) for one in
             (await guests(life.asking)).values()]  # fmt: skip
    kinds = Counter(entry.kind for entry in house.store.data.audit.values() if entry.kind.startswith("guest"))
    inside = {one: house.members(one).keys() & {BOB, ZOE} for one in ("deal", "lab")}
    return life, (known, inside, kinds, Counter(messenger.bodies))


async def test_whoever_dies_over_terms_shows_them_once_and_keeps_one_proof_of_each_version() -> None:
    life, unhurt = await agreed(0)
    known, inside, kinds, heard = unhurt
    assert (BOB, Standing.INVITED, "2") in known
    assert inside == {"deal": {BOB}, "lab": set()}
    assert kinds["guest-accepted"] == 2
    assert sum(count for text, count in heard.items() if "Tell nobody." in text) == 2
    assert life.steps > 20
    for at in range(1, life.steps + 1):
        again, found = await agreed(at)
        assert again.deaths == 1, at
        assert found == unhurt, at
