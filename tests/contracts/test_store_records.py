"""What every store promises about audit, runs, outbox, preferences, leases and snapshots."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.errors import ErrorKind, StoreError
from bridge.ports.store import AuditEntry, Claim, Outcome, Run, Store
from tests.contracts.stores import OpenStore
from tests.fakes.clock import START

HOUR = timedelta(hours=1)


def entry(name: str, compartment: str = "", outcome: Outcome | None = None) -> AuditEntry:
    return AuditEntry(
        id=name,
        at=START,
        actor="@ines:corp.test",
        compartment=compartment,
        kind="invite",
        run="r1",
        detail={"user": "@ann:corp.test", "list": [1, None, {"é": True}]},
        outcome=outcome,
        outcome_at=None if outcome is None else START,
        outcome_detail="" if outcome is None else "as it was",
    )


def run(name: str, origin: str = "") -> Run:
    return Run(
        id=name, origin=origin, actor="@ines:x", compartments=("", "board"), fingerprint="ab12", started_at=START
    )


def claim(key: str, body: str = "bonjour") -> Claim:
    return Claim(
        key=key,
        sender="@bot:corp.test",
        room_id="!room",
        event_type="m.room.message",
        content={"body": body},
        claimed_at=START,
    )


def tried(key: str, body: str = "bonjour") -> Claim:
    """The claim as it is stored."""
    return replace(claim(key, body), tried=True)


async def test_intentions_stay_unresolved_until_concluded(store: Store) -> None:
    entries = [entry("b"), entry("a"), entry("c", outcome=Outcome.DONE)]
    async with store.work() as work:
        await work.audit.intend([])
        await work.audit.intend(entries)
        assert list(await work.audit.unresolved()) == entries[:2]
        await work.audit.conclude(["b"], Outcome.FAILED, at=START + HOUR, detail="refused")
        await work.audit.conclude([], Outcome.DONE, at=START)
    async with store.view() as view:
        assert list(await view.audit.unresolved()) == [entry("a")]
        newest = await view.audit.recent(compartments=frozenset({""}), limit=10)
    concluded = replace(entry("b"), outcome=Outcome.FAILED, outcome_at=START + HOUR, outcome_detail="refused")
    assert list(newest) == [entry("c", outcome=Outcome.DONE), entry("a"), concluded]


async def test_recent_entries_are_of_the_compartments_asked_for_alone(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("1"), entry("2", "board"), entry("3", "other"), entry("4", "board")])
        recent = work.audit.recent
        assert [e.id for e in await recent(compartments=frozenset({"board"}), limit=10)] == ["4", "2"]
        assert [e.id for e in await recent(compartments=frozenset({"", "board"}), limit=2)] == ["4", "2"]
        assert await recent(compartments=frozenset(), limit=2) == []
        assert [e.compartment for e in await recent(compartments=frozenset({"other"}), limit=2)] == ["other"]


async def test_entries_are_found_by_their_run_and_decisions_by_having_none(store: Store) -> None:
    both = frozenset({"", "board"})
    async with store.work() as work:
        second, decision = replace(entry("2"), run="r2"), replace(entry("4"), run="")
        await work.audit.intend([entry("1"), second, entry("3", "board", Outcome.DONE), decision])
        await work.audit.intend([entry("5", "", Outcome.FAILED), entry("6", "", Outcome.DONE)])
        recent, done = work.audit.recent, work.audit.done
        assert [e.id for e in await recent(compartments=both, limit=9, run="r1")] == ["6", "5", "3", "1"]
        assert [e.id for e in await recent(compartments=frozenset({""}), limit=2, run="r1")] == ["6", "5"]
        assert [e.id for e in await recent(compartments=both, limit=9, run="")] == ["4"]
        assert await recent(compartments=both, limit=9, run="r9") == []
        assert await done({"r1", "r2", "r9"}, compartments=both) == {"r1": 2}
        assert await done(["r1"], compartments=frozenset({"board"})) == {"r1": 1}
        assert await done([], compartments=both) == {}


async def test_runs_are_listed_newest_first_page_by_page_with_the_groups_that_they_concern(store: Store) -> None:
    async with store.work() as work:
        for number, name in enumerate("abc"):
            started = START + number * HOUR
            await work.runs.begin(replace(run(name), started_at=started, groups=("sales", "é/x")))
        listed = await work.runs.recent(limit=2)
        assert [(one.id, one.groups) for one in listed] == [("c", ("sales", "é/x")), ("b", ("sales", "é/x"))]
        assert [one.id for one in await work.runs.recent(limit=5, skip=2)] == ["a"]
        assert await work.runs.recent(limit=5, skip=3) == []


async def test_an_entry_under_a_known_id_is_a_conflict_and_stores_nothing(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("a")])

    async def intend_again() -> None:
        async with store.work() as work:
            await work.audit.intend([entry("b"), entry("a")])

    with pytest.raises(StoreError) as refused:
        await intend_again()
    assert refused.value.kind is ErrorKind.CONFLICT
    async with store.view() as view:
        assert [e.id for e in await view.audit.unresolved()] == ["a"]


async def test_a_run_is_found_by_its_id_and_by_what_asked_for_it(store: Store) -> None:
    async with store.work() as work:
        await work.runs.begin(run("r1", "$command"))
        await work.runs.begin(run("r2"))
        await work.runs.begin(run("r3"))
    async with store.view() as view:
        assert await view.runs.get("r1") == await view.runs.of_origin("$command") == run("r1", "$command")
        assert await view.runs.get("r2") == run("r2")
        assert await view.runs.get("r4") is None
        assert await view.runs.of_origin("") is None
        assert await view.runs.of_origin("$other") is None


async def test_a_finished_run_carries_its_summary(store: Store) -> None:
    async with store.work() as work:
        await work.runs.begin(run("r1"))
        await work.runs.finish("r1", at=START + HOUR, summary={"done": 3, "failed": []})
        await work.runs.finish("unknown", at=START, summary={})
        assert await work.runs.get("r1") == replace(
            run("r1"), finished_at=START + HOUR, summary={"done": 3, "failed": []}
        )


async def test_one_command_begins_one_run(store: Store) -> None:
    async def begin(name: str) -> None:
        async with store.work() as work:
            await work.runs.begin(run(name, "$command"))

    results = await asyncio.gather(begin("r1"), begin("r2"), return_exceptions=True)
    [refused] = [result for result in results if result is not None]
    assert isinstance(refused, StoreError)
    assert refused.kind is ErrorKind.CONFLICT


async def test_the_first_claim_counts_and_its_content_too(store: Store) -> None:
    async with store.work() as work:
        assert await work.outbox.claim(claim("k", "first")) == claim("k", "first")
        assert await work.outbox.claim(claim("k", "second")) == tried("k", "first")


async def test_a_claim_goes_from_tried_to_sent(store: Store) -> None:
    async with store.work() as work:
        for key in ("b", "a"):
            await work.outbox.claim(claim(key))
        assert list(await work.outbox.open_claims()) == [tried("b"), tried("a")]
        await work.outbox.sent("b", "$sent")
        assert list(await work.outbox.open_claims()) == [tried("a")]
        known = await work.outbox.claim(claim("b", "again"))
        assert await work.outbox.get("b") == known
        assert await work.outbox.get("c") is None
    assert known == replace(tried("b"), event_id="$sent", event_type="", content={})


async def test_a_claim_that_is_withdrawn_was_never_made_unless_it_was_sent(store: Store) -> None:
    async with store.work() as work:
        for key in ("refused", "sent"):
            await work.outbox.claim(claim(key))
        await work.outbox.sent("sent", "$1")
        for key in ("refused", "sent", "unknown"):
            await work.outbox.withdraw(key)
        assert list(await work.outbox.open_claims()) == []
        assert (await work.outbox.claim(claim("sent"))).event_id == "$1"
        assert await work.outbox.claim(claim("refused", "again")) == claim("refused", "again")


async def test_old_claims_are_forgotten_once_sent_and_not_before(store: Store) -> None:
    async with store.work() as work:
        await work.outbox.claim(claim("sent"))
        await work.outbox.claim(claim("open"))
        await work.outbox.sent("sent", "$1")
        assert await work.outbox.purge(START) == 0
        assert await work.outbox.purge(START + HOUR) == 1
        assert list(await work.outbox.open_claims()) == [tried("open")]
        assert (await work.outbox.claim(claim("sent", "new"))).event_id is None


async def test_a_preference_is_one_persons_and_the_last_word_counts(store: Store) -> None:
    async with store.work() as work:
        await work.preferences.put("@ann:x", "language", "fr")
        await work.preferences.put("@ann:x", "language", "en")
        await work.preferences.put("@bob:x", "language", "fr")
    async with store.view() as view:
        assert await view.preferences.get("@ann:x", "language") == "en"
        assert await view.preferences.get("@bob:x", "language") == "fr"
        assert await view.preferences.get("@bob:x", "other") is None
        assert await view.preferences.get("@cid:x", "language") is None


async def test_a_lease_has_one_holder_until_it_runs_out_or_is_given_back(store: Store) -> None:
    async with store.work() as work:
        take = work.leases.take
        assert await take("reconcile", "one", now=START, seconds=60)
        assert not await take("reconcile", "two", now=START + timedelta(seconds=59), seconds=60)
        assert await take("other", "two", now=START, seconds=60)
        assert await take("reconcile", "one", now=START + timedelta(seconds=30), seconds=60)
        assert not await take("reconcile", "two", now=START + timedelta(seconds=61), seconds=60)
        assert await take("reconcile", "two", now=START + timedelta(seconds=90), seconds=60)
        await work.leases.release("reconcile", "one")
        assert not await take("reconcile", "one", now=START + timedelta(seconds=91), seconds=60)
        await work.leases.release("reconcile", "two")
        assert await take("reconcile", "one", now=START + timedelta(seconds=91), seconds=60)


async def test_a_lease_is_taken_until_it_runs_out_or_is_given_back(store: Store) -> None:
    later = START + timedelta(seconds=60)
    async with store.work() as work:
        taken = work.leases.taken
        assert not await taken(["reconcile", "other"], now=START)
        await work.leases.take("reconcile", "one", now=START, seconds=60)
        assert await taken(["other", "reconcile"], now=later - timedelta(seconds=1))
        assert not await taken(["other"], now=START)
        assert not await taken(["other", "reconcile"], now=later)
        await work.leases.release("reconcile", "one")
        assert not await taken(["reconcile"], now=START)
        assert not await taken([], now=START)


async def test_two_stores_that_want_a_lease_at_once_get_it_one_of_them(opening: OpenStore) -> None:
    first, second = await opening(), await opening()

    async def take(store: Store, holder: str) -> bool:
        async with store.work() as work:
            return await work.leases.take("reconcile", holder, now=START, seconds=60)

    assert sorted(await asyncio.gather(take(first, "one"), take(second, "two"))) == [False, True]


async def test_a_snapshot_is_the_last_one_saved(store: Store) -> None:
    async with store.work() as work:
        assert await work.snapshots.load("directory") is None
        await work.snapshots.save("directory", b"old", at=START)
        await work.snapshots.save("directory", b"\x00new" * 100_000, at=START + HOUR)
        await work.snapshots.save("other", b"", at=START)
    async with store.view() as view:
        assert await view.snapshots.load("directory") == (b"\x00new" * 100_000, START + HOUR)
        assert await view.snapshots.load("other") == (b"", START)


async def test_entries_are_found_by_their_ids_in_the_order_asked_for(store: Store) -> None:
    async with store.work() as work:
        await work.audit.intend([entry("a"), entry("b", "board"), entry("c")])
        assert await work.audit.get(["c", "x", "b", "c"]) == [entry("c"), entry("b", "board")]
        assert await work.audit.get([]) == []


async def test_people_are_taken_out_of_runs_and_others_are_not(store: Store) -> None:
    later = replace(run("r3"), started_at=START + HOUR)
    async with store.work() as work:
        for one in (run("r1"), replace(run("r2"), actor="@bob:x"), later, replace(run("r4"), actor="command line")):
            await work.runs.begin(one)
        assert [one.id for one in await work.runs.of_actor("@ines:x")] == ["r1", "r3"]
        assert await work.runs.erase_actors(actor="@ines:x", before=START + HOUR) == 1
        assert list(await work.runs.of_actor("@ines:x")) == [later]
        assert await work.runs.erase_actors(before=START) == 0
        assert await work.runs.erase_actors() == 2
        assert [one.actor for one in await work.runs.recent(limit=9)] == ["erased"] * 3 + ["command line"]


async def test_what_is_kept_for_a_person_is_listed_and_forgotten(store: Store) -> None:
    async with store.work() as work:
        for user, key in (("@ann:x", "b"), ("@ann:x", "a"), ("@bob:x", "a")):
            await work.preferences.put(user, key, f"{user} {key}")
        assert list((await work.preferences.of_user("@ann:x")).items()) == [("a", "@ann:x a"), ("b", "@ann:x b")]
        assert await work.preferences.forget("@ann:x") == 2
        assert await work.preferences.forget("@ann:x") == 0
        assert await work.preferences.of_user("@ann:x") == {}
        assert await work.preferences.get("@bob:x", "a") == "@bob:x a"
