"""The administrators' room at work: witnesses of the audit log each day, alarms, held plans and findings, each once."""

from dataclasses import replace

from bridge.domain.audit import Part
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.witnesses import read
from bridge.planning.plan import Brake
from bridge.ports.store import AuditEntry, Outcome
from bridge.services.witnessing import HEADS
from tests.bots.admin.heralding import Telling, telling
from tests.fakes.store_chains import _index
from tests.fakes.store_chains import append as write_link
from tests.world import AGroup, directory, group, user

SALES = group("sales").owners("ann").members("ann", "luc", "eve")
QUARTZ = group("quartz").hidden().owners("ann").members("ann", "luc")
PEOPLE = ("ines", "omar")
STRICT = Brake(max_removals=0, max_removal_share=1.0)


async def company(*groups: AGroup, brake: Brake = STRICT) -> Telling:
    return await telling(directory(*(groups or (SALES,)), people=PEOPLE), brake=brake)


async def changed(told: Telling, *groups: AGroup) -> None:
    told.house.source.directory = directory(*groups, people=(*PEOPLE, "ann", "luc", "eve"))
    await told.house.settle()


def smaller(one: AGroup) -> AGroup:
    return AGroup(replace(one.value, members=one.value.members[:1]))


def rewrite(told: Telling, compartment: str = "") -> None:
    """A chain as whoever holds host and key would write it: without its last record, all hashes and signatures good."""
    data = told.house.store.data
    *kept, last = [one for one in data.audit.values() if one.compartment == compartment]
    del data.audit[last.id], data.links[_index(compartment)]
    for entry in kept:
        for part in (Part.RECORD, Part.OUTCOME):
            write_link(data, entry, part)


async def append(told: Telling, name: str, compartment: str = "") -> None:
    now = told.house.clock.now()
    entry = AuditEntry(
        id=name, at=now, actor="", compartment=compartment, kind="decide", run="", detail={"field": "name"},
        outcome=Outcome.DONE, outcome_at=now,
    )  # fmt: skip
    async with told.house.store.work() as work:
        await work.audit.intend([entry])


async def test_each_day_the_room_is_told_one_witness_that_the_log_agrees_with() -> None:
    told = await company()
    for _ in range(3):
        await told.herald.keep_watch()
    [first] = told.said()
    assert first["msgtype"] == "m.notice"
    assert "agrees with 0 witnesses" in first["body"]
    [head] = read(first[HEADS])
    async with told.house.store.view() as view:
        assert head in await view.chains.heads(_index(""))
    await append(told, "more")
    await told.next_day()
    told.start()
    await told.house.settle()
    await told.herald.keep_watch()
    assert ["agrees with 1 witness in" in body for body in told.bodies()] == [False, True]
    assert read(told.said()[1][HEADS])[0].length > head.length


async def test_the_witness_of_a_day_is_told_once_wherever_the_process_dies() -> None:
    told = await company(SALES, QUARTZ)
    deaths = await told.survive(lambda one: one.herald.keep_watch())
    assert deaths > 5
    assert (len(told.said()), len([one for one in told.said(told.room("quartz")) if HEADS in one])) == (1, 1)


async def test_a_history_written_anew_with_the_real_key_contradicts_the_witness() -> None:
    told = await company()
    await told.herald.keep_watch()
    rewrite(told)
    for number in range(3):
        await append(told, f"forged {number}")
    [sound] = [one for one in await told.house.auditing.proof.verify() if one.compartment == ""]
    assert sound.fault is None
    await told.next_day()
    await told.survive(lambda one: one.herald.keep_watch())
    await told.next_day()
    await told.herald.keep_watch()
    _, alarm, *daily = told.said()
    assert alarm["msgtype"] == "m.text"
    assert "The audit log was tampered with." in alarm["body"]
    assert "what stands here is not what was signed" in alarm["body"]
    assert ["is not as it was written" in one["body"] for one in daily] == [True, True]


async def test_an_end_that_was_cut_off_and_a_log_that_is_gone_are_missed() -> None:
    told = await company()
    await told.herald.keep_watch()
    rewrite(told)
    await told.next_day()
    await told.herald.keep_watch()
    assert "the end was removed" in told.bodies()[1]
    data = told.house.store.data
    data.links.clear()
    data.audit.clear()
    await told.next_day()
    await told.herald.keep_watch()
    assert "a chain of which nothing is left" in told.bodies()[-1]


async def test_what_others_write_is_no_witness() -> None:
    told = await company()
    await told.herald.keep_watch()
    forged = read(told.said()[0][HEADS])[0]
    line = told.said()[0][HEADS][0].replace(str(forged.length), str(forged.length + 100), 1)
    synapse = told.house.homeserver.synapse
    synapse.room(told.room()).append(user("ines"), "m.room.message", {"msgtype": "m.text", "body": line, HEADS: [line]})
    await told.next_day()
    await told.herald.keep_watch()
    assert "agrees with 1 witness in" in told.bodies()[-1]


async def test_the_heads_of_hidden_groups_stand_in_their_rooms_alone_and_no_client_shows_them() -> None:
    told, bare = await company(SALES, QUARTZ), await company(SALES)
    for one in (told, bare):
        await one.herald.keep_watch()
    [inside] = [one for one in told.said(told.room("quartz")) if HEADS in one]
    assert inside.keys() == {HEADS, "io.parvis.claim"}
    assert "quartz" not in str(inside)
    assert [one.keys() for one in told.said()] == [one.keys() for one in bare.said()]
    assert [len(one[HEADS]) for one in told.said()] == [1]
    await told.next_day()
    await told.herald.keep_watch()
    assert [one for one in told.said(told.room("quartz")) if HEADS in one] == [inside], "nothing new, nothing told"


async def test_what_is_wrong_with_a_hidden_groups_log_is_told_inside_alone() -> None:
    told = await company(SALES, QUARTZ)
    await told.herald.keep_watch()
    rewrite(told, "quartz")
    await told.next_day()
    await told.herald.keep_watch()
    assert all("is as it was written" in body for body in told.bodies())
    alarm, _ = told.said(told.room("quartz"))[-2:]
    assert "the end was removed" in alarm["body"]


async def test_a_held_plan_is_told_once_with_its_fingerprint_and_again_when_it_has_changed() -> None:
    told = await company()
    await told.herald.tell()
    assert told.said() == []
    await changed(told, smaller(SALES))
    await told.survive(lambda one: one.herald.tell())
    await told.herald.tell()
    [plan] = told.said()
    assert told.house.world
    assert plan["msgtype"] == "m.text"
    assert f"!apply {told.house.world.plan.fingerprint}" in plan["body"]
    assert plan["body"].count("Held.") == 1
    await changed(told, group("sales").owners("eve").members("eve"))
    await told.herald.tell()
    assert len(told.said()) == 2


async def test_findings_are_told_once_and_again_only_after_they_were_gone_for_days() -> None:
    told = await company()
    told.findings = [Finding("blocked", "sales", say("{user} blocks invitations.", user="@bob:acme.example"), "sales")]
    for _ in range(2):
        await told.herald.tell()
    assert ["blocks invitations" in body for body in told.bodies()] == [True]
    kept, told.findings = told.findings, []
    await told.herald.tell()
    told.findings = kept
    await told.herald.tell()
    assert len(told.said()) == 1
    told.findings = []
    for _ in range(3):
        await told.next_day()
        await told.herald.tell()
    told.findings = kept
    await told.herald.tell()
    assert len(told.said()) == 2


async def test_nothing_of_hidden_groups_is_told() -> None:
    told = await company(SALES, QUARTZ)
    told.findings = [Finding("blocked", "quartz", say("Something inside."), "quartz")]
    await changed(told, SALES, smaller(QUARTZ))
    assert told.house.world
    assert told.house.world.plan.held
    await told.herald.tell()
    assert told.said() == []


async def test_nothing_is_told_where_others_read_along() -> None:
    told = await company()
    stranger = user("bob:acme.example")
    told.house.homeserver.synapse.room(told.room()).append(stranger, "m.room.member", {"membership": "join"}, stranger)
    told.findings = [Finding("blocked", "sales", say("Something outside."), "sales")]
    await told.herald.tell()
    assert told.said() == []
