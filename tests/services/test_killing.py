"""The process dies at every step of applying: before and after each call to the homeserver, and each commit.

Started again it must come to the same rooms as if nothing had happened, with nothing made, said or left twice.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bridge.domain.directory import Directory, GroupState
from bridge.services.applying.doing import TABLE
from tests.fakes.homeserver import texts
from tests.planning.simulating import CARELESS
from tests.services.household import Household, Killed, household
from tests.support.likeness import Portrait, likeness
from tests.world import directory, group, partner

ACME = partner("acme", named=["bob:acme.example"], servers=["acme.example"], sponsor="claire")
GLOBEX = partner("globex", named=["zed:globex.example"], servers=["globex.example"], sponsor="claire")


def nothing() -> Directory:
    return directory()


def company() -> Directory:
    """All visibilities, a partner, an alias, spaces and their children."""
    return directory(
        group("sales").public().owners("claire").members("claire", "luc"),
        group("news").listed().owners("ines").members("ann"),
        group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme"),
        group("comex").hidden().called("Executive committee").owners("claire").members("claire", "ines"),
        partners=[ACME, GLOBEX],
    )


def reorganised() -> Directory:
    """Another purpose, another owner, another partner; no longer listed; the hidden group has another name."""
    return directory(
        group("sales").public().called("Sales", "To sell").owners("luc").members("luc", "ann"),
        group("news").owners("ines").members("ines"),
        group("deal").owners("claire").members("claire", "zed:globex.example").admits("globex"),
        group("comex").hidden().called("Board").owners("ines").members("ines", "luc"),
        partners=[ACME, GLOBEX],
        people=["claire", "ann"],
    )


def turned() -> Directory:
    """One group is hidden from now on, one takes no encryption any more, one is archived and one retired."""
    return directory(
        group("sales").hidden().owners("claire").members("claire", "luc"),
        group("news").listed().owners("ines").members("ann").having(state=GroupState.ARCHIVED),
        group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme").having(encrypted=False),
        group("comex").hidden().owners("claire").having(state=GroupState.RETIRED),
        partners=[ACME, GLOBEX],
        people=["ines"],
    )


def encrypted() -> Directory:
    """The company, with encryption where it will be taken away."""
    deal = group("deal").owners("claire").members("claire", "bob:acme.example").admits("acme")
    return replace(company(), groups={**company().groups, "deal": deal.having(encrypted=True).value})


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the directory says before and after; the process dies on its way from the one to the other."""

    before: Callable[[], Directory]
    after: Callable[[], Directory]
    joins_directly: bool = True

    async def begin(self) -> Household:
        """A house in the state before, about to see the state after."""
        house = household(self.before(), joins_directly=self.joins_directly, brake=CARELESS)
        await house.settle()
        await house.settle()
        house.source.directory = self.after()
        house.fuse.steps = 0
        return house


SCENARIOS = {
    "a first pass": Scenario(nothing, company),
    "a first pass by invitations alone": Scenario(nothing, company, joins_directly=False),
    "a reorganisation": Scenario(company, reorganised),
    "the end of rooms": Scenario(encrypted, turned),
}
if os.environ.get("PARVIS_PROOF"):
    SCENARIOS["a reorganisation and back"] = Scenario(reorganised, company)
"""Every kind of action must occur in one of them: whoever adds an action adds it here."""


def portraits(house: Household) -> dict[str, str]:
    """Every room that the bot is in, as text."""
    synapse = house.homeserver.synapse
    labels = {binding.room_id: str(binding.ref) for binding in house.store.data.bindings.values()}
    return likeness(
        Portrait(
            label=labels.get(room_id, room_id),
            room_id=room_id,
            state={
                (kind, key): event["content"]
                for (kind, key), event in synapse.rooms[room_id].state.items()
                # It goes where it is needed to join people, and where that is depends on who was joined when.
                if key != house.homeserver.service_user
            },
            said=tuple(texts(synapse, room_id)),
            published=room_id in synapse.published,
            aliases=tuple(sorted(alias for alias, (target, _) in synapse.aliases.items() if target == room_id)),
        )
        for room_id in synapse.memberships(house.homeserver.bot)
    )


async def through(house: Household) -> dict[str, str]:
    """Pass after pass until nothing is left to do; how the rooms are then."""
    for _ in range(3):
        await house.settle()
    assert (await house.reconciler.look(verify=True)).plan.empty
    return portraits(house)


async def test_every_kind_of_action_occurs_in_a_scenario() -> None:
    seen = set()
    for scenario in SCENARIOS.values():
        plan = (await (await scenario.begin()).reconciler.look(keep=True)).plan
        seen |= {type(action) for action in plan.actions}
    missing = {kind.__name__ for kind in TABLE} - {kind.__name__ for kind in seen}
    assert not missing, f"no scenario kills {sorted(missing)}: add one to SCENARIOS"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_process_killed_at_any_step_comes_to_the_same_rooms(name: str) -> None:
    scenario = SCENARIOS[name]
    undisturbed = await scenario.begin()
    await undisturbed.settle()
    steps = undisturbed.fuse.steps
    expected = await through(undisturbed)
    for step in range(1, steps + 1):
        house = await scenario.begin()
        house.fuse.at = step
        with suppress(Killed, BaseExceptionGroup):
            await house.settle()
        assert house.fuse.steps >= step
        house.fuse.at = 0
        house.start()
        house.clock.set(house.clock.now() + timedelta(minutes=1))  # the dead process' leases have run out
        assert await through(house) == expected, step
        assert all(entry.outcome for entry in house.store.data.audit.values()), step
    print(f"\n{name}: killed at each of {steps} steps")  # noqa: T201 - the coverage
