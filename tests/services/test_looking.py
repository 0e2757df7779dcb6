from dataclasses import dataclass

import pytest

from bridge.domain.directory import Directory, GroupState, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import group_room
from bridge.ports.directory import Reading
from bridge.services.looking import Errand
from bridge.services.truth import GRACE, SNAPSHOT, DirectoryKeeper
from bridge.services.world import NOBODY, Roster
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.services.household import household
from tests.world import TODAY, directory, group, user


@dataclass
class Stamped:
    """A directory with the stamp that the test gives it."""

    directory: Directory
    stamp: str

    async def read(self) -> Reading:
        return Reading(directory=self.directory, stamp=self.stamp)


@dataclass
class Breaking(Stamped):
    """The same, until it is broken."""

    broken: bool = False

    async def read(self) -> Reading:
        if self.broken:
            raise ParvisError(say("Line 3 is none."), kind=ErrorKind.USAGE)
        return await super().read()


BOTH = directory(group("sales").members("ann", "bob"))
ANN = directory(group("sales").members("ann"))


def keeper(store: FakeStore, source: Stamped, clock: FakeClock | None = None) -> DirectoryKeeper:
    return DirectoryKeeper(source=source, store=store, clock=clock or FakeClock())


def test_a_roster_knows_whole_names_only() -> None:
    roster = Roster.of(["@ann:corp.example", "@bob:acme.example"])
    assert len(roster) == 2
    assert "@ann:corp.example" in roster
    assert "@ann:corp" not in roster
    assert "@ann:corp.example\0@bob:acme.example" not in roster
    assert len(Roster.of([])) == len(NOBODY) == 0
    assert "" not in NOBODY


async def test_a_reading_known_by_its_stamp_needs_no_snapshot_after_a_restart() -> None:
    store = FakeStore()
    await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    store.data.snapshots[SNAPSHOT] = (b"not even looked at", FakeClock().now())
    again = await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    assert (again.directory, again.stamp) == (BOTH, "1")


async def test_a_reading_in_which_somebody_vanished_is_no_known_one_and_counts_as_the_second_after_a_restart() -> None:
    store = FakeStore()
    await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    doubting = await keeper(store, Stamped(ANN, "2")).read(keep=True)
    assert ("bob" in doubting.directory.people, doubting.stamp) == (True, "")
    agreed = await keeper(store, Stamped(ANN, "2")).read(keep=True)
    assert ("bob" in agreed.directory.people, agreed.stamp) == (False, "2")


async def test_who_was_replaced_is_known_after_restarts_also_with_a_known_reading() -> None:
    store, others = FakeStore(), directory(group("sales").members("ann2", "bob2"))
    await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    for _ in range(4):
        now = await keeper(store, Stamped(others, "2")).read(keep=True)
    assert (now.stamp, now.directory) == ("2", others)
    assert now.replaced == {"ann", "bob"}
    assert (await keeper(store, Stamped(others, "2")).last()).replaced == {"ann", "bob"}


@pytest.mark.parametrize("keep", [False, True])
async def test_a_file_that_breaks_leaves_in_force_what_was_read_well_also_where_that_was_only_looked_at(
    keep: bool,
) -> None:
    store, source = FakeStore(), Breaking(ANN, "1")
    reader = keeper(store, source)
    await reader.read(keep=True)
    source.directory, source.stamp = BOTH, "2"
    await reader.read(keep=False)
    source.broken = True
    broken = await reader.read(keep=keep)
    assert (broken.directory, broken.stamp) == (BOTH, "2")
    assert [one.kind for one in broken.findings] == ["directory-unreadable"]
    assert (await reader.last()).directory == (BOTH if keep else ANN)


async def test_what_was_only_looked_at_is_forgotten_when_the_file_is_as_before() -> None:
    store, source = FakeStore(), Breaking(ANN, "1")
    reader = keeper(store, source)
    await reader.read(keep=True)
    for source.directory, source.stamp in ((BOTH, "2"), (ANN, "1")):
        await reader.read(keep=False)
    source.broken = True
    assert (await reader.read(keep=True)).directory == ANN


async def test_a_reading_that_does_not_count_leaves_the_known_one_known() -> None:
    store = FakeStore()
    await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    seen = await keeper(store, Stamped(ANN, "2")).read(keep=False)
    assert (seen.stamp, "bob" in seen.directory.people) == ("", True)
    last = await keeper(store, Stamped(ANN, "2")).last()
    assert (last.directory, last.stamp) == (BOTH, "1")


async def test_a_group_that_vanished_stays_with_a_known_reading_and_is_archived_in_its_time() -> None:
    store, clock = FakeStore(), FakeClock()
    source = Stamped(directory(group("sales").members("ann"), group("deal").members("ann")), "1")
    await keeper(store, source, clock).read(keep=True)
    source.directory, source.stamp = ANN, "2"
    first = await keeper(store, source, clock).read(keep=True)
    store.data.snapshots[SNAPSHOT] = (b"not even looked at", clock.now())
    again = await keeper(store, source, clock).read(keep=True)
    assert again == first
    assert [str(finding.text) for finding in again.findings] == [
        f"Deal has vanished from the directory; it is archived on {(clock.now() + GRACE).date()} unless it comes back."
    ]
    assert again.directory.groups["deal"].state is GroupState.ACTIVE
    await clock.advance(GRACE.total_seconds())
    archived = await keeper(store, source, clock).read(keep=True)
    assert archived.directory.groups["deal"].state is GroupState.ARCHIVED
    assert len({first.stamp, archived.stamp, "2"}) == 3


async def test_a_vanished_group_that_was_retired_goes_for_good_once_its_room_is_let_go() -> None:
    store, clock = FakeStore(), FakeClock()
    source = Stamped(directory(group("sales").members("ann"), group("deal")), "1")
    await keeper(store, source, clock).read(keep=True)
    source.directory, source.stamp = ANN, "2"
    async with store.work() as work:
        await work.policies.put(GroupPolicy(group="deal", values={"state": "retired"}, at=clock.now()))
        await work.rooms.intend(group_room("deal"), "deal")
    assert "deal" in (await keeper(store, source, clock).read(keep=True)).directory.groups
    async with store.work() as work:
        await work.rooms.unbind(group_room("deal"))
    assert "deal" not in (await keeper(store, source, clock).read(keep=True)).directory.groups


async def test_members_keep_their_order_also_with_a_known_reading_after_a_restart() -> None:
    store = FakeStore()
    source = Stamped(directory(group("board").members("bob", "cleo")), "1")
    await keeper(store, source).read(keep=True)
    source.directory, source.stamp = directory(group("board").members("ann", "cleo", "bob")), "2"
    for _ in range(2):
        truth = await keeper(store, source).read(keep=True)
        assert truth.directory.groups["board"].members == ("bob", "cleo", "ann")


async def test_what_commands_decide_is_in_the_world_and_makes_another_edition() -> None:
    house = household(BOTH)
    looker = house.reconciler.looker
    before = await looker.look(Errand(today=TODAY, keep=True))
    async with house.store.work() as work:
        await work.policies.put(GroupPolicy(group="sales", values={"visibility": "hidden"}, at=house.clock.now()))
    after = await looker.look(Errand(today=TODAY, keep=True))
    assert after.facts.directory.groups["sales"].visibility is Visibility.HIDDEN
    assert before.edition
    assert after.edition not in ("", before.edition)


async def test_a_world_says_who_joined_and_is_not_written_out_whole() -> None:
    house = household(BOTH, joins_directly=True)
    await house.settle()
    world = await house.reconciler.looker.look(Errand(today=TODAY))
    assert user("ann") in world.joined[group_room("sales")]
    assert "ann" not in repr(world)
