from dataclasses import dataclass

from bridge.domain.directory import Directory
from bridge.domain.rooms import group_room
from bridge.ports.directory import Reading
from bridge.services.looking import Errand
from bridge.services.truth import SNAPSHOT, DirectoryKeeper
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


BOTH = directory(group("sales").members("ann", "bob"))
ANN = directory(group("sales").members("ann"))


def keeper(store: FakeStore, source: Stamped) -> DirectoryKeeper:
    return DirectoryKeeper(source=source, store=store, clock=FakeClock())


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


async def test_a_reading_that_does_not_count_leaves_the_known_one_known() -> None:
    store = FakeStore()
    await keeper(store, Stamped(BOTH, "1")).read(keep=True)
    seen = await keeper(store, Stamped(ANN, "2")).read(keep=False)
    assert (seen.stamp, "bob" in seen.directory.people) == ("", True)
    last = await keeper(store, Stamped(ANN, "2")).last()
    assert (last.directory, last.stamp) == (BOTH, "1")


async def test_a_world_says_who_joined_and_is_not_written_out_whole() -> None:
    house = household(BOTH, joins_directly=True)
    await house.settle()
    world = await house.reconciler.looker.look(Errand(today=TODAY))
    assert user("ann") in world.joined[group_room("sales")]
    assert "ann" not in repr(world)
