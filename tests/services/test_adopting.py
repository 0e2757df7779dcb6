"""A room that people made comes to serve a group: who may ask, who agrees, what stays, whatever dies in between."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.directory import Directory, GroupState, MembershipMode
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.rooms import MARKER, RoomKind
from bridge.domain.viewers import Viewer, alone
from bridge.services.adoptable import Adoption
from bridge.services.adopted import ADOPTING
from bridge.services.adopting import NOT_SEEN, Adopting, CannotAdopt
from bridge.services.decided import NotAllowed
from bridge.services.doorstep import NOTICE, News, notice_in
from bridge.services.taking_over import TakingOver
from tests.fakes.homeserver import texts
from tests.services.household import Household, Killed, household
from tests.world import BOT, AGroup, directory, group, partner, user

ANN, LUC, INES, EVE = user("ann"), user("luc"), user("ines"), user("eve:evil.example")
POWERS = "m.room.power_levels"


def sales() -> AGroup:
    return group("sales").owners("ann").members("ann", "luc").having(membership=MembershipMode.BOTH)


def company(*groups: AGroup) -> Directory:
    return directory(*(groups or (sales(),)), partners=[partner("acme")], people=["dora", "ines", "luc"])


class Case:
    """A company, and a room that Ann made before: with Luc, Dora and a stranger in it."""

    def __init__(self, *groups: AGroup, version: str = "11", **content: Any) -> None:
        self.house: Household = household(company(*groups))
        synapse = self.house.homeserver.synapse
        self.room_id = synapse.create(ANN, {"room_version": version, "name": "Old room", "creation_content": content})
        people = self.house.homeserver.people
        strangers = () if content.get("m.federate") is False else (EVE,)
        for other in (BOT, LUC, user("dora"), *strangers):
            people.invite(ANN, self.room_id, other)
            people.join(other, self.room_id)
        people.say(LUC, self.room_id, "Do you remember?")
        if version == "11":
            self.empower({ANN: 100, BOT: 100})

    @property
    def adopting(self) -> Adopting:
        return Adopting(policies=self.house.policies)

    @property
    def room(self) -> Any:
        return self.house.homeserver.synapse.rooms[self.room_id]

    def empower(self, users: dict[str, int], by: str = ANN) -> None:
        content = {**self.room.content(POWERS), "users": users}
        self.house.homeserver.people.write(by, self.room_id, POWERS, content)

    async def propose(self, viewer: Viewer | None = None, text: str = "sales") -> Adoption:
        adoption = await self.adopting.propose(viewer or alone(ANN), text, self.room_id)
        assert adoption is not None
        return adoption

    async def refused(self, text: str = "sales", by: str = ANN) -> str:
        with pytest.raises(ParvisError) as caught:
            await self.adopting.propose(alone(by), text, self.room_id)
        assert caught.value.kind is not ErrorKind.TEMPORARY
        return str(caught.value.message)

    async def agree(self, origin: str = "$yes") -> None:
        await self.adopting.agree(await self.propose(), asker=ANN, by=ANN, origin=origin)

    async def go(self) -> None:
        """Rounds and passes until nothing is left to do."""
        for _ in range(4):
            await TakingOver(adopting=self.adopting).go()
            await self.house.settle()

    async def news(self) -> list[News]:
        async with self.house.store.view() as view:
            return [notice_in(item).news for item in await view.pending.open(NOTICE)]

    async def waiting(self) -> int:
        async with self.house.store.view() as view:
            return len(await view.pending.open(ADOPTING))


async def settled(*groups: AGroup, **options: Any) -> Case:
    case = Case(*groups, **options)
    for _ in range(2):
        await case.house.settle()
    return case


async def test_a_room_with_people_and_a_past_becomes_the_groups() -> None:
    case = await settled()
    own = case.house.room("sales")
    shown = await case.propose()
    assert (shown.joining, shown.leaving, shown.equals) == ((user("dora"),), (EVE,), (ANN,))
    assert shown.aside == own
    assert "set the name" in map(str, shown.changes)
    await case.agree()
    case.empower({ANN: 50, BOT: 100})
    await case.go()
    assert case.house.room("sales") == case.room_id
    assert case.room.content("m.room.name") == {"name": "Sales"}
    assert case.room.content(MARKER) == {"group": "sales"}
    assert case.room.level(ANN) == 60
    assert [case.room.membership(one) for one in (ANN, LUC, user("dora"), EVE)] == ["join"] * 3 + ["leave"]
    assert "Do you remember?" in texts(case.house.homeserver.synapse, case.room_id)
    assert case.house.store.data.policies["sales"].values["members"] == [user("dora")]
    assert await case.news() == [News.ADOPTED]
    assert not await case.waiting()
    assert case.house.homeserver.synapse.rooms[own].content("m.room.tombstone")["replacement_room"] == case.room_id
    assert case.house.homeserver.synapse.inside(own) == {}
    kinds = [one.kind for one in case.house.store.data.audit.values() if one.kind.startswith("adoption")]
    assert kinds == ["adoption-agreed", "adoption"]
    assert (await case.house.reconciler.look(verify=True)).plan.empty


async def test_what_was_agreed_to_is_not_held_by_the_brake() -> None:
    case = await settled(group("sales").public().owners("ann").members("ann"))
    people = case.house.homeserver.people
    for number in range(30):
        people.invite(ANN, case.room_id, user(f"x{number}:evil.example"))
        people.join(user(f"x{number}:evil.example"), case.room_id)
    await case.agree()
    case.empower({ANN: 0, BOT: 100})
    await case.go()
    assert case.room.content("m.room.join_rules")["join_rule"] == "restricted"
    assert set(case.house.homeserver.synapse.inside(case.room_id)) == {BOT, ANN, LUC, user("dora")}


async def test_it_waits_until_nobody_is_as_powerful_as_the_bot_and_ends_when_nobody_steps_down() -> None:
    case = await settled()
    await case.agree()
    await case.go()
    assert case.house.room("sales") != case.room_id
    assert MARKER not in {kind for kind, _ in case.room.state}
    case.house.clock.set(case.house.clock.now() + timedelta(days=8))
    await case.go()
    assert await case.news() == [News.NOT_ADOPTED]
    assert MARKER not in {kind for kind, _ in case.room.state}


async def test_something_else_than_was_agreed_to_is_not_done() -> None:
    case = await settled()
    await case.agree()
    case.house.source.directory = company(AGroup(replace(sales().public().value)))
    await case.house.settle()
    case.empower({ANN: 50, BOT: 100})
    await case.go()
    assert await case.news() == [News.NOT_ADOPTED]
    assert case.house.room("sales") != case.room_id


async def test_agreeing_is_for_people_with_all_the_power_there() -> None:
    case = await settled()
    item = await case.adopting.ask(await case.propose(alone(ANN)), asker=ANN, origin="$ask")
    assert await case.adopting.ask(await case.propose(alone(ANN)), asker=ANN, origin="$ask") == item
    assert [await case.adopting.may_agree(item, one) for one in (ANN, LUC, INES, EVE, BOT)] == [True] + [False] * 4
    case.empower({BOT: 100, LUC: 50})
    assert [await case.adopting.may_agree(item, one) for one in (ANN, LUC, user("dora"))] == [True, True, False]
    case.house.homeserver.people.leave(ANN, case.room_id)
    assert not await case.adopting.may_agree(item, ANN)


async def test_agreeing_twice_by_one_event_is_once() -> None:
    case = await settled()
    await case.agree()
    await case.agree()
    assert await case.waiting() == 1


async def test_only_who_governs_the_group_and_is_in_the_room_asks() -> None:
    case = await settled(sales(), group("secret").hidden().owners("luc"))
    with pytest.raises(NotAllowed):
        await case.propose(alone(LUC))
    assert await case.adopting.propose(alone(ANN), "secret", case.room_id) is None
    assert await case.refused(by=INES) == str(NOT_SEEN)
    assert "hidden" in await case.refused("secret", by=LUC)
    case.house.homeserver.people.leave(BOT, case.room_id)
    assert await case.refused() == str(NOT_SEEN)
    with pytest.raises(CannotAdopt, match="I do not see"):
        await case.adopting.propose(alone(ANN), "sales", "#nowhere:corp.example")


async def test_others_who_read_along_are_told_nothing_of_the_room() -> None:
    case = await settled()
    crowd = Viewer(asker=ANN, readers=frozenset({ANN, LUC}), everyone=True)
    with pytest.raises(InputError, match="in the room itself"):
        await case.adopting.propose(crowd, "sales", case.room_id, here="!other")
    with pytest.raises(InputError, match="Which room"):
        await case.adopting.propose(alone(ANN), "sales")
    here = await case.adopting.propose(crowd, "sales", here=case.room_id)
    assert here is not None
    case.house.homeserver.synapse.aliases["#old:corp.example"] = (case.room_id, ANN)
    assert await case.adopting.propose(alone(ANN), "sales", "#old:corp.example") is not None


async def test_a_room_of_ours_is_refused_and_one_of_a_hidden_group_is_as_if_unseen() -> None:
    case = await settled(sales(), group("secret").hidden().owners("ann"), group("lab").owners("ann"))
    case.house.homeserver.people.accept_everything([ANN])
    await case.house.settle()
    for name, viewer, words in (
        ("lab", alone(ANN), "already"),
        ("secret", alone(ANN), "already"),
        ("secret", Viewer(asker=ANN, readers=frozenset({ANN, LUC})), str(NOT_SEEN)),
    ):
        with pytest.raises(CannotAdopt, match=words):
            await case.adopting.propose(viewer, "sales", case.house.room(name))


async def test_a_room_that_somebody_made_in_version_12_cannot_be_governed() -> None:
    assert "stays above everybody" in await (await settled(version="12")).refused()


async def test_what_stands_in_the_way_is_said() -> None:
    assert "power 100" in await _hindered(lambda case: case.empower({ANN: 100, BOT: 50}))
    assert "power 100" in await _hindered(_raise)
    assert "encrypted" in await _hindered(
        lambda case: case.house.homeserver.people.write(
            ANN, case.room_id, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}
        )
    )
    assert "replaced" in await _hindered(
        lambda case: case.house.homeserver.people.write(
            ANN, case.room_id, "m.room.tombstone", {"body": "", "replacement_room": "!new"}
        )
    )
    assert "Nobody in that room has enough power" in await _hindered(lambda case: case.empower({BOT: 100, ANN: 49}))
    assert "made for our server" in await (await settled(sales().admits("acme"), **{"m.federate": False})).refused()
    assert "not open" in await (await settled(sales().having(state=GroupState.ARCHIVED))).refused()
    assert "space" in await (await settled(type="m.space")).refused()


def _raise(case: Case) -> None:
    """Naming somebody above all others is for those who stand there."""
    levels = case.room.state[POWERS, ""]
    levels["content"] = {**levels["content"], "events": {"m.room.name": 150}}


async def _hindered(change: Any) -> str:
    case = await settled()
    change(case)
    return await case.refused()


async def test_a_group_in_whose_room_people_have_talked_keeps_it() -> None:
    case = await settled()
    case.house.homeserver.people.accept_everything([ANN])
    case.house.homeserver.people.say(ANN, case.house.room("sales"), "Hello")
    assert "keeps that one" in await case.refused()


async def test_a_room_that_the_bridge_made_and_forgot_is_its_administrators() -> None:
    case = await settled()
    synapse, people = case.house.homeserver.synapse, case.house.homeserver.people
    case.room_id = synapse.create(BOT, {"room_version": "12", "name": "Lost"})
    people.write(BOT, case.room_id, MARKER, {"group": "sales"})
    for other in (ANN, INES):
        people.invite(BOT, case.room_id, other)
        people.join(other, case.room_id)
    assert (await case.propose()).admins == {INES}
    await case.agree()
    await case.go()
    assert case.house.room("sales") == case.room_id


@pytest.mark.slow
async def test_a_process_killed_at_any_step_of_adopting_comes_to_the_same_room() -> None:
    steps = 0
    for at in range(1000):
        case = await settled()
        await case.agree()
        case.empower({ANN: 50, BOT: 100})
        case.house.fuse.steps, case.house.fuse.at = 0, at
        with suppress(Killed, BaseExceptionGroup):
            await case.go()
        if at == 0:
            steps = case.house.fuse.steps
        case.house.fuse.at = 0
        case.house.start()
        case.house.clock.set(case.house.clock.now() + timedelta(minutes=1))
        await case.house.settle()
        await case.go()
        assert case.house.room("sales") == case.room_id, at
        assert case.room.content("m.room.name") == {"name": "Sales"}, at
        assert await case.news() == [News.ADOPTED], at
        kinds = [one.kind for one in case.house.store.data.audit.values() if one.kind.startswith("adoption")]
        assert kinds == ["adoption-agreed", "adoption"], at
        assert all(entry.outcome for entry in case.house.store.data.audit.values()), at
        assert not any(one.ref.kind is RoomKind.FORMER for one in case.house.store.data.bindings.values()), at
        if at == steps:
            break
    print(f"\nadopting: killed at each of {steps} steps")  # noqa: T201 - the coverage
