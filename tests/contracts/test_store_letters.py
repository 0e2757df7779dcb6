"""What every store promises about letters by e-mail: none is sent twice, and refused addresses are remembered."""

from datetime import timedelta

from bridge.domain.mail import MailOutcome, Posted
from bridge.ports.store import Store
from tests.contracts.stores import OpenStore
from tests.fakes.clock import START

ANN, BOB = "@ann:corp.test", "@bob:corp.test"
WEEK, NEXT = "2026-W47", "2026-W48"
LATER = START + timedelta(minutes=5)


async def begun(store: Store, user: str = ANN, week: str = WEEK, *, minutes: int = 0) -> MailOutcome | None:
    async with store.work() as work:
        return await work.letters.begin(user, week, now=START + timedelta(minutes=minutes))


async def test_a_letter_that_was_begun_is_not_begun_again_by_anybody(opening: OpenStore) -> None:
    one, other = await opening(), await opening()
    assert await begun(one) is None
    assert await begun(other) is MailOutcome.UNKNOWN
    assert await begun(other, BOB) is None
    assert await begun(other, ANN, NEXT) is None


async def test_what_became_of_a_letter_stays(store: Store) -> None:
    await begun(store)
    async with store.work() as work:
        await work.letters.conclude(ANN, WEEK, MailOutcome.SENT, at=LATER)
    assert await begun(store, minutes=60) is MailOutcome.SENT
    async with store.view() as view:
        assert await view.letters.get(ANN, WEEK) == Posted(
            user=ANN, week=WEEK, outcome=MailOutcome.SENT, attempts=1, at=LATER
        )
        assert await view.letters.get(BOB, WEEK) is None


async def test_a_letter_for_later_is_begun_again_when_it_is_due_and_not_before(store: Store) -> None:
    for user in (BOB, ANN):
        await begun(store, user)
    async with store.work() as work:
        await work.letters.conclude(ANN, WEEK, MailOutcome.LATER, at=START, due_at=LATER + timedelta(minutes=1))
        await work.letters.conclude(BOB, WEEK, MailOutcome.LATER, at=START, due_at=LATER)
    assert await begun(store, minutes=4) is MailOutcome.LATER
    async with store.view() as view:
        assert await view.letters.due(START, limit=9) == []
        assert [one.user for one in await view.letters.due(START + timedelta(hours=1), limit=9)] == [BOB, ANN]
        assert [one.user for one in await view.letters.due(START + timedelta(hours=1), limit=1)] == [BOB]
    assert await begun(store, minutes=6) is None
    async with store.view() as view:
        known = await view.letters.get(ANN, WEEK)
        assert known is not None
        assert (known.attempts, known.due_at, known.outcome) == (2, None, MailOutcome.UNKNOWN)
        assert [one.user for one in await view.letters.due(START + timedelta(hours=1), limit=9)] == [BOB]


async def test_a_promised_letter_is_due_at_once_and_a_promise_changes_nothing_that_is_known(store: Store) -> None:
    await begun(store, BOB)
    async with store.work() as work:
        for user in (ANN, BOB, ANN):
            await work.letters.promise(user, WEEK, now=START)
        (due,) = await work.letters.due(START, limit=9)
        assert (due.user, due.attempts, due.outcome) == (ANN, 0, MailOutcome.LATER)
    assert await begun(store, BOB) is MailOutcome.UNKNOWN
    assert await begun(store) is None
    async with store.work() as work:
        await work.letters.promise(ANN, WEEK, now=LATER)
        known = await work.letters.get(ANN, WEEK)
        assert known is not None
        assert (known.attempts, known.outcome) == (1, MailOutcome.UNKNOWN)


async def test_outcomes_are_counted_by_week(store: Store) -> None:
    for user, week, outcome in ((ANN, WEEK, "sent"), (BOB, WEEK, "sent"), (ANN, NEXT, "refused")):
        await begun(store, user, week)
        async with store.work() as work:
            await work.letters.conclude(user, week, MailOutcome(outcome), at=LATER)
    async with store.view() as view:
        assert await view.letters.counts(WEEK) == {MailOutcome.SENT: 2}
        assert await view.letters.counts(NEXT) == {MailOutcome.REFUSED: 1}
        assert await view.letters.counts("2026-W49") == {}
        assert sorted(await view.letters.readers(WEEK)) == [ANN, BOB]
        assert await view.letters.readers(NEXT) == [ANN]


async def test_a_refused_address_is_remembered_until_another_one_is_refused(store: Store) -> None:
    async with store.work() as work:
        await work.letters.refuse(ANN, "old@corp.test", at=START)
        assert await work.letters.refused(ANN, "old@corp.test")
        assert not await work.letters.refused(ANN, "new@corp.test")
        assert not await work.letters.refused(BOB, "old@corp.test")
        await work.letters.refuse(ANN, "new@corp.test", at=LATER)
    async with store.view() as view:
        assert await view.letters.refused(ANN, "new@corp.test")
        assert not await view.letters.refused(ANN, "old@corp.test")


async def test_everything_about_somebody_is_found_and_forgotten(store: Store) -> None:
    for user, week in ((ANN, NEXT), (ANN, WEEK), (BOB, WEEK)):
        await begun(store, user, week)
    async with store.work() as work:
        await work.letters.refuse(ANN, "ann@corp.test", at=START)
        assert [one.week for one in await work.letters.of_user(ANN)] == [WEEK, NEXT]
        assert await work.letters.forget(ANN) == 3
        assert await work.letters.forget(ANN) == 0
    async with store.view() as view:
        assert await view.letters.of_user(ANN) == []
        assert not await view.letters.refused(ANN, "ann@corp.test")
        assert [one.user for one in await view.letters.of_user(BOB)] == [BOB]


async def test_old_letters_are_forgotten_and_those_still_to_be_tried_are_not(store: Store) -> None:
    for user in (ANN, BOB):
        await begun(store, user)
    async with store.work() as work:
        await work.letters.conclude(ANN, WEEK, MailOutcome.LATER, at=START, due_at=LATER)
        assert await work.letters.purge(START) == 0
        assert await work.letters.purge(START + timedelta(days=1)) == 1
        assert [one.user for one in await work.letters.due(LATER, limit=9)] == [ANN]
