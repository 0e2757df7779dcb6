"""``why``: the rule and its source, for those who may ask; for everybody else as if there were no such group."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

import pytest

from bridge.domain.directory import Directory, GroupState, MembershipMode
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import Absence, Membership, group_room
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.services.why import Explanation, explain
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

BOB, EVE = "@bob:acme.example", "@eve:evil.example"


def company(**changes: object) -> Directory:
    """``changes`` are of the group sales."""
    base = directory(
        group("sales")
        .owners("claire")
        .members("ann", "group:paris", "group:quartz", "bob:acme.example")
        .admits("acme"),
        group("paris").members("group:montmartre"),
        group("montmartre").public().members("luc"),
        group("quartz").hidden().owners("claire").members("claire", "max"),
        partners=[
            partner("acme", named=["bob:acme.example"], servers=["acme.example"], sponsor="claire"),
            partner("beta", until=date(2025, 1, 31)),
        ],
        people=["ines", "max", "zoe"],
        gone=["tom"],
    )
    return replace(base, groups={**base.groups, "sales": replace(base.groups["sales"], **changes)})  # type: ignore[arg-type]


async def settled(**changes: object) -> Household:
    house = household(company(**changes))
    await house.settle()
    house.world = await house.reconciler.look()
    return house


async def asked(house: Household, who: str, about: str = "sales", viewer: Viewer = COMMAND_LINE) -> Explanation | None:
    world, access = house.society.world(), house.society.access()
    assert world is not None
    assert access is not None
    return await explain(house.store, world, access, viewer, user=who, group=about)


async def grounds(house: Household, who: str, about: str = "sales", viewer: Viewer = COMMAND_LINE) -> list[str]:
    explained = await asked(house, who, about, viewer)
    assert explained is not None
    return [f"{one.text} ({one.source})" for one in explained.grounds]


async def told(
    house: Household, who: str, about: str = "sales", viewer: Viewer = COMMAND_LINE
) -> tuple[str, list[str]]:
    explained = await asked(house, who, about, viewer)
    assert explained is not None
    return str(explained.standing), list(map(str, explained.remedies))


async def test_who_is_named_who_owns_and_who_comes_through_other_groups_is_told_how() -> None:
    house = await settled()
    ann, claire, luc = user("ann"), user("claire"), user("luc")
    assert await grounds(house, ann) == [f"{ann} is named among the members of the group. (by the directory)"]
    assert await grounds(house, claire) == [f"{claire} is an owner of the group. (by the directory)"]
    assert await grounds(house, luc) == [f"{luc} belongs to the group through Paris → Montmartre. (by the directory)"]


async def test_a_hidden_group_inside_gives_nobody_and_is_not_named() -> None:
    house = await settled()
    told_to_ines = await grounds(house, user("max"), viewer=alone(user("ines")))
    assert told_to_ines == [f"The directory does not list {user('max')} in the group. (by the directory)"]
    assert await grounds(house, user("max")) == told_to_ines


async def test_a_way_of_which_the_viewer_may_not_know_all_is_the_directorys() -> None:
    house = household(
        directory(
            group("deal").members("group:team").admits("acme"),
            group("team").members("ann", "bob:acme.example"),
            partners=[partner("acme")],
        )
    )
    house.world = await house.reconciler.look()
    assert await grounds(house, BOB, "deal", alone(BOB)) == [f"{BOB} belongs to the group. (by the directory)"]
    assert await grounds(house, BOB, "deal") == [f"{BOB} belongs to the group through Team. (by the directory)"]


async def test_who_is_kept_out_learns_by_what() -> None:
    house = await settled()
    tom, zoe = user("tom"), user("zoe")
    assert await grounds(house, tom) == [f"{tom} is switched off, and so is in no group. (by the directory)"]
    assert await grounds(house, zoe) == [f"The directory does not list {zoe} in the group. (by the directory)"]
    assert await grounds(house, EVE) == [
        f"{EVE} belongs neither to the company nor to a partner of it. (by the directory)"
    ]
    assert await grounds(house, "@x:beta.example") == [
        "The agreement with Beta ran until 2025-01-31. (by the directory)"
    ]
    assert await grounds(house, "@nobody:corp.example") == [
        "The directory knows nobody called @nobody:corp.example. (by the directory)"
    ]
    assert await grounds(house, BOB, "paris") == ["The group does not admit Acme. (by the directory)"]


async def test_before_outsiders_it_is_not_told_which_partners_there_are() -> None:
    house = await settled()
    claire = user("claire")
    in_company = Viewer(asker=claire, readers=frozenset({claire, BOB}))
    assert await asked(house, "@x:beta.example", viewer=in_company) is None
    assert await asked(house, claire, viewer=in_company) is not None


async def test_a_public_group_is_open_to_its_audience() -> None:
    house = await settled()
    assert await grounds(house, user("zoe"), "montmartre") == [
        "The group is public: every employee may come in. (as nothing else is said)"
    ]
    assert (await told(house, user("zoe"), "montmartre"))[1] == ["To come in: !join montmartre"]


async def test_an_owners_decision_is_told_with_who_took_it_and_when() -> None:
    zoe, claire = user("zoe"), user("claire")
    house = household(company(membership=MembershipMode.BOTH))
    now = house.clock.now()
    async with house.store.work() as work:
        await work.policies.put(GroupPolicy(group="sales", values={"members": [zoe]}, by=claire, at=now))
        detail = {"group": "sales", "field": "members", "added": zoe}
        entry = AuditEntry(id="1", at=now, actor=claire, compartment="", kind="decide", run="", detail=detail,
                           outcome=Outcome.DONE, outcome_at=now)  # fmt: skip
        await work.audit.intend([entry])
    await house.settle()
    day = now.date().isoformat()
    assert await grounds(house, zoe) == [f"{zoe} was added to the group. (by {claire} on {day})"]
    (against,) = await grounds(house, user("ines"))
    assert against.startswith(
        f"Neither does the directory list {user('ines')} in the group, nor did an owner add them."
    )


async def test_where_somebody_stands_and_what_can_be_done() -> None:
    house = await settled()
    ann = user("ann")
    room = house.room("sales")
    now = house.clock.now()
    assert (await told(house, ann))[0].startswith(f"{ann} has been invited since")
    for absence, standing in (
        (Absence.BLOCKED, f"{ann} cannot be invited: they, or their server, refuse it."),
        (Absence.LAPSED, f"{ann} did not answer the invitation in time."),
    ):
        async with house.store.work() as work:
            await work.rooms.note_members(room, {ann: (Membership.LEAVE, False)}, at=now)
            await work.rooms.note_absence(room, {ann: absence})
        said, remedies = await told(house, ann)
        assert said == standing
        assert "!join sales" in remedies[0]
    async with house.store.work() as work:
        await work.rooms.note_members(room, {ann: (Membership.JOIN, True)}, at=now)
    assert await told(house, ann) == (f"{ann} is in the room.", [])
    async with house.store.work() as work:
        await work.rooms.note_members(room, {ann: (Membership.LEAVE, True)}, at=now)
    assert (await told(house, ann))[0] == f"{ann} left the room, or declined to come in."
    async with house.store.work() as work:
        await work.rooms.note_members(room, {ann: (Membership.BAN, False)}, at=now)
    assert await told(house, ann) == (
        f"{ann} is banned from the room.",
        ["An owner of the group can lift the ban in a client."],
    )


async def test_what_the_plan_is_about_to_do_is_told() -> None:
    house = household(company())
    house.world = await house.reconciler.look()
    explained = await asked(house, user("ann"))
    assert explained is not None
    assert str(explained.planned) == "The directory lists them in the group."
    assert str(explained.standing) == "The group has no room at the moment."


async def test_an_archived_group_says_so() -> None:
    house = await settled(state=GroupState.ARCHIVED)
    assert "The group is archived: whoever is in its room stays, and nobody is added. (as nothing else is said)" in (
        await grounds(house, user("ann"))
    )


@pytest.mark.parametrize(("asker", "about"), [("luc", "ann"), ("ann", "claire"), ("zoe", "bob:acme.example")])
async def test_about_others_only_who_governs_the_group_is_answered(asker: str, about: str) -> None:
    house = await settled()
    assert await asked(house, user(about), viewer=alone(user(asker))) is None
    assert await asked(house, user(asker), viewer=alone(user(asker))) is not None
    for governor in ("claire", "ines"):
        assert await asked(house, user(about), viewer=alone(user(governor))) is not None


async def test_a_hidden_group_is_unknown_to_all_but_its_members_also_to_administrators() -> None:
    house = await settled()
    for name in ("ines", "ann", "luc"):
        assert await asked(house, user(name), "quartz", alone(user(name))) is None
        assert await asked(house, user("max"), "quartz", alone(user(name))) is None
    assert await asked(house, user("max"), "quartz", alone(user("max"))) is not None
    assert await asked(house, user("max"), "quartz", alone(user("claire"))) is not None
    assert await asked(house, user("claire"), "quartz", alone(user("max"))) is None


@dataclass
class Counting:
    """A store that counts how often it is asked."""

    store: Store
    views: int = 0

    def view(self) -> AbstractAsyncContextManager[UnitOfWork]:
        self.views += 1
        return self.store.view()


async def test_an_unknown_group_takes_the_same_reads_as_one_that_is_not_for_them() -> None:
    house = await settled()
    assert group_room("quartz") in {one.ref for one in house.store.data.bindings.values()}
    world, access = house.society.world(), house.society.access()
    assert world is not None
    assert access is not None
    ann, counts = user("ann"), []
    for about in ("quartz", "xuartz"):
        store = Counting(house.store)
        assert await explain(cast(Store, store), world, access, alone(ann), user=ann, group=about) is None
        counts.append(store.views)
    assert counts == [1, 1]


async def test_a_delegate_governs_and_the_answer_names_the_group_that_it_comes_from() -> None:
    house = await settled(delegates=("zoe",), parent="montmartre")
    house.source.directory = replace(
        house.source.directory,
        groups={
            **house.source.directory.groups,
            "montmartre": replace(house.source.directory.groups["montmartre"], delegates=("ines",)),
        },
    )
    house.world = await house.reconciler.look()
    own = "@zoe:corp.example is a delegate for the group, and so decides about it. (by the directory)"
    assert own in await grounds(house, user("zoe"))
    above = "@ines:corp.example is a delegate for Montmartre, which is above it, and so decides about it."
    assert f"{above} (by the directory)" in await grounds(house, user("ines"))
    assert await asked(house, user("ann"), viewer=alone(user("ines"))) is not None
