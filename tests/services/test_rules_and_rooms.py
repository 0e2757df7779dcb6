"""Rules and links through a whole look: which rooms follow, and whom they let in."""

from dataclasses import dataclass, replace

from bridge.domain.directory import Directory, GroupState
from bridge.domain.identities import Identity, Strategies, Strategy
from bridge.domain.mapping import Condition, MappingRule
from bridge.domain.policy import FilePolicy
from bridge.domain.rooms import Membership
from bridge.planning.plan import Brake
from bridge.ports.policies import PolicyReading
from bridge.services.looking import Here
from bridge.services.ruling import PolicyKeeper
from tests.fakes.clock import START
from tests.services.household import Household, household
from tests.world import directory, group, user


@dataclass
class Rules:
    """A policy file that the test writes by hand."""

    policy: FilePolicy

    async def read(self) -> PolicyReading:
        return PolicyReading(policy=self.policy, stamp=str(len(self.policy.rules)))


def looking(house: Household, *, rules: FilePolicy | None = None, strategies: Strategies | None = None) -> None:
    """The same company with these rules, and these ways to find accounts."""
    here = house.reconciler.looker
    assert isinstance(here, Here)
    if rules is not None:
        here = replace(here, policies=PolicyKeeper(source=Rules(rules), store=house.store, clock=house.clock))
    if strategies is not None:
        here = replace(here, strategies=strategies)
    house.reconciler = replace(house.reconciler, looker=here)


def named(id_: str, **values: object) -> MappingRule:
    return MappingRule(when=Condition(id=(id_,)), values=values)


async def test_a_group_that_fits_no_rule_gets_no_room_and_those_in_it_stay_in_others() -> None:
    house = household(
        directory(group("sales").members("ann", "group:team"), group("team").members("bob"), group("odd").members("cy"))
    )
    looking(house, rules=FilePolicy(rules=(named("sales", visibility="public"),)))
    world = await house.settle()
    assert set(world.facts.directory.groups) == {"sales"}
    assert set(house.members("sales")) == {user("ann"), user("bob")}
    assert ["2 groups" in str(one.text) for one in world.findings if one.kind == "groups-unmapped"] == [True]


async def test_a_room_whose_group_fits_no_rule_any_more_is_archived_and_comes_back() -> None:
    house = household(directory(group("sales").members("ann"), group("team").members("bob")))
    await house.settle()
    looking(house, rules=FilePolicy(rules=(named("sales"),)))
    world = await house.settle()
    assert world.facts.directory.groups["team"].state is GroupState.ARCHIVED
    assert house.members("team") == {user("bob"): Membership.INVITE}
    looking(house, rules=FilePolicy(rules=(named("sales"), named("team"))))
    world = await house.settle()
    assert world.facts.directory.groups["team"].state is GroupState.ACTIVE


async def test_a_rule_that_closes_too_many_rooms_waits_for_a_word() -> None:
    house = household(
        directory(*(group(f"g{number}").members("ann") for number in range(4))), brake=Brake(max_archivings=2)
    )
    await house.settle()
    looking(house, rules=FilePolicy(rules=(named("g0"),)))
    world = await house.settle()
    assert world.plan.held


async def test_who_has_no_account_yet_is_let_in_once_one_is_linked() -> None:
    known = directory(group("sales").members("ann", "bob"))
    bob = replace(known.people["bob"], login="bob")
    house = household(Directory({**known.people, "bob": bob}, known.groups))
    looking(house, strategies=Strategies(order=(Strategy.TEMPLATE,)))
    world = await house.settle()
    assert set(house.members("sales")) == {user("ann")}
    assert world.facts.directory.people["bob"].user == ""
    async with house.store.work() as work:
        await work.identities.put([Identity(person="bob", user=user("b.durand"), how="template", at=START)])
    await house.settle()
    assert set(house.members("sales")) == {user("ann"), user("b.durand")}
