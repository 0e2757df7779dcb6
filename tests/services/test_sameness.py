"""Another source in place of one: rooms wait, and one word keeps them with all that is decided, whatever dies."""

from dataclasses import replace

import pytest

from bridge.domain.directory import Directory, GroupState, MembershipMode, Visibility
from bridge.domain.errors import InputError
from bridge.domain.policy import GroupPolicy
from bridge.domain.problems import InvalidInput, Spot
from bridge.domain.rooms import Membership, group_room
from bridge.domain.viewers import OPEN
from bridge.planning.plan import Brake
from bridge.services.left_behind import LEFT
from bridge.services.looking import Errand
from bridge.services.sameness import SAME, SameGroups
from bridge.services.truth import GRACE
from tests.services.household import Household, Killed, household
from tests.world import BOT, AGroup, directory, group, user

JOIN = Membership.JOIN
SALES = group("sales").called("Sales").owners("ann").members("ann", "bob", "cleo")
DEAL = group("deal").called("Deal").hidden().owners("bob").members("bob", "cleo")
STAFF = group("staff").called("Staff").public().having(parent="").members("ann")


def renamed(*groups: AGroup, people: bool = True) -> Directory:
    """The same company as another source has it: groups, and mostly people, under other ids."""
    before = directory(*groups)
    new = {id_: f"n-{id_}" for id_ in before.groups} | {id_: f"n-{id_}" if people else id_ for id_ in before.people}

    def of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new.get(name, name) for name in names)

    return Directory(
        {new[id_]: replace(person, id=new[id_]) for id_, person in before.people.items()},
        {
            new[id_]: replace(one, id=new[id_], owners=of(one.owners), members=of(one.members))
            for id_, one in before.groups.items()
        },
    )


async def moved(*groups: AGroup) -> Household:
    """A company that has rooms, and whose directory is another one now."""
    company = household(directory(*groups), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    company.source.directory = renamed(*groups)
    for _ in range(4):
        await company.settle()
    return company


def same_groups(company: Household) -> SameGroups:
    assert company.world is not None
    return SameGroups(
        store=company.store, world=company.world, clock=company.clock, chance=company.chance, by="command line"
    )


async def say_all(company: Household) -> None:
    groups = same_groups(company)
    await groups.say_same([(one.old, one.new) for one in groups.world.sameness.likely()])


def rooms(company: Household) -> dict[str, str]:
    return {str(one.ref): one.room_id or "" for one in company.store.data.bindings.values()}


async def test_no_room_is_doubled_and_nobody_is_put_out_until_somebody_says_what_the_groups_are() -> None:
    company = await moved(SALES, DEAL, STAFF)
    assert company.world is not None
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {"group/sales", "group/deal", "group/staff"}
    assert set(company.members("sales")) == {user("ann"), user("bob"), user("cleo")}
    assert set(company.members("deal")) == {user("bob"), user("cleo")}
    assert company.world.plan.empty
    kinds = {(one.kind, one.group) for one in company.world.findings}
    assert {("groups-awaited", None), ("group-awaited", "deal")} <= kinds
    assert company.world.facts.owners["sales"] == {user("ann")}, "who led still does"
    assert len(company.world.sameness.likely()) == 3


async def test_once_it_is_said_the_groups_have_their_rooms_with_all_that_is_decided_and_nothing_is_to_be_done() -> None:
    company = household(directory(SALES, DEAL), joins_directly=True)
    policy = GroupPolicy(group="sales", values={"purpose": "What is sold"}, by=user("ann"), at=company.clock.now())
    async with company.store.work() as work:
        await work.policies.put(policy)
    await company.settle()
    before = rooms(company)
    company.source.directory = renamed(SALES, DEAL)
    await company.settle()
    await say_all(company)
    for _ in range(4):
        world = await company.settle()
        assert world.plan.empty
    assert (rooms(company), world.sameness.alike) == (before, ())
    assert set(world.facts.directory.groups) == {"sales", "deal"}
    assert world.facts.directory.groups["sales"].purpose.en == "What is sold"
    assert not any("vanished" in one.kind or "awaited" in one.kind for one in world.findings)
    told = [(one.kind, one.compartment, one.detail) for one in company.store.data.audit.values() if one.kind == SAME]
    assert told == [
        (SAME, OPEN, {"group": "sales", "after": "n-sales"}),
        (SAME, "deal", {"group": "deal", "after": "n-deal"}),
    ]
    await company.clock.advance(2 * GRACE.total_seconds())
    assert (await company.settle()).plan.empty, "nothing is archived later either"


async def test_who_was_hidden_by_command_stays_hidden_and_the_new_source_opens_no_room_for_them() -> None:
    company = household(directory(SALES, group("zeta").called("Zeta").members("ann")), joins_directly=True)
    policy = GroupPolicy(group="zeta", values={"visibility": "hidden"}, by=user("ann"), at=company.clock.now())
    async with company.store.work() as work:
        await work.policies.put(policy)
    await company.settle()
    before = rooms(company)
    company.source.directory = renamed(SALES, group("zeta").called("Zeta").members("ann"))
    await company.settle()
    assert rooms(company) == before
    await say_all(company)
    world = await company.settle()
    assert world.plan.empty
    assert rooms(company) == before
    assert world.facts.directory.groups["zeta"].visibility is Visibility.HIDDEN


def said_so(of: AGroup) -> AGroup:
    return of.having(declared=frozenset({"visibility"}))


async def test_a_public_group_keeps_its_room_under_a_source_that_says_no_visibility() -> None:
    opened = said_so(SALES.public())
    company = household(directory(opened), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    before = rooms(company)
    company.source.directory = renamed(SALES)
    assert (await company.settle()).facts.directory.groups["sales"].visibility is Visibility.PUBLIC
    assert rooms(company) == before
    await say_all(company)
    for _ in range(4):
        world = await company.settle()
    assert rooms(company) == before
    assert world.plan.empty
    assert world.facts.directory.groups["sales"].visibility is Visibility.INVITE_ONLY
    assert set(company.members("sales")) == {user("ann"), user("bob"), user("cleo")}


@pytest.mark.parametrize("name", ["Deal", "Another name"])
async def test_a_hidden_group_is_not_opened_by_a_source_that_does_not_say_what_it_is(name: str) -> None:
    shown = group("deal").called(name).owners("bob").members("bob", "cleo")
    company = household(directory(said_so(DEAL)), joins_directly=True)
    await company.settle()
    company.source.directory = renamed(shown)
    company.world = await company.reconciler.glance()
    assert (company.world.sameness.waiting == {"n-deal"}) is (name == "Deal")
    with pytest.raises(InputError, match="deal is hidden, and nothing says so of n-deal"):
        await same_groups(company).say_same([("deal", "n-deal")])
    assert company.world.sameness.said == {}
    company.source.directory = renamed(said_so(shown.hidden()))
    company.world = await company.reconciler.glance()
    await same_groups(company).say_same([("deal", "n-deal")])
    assert (await company.settle()).plan.empty is (name == "Deal")
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {"group/deal"}


async def test_what_is_said_before_the_first_look_at_the_new_source_counts_at_once() -> None:
    company = household(directory(SALES), joins_directly=True)
    await company.settle()
    company.source.directory = renamed(SALES)
    company.world = await company.reconciler.glance()
    await say_all(company)
    assert (await company.settle()).plan.empty


async def test_who_joined_and_left_meanwhile_comes_and_goes_once_it_is_said() -> None:
    company = household(directory(SALES), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    company.source.directory = renamed(SALES.members("ann", "bob", "dan"))
    for _ in range(4):
        await company.settle()
    assert set(company.members("sales")) == {user("ann"), user("bob")}, "nobody comes in on a guess"
    await say_all(company)
    await company.settle()
    assert company.members("sales") == {user("ann"): JOIN, user("bob"): JOIN, user("dan"): JOIN}


async def test_a_group_of_before_that_was_archived_meanwhile_comes_back() -> None:
    company = await moved(SALES)
    await company.clock.advance(GRACE.total_seconds() + 1)
    await company.reconciler.look(keep=True)
    company.world = await company.reconciler.glance()
    assert company.world.facts.directory.groups["sales"].state is GroupState.ARCHIVED
    assert "n-sales" in company.world.facts.directory.groups, "the other one waits no more"
    await say_all(company)
    assert company.world.sameness.likely()
    world = await company.settle()
    assert world.facts.directory.groups["sales"].state is GroupState.ACTIVE
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {"group/sales"}


async def test_one_that_is_said_to_be_another_gets_its_own_room_and_may_be_the_one_of_before_no_more() -> None:
    company = household(directory(SALES), joins_directly=True)
    await company.settle()
    company.source.directory = renamed(SALES, people=False)
    await company.settle()
    assert await same_groups(company).say_other(["n-sales"]) == {}
    await company.settle()
    assert {"group/sales", "group/n-sales"} <= rooms(company).keys()
    with pytest.raises(InputError, match="has a room of its own already"):
        await same_groups(company).say_same([("sales", "n-sales")])


async def test_a_room_of_which_only_the_id_of_its_group_is_known_is_given_to_a_group_by_name() -> None:
    company = household(directory(SALES, DEAL), joins_directly=True)
    await company.settle()
    company.store.data.snapshots.clear()
    company.start()
    company.source.directory = renamed(SALES, DEAL)
    company.world = await company.reconciler.glance()
    assert company.world.sameness.alike == ()
    await same_groups(company).say_same([("sales", "n-sales"), ("deal", "n-deal")])
    assert (await company.settle()).plan.empty
    told = {one.compartment for one in company.store.data.audit.values() if one.kind == SAME}
    assert told == {OPEN, "deal"}


async def test_what_was_said_is_taken_back() -> None:
    company = await moved(SALES)
    await say_all(company)
    await company.settle()
    assert await same_groups(company).say_other(["n-sales"]) == {"n-sales": "sales"}
    company.world = await company.reconciler.glance()
    assert company.world.sameness.vanished == {"sales"}


async def test_a_third_source_takes_the_place_of_the_second() -> None:
    company = await moved(SALES)
    await say_all(company)
    await company.settle()
    company.source.directory = renamed(group("k-sales").called("Sales").owners("ann").members("ann", "bob", "cleo"))
    await company.settle()
    assert company.world is not None
    assert [(one.old, one.new) for one in company.world.sameness.likely()] == [("sales", "n-k-sales")]
    await say_all(company)
    assert (await company.settle()).plan.empty
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {"group/sales"}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("sales", "nowhere", "There is no group nowhere"),
        ("nowhere", "n-sales", "no group with a room that vanished"),
        ("sales", "sales", "has vanished from the directory itself"),
        ("sales", "n-deal", "Commands decided about n-deal already"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_of_it_counts(old: str, new: str, why: str) -> None:
    company = await moved(SALES, DEAL)
    policy = GroupPolicy(group="n-deal", values={"digest": False}, by=user("ann"), at=company.clock.now())
    async with company.store.work() as work:
        await work.policies.put(policy)
    with pytest.raises(InputError, match=why):
        await same_groups(company).say_same([("sales", "n-sales"), (old, new)])
    company.world = await company.reconciler.glance()
    assert company.world.sameness.said == {}


@pytest.mark.parametrize("at", [1, 2])
async def test_killed_while_it_is_said_all_of_it_counts_or_none(at: int) -> None:
    company = await moved(SALES, DEAL)
    company.fuse.steps, company.fuse.at = 0, at
    with pytest.raises(Killed):
        await say_all(company)
    company.start()
    world = await company.settle()
    assert len(world.sameness.said) == (2 if at == 2 else 0)
    await same_groups(company).say_same([("sales", "n-sales"), ("deal", "n-deal")] if at == 1 else [])
    assert (await company.settle()).plan.empty
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {"group/sales", "group/deal"}


CAFE = group("cafe").called("Café & thé").members("ann", "bob")


async def replaced(*, people: bool = True) -> Household:
    """A company whose source was replaced, which calls Café otherwise and has one more."""
    company = household(directory(SALES, CAFE, DEAL), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    company.source.directory = renamed(
        SALES, group("cafe").called("Café et thé").members("ann", "bob"), group("fresh").called("Fresh"), DEAL,
        people=people,
    )  # fmt: skip
    for _ in range(3):
        await company.settle()
    return company


async def test_a_group_that_is_called_otherwise_by_another_source_gets_no_second_room() -> None:
    company = await replaced()
    assert company.world is not None
    assert "group/n-cafe" not in rooms(company)
    assert set(company.members("cafe")) == {user("ann"), user("bob")}, "nobody is put out meanwhile"
    held = company.world.sameness.unpaired.held
    assert held == {"n-cafe", "n-fresh", "n-deal"}, "as if none that is hidden had been there"
    assert "groups-unclaimed" in {one.kind for one in company.world.findings}
    await say_all(company)
    await company.settle()
    assert "group/n-cafe" not in rooms(company), "what is said of others releases nobody"
    groups = same_groups(company)
    pair = groups.meant("café & THÉ", "Café et thé")
    assert pair == ("cafe", "n-cafe")
    await groups.say_same([pair])
    await company.settle()
    assert company.world.sameness.unpaired.held == frozenset()
    assert {ref for ref in rooms(company) if ref.startswith("group/")} == {
        f"group/{one}" for one in ("sales", "cafe", "deal", "n-fresh")
    }
    assert company.world.facts.directory.groups["cafe"].name.en == "Café et thé"
    assert (await company.settle()).plan.empty


async def test_all_that_are_others_are_said_in_one_go() -> None:
    company = await replaced(people=False)
    assert await same_groups(company).say_other(["n-cafe", "n-fresh"]) == {}
    await company.settle()
    assert {"group/cafe", "group/n-cafe", "group/n-fresh"} <= rooms(company).keys()


async def test_what_waits_goes_on_once_the_groups_of_before_are_archived() -> None:
    company = await replaced(people=False)
    await company.clock.advance(GRACE.total_seconds() + 1)
    await company.settle()
    assert "group/n-fresh" in rooms(company)


async def test_pairs_of_a_file_are_said_all_or_none_and_every_wrong_line_is_told() -> None:
    company = await replaced()
    pairs = [("sales", "n-sales"), ("cafe", "n-sales"), ("nowhere", "n-fresh")]
    with pytest.raises(InvalidInput) as caught:
        await same_groups(company).say_same(pairs, [Spot("pairs.csv", line) for line in (1, 2, 3)])
    told = [str(problem) for problem in caught.value.problems]
    assert told == [
        "pairs.csv:2: n-sales stands in two pairs.",
        "pairs.csv:3: nowhere is no group with a room that vanished from the directory.",
    ]
    company.world = await company.reconciler.glance()
    assert company.world.sameness.said == {}


async def test_who_joins_people_is_nobody_who_would_be_taken_out() -> None:
    company = await moved(SALES, STAFF)
    assert company.world is not None
    glance = await company.reconciler.looker.look(Errand(today=company.clock.now().date()))
    assert str(company.homeserver.service_user) in glance.joined[group_room("sales")]
    (sales,) = (one for one in glance.sameness.alike if one.old == "sales")
    assert (sales.here, sales.same) == (3, 3)


async def test_who_comes_later_into_a_room_whose_source_was_replaced_is_no_member_of_it() -> None:
    company = await replaced(people=False)
    others = {"deal": user("ann"), "cafe": user("cleo")}
    for group_id, who in others.items():
        room = company.homeserver.synapse.room(company.room(group_id))
        room.invite(BOT, who, None)
        room.join(who)
    await company.hear()
    for _ in range(3):
        await company.settle()
    assert {group_id: who for group_id, who in others.items() if who in company.members(group_id)} == {}


async def test_what_is_decided_of_a_room_whose_source_was_replaced_counts() -> None:
    cafe = CAFE.members("ann").having(membership=MembershipMode.BOTH)
    company = household(directory(SALES, cafe, DEAL), joins_directly=True, brake=Brake(max_removal_share=1.0))

    async def decide(*members: str) -> None:
        policy = GroupPolicy(group="cafe", values={"members": list(members)}, by=user("ann"), at=company.clock.now())
        async with company.store.work() as work:
            await work.policies.put(policy)

    await decide(user("bob"))
    await company.settle()
    company.source.directory = renamed(SALES, cafe.called("Café et thé"), DEAL, people=False)
    for _ in range(3):
        await company.settle()
    assert company.members("cafe").keys() == {user("ann"), user("bob")}
    await decide()
    for _ in range(3):
        await company.settle()
    assert company.members("cafe").keys() == {user("ann")}


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 9))
async def test_killed_when_a_replaced_source_is_first_seen_nobody_is_put_out(at: int) -> None:
    company = household(directory(SALES, CAFE, DEAL), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    company.source.directory = renamed(SALES, CAFE.called("Café et thé"), DEAL)
    company.fuse.steps, company.fuse.at = 0, at
    with pytest.raises(Killed):
        await company.settle()
    company.start()
    for _ in range(3):
        await company.settle()
    assert company.members("cafe").keys() == {user("ann"), user("bob")}
    async with company.store.view() as view:
        assert {one.key for one in await view.pending.open(LEFT)} == {"left-behind:cafe", "left-behind:deal"}
    await say_all(company)
    await same_groups(company).say_same([("cafe", "n-cafe")])
    await company.settle()
    async with company.store.view() as view:
        assert not await view.pending.open(LEFT), "forgotten with what waited"


async def test_owners_of_before_who_can_be_named_by_no_account_are_counted() -> None:
    company = household(directory(SALES.having(declared=frozenset({"owners"})), DEAL))
    await company.settle()
    company.source.directory = renamed(SALES.owners("cleo"), DEAL, people=False)
    world = await company.settle()
    groups = same_groups(company)
    change = groups.change(("sales", "n-sales"))
    assert change
    assert (change.lost, change.unnamed) == ({"owners": [user("ann")]}, 0)
    ann = replace(world.facts.directory.people["ann"], user="")
    people = {**world.facts.directory.people, "ann": ann}
    facts = replace(world.facts, directory=replace(world.facts.directory, people=people))
    change = replace(groups, world=replace(world, facts=facts)).change(("sales", "n-sales"))
    assert change
    assert (change.lost, change.unnamed) == ({}, 1)


async def test_who_led_a_room_by_the_source_of_before_goes_on_until_it_is_said_and_is_told() -> None:
    named = SALES.having(declared=frozenset({"owners"}))
    company = household(directory(named, DEAL), joins_directly=True, brake=Brake(max_removal_share=1.0))
    await company.settle()
    levels = company.homeserver.synapse.room(company.room("sales")).content("m.room.power_levels")
    company.source.directory = renamed(SALES.owners(), DEAL)
    for _ in range(4):
        await company.settle()
    after = company.homeserver.synapse.room(company.room("sales")).content("m.room.power_levels")
    assert after["users"] == levels["users"]
    change = same_groups(company).change(("sales", "n-sales"))
    assert change
    assert (change.lost, change.unnamed) == ({"owners": [user("ann")]}, 0)
