"""Decisions that wait for somebody else's word: whatever is killed in between, each is taken once and told once."""

from dataclasses import replace

import pytest

from bridge.domain.directory import GroupState
from bridge.domain.policy import Critical, Value
from bridge.domain.viewers import Viewer, alone
from bridge.ports.pending import Pending
from bridge.services.approvals import APPROVAL, Approvals, Need, handle_of
from bridge.services.decided import NotAllowed, Reserved
from bridge.services.doorstep import NOTICE, News, notice_in
from bridge.services.founding import propose_new
from tests.services.household import Household, Killed, household
from tests.world import directory, group, user

LUC, INES, OMAR, ANN = user("luc"), user("ines"), user("omar"), user("ann")


async def company() -> tuple[Household, Approvals]:
    house = household(
        directory(
            group("sales").owners("luc").members("luc", "ann"),
            group("board").hidden().owners("luc", "zoe").members("luc", "zoe"),
            people=["ines", "omar"],
        ),
        admins=frozenset({INES, OMAR}),
    )
    await house.settle()
    return house, Approvals(policies=replace(house.policies, critical=frozenset(Critical)))


async def asked(approvals: Approvals, name: str = "sales", *, by: str = LUC) -> Pending:
    proposal = await approvals.policies.propose_state(alone(by), name, GroupState.RETIRED)
    assert proposal is not None
    return await approvals.ask(proposal, Need.SECOND, asker=by, reason="over", origin="$asked")


async def decided(house: Household) -> list[str]:
    async with house.store.view() as view:
        found = await view.audit.recent(compartments=frozenset({""}), limit=99)
    return [one.kind for one in reversed(found) if one.kind.startswith(("decide", "approval"))]


async def news(house: Household) -> list[News]:
    async with house.store.view() as view:
        return [notice_in(item).news for item in await view.pending.open(NOTICE)]


async def test_asking_is_killed_anywhere_and_repeated_and_asks_once() -> None:
    for step in range(1, 9):
        house, approvals = await company()
        house.fuse.at, house.fuse.steps = step, 0
        try:
            await asked(approvals)
        except Killed:
            house.fuse.at = 0
            await asked(approvals)
        assert await news(house) == [News.CARD]
        assert await decided(house) == ["approval-asked"]


async def test_the_word_is_given_and_killed_anywhere_and_counts_once() -> None:
    killed = 0
    for step in range(1, 12):
        house, approvals = await company()
        item = await asked(approvals)
        house.fuse.at, house.fuse.steps = step, 0
        try:
            assert await approvals.accept(item, by=OMAR)
        except Killed:
            killed += 1
            house.fuse.at = 0
            await house.settle()  # the world may have moved on meanwhile, by this very decision
            assert await approvals.accept(item, by=OMAR)
        assert await decided(house) == ["approval-asked", "decide"]
        assert await news(house) == [News.CARD, News.GRANTED, News.CLOSED]
    assert killed > 2


async def test_whoever_asks_twice_by_one_event_asks_once_and_by_another_anew() -> None:
    house, approvals = await company()
    first = await asked(approvals)
    assert (await asked(approvals)).key == first.key
    assert [one.key for one in await approvals.waiting(alone(INES))] == [first.key]
    assert await approvals.waiting(alone(LUC)) == ()
    assert house.changes


async def test_those_who_may_answer_are_told_and_nobody_else() -> None:
    _, approvals = await company()
    assert approvals.answerers(await asked(approvals)) == (INES, OMAR)
    assert approvals.answerers(replace(await asked(approvals), asker=INES)) == (LUC, OMAR)
    _, approvals = await company()
    assert approvals.answerers(await asked(approvals, "board")) == (user("zoe"),)


async def test_a_question_is_found_only_where_it_may_be_known() -> None:
    _, approvals = await company()
    item = await asked(approvals, "board")
    zoe = user("zoe")
    assert await approvals.find(alone(zoe), handle_of(item).upper()) == item
    for viewer in (alone(INES), alone(LUC), Viewer(asker=zoe, readers=frozenset({zoe, INES}))):
        assert await approvals.find(viewer, handle_of(item)) is None
        assert await approvals.waiting(viewer) == ()


async def test_a_wish_for_a_hidden_group_is_answered_where_nobody_reads_along() -> None:
    _, approvals = await company()
    values: dict[str, Value] = {"name": "Falcon", "visibility": "hidden"}
    with pytest.raises(Reserved) as reserved:
        await propose_new(approvals.policies, alone(ANN), values=values, origin="$wish")
    wish = reserved.value.proposal
    item = await approvals.ask(wish, Need.ADMIN, asker=ANN, reason="", origin="$wish")
    together = Viewer(asker=INES, readers=frozenset({INES, OMAR}))
    assert await approvals.find(together, handle_of(item)) is None
    assert await approvals.find(alone(INES), handle_of(item)) is not None
    assert not await approvals.may_answer(item, ANN)
    assert not await approvals.may_answer(item, LUC)


async def test_without_anybody_to_answer_nothing_is_asked() -> None:
    house, approvals = await company()
    house.society.admins = frozenset()
    with pytest.raises(NotAllowed, match="there is nobody"):
        await asked(approvals)
    async with house.store.view() as view:
        assert await view.pending.open(APPROVAL) == []
