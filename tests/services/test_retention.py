"""People are taken out of what is old, once, a page at a time, and what was done stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.audit import ERASED
from bridge.ports.store import AuditEntry, Outcome, Run
from bridge.services import retention as module
from bridge.services.proof import Proof
from bridge.services.retention import EVERY, Retention
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore
from tests.fakes.store_chains import SIGNER

DAY = timedelta(days=1)
ANN = "@ann:corp.example"


def record(number: int) -> AuditEntry:
    """One each day."""
    return AuditEntry(
        id=f"r{number}",
        at=START + number * DAY,
        actor=ANN,
        compartment="board" if number % 2 else "",
        kind="add",
        run="",
        detail={"check": {"room": "group/sales", "user": ANN}, "reason": "named"},
        outcome=Outcome.DONE,
        outcome_at=START + number * DAY,
    )


async def filled(*, count: int = 9) -> FakeStore:
    store = FakeStore()
    async with store.work() as work:
        await work.audit.intend([record(number) for number in range(count)])
        await work.runs.begin(Run(id="r", origin="", actor=ANN, compartments=("",), fingerprint="ab", started_at=START))
    return store


def named(store: FakeStore) -> list[str]:
    assert {one.detail["check"]["room"] for one in store.data.audit.values()} == {"group/sales"}
    return [id_ for id_, one in store.data.audit.items() if ANN in repr(one)]


async def test_people_stand_in_records_for_their_time_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    store, clock = await filled(), FakeClock(eager=True)
    clock.set(clock.now() + DAY * 10)
    errand = Retention(store=store, clock=clock, names=DAY * 5)
    await errand.go()
    assert named(store) == ["r5", "r6", "r7", "r8"]
    assert store.data.audit["r0"].actor == store.data.runs["r"].actor == ERASED
    clock.set(clock.now() + DAY)
    await errand.go()
    assert named(store) == ["r6", "r7", "r8"]
    clock.set(clock.now() + DAY * 20)
    await errand.go()
    assert named(store) == []
    checked = await Proof(store=store, signer=SIGNER).verify()
    assert [(one.compartment, one.records, one.fault) for one in checked] == [("", 5, None), ("board", 4, None)]


async def test_between_two_times_and_where_nothing_is_old_nothing_is_changed() -> None:
    store, clock = await filled(), FakeClock(eager=True)
    errand = Retention(store=store, clock=clock, names=DAY * 5)
    await errand.go()
    links = store.data.links
    works = store.works
    clock.set(clock.now() + EVERY / 2)
    await errand.go()
    assert (store.works, store.data.links) == (works, links)
    assert len(named(store)) == 9


async def test_much_is_done_in_several_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "PAGES", 2)
    store, clock = await filled(), FakeClock(eager=True)
    clock.set(clock.now() + DAY * 30)
    errand = Retention(store=store, clock=clock, names=DAY)
    left = []
    for _ in range(3):
        await errand.go()
        left.append(len(named(store)))
    assert left == [5, 1, 0]


async def test_a_restart_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 4)
    store, clock = await filled(), FakeClock(eager=True)
    clock.set(clock.now() + DAY * 30)
    await Retention(store=store, clock=clock, names=DAY).go()
    works = store.works
    await Retention(store=store, clock=clock, names=DAY).go()
    assert store.works - works == 2
    assert named(store) == []


async def test_what_has_no_outcome_is_waited_for() -> None:
    store, clock = FakeStore(), FakeClock(eager=True)
    async with store.work() as work:
        await work.audit.intend([replace(record(0), outcome=None, outcome_at=None), record(1)])
    clock.set(clock.now() + DAY * 30)
    await Retention(store=store, clock=clock, names=DAY).go()
    assert named(store) == ["r0"]
    async with store.work() as work:
        await work.audit.conclude(["r0"], Outcome.DONE, at=clock.now())
    await Retention(store=store, clock=clock, names=DAY).go()
    assert named(store) == []
