"""Who is where on which path of onboarding, in every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bridge.domain.onboarding import Effect, EffectKind, Owed, Progress, Stage, Word, arrived
from bridge.ports.store import Store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLAIRE = Progress(
    user="@claire:corp.example",
    path="owner",
    subject="ventes-é",
    step="hello",
    stage=Stage.LATER,
    trail=("a", "b"),
    answered=("a",),
    turn=3,
    heard=("$one", "$two"),
    doing=(Effect(EffectKind.LANGUAGE, "fr"),),
    owed=(Owed(word=Word.STEP, about="hello", turn=3, event="$two"), Owed(word=Word.FIRST, turn=3, part=1)),
    begun_at=NOW,
    moved_at=NOW + timedelta(hours=1),
    due=NOW + timedelta(days=1),
    reminders=1,
    reminded_at=NOW,
    room="!dm",
    shown="$shown",
    buddy="@bob:corp.example",
)


async def test_where_somebody_stands_is_found_again_whole(store: Store) -> None:
    other = replace(CLAIRE, subject="", path="employee", moved_at=NOW, owed=(), doing=())
    async with store.work() as work:
        await work.onboarding.put(CLAIRE)
        await work.onboarding.put(other)
        await work.onboarding.put(arrived("@bob:corp.example", "employee", NOW - timedelta(days=1)))
    async with store.view() as view:
        assert await view.onboarding.get(CLAIRE.key) == CLAIRE
        assert await view.onboarding.get(("@nobody:x", "owner", "")) is None
        assert await view.onboarding.of_user(CLAIRE.user) == [CLAIRE, other]
        assert next(one.user for one in await view.onboarding.all()) == "@bob:corp.example"


async def test_what_is_owed_or_due_is_found_with_the_longest_waiting_first(store: Store) -> None:
    waiting = replace(CLAIRE, user="@dan:x", owed=(), doing=(), due=NOW)
    later = replace(waiting, user="@eve:x", due=NOW + timedelta(days=3))
    settled = replace(waiting, user="@ann:x", due=None)
    absent = replace(CLAIRE, user="@bob:x", absent=True)
    async with store.work() as work:
        for one in (CLAIRE, later, settled, waiting, absent):
            await work.onboarding.put(one)
    async with store.view() as view:
        assert await view.onboarding.unsettled(NOW + timedelta(hours=2), 10) == [waiting, CLAIRE]
        assert await view.onboarding.unsettled(NOW + timedelta(hours=2), 1) == [waiting]
        assert await view.onboarding.unsettled(NOW - timedelta(hours=1), 10) == []


async def test_somebody_can_be_forgotten_on_all_their_paths(store: Store) -> None:
    async with store.work() as work:
        await work.onboarding.put(CLAIRE)
        await work.onboarding.put(replace(CLAIRE, subject="other"))
        await work.onboarding.put(replace(CLAIRE, user="@bob:corp.example"))
    async with store.work() as work:
        assert await work.onboarding.forget(CLAIRE.user) == 2
        assert await work.onboarding.forget(CLAIRE.user) == 0
        assert len(await work.onboarding.all()) == 1
