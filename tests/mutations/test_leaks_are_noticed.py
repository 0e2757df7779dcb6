"""Do the tests of secrecy notice anything? Each leak that is put in must make the test fail that is named for it."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from bridge.adapters.sealing import DataKeySealer
from tests.adapters.appservice.test_metrics_of_hidden_rooms import (
    test_events_in_a_hidden_room_move_no_number as no_number_moves,
)
from tests.adapters.sql import test_secrecy as files
from tests.bots.admin.test_watchman import test_nothing_is_told_while_they_are_in as not_told_while_in
from tests.mutations import leaks_put_in as leaks
from tests.mutations import leaks_put_in_elsewhere as elsewhere
from tests.mutations import test_same_work_over_http as port
from tests.mutations.leaks_put_in import Mutation
from tests.mutations.test_same_work import differences
from tests.planning.test_mutants import worlds
from tests.planning.test_promises import found_by_nobody
from tests.rules.test_powers import test_everything_that_decides_visibility_is_the_bots_alone as the_bots_alone
from tests.services.secret_worlds import twins
from tests.services.test_secrecy_in_chat import test_logs_do_not_count_what_is_hidden as logs_do_not_count
from tests.services.test_secrecy_of_digests import test_its_members_do_read_of_it as members_read_of_it
from tests.services.test_secrecy_of_lives import whole_life
from tests.services.test_secrecy_of_worlds import TANGLED, alike, compare
from tests.services.test_spreading import (
    test_the_owner_is_invited_at_once_and_the_others_at_their_moments_within_the_time as has_a_turn,
)
from tests.services.test_spreading import (
    test_those_who_may_know_are_told_when_and_nobody_else_anything as told_inside,
)

pytestmark = pytest.mark.slow

ENOUGH: Final = 15
Watcher = Callable[[Path], Awaitable[None]]


async def worlds_are_shown_alike(_: Path) -> None:
    await compare(twins(TANGLED))


async def rooms_are_found_by_nobody(_: Path) -> None:
    for world in worlds():
        found_by_nobody(world._replace(simulation=world.simulation.copy()))


async def state_is_the_bots(_: Path) -> None:
    the_bots_alone()


async def logs_do_not_tell(_: Path) -> None:
    await logs_do_not_count()


async def digests_do_not_tell(_: Path) -> None:
    await members_read_of_it()


async def answers_and_work_are_the_same(_: Path) -> None:
    assert await differences(("group show", "audit")) == {}


async def files_are_sealed(folder: Path) -> None:
    file = folder / "parvis.db"
    await files.test_the_files_of_sqlite_do_not_contain_the_canary(f"sqlite:///{file}", file, DataKeySealer(bytes(32)))


async def metrics_do_not_move(_: Path) -> None:
    await no_number_moves(out_of_order=False)


async def paths_answer_alike(_: Path) -> None:
    assert await port.differences(port.PATHS) == set()


async def lives_are_shown_alike(_: Path) -> None:
    await whole_life(alike)


async def everybody_has_a_turn(_: Path) -> None:
    await has_a_turn()


async def who_is_in_is_told_nothing(_: Path) -> None:
    await not_told_while_in()


async def turns_are_told_inside(_: Path) -> None:
    await told_inside()


WATCHERS: Final[Mapping[str, Watcher]] = {
    leaks.WORLDS: worlds_are_shown_alike,
    leaks.PROMISES: rooms_are_found_by_nobody,
    leaks.POWERS: state_is_the_bots,
    leaks.LOGS: logs_do_not_tell,
    leaks.DIGESTS: digests_do_not_tell,
    leaks.CHAT: answers_and_work_are_the_same,
    leaks.FILES: files_are_sealed,
    leaks.TURNS: everybody_has_a_turn,
    leaks.LATER: turns_are_told_inside,
    elsewhere.METRICS: metrics_do_not_move,
    elsewhere.PORT: paths_answer_alike,
    elsewhere.INSIDE: who_is_in_is_told_nothing,
    elsewhere.LIVES: lives_are_shown_alike,
}


def test_there_are_enough_leaks() -> None:
    assert len(elsewhere.ALL) >= ENOUGH


@pytest.mark.parametrize("test", WATCHERS)
async def test_without_a_leak_nothing_is_noticed(test: str, tmp_path: Path) -> None:
    await WATCHERS[test](tmp_path)


@pytest.mark.parametrize("mutation", elsewhere.ALL, ids=lambda one: one.name)
async def test_every_leak_is_noticed(mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds()  # made while nothing is wrong
    mutation.put_in(monkeypatch)
    with pytest.raises(AssertionError):
        await WATCHERS[mutation.seen_by](tmp_path)
