"""Asking to be let in: by command or by knocking, answered once, and ended when nobody answers."""

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest

from bridge.domain.directory import Directory, GroupState, JoinRequests, MembershipMode
from bridge.domain.rooms import Absence, Membership, group_room
from bridge.domain.viewers import Viewer, alone
from bridge.ports.pending import Pending
from bridge.services.doorstep import JOIN_REQUEST, NOTICE, TURNED_AWAY, News, Notice, handle_of, notice_in
from bridge.services.requests import LASTS, Asked, Entry
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, Killed, household
from tests.world import AGroup, directory, group, partner, user

JOIN, INVITE, KNOCK = Membership.JOIN, Membership.INVITE, Membership.KNOCK
CLAIRE, LUC, BOB, INES = user("claire"), user("luc"), user("bob:acme.example"), user("ines")


def deal(mode: MembershipMode = MembershipMode.BOTH, requests: JoinRequests = JoinRequests.BOT) -> AGroup:
    made = group("deal").owners("claire").admits("acme").value
    return AGroup(replace(made, membership=mode, requests=requests))


def company(*groups: AGroup) -> Directory:
    acme = partner("acme", servers=["acme.example"], sponsor="claire")
    return directory(*groups, partners=[acme], people=["luc", "eve", "ines"])


async def living(*groups: AGroup) -> Household:
    house = household(company(*groups or (deal(),)))
    await house.settle()
    await house.hear()
    await house.settle()
    return house


def room(house: Household) -> FakeRoom:
    return house.homeserver.synapse.rooms[house.room("deal")]


async def join(house: Household, who: str, name: str = "deal", origin: str = "$ask", reason: str = "") -> Asked:
    asked = await house.requests.join(alone(who), name, reason=reason, origin=origin)
    assert asked is not None
    return asked


async def notices(house: Household) -> list[Notice]:
    async with house.store.view() as view:
        return [notice_in(item) for item in await view.pending.open(NOTICE)]


async def told(house: Household) -> list[tuple[str, News]]:
    return [(one.to, one.news) for one in await notices(house)]


async def request(house: Household) -> Pending:
    async with house.store.view() as view:
        (item,) = await view.pending.open(JOIN_REQUEST)
    return item


async def answer(house: Household, item: Pending, word: str) -> None:
    async with house.store.work() as work:
        await work.pending.settle(item.key, f"{word} $answer", house.clock.now())


def audited(house: Household) -> list[str]:
    kinds = {"request", "request-refused", "request-expired", "decide"}
    return [one.kind for one in house.store.data.audit.values() if one.kind in kinds]


async def test_a_request_reaches_the_owners_once_and_asking_again_shows_that_it_waits() -> None:
    house = await living()
    assert (await join(house, LUC, reason=" I sell\nthere. ")).entry is Entry.ASKED
    assert (await join(house, LUC, reason="again")).entry is Entry.ASKED  # the same event, once more
    later = await join(house, LUC, origin="$later")
    item = await request(house)
    assert (later.entry, later.since) == (Entry.WAITING, item.created_at)
    assert item.document == {"group": "deal", "reason": "I sell there.", "knock": False}
    assert await told(house) == [(CLAIRE, News.CARD)]
    assert audited(house) == ["request"]


async def test_a_group_without_owners_asks_the_administrators() -> None:
    nobodys = AGroup(replace(deal().value, owners=()))
    house = await living(nobodys)
    await join(house, LUC)
    assert await told(house) == [(INES, News.CARD)]


async def test_who_is_accepted_belongs_to_the_group_from_then_on_and_is_told() -> None:
    house = await living()
    for who in (LUC, BOB):
        await join(house, who, origin=f"${who}")
        item = await request(house)
        await answer(house, item, "yes")
        assert await house.requests.accept(item, by=CLAIRE, origin=f"$yes{who}")
    await house.settle()
    assert house.members("deal") == {CLAIRE: INVITE, LUC: INVITE, BOB: INVITE}
    assert [one for one in await told(house) if one[1] is not News.CARD] == [
        (LUC, News.ACCEPTED),
        ("", News.CLOSED),
        (BOB, News.ACCEPTED),
        ("", News.CLOSED),
    ]
    assert audited(house) == ["request", "decide", "request", "decide"]


async def test_who_is_refused_is_told_the_reason_and_may_ask_again() -> None:
    house = await living()
    await join(house, LUC)
    item = await request(house)
    for _ in range(2):  # a repeated event
        await answer(house, item, "no")
        await house.requests.refuse(item, by=CLAIRE, origin="$no", reason="Full.")
    assert [(one.to, one.news, one.reason) for one in await notices(house)][1:] == [
        (LUC, News.REFUSED, "Full."),
        ("", News.CLOSED, ""),
    ]
    assert audited(house) == ["request", "request-refused"]
    assert (await join(house, LUC, origin="$again")).entry is Entry.ASKED


async def test_a_request_that_nobody_answers_ends_after_its_time() -> None:
    house = await living()
    await join(house, LUC)
    await house.tidying.go()
    assert (await request(house)).asker == LUC
    await house.clock.advance(LASTS.total_seconds() + 1)
    await house.tidying.go()
    assert [one for one in await told(house) if one[1] is not News.CARD] == [(LUC, News.EXPIRED), ("", News.CLOSED)]
    await house.tidying.go()
    assert audited(house) == ["request", "request-expired"]


async def test_an_answer_just_before_the_end_is_not_overruled_by_it() -> None:
    house = await living()
    await join(house, LUC)
    item = await request(house)
    await answer(house, item, "yes")
    await house.requests.expire(item)
    assert await told(house) == [(CLAIRE, News.CARD)]


async def test_who_was_added_meanwhile_need_not_be_answered() -> None:
    house = await living()
    await join(house, LUC)
    house.source.directory = company(AGroup(replace(deal().value, members=("luc",))))
    await house.settle()
    await house.tidying.go()
    assert [one for one in await told(house) if one[1] is not News.CARD] == [(LUC, News.ACCEPTED), ("", News.CLOSED)]
    async with house.store.view() as view:
        assert not await view.pending.open(JOIN_REQUEST)


@pytest.mark.parametrize(
    ("made", "entry"),
    [
        (deal(MembershipMode.DIRECTORY), Entry.DIRECTORY),
        (deal(requests=JoinRequests.NONE), Entry.CLOSED),
        (AGroup(replace(deal().value, state=GroupState.ARCHIVED)), Entry.CLOSED),
    ],
)
async def test_where_nobody_may_let_them_in_they_are_told_whom_to_ask(made: AGroup, entry: Entry) -> None:
    house = await living(made)
    asked = await join(house, LUC)
    assert (asked.entry, asked.whom) == (entry, (CLAIRE,))
    assert await told(house) == []


async def test_a_public_group_invites_whoever_asks_at_once() -> None:
    house = await living(group("news").public().owners("claire"))
    for _ in range(2):
        assert (await join(house, LUC, "news")).entry is Entry.INVITED
    assert house.members("news")[LUC] is INVITE
    assert [one.actor for one in house.store.data.audit.values() if one.kind == "invite"] == [LUC]
    await house.settle()
    assert house.members("news")[LUC] is INVITE


async def test_who_belongs_to_the_group_and_left_is_let_in_again_when_they_ask() -> None:
    house = await living(AGroup(replace(deal(MembershipMode.DIRECTORY).value, members=("luc",))))
    room(house).leave(LUC)
    await house.hear()
    await house.settle()
    assert house.store.data.projection[group_room("deal")].out == {LUC: Absence.LEFT}
    assert (await join(house, LUC)).entry is Entry.INVITED
    await house.settle()
    assert house.members("deal")[LUC] is INVITE
    room(house).join(LUC)
    await house.hear()
    assert (await join(house, LUC)).entry is Entry.INSIDE


async def test_a_hidden_group_and_one_that_does_not_exist_are_the_same_to_who_asks() -> None:
    house = await living(deal(), group("comex").hidden().owners("claire"))
    before = house.fuse.steps
    for name in ("comex", "nothing"):
        for viewer in (alone(LUC), Viewer(asker=CLAIRE, readers=frozenset({CLAIRE, LUC}))):
            assert await house.requests.join(viewer, name, reason="", origin="$ask") is None
    assert house.fuse.steps == before
    assert (await join(house, CLAIRE, "comex")).entry is Entry.INVITED


async def test_only_who_governs_the_group_finds_a_request_by_its_handle() -> None:
    house = await living()
    await join(house, LUC)
    item = await request(house)
    handle = handle_of(item.key)
    assert await house.requests.find(alone(CLAIRE), handle.upper()) == item
    assert await house.requests.find(alone(INES), handle) == item
    assert await house.requests.find(alone(LUC), handle) is None
    assert await house.requests.find(alone(CLAIRE), "elsewhere") is None
    assert [await house.requests.may_answer(item, one) for one in (CLAIRE, INES, LUC)] == [True, True, False]


async def knocking(
    requests: JoinRequests = JoinRequests.KNOCK, mode: MembershipMode = MembershipMode.BOTH
) -> Household:
    """Luc knocks, and the bridge hears of it."""
    house = await living(deal(mode, requests))
    room(house).append(LUC, "m.room.member", {"membership": "knock", "reason": "Hello?"}, LUC)
    await house.hear()
    await house.settle()
    return house


async def test_a_knock_is_a_request_and_waits_for_its_answer() -> None:
    house = await knocking()
    item = await request(house)
    assert (item.asker, item.document["reason"], item.document["knock"]) == (LUC, "Hello?", True)
    assert await told(house) == [(CLAIRE, News.CARD)]
    assert room(house).membership(LUC) == "knock"
    await answer(house, item, "yes")
    await house.requests.accept(item, by=CLAIRE, origin="$yes")
    await house.settle()
    assert room(house).membership(LUC) == "invite"


async def test_a_refused_knock_is_withdrawn_and_may_come_again() -> None:
    house = await knocking()
    item = await request(house)
    await answer(house, item, "no")
    await house.requests.refuse(item, by=CLAIRE, origin="$no")
    await house.settle()
    assert room(house).membership(LUC) == "leave"
    await house.hear()
    await house.tidying.go()
    async with house.store.view() as view:
        assert not await view.pending.open(TURNED_AWAY)
    room(house).append(LUC, "m.room.member", {"membership": "knock"}, LUC)
    await house.hear()
    await house.settle()
    assert room(house).membership(LUC) == "knock"
    assert (await request(house)).key != item.key


async def test_a_knock_that_nobody_answers_is_withdrawn_after_its_time() -> None:
    house = await knocking()
    await house.clock.advance(LASTS.total_seconds() + 1)
    await house.tidying.go()
    await house.settle()
    assert room(house).membership(LUC) == "leave"
    assert (LUC, News.EXPIRED) in await told(house)


async def test_who_takes_their_knock_back_asks_no_longer() -> None:
    house = await knocking()
    room(house).leave(LUC)
    await house.hear()
    assert await told(house) == [(CLAIRE, News.CARD), ("", News.CLOSED)]
    async with house.store.view() as view:
        assert not await view.pending.open(JOIN_REQUEST)


async def test_where_the_directory_decides_a_knock_is_withdrawn_and_they_are_told() -> None:
    house = await knocking(mode=MembershipMode.DIRECTORY)
    assert await told(house) == [(LUC, News.DIRECTORY)]
    assert room(house).membership(LUC) == "leave"


async def test_a_knock_of_which_no_event_came_is_found_and_asked_about_once() -> None:
    house = await living(deal(requests=JoinRequests.KNOCK))
    room(house).append(LUC, "m.room.member", {"membership": "knock"}, LUC)
    world, _, _ = await house.reconciler.settle(verify=True)
    house._see(world)
    assert room(house).membership(LUC) == "knock"
    for _ in range(2):
        await house.clock.advance(1)
        await house.tidying.go()
    assert (await request(house)).asker == LUC
    await house.hear()
    assert await told(house) == [(CLAIRE, News.CARD)]


async def test_a_round_with_nothing_to_do_writes_nothing() -> None:
    house = await knocking()
    before = house.fuse.steps
    await house.tidying.go()
    assert house.fuse.steps == before


@pytest.mark.parametrize("word", ["yes", "no"])
async def test_a_process_killed_at_any_step_of_an_answer_gives_it_once(word: str) -> None:
    for at in count(1):
        house = await living()
        await join(house, LUC)
        item = await request(house)
        house.fuse.at, killed = house.fuse.steps + at, True
        for _ in range(2):
            with suppress(Killed):
                await answer(house, item, word)
                if word == "yes":
                    await house.requests.accept(item, by=CLAIRE, origin="$answer")
                else:
                    await house.requests.refuse(item, by=CLAIRE, origin="$answer")
                killed = house.fuse.at <= house.fuse.steps
            house.fuse.at = 0 if killed else house.fuse.at
        assert len(await told(house)) == 3
        assert audited(house) == ["request", "decide" if word == "yes" else "request-refused"]
        if not killed:
            break
    assert at > 2
