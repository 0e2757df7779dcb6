"""A person is erased from every store with the same proof, and its chains verify: in one go, or in several."""

from dataclasses import replace
from hashlib import sha256

import pytest

from bridge.domain.audit import ERASED
from bridge.domain.policy import GroupPolicy
from bridge.ports.store import AuditEntry, Outcome, Store
from bridge.rules.facts import gather
from bridge.rules.forgetting import Named
from bridge.services import erasing as module
from bridge.services.erasing import KIND, Erasing
from bridge.services.person import Dossier
from bridge.services.proof import Proof
from tests.contracts.stores import OpenStore
from tests.fakes.clock import START, FakeChance, FakeClock
from tests.fakes.store_chains import SIGNER
from tests.world import SERVER, TODAY, directory

ANN, BOB = "@ann:corp.example", "@bob:corp.example"
NAMED = Named(user=ANN, ids=frozenset({"7"}))
FACTS = gather(directory(), today=TODAY, server_name=SERVER)


def record(number: int) -> AuditEntry:
    return AuditEntry(
        id=f"r{number}",
        at=START,
        actor=ANN if number % 2 else BOB,
        compartment="board" if number % 3 == 0 else "",
        kind="add",
        run="",
        detail={"check": {"user": "7" if number % 4 else BOB, "room": "group/7"}},
        outcome=Outcome.DONE,
        outcome_at=START,
    )


async def filled(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([record(number) for number in range(12)])
        await work.preferences.put(ANN, "language", "fr")
        await work.preferences.put(BOB, "language", "fr")
        await work.policies.put(GroupPolicy(group="sales", values={"owners": ["7", BOB]}, by=ANN, at=START))


def erasing(store: Store) -> Erasing:
    return Erasing(
        store=store, clock=FakeClock(), chance=FakeChance(), commit=lambda text: sha256(text.encode()).hexdigest()
    )


async def dossier(store: Store) -> Dossier:
    async with store.view() as view:
        page = await view.audit.search(compartments=None, limit=99, oldest_first=True)
        choices = await view.preferences.of_user(ANN)
    found = [one for one in page.entries if NAMED.mentioned_in(one.actor, one.detail)]
    return Dossier(named=NAMED, choices=choices, records=tuple(found))


async def test_erasing_leaves_nothing_of_one_person_and_everything_of_others(store: Store) -> None:
    await filled(store)
    service = erasing(store)
    found = await dossier(store)
    assert len(found.records) == 9
    foreseen = await service.foresee(FACTS, found)
    statement = await service.erase(foreseen)
    assert statement.records == sum(one.compartment == "" for one in found.records)
    left = await dossier(store)
    assert (left.records, left.choices) == ((), {})
    assert (await service.foresee(FACTS, left)).earlier == (statement,)
    async with store.view() as view:
        [r0, r1] = await view.audit.get(["r0", "r1"])
        assert r0 == record(0)
        assert r1 == replace(record(1), actor=ERASED, detail={"check": {"user": ERASED, "room": "group/7"}})
        assert await view.preferences.get(BOB, "language") == "fr"
        policy = await view.policies.get("sales")
        assert policy is not None
        assert (policy.values, policy.by) == ({"owners": [BOB]}, ERASED)
    checked = await Proof(store=store, signer=SIGNER).verify()
    assert [(one.records, one.fault) for one in checked] == [(9, None), (5, None)]


async def test_two_that_erase_at_once_take_everybody_out_once(
    opening: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    first, second = await opening(), await opening()
    await filled(first)
    found = await dossier(first)
    await erasing(first).erase(await erasing(first).foresee(FACTS, found))
    other = Erasing(
        store=second,
        clock=FakeClock(),
        chance=FakeChance("other"),
        commit=lambda text: sha256(text.encode()).hexdigest(),
    )
    await other.erase(await other.foresee(FACTS, found))
    async with first.view() as view:
        page = await view.audit.search(compartments=None, limit=99)
    assert sum(one.detail["records"] for one in page.entries if one.kind == KIND) == len(found.records)
    checked = await Proof(store=first, signer=SIGNER).verify()
    assert {one.fault for one in checked} == {None}
