"""Decisions about groups: who may take which, what is said first, what is stored, and that rooms follow."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.domain.directory import GroupState, Visibility
from bridge.domain.errors import InputError, ParvisError
from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy, Template
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.ports.policies import PolicyReading
from bridge.rules.decisions import Pinned
from bridge.rules.fields import BadValue
from bridge.services.decided import NotAllowed, Proposal
from bridge.services.founding import propose_new
from bridge.services.looking import Here
from bridge.services.policies import Policies
from bridge.services.ruling import PolicyKeeper
from tests.services.household import Household, household
from tests.world import AGroup, directory, group, partner, user

ANN, BOB, INES = alone(user("ann")), alone(user("bob")), alone(user("ines"))
OPEN_ROOM = Viewer(asker=user("ann"), everyone=True)
FILES = {True: "policies.yaml", False: "directory.yaml"}


class Rules:
    """A policy file that the test writes by hand."""

    async def read(self) -> PolicyReading:
        deal = Template(name=Text.same("Deal"), values={"visibility": "hidden", "welcome": "Hush"})
        return PolicyReading(policy=FilePolicy(templates={"deal-room": deal}), stamp="1")


class Company:
    """A household with policies."""

    def __init__(self, house: Household) -> None:
        self.house = house
        self.asked = 0
        here = house.reconciler.looker
        assert isinstance(here, Here)
        keeper = PolicyKeeper(source=Rules(), store=house.store, clock=house.clock)
        house.reconciler = replace(house.reconciler, looker=replace(here, policies=keeper))
        self.policies = Policies(
            society=house.society,
            store=house.store,
            reconciler=house.reconciler,
            clock=house.clock,
            chance=house.chance,
            changed=self._ask,
            files=FILES,
            rules=keeper,
        )

    def _ask(self) -> None:
        self.asked += 1

    async def take(self, proposal: Proposal | None, *, actor: str = user("ann"), origin: str = "$1") -> None:
        assert proposal is not None
        await self.policies.take(proposal, actor=actor, origin=origin)
        await self.house.settle()

    def groups(self) -> list[Any]:
        assert self.house.world is not None
        return list(self.house.world.facts.directory.groups.values())

    def group(self, group_id: str) -> Any:
        assert self.house.world is not None
        return self.house.world.facts.directory.groups[group_id]


@pytest.fixture
async def company() -> Company:
    declared = AGroup(replace(group("fixed").owners("ann").value, declared=frozenset({"name", "visibility"})))
    house = household(
        directory(
            group("sales").owners("ann").members("ann", "bob"),
            group("board").hidden().owners("ann").members("ann", "cleo"),
            declared,
            partners=[partner("acme")],
            people=["ines"],
        ),
        joins_directly=True,
    )
    company = Company(house)
    await house.settle()
    return company


async def test_an_owner_decides_and_the_room_follows(company: Company) -> None:
    proposal = await company.policies.propose(ANN, "sales", {"posting": "owners"})
    assert proposal is not None
    assert not proposal.reasons
    assert [str(effect) for effect in proposal.effects] == ["Owners and moderators write, everybody reads."]
    await company.take(proposal)
    assert company.group("sales").posting == "owners"
    assert company.asked == 1
    policy = company.house.store.data.policies["sales"]
    assert (policy.values, policy.by) == ({"posting": "owners"}, user("ann"))


async def test_what_opens_is_asked_first_and_says_who_reads_the_past(company: Company) -> None:
    proposal = await company.policies.propose(ANN, "sales", {"visibility": "public"})
    assert proposal is not None
    said = [str(reason) for reason in proposal.reasons]
    assert said == [
        "Everyone of its audience finds it and may join.",
        "All that was said in Sales so far becomes readable to 2 more employees, who may come in now.",
    ]
    assert proposal.changes
    assert company.group("sales").visibility is Visibility.INVITE_ONLY
    assert not company.house.store.data.policies
    secret = await company.policies.propose(ANN, "board", {"visibility": "invite-only"})
    assert secret is not None
    assert "stays closed to whoever comes in later" in str(secret.reasons[1])


async def test_unknown_and_hidden_groups_are_the_same_nothing(company: Company) -> None:
    for viewer in (BOB, INES, OPEN_ROOM):
        for text in ("board", "nowhere"):
            assert await company.policies.propose(viewer, text, {"posting": "owners"}) is None
            assert company.policies.find(viewer, text) is None


async def test_whoever_knows_a_group_and_does_not_own_it_is_told_who_decides(company: Company) -> None:
    with pytest.raises(NotAllowed, match="owners and administrators"):
        await company.policies.propose(BOB, "sales", {"posting": "owners"})
    assert await company.policies.propose(INES, "sales", {"posting": "owners"}) is not None
    assert await company.policies.propose(COMMAND_LINE, "board", {"posting": "owners"}) is not None


async def test_what_a_file_says_is_refused_with_its_name(company: Company) -> None:
    with pytest.raises(Pinned, match=r"directory\.yaml says the visibility of Fixed"):
        await company.policies.propose(ANN, "fixed", {"visibility": "public"})
    assert await company.policies.propose(ANN, "fixed", {"posting": "owners"}) is not None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("visibility", "blue", "may be one of"),
        ("listed", "yes", "Only a public group can be listed"),
        ("owners", ["@eve:elsewhere.example"], "nobody of the company"),
        ("parent", "nowhere", "There is no group nowhere."),
        ("parent", "sales", "stand above itself"),
        ("partners", ["acne"], "There is no partner acne."),
        ("template", "nothing", "There is no template nothing."),
        ("members", ["ann"], "The directory alone says who belongs"),
    ],
)
async def test_what_cannot_be_is_refused_before_it_is_stored(
    company: Company, name: str, value: Any, sentence: str
) -> None:
    with pytest.raises(BadValue, match=sentence):
        await company.policies.propose(ANN, "sales", {name: value})


async def test_a_group_above_that_the_asker_may_not_know_is_one_that_does_not_exist(company: Company) -> None:
    for viewer, text in ((INES, "board"), (INES, "nowhere")):
        with pytest.raises(BadValue, match=f"There is no group {text}"):
            await company.policies.propose(viewer, "sales", {"parent": text})
    with pytest.raises(BadValue, match="A hidden group stands above no other"):
        await company.policies.propose(ANN, "sales", {"parent": "board"})


async def test_a_template_decides_what_nobody_else_does(company: Company) -> None:
    with pytest.raises(NotAllowed, match="hidden groups are made by administrators"):
        await company.policies.propose(ANN, "sales", {"template": "deal-room"})
    await company.take(await company.policies.propose(INES, "sales", {"template": "deal-room"}))
    sales = company.group("sales")
    assert (sales.visibility, sales.welcome) == (Visibility.HIDDEN, Text.same("Hush"))
    await company.take(await company.policies.propose(ANN, "sales", {}, frozenset({"template"})), origin="$2")
    assert company.group("sales").visibility is Visibility.INVITE_ONLY


async def test_only_who_may_make_hidden_groups_hides_one(company: Company) -> None:
    with pytest.raises(NotAllowed, match="made by administrators alone"):
        await company.policies.propose(ANN, "sales", {"visibility": "hidden"})
    assert await company.policies.propose(INES, "sales", {"visibility": "hidden"}) is not None


async def test_people_are_named_and_taken_out_again(company: Company) -> None:
    await company.take(await company.policies.propose_naming(ANN, "sales", "owners", "bob", present=True))
    assert company.group("sales").owners == ("ann", "bob")
    await company.take(
        await company.policies.propose_naming(ANN, "sales", "owners", user("ann"), present=False), origin="$2"
    )
    assert company.group("sales").owners == ("bob",)
    await company.take(await company.policies.propose(BOB, "sales", {"membership": "both"}), origin="$3")
    await company.take(
        await company.policies.propose_naming(BOB, "sales", "members", "ines", present=True), origin="$4"
    )
    assert company.group("sales").members == ("ann", "bob", "ines")
    assert user("ines") in company.house.members("sales")


async def test_a_group_is_archived_reopened_and_retired(company: Company) -> None:
    for number, state in enumerate((GroupState.ARCHIVED, GroupState.ACTIVE, GroupState.RETIRED)):
        proposal = await company.policies.propose_state(ANN, "sales", state)
        assert proposal is not None
        assert bool(proposal.reasons) is (state is not GroupState.ACTIVE)
        await company.take(proposal, origin=f"${number}")
        assert company.group("sales").state is state


async def test_a_repeated_event_decides_once_and_is_audited_once(company: Company) -> None:
    proposal = await company.policies.propose(ANN, "board", {"language": "fr"})
    await company.take(proposal)
    later = await company.policies.propose(ANN, "board", {"language": "en"})
    await company.take(later, origin="$2")
    await company.take(proposal)
    assert company.group("board").language == "en"
    async with company.house.store.view() as view:
        told = await view.audit.recent(compartments=frozenset({"board"}), limit=9)
    decisions = [entry for entry in told if entry.kind == "decide"]
    assert [entry.detail.get("before") for entry in decisions] == ["fr", None]
    assert [entry.detail.get("after") for entry in decisions] == ["en", "fr"]


async def test_a_sales_director_makes_a_group_alone(company: Company) -> None:
    values = {"name": "Projet Été", "visibility": "public"}
    proposal = await propose_new(company.policies, ANN, values=dict(values), origin="$1")
    made = proposal.after.id
    assert made.startswith("projet-ete-")
    await company.take(proposal)
    assert company.group(made).owners == ("ann",)
    assert user("ann") in company.house.members(made)
    again = await propose_new(company.policies, ANN, values=dict(values), origin="$1")
    assert again.after.id == made
    with pytest.raises(InputError, match="There is a group called Projet Été already"):
        await propose_new(company.policies, BOB, values=dict(values), origin="$2")


async def test_a_name_that_a_hidden_group_has_is_free(company: Company) -> None:
    with_it = await propose_new(company.policies, BOB, values={"name": "Board"}, origin="$1")
    assert with_it.after.id.startswith("board-")


async def test_who_may_make_which_group_is_policy(company: Company) -> None:
    hidden: dict[str, Any] = {"name": "Falcon", "visibility": "hidden"}
    with pytest.raises(NotAllowed):
        await propose_new(company.policies, BOB, values=hidden, origin="$1")
    assert (await propose_new(company.policies, INES, values=hidden, origin="$1")).after.visibility == "hidden"
    aloud = Viewer(asker=user("ines"), readers=frozenset({user("ines"), user("bob")}))
    with pytest.raises(ParvisError, match="conversation with me alone"):
        await propose_new(company.policies, aloud, values=hidden, origin="$1")
    with pytest.raises(NotAllowed):
        await propose_new(company.policies, alone("@bob:acme.example"), values={"name": "Ours"}, origin="$1")


async def test_a_group_with_others_below_it_is_not_moved_below_delegates_by_its_owner(company: Company) -> None:
    source = company.house.source.directory
    more = directory(
        group("trade").having(delegates=("cleo",)),
        group("emea").owners("bob").having(parent="sales"),
        people=["cleo", "bob"],
    )
    company.house.source.directory = replace(
        source, groups={**source.groups, **more.groups}, people={**source.people, **more.people}
    )
    await company.house.settle()
    with pytest.raises(NotAllowed, match="Other groups are below Sales"):
        await company.policies.propose(ANN, "sales", {"parent": "trade"})
    with pytest.raises(NotAllowed, match="What stands below Trade is decided by"):
        await company.policies.propose(BOB, "emea", {"parent": "trade"})
    assert await company.policies.propose(BOB, "emea", {"parent": ""}) is not None
    assert await company.policies.propose(INES, "sales", {"parent": "trade"}) is not None


async def test_who_opens_a_public_group_again_is_told_first_whose_eyes_its_past_opens_to(company: Company) -> None:
    await company.take(await company.policies.propose(ANN, "sales", {"visibility": "public"}))
    await company.take(await company.policies.propose_state(ANN, "sales", GroupState.ARCHIVED), origin="$2")
    proposal = await company.policies.propose_state(ANN, "sales", GroupState.ACTIVE)
    assert proposal is not None
    assert [str(reason) for reason in proposal.reasons] == [
        "All that was said in Sales so far becomes readable to 2 more employees, who may come in now."
    ]
