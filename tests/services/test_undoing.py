"""Undoing a run takes back the decisions that led to it, and nothing that would come again; what rooms become stays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.kit.rendering import Renderer
from bridge.domain.directory import GroupState, MembershipMode, Visibility
from bridge.domain.policy import Critical, Value
from bridge.domain.rooms import Membership
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.rules.reverting import PastDecision
from bridge.services.decided import NotAllowed
from bridge.services.undone import COMMAND_LINE as BY_COMMAND_LINE
from bridge.services.undone import Undo, runs_document, undo_document
from tests.services.household import Household, Killed, household
from tests.services.talking import CATALOGUES
from tests.world import AGroup, directory, group, partner, user

CLAIRE, INES, OMAR, LUC = user("claire"), user("ines"), user("omar"), user("luc")
MALLORY = "@mallory:evil.example"


async def company(**options: object) -> Household:
    owned = AGroup(replace(group("project").owners("claire").value, membership=MembershipMode.OWNERS))
    house = household(
        directory(
            group("sales").owners("claire").members("claire", "ann"),
            group("quartz").hidden().owners("claire").members("claire", "ines"),
            owned,
            people=["luc", "omar"],
        ),
        admins=frozenset({INES, OMAR}),
        **options,
    )
    await settle(house)
    return house


def later(house: Household) -> None:
    house.clock.set(house.clock.now() + timedelta(minutes=1))


async def settle(house: Household) -> None:
    """Pass after pass, as the watch does it, until nothing is left to do."""
    await house.settle()
    later(house)
    house.world = await house.reconciler.look()


async def decide(
    house: Household, about: str, values: Mapping[str, Value], *, by: str = CLAIRE, unset: frozenset[str] = frozenset()
) -> None:
    proposal = await house.policies.propose(alone(by), about, values, unset)
    assert proposal is not None
    await house.policies.take(proposal, actor=by, origin=f"${len(house.store.data.audit)}")
    later(house)
    await settle(house)


async def last_run(house: Household, viewer: Viewer = COMMAND_LINE) -> str:
    assert house.world is not None
    return (await house.undoing.runs(viewer, house.world))[0].id


async def shown(house: Household, run: str = "", viewer: Viewer = COMMAND_LINE) -> Undo:
    undo = await house.undoing.show(viewer, run or await last_run(house))
    assert undo is not None
    return undo


async def undone(house: Household, run: str = "", *, origin: str = "$undo") -> Undo:
    """Undo, as a command does it; then a pass finds nothing to do."""
    undo = await shown(house, run)
    assert not undo.empty
    await house.undoing.take_back(undo, actor=INES, origin=origin)
    if not undo.plan.empty:
        result = await house.reconciler.apply(undo.then, undo.plan, actor=INES, origin=origin)
        assert result.complete
    later(house)
    assert (await house.reconciler.look()).plan.empty
    await settle(house)
    return undo


def visibility(house: Household, about: str = "sales") -> Visibility:
    assert house.world is not None
    return house.world.facts.directory.groups[about].visibility


def door(house: Household, about: str = "sales") -> object:
    return house.homeserver.synapse.room(house.room(about)).content("m.room.join_rules")


def stays(undo: Undo) -> list[str]:
    return [str(reason) for reason, _ in undo.stays]


async def test_a_decision_is_taken_back_and_the_rooms_become_what_they_were() -> None:
    house = await company()
    closed = door(house)
    await decide(house, "sales", {"visibility": "public"})
    assert (visibility(house), door(house) == closed) == (Visibility.PUBLIC, False)
    undo = await undone(house)
    assert [one.field for one in undo.back] == ["visibility"]
    assert undo.stays == ()
    assert (visibility(house), door(house)) == (Visibility.INVITE_ONLY, closed)


async def test_who_was_added_goes_and_whom_others_added_since_stays() -> None:
    house = await company()
    await decide(house, "project", {"members": [LUC]})
    first = await last_run(house)
    await decide(house, "project", {"members": [LUC, OMAR]})
    undo = await undone(house, first)
    assert house.members("project").keys() == {CLAIRE, OMAR}
    assert [one.added for one in undo.back] == [(LUC,)]


async def test_what_the_directory_asks_for_is_not_undone_and_the_reason_is_told() -> None:
    house = await company()
    undo = await shown(house)
    assert undo.empty
    assert undo.plan.empty
    assert "The directory lists them in the group." in stays(undo)
    text = str(undo_document(undo, command="!undo"))
    assert "Nothing of it can be undone by command." in text


async def test_of_a_run_that_had_both_only_the_decision_is_taken_back() -> None:
    house = await company()
    source = house.source.directory
    sales = replace(source.groups["sales"], members=("claire", "ann", "omar"))
    proposal = await house.policies.propose(alone(CLAIRE), "project", {"members": [LUC]})
    assert proposal is not None
    await house.policies.take(proposal, actor=CLAIRE, origin="$1")
    house.source.directory = replace(source, groups={**source.groups, "sales": sales})
    await settle(house)
    undo = await undone(house)
    assert stays(undo) == ["The directory lists them in the group."]
    assert OMAR in house.members("sales")
    assert LUC not in house.members("project")


async def test_that_a_stranger_was_removed_is_not_undone() -> None:
    house = await company()
    async with house.store.work() as work:
        await work.rooms.note_members(house.room("sales"), {MALLORY: (Membership.JOIN, True)}, at=house.clock.now())
    await settle(house)
    undo = await shown(house)
    assert undo.empty
    assert stays(undo) == ["They belong neither to the company nor to a partner of it."]


async def test_what_was_decided_otherwise_since_stays() -> None:
    house = await company()
    await decide(house, "sales", {"visibility": "public"})
    first = await last_run(house)
    await decide(house, "sales", {"visibility": "invite-only"})
    undo = await shown(house, first)
    assert undo.empty
    assert [one.field for one in undo.kept] == ["visibility"]
    assert "decided otherwise since" in str(undo_document(undo, command="!undo"))


async def test_a_group_that_is_gone_is_told_by_the_name_that_it_was_given() -> None:
    house = await company()
    await decide(house, "sales", {"visibility": "public"})
    undo, at = await shown(house), house.clock.now()
    named = PastDecision(
        id="2", group="x7k2q", field="name", by=user("ann"), at=at, after=({"fr": "Thé", "en": "Tea"},)
    )
    made = PastDecision(id="1", group="x7k2q", field="created", by=user("ann"), at=at, settled=True)
    words = str(undo_document(replace(undo, kept=(named, made)), command="!undo"))
    assert "Tea" in words
    assert "x7k2q" not in words
    nameless = str(undo_document(replace(undo, kept=(made,)), command="!undo"))
    assert "a group that is gone" in nameless
    assert "x7k2q" not in nameless


async def test_an_archived_group_is_open_again() -> None:
    house = await company()
    open_door = door(house)
    await decide(house, "sales", {"state": "archived"})
    assert house.world is not None
    assert house.world.facts.directory.groups["sales"].state is GroupState.ARCHIVED
    undo = await undone(house)
    assert [one.field for one in undo.back] == ["state"]
    assert door(house) == open_door


@pytest.mark.parametrize("values", [{"state": "retired"}, {"visibility": "hidden"}])
async def test_what_took_a_room_away_is_undone_with_a_room(values: Mapping[str, Value]) -> None:
    house = await company()
    people = house.members("sales").keys()
    await decide(house, "sales", values, by=INES)
    await undone(house)
    assert house.members("sales").keys() == people
    assert visibility(house) is Visibility.INVITE_ONLY


async def test_undoing_can_be_undone() -> None:
    house = await company()
    await decide(house, "sales", {"visibility": "public"})
    await undone(house)
    undo = await undone(house, origin="$again")
    assert [one.field for one in undo.back] == ["visibility"]
    assert visibility(house) is Visibility.PUBLIC


async def test_a_decision_without_rooms_to_change_is_taken_back_with_the_run_that_came_next() -> None:
    house = await company()
    await decide(house, "sales", {"welcome": "Hello"})
    await decide(house, "sales", {"visibility": "public"})
    undo = await shown(house)
    assert {one.field for one in undo.back} == {"visibility", "welcome"}


async def test_a_later_run_that_finished_what_a_decision_began_takes_it_back_too() -> None:
    house = await company()
    proposal = await house.policies.propose(alone(CLAIRE), "sales", {"visibility": "public", "posting": "owners"})
    assert proposal is not None
    await house.policies.take(proposal, actor=CLAIRE, origin="$1")
    later(house)
    world = await house.reconciler.look()
    part = world.plan.parts[0]
    for actions in (part.actions[:1], part.actions[1:]):
        await house.reconciler.apply(world, replace(world.plan, parts=(replace(part, actions=actions),)))
        later(house)
    await settle(house)
    undo = await shown(house)
    assert {one.field for one in undo.back} == {"visibility", "posting"}


async def test_the_event_that_undoes_is_handled_twice_and_takes_back_once() -> None:
    house = await company()
    await decide(house, "project", {"members": [LUC]})
    undo = await shown(house)
    await house.undoing.take_back(undo, actor=INES, origin="$undo")
    edition = house.store.data.policies
    await house.undoing.take_back(undo, actor=INES, origin="$undo")
    assert house.store.data.policies == edition
    assert await house.undoing.begun("$undo")
    assert not await house.undoing.begun("$other")


@pytest.mark.slow
@pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 8, 12])
async def test_a_crash_while_undoing_leaves_a_world_that_the_next_looks_put_right(step: int) -> None:
    house = await company()
    await decide(house, "sales", {"posting": "owners"})
    await decide(house, "project", {"members": [LUC]})
    undo = await shown(house)
    house.fuse.at = house.fuse.steps + step

    async def undo_it() -> None:
        await house.undoing.take_back(undo, actor=INES, origin="$undo")
        await house.reconciler.apply(undo.then, undo.plan, actor=INES, origin="$undo")

    with pytest.raises((Killed, BaseExceptionGroup)):
        await undo_it()
    house.start()
    later(house)  # the lease of the process that died runs out
    await settle(house)
    again = await shown(house, undo.run.id)
    if not again.empty:
        await house.undoing.take_back(again, actor=INES, origin="$undo")
        await settle(house)
    await settle(house)
    assert house.members("project").keys() == {CLAIRE}
    assert (await house.reconciler.look()).plan.empty


async def test_runs_of_hidden_groups_are_unknown_to_who_is_no_member_and_count_for_nobody_else() -> None:
    house = await company()
    assert house.world is not None
    viewer, member = alone(OMAR), alone(INES)
    (first,) = await house.undoing.runs(viewer, house.world)
    (whole,) = await house.undoing.runs(member, house.world)
    assert first.id == whole.id
    assert first.changes < whole.changes
    await decide(house, "quartz", {"posting": "owners"})
    secret = await last_run(house)
    assert [one.id for one in await house.undoing.runs(viewer, house.world)] == [first.id]
    assert await house.undoing.show(viewer, secret) is None
    assert await house.undoing.show(viewer, "nosuchrun") is None
    undo = await house.undoing.show(member, secret)
    assert undo is not None
    assert [one.group for one in undo.back] == ["quartz"]
    (told, *_) = await house.undoing.runs(alone(CLAIRE), house.world)
    assert told.id == secret


async def test_who_reads_along_decides_what_is_told_of_runs() -> None:
    house = await company()
    assert house.world is not None
    await decide(house, "quartz", {"posting": "owners"})
    in_company = Viewer(asker=INES, readers=frozenset({INES, OMAR}))
    assert len(await house.undoing.runs(in_company, house.world)) == 1
    assert await house.undoing.show(in_company, await last_run(house)) is None


async def test_of_a_group_that_became_hidden_an_old_run_tells_nothing_to_who_is_no_member() -> None:
    house = await company()
    await decide(house, "sales", {"posting": "owners"})
    run = await last_run(house)
    proposal = await house.policies.propose(COMMAND_LINE, "sales", {"visibility": "hidden"})
    assert proposal is not None
    await house.policies.take(proposal, actor="", origin="$hide")
    await settle(house)
    undo = await shown(house, run, alone(OMAR))
    assert undo.empty
    assert (undo.kept, undo.stays) == ((), ())
    assert "sales" not in str(undo_document(undo, command="!undo")).casefold()


async def test_runs_are_listed_with_who_applied_them() -> None:
    house = await company()
    assert house.world is not None
    text = str(runs_document(await house.undoing.runs(COMMAND_LINE, house.world), undo="parvis undo"))
    assert "by the bridge itself" in text
    assert await last_run(house) in text


async def test_runs_are_listed_with_the_groups_that_they_changed_and_who_decided_it() -> None:
    house = await company()
    await decide(house, "quartz", {"posting": "owners"})
    await decide(house, "sales", {"posting": "owners"})
    assert house.world is not None
    last, hidden, *_ = await house.undoing.runs(COMMAND_LINE, house.world)
    assert ([str(one.en) for one in last.groups], last.deciders) == (["Sales"], (CLAIRE,))
    assert [str(one.en) for one in hidden.groups] == ["Quartz"]
    seen = await house.undoing.runs(alone(OMAR), house.world)
    assert "Quartz" not in str(runs_document(seen, undo="!undo"))
    [page] = Renderer(CATALOGUES).pages(runs_document(seen, undo="!undo"), "en")
    assert f"Sales, decided by {CLAIRE}, 1 change" in page.body


async def test_what_takes_a_second_person_is_not_undone_by_one() -> None:
    house = await company()
    house.undoing = replace(house.undoing, critical=frozenset(Critical))
    await decide(house, "sales", {"visibility": "hidden"}, by=INES)
    undo = await shown(house)
    with pytest.raises(NotAllowed, match="takes a second person"):
        await house.undoing.take_back(undo, actor=INES, origin="$undo")
    await house.undoing.take_back(undo, actor=BY_COMMAND_LINE, origin="$undo")


async def test_what_was_decided_about_a_partner_is_named_and_stays_and_a_grant_is_taken_back() -> None:
    house = household(
        directory(group("sales").owners("claire").members("claire"), partners=[partner("acme", sponsor="claire")],
                  people=["luc"]),
        admins=frozenset({INES}),
    )  # fmt: skip
    await settle(house)
    proposal = await house.partnerships.propose(alone(CLAIRE), "acme", {"deputy": LUC})
    assert proposal is not None
    await house.partnerships.take(proposal, actor=CLAIRE, origin="$deputy")
    later(house)
    await settle(house)
    undo = await shown(house)
    [page, *_] = Renderer(CATALOGUES).pages(undo_document(undo, command="!undo"), "en")
    assert "deputy of the partner Acme was decided: decide it again, by partner set, partner unset." in page.body
    await decide(house, "sales", {"partners": ["acme"]})
    assert (await shown(house)).partners == ()
    undo = await undone(house)
    assert [one.field for one in undo.back] == ["partners"]
    assert house.world is not None
    assert house.world.facts.directory.groups["sales"].partners == ()
