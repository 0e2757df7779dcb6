"""What every store promises about the chains of the audit log, searching it, and erasing from it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.audit import AuditFilter, group, partner, person, said_by
from bridge.domain.errors import StoreError
from bridge.ports.store import AuditEntry, Outcome, Store
from bridge.services.proof import Proof
from tests.fakes.clock import START
from tests.fakes.store_chains import SIGNER

DAY = timedelta(days=1)
ALL = frozenset({"", "board"})
INES, ANN, BOB = "@ines:corp.test", "@ann:corp.test", "@bob:acme.test"


def entry(name: str, user: str = ANN, **changes: object) -> AuditEntry:
    base = AuditEntry(
        id=name,
        at=START,
        actor=INES,
        compartment="",
        kind="add",
        run="r1",
        detail={"reason": "named", "check": {"room": "group/sales", "user": user, "present": True}},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


async def sound(store: Store) -> dict[str | None, int]:
    """How many records each chain has, none of which is at fault."""
    found = await Proof(store=store, signer=SIGNER).verify()
    assert [one.fault for one in found if one.fault] == []
    return {one.compartment: one.records for one in found}


async def ids(store: Store, *about: frozenset[str], compartments: frozenset[str] | None = ALL) -> Sequence[str]:
    async with store.view() as view:
        page = await view.audit.search(AuditFilter(about=about), compartments=compartments, limit=50)
    return [one.id for one in page.entries]


async def test_each_compartment_has_a_chain_that_checks(store: Store) -> None:
    assert await sound(store) == {}
    async with store.work() as work:
        await work.audit.intend([entry("1"), entry("2", compartment="board"), entry("3")])
        await work.audit.conclude(["3", "2", "unknown", "3"], Outcome.DONE, at=START)
        await work.audit.intend([entry("4", outcome=Outcome.DONE, outcome_at=START, outcome_detail="as it was")])
    assert await sound(store) == {"": 3, "board": 1}


async def test_what_is_undone_leaves_no_link(store: Store) -> None:
    async def fail() -> None:
        async with store.work() as work:
            await work.audit.intend([entry("1")])
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with store.work() as work:
        await work.audit.intend([entry("2")])
    assert await sound(store) == {"": 1}


async def test_an_outcome_once_stored_stays(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("1")])
        await work.audit.conclude(["1"], Outcome.FAILED, at=START, detail="refused")
        await work.audit.conclude(["1"], Outcome.DONE, at=START + DAY)
        (found,) = await work.audit.recent(compartments=ALL, limit=9)
    assert (found.outcome, found.outcome_at, found.outcome_detail) == (Outcome.FAILED, START, "refused")
    assert await sound(store) == {"": 1}


async def test_the_end_of_a_chain_may_be_signed_anew(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("1")])
    (head,) = await Proof(store=store, signer=SIGNER).heads()
    async with store.work() as work:
        await work.chains.keep(replace(head, signature=SIGNER.sign(said_by(head))))
    assert await Proof(store=store, signer=SIGNER).heads() == [head]
    assert await sound(store) == {"": 1}


async def test_heads_are_kept_for_each_day_and_signed_by_us(store: Store) -> None:
    for number in range(6):
        async with store.work() as work:
            await work.audit.intend([entry(str(number), at=START + number // 2 * DAY)])
    async with store.view() as view:
        (chain,) = await view.chains.all()
        heads = await view.chains.heads(chain.index)
        links = await view.chains.links(chain.index, after=2, limit=3)
    assert [head.length for head in heads] == [2, 4, 6]
    assert heads[1].hash == links[1].hash
    assert [link.position for link in links] == [3, 4, 5]


async def test_entries_are_found_by_person_group_and_partner_in_their_compartments(store: Store) -> None:
    decided = {"group": "deal", "field": "partners", "before": [], "after": ["acme"]}
    async with store.work() as work:
        await work.audit.intend(
            [
                entry("1"),
                entry("2", BOB),
                entry("3", compartment="board", detail={"check": {"room": "group/board", "user": ANN}}),
                entry("4", actor=ANN, detail=decided, run=""),
                entry("5", actor="", detail={"check": {"room": "partner/acme"}}),
                entry("6", detail={"field": "members", "group": "deal", "after": ["0123", "group:sales"]}),
            ]
        )
    assert await ids(store) == ["6", "5", "4", "3", "2", "1"]
    assert await ids(store, frozenset({person(ANN)})) == ["4", "3", "1"]
    assert await ids(store, frozenset({person(ANN)}), compartments=frozenset({""})) == ["4", "1"]
    assert await ids(store, frozenset({person(ANN)}), compartments=None) == ["4", "3", "1"]
    assert await ids(store, frozenset({person(BOB), person("0123")})) == ["6", "2"]
    assert await ids(store, frozenset({group("sales")})) == ["6", "2", "1"]
    assert await ids(store, frozenset({person(ANN)}), frozenset({group("deal")})) == ["4"]
    assert await ids(store, frozenset({partner("acme")})) == ["5", "4"]
    assert await ids(store, frozenset({group("board")}), compartments=frozenset({""})) == []


async def test_entries_are_found_by_time_and_page_by_page_in_both_directions(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry(str(number), at=START + number * DAY) for number in range(5)])
    wanted = AuditFilter(since=START + DAY, until=START + 4 * DAY)
    for oldest_first, expected in ((True, ["1", "2", "3"]), (False, ["3", "2", "1"])):
        found, cursor = [], None
        async with store.view() as view:
            while True:
                page = await view.audit.search(
                    wanted, compartments=None, limit=2, cursor=cursor, oldest_first=oldest_first
                )
                found += [one.id for one in page.entries]
                if (cursor := page.cursor) is None:
                    break
        assert found == expected


async def test_what_is_erased_is_gone_and_the_chain_checks(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("1"), entry("2", actor=ANN), entry("3")])
        await work.audit.conclude(["2"], Outcome.DONE, at=START)
    nobody = {"check": {"room": "group/sales", "user": "(erased)", "present": True}}
    async with store.work() as work:
        await work.audit.erase([entry("2", actor="(erased)", detail=nobody), entry("unknown")], at=START + DAY)
        await work.audit.erase([], at=START)
    assert await sound(store) == {"": 3}
    assert await ids(store, frozenset({person(ANN)})) == ["3", "1"]
    async with store.work() as work:
        _, found, _ = await work.audit.recent(compartments=ALL, limit=3)
        assert (found.actor, found.detail, found.outcome) == ("(erased)", nobody, Outcome.DONE)
        await work.audit.erase([entry("2", actor="(erased)", detail={})], at=START + 2 * DAY)
    assert await sound(store) == {"": 3}


async def test_an_entry_known_already_leaves_the_chain_as_it_was(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("1")])

    async def again() -> None:
        async with store.work() as work:
            await work.audit.intend([entry("2"), entry("1")])

    with pytest.raises(StoreError):
        await again()
    assert await sound(store) == {"": 1}
