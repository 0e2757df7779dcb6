"""Many who arrive at once: administrators see how far their welcome is, in one message that is edited."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bots.admin.usher import MANY, Usher
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.domain.onboarding import Owed, Progress, Stage, Word, arrived
from bridge.services.adminroom import AdminRoom
from bridge.services.arrivals import Arrivals, counted
from tests.fakes.clock import START, FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore
from tests.services.talking import CATALOGUES
from tests.world import user

ROOM = "!admins"
CROWD = 30


@dataclass
class Entrance:
    """Newcomers in the store, and the one who tells of them."""

    store: FakeStore = field(default_factory=FakeStore)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    clock: FakeClock = field(default_factory=FakeClock)
    fit: bool = True

    def __post_init__(self) -> None:
        self.messenger.room(ROOM, user("ines"))
        self.start()

    def start(self) -> None:
        """A new process."""
        renderer = Renderer(CATALOGUES)
        speaker = Speaker(messenger=self.messenger, renderer=renderer, store=self.store, clock=self.clock)
        room = AdminRoom(store=self.store, chosen=ROOM)
        self.usher = Usher(speaker=speaker, admin_room=room, language="en", fit=self._fit)

    async def _fit(self, _: str) -> bool:
        return self.fit

    async def arrive(self, people: int, *, welcomed: int = 0, lost: int = 0, subject: str = "") -> None:
        async with self.store.work() as work:
            for number in range(people):
                one = waiting(number, subject)
                if number < welcomed:
                    one = replace(one, owed=(), shown="$shown")
                elif number < welcomed + lost:
                    one = replace(one, owed=(), stage=Stage.UNREACHABLE)
                await work.onboarding.put(one)

    def now_says(self) -> list[str]:
        """What every message of the room says by now."""
        said = [content for _, content in self.messenger.sent] + [content for _, content in self.messenger.revised]
        return [str(one.get("m.new_content", one)["body"]) for one in said]


def waiting(number: int, subject: str = "") -> Progress:
    owed = (Owed(word=Word.STEP, about="hello", turn=1),)
    return replace(arrived(user(f"new{number}"), "employee", START, subject=subject), turn=1, owed=owed)


@pytest.fixture
def entrance() -> Entrance:
    return Entrance()


async def test_a_wave_is_told_in_one_message_that_is_edited_to_the_end(entrance: Entrance) -> None:
    await entrance.arrive(CROWD)
    await entrance.usher.tell()
    await entrance.arrive(CROWD, welcomed=12, lost=1)
    await entrance.usher.tell()
    await entrance.arrive(CROWD, welcomed=29, lost=1)
    await entrance.usher.tell()
    assert len([one for _, one in entrance.messenger.sent if "m.new_content" not in one]) == 1
    first, last, between = entrance.now_says()
    assert first == "30 people arrived on 23 Nov 2026. 0 are welcomed, 30 wait for their turn."
    assert between.startswith("30 people arrived on 23 Nov 2026. 12 are welcomed, 17 wait for their turn. 1 cannot be")
    assert last.startswith("30 people arrived on 23 Nov 2026. 29 are welcomed, and nobody waits. 1 cannot be reached")


async def test_what_is_over_is_not_said_again_not_even_by_another_process(entrance: Entrance) -> None:
    await entrance.arrive(CROWD, welcomed=CROWD)
    await entrance.usher.tell()
    before = entrance.now_says()
    entrance.start()
    await entrance.usher.tell()
    assert entrance.now_says() == before


async def test_a_process_that_dies_at_the_end_leaves_no_message_that_says_somebody_waits(entrance: Entrance) -> None:
    await entrance.arrive(CROWD)
    await entrance.usher.tell()
    await entrance.arrive(CROWD, welcomed=CROWD)
    entrance.start()
    await entrance.usher.tell()
    assert "nobody waits" in entrance.now_says()[-1]


async def test_few_arrivals_are_no_news_and_old_ones_neither(entrance: Entrance) -> None:
    await entrance.arrive(MANY - 1)
    await entrance.usher.tell()
    await entrance.arrive(MANY, welcomed=MANY)
    entrance.clock.set(START + timedelta(days=3))
    await entrance.usher.tell()
    assert entrance.now_says() == []


async def test_where_others_than_insiders_read_along_nothing_is_told(entrance: Entrance) -> None:
    entrance.fit = False
    await entrance.arrive(CROWD)
    await entrance.usher.tell()
    assert entrance.now_says() == []


def test_paths_about_groups_do_not_count_for_they_might_be_hidden() -> None:
    hidden = [replace(waiting(number), subject="board") for number in range(CROWD)]
    assert counted(hidden) == {}
    assert counted([waiting(1), replace(waiting(1), path="another")]) == {START.date(): Arrivals(people=1)}
