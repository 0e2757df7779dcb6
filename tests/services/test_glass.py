"""Breaking the glass: what an administrator is shown who asks, with a second one's word, and what nobody can tell."""

from dataclasses import replace

import pytest

from bridge.domain.viewers import OPEN, Viewer, alone
from bridge.rules.glass import GlassLimits
from tests.services.office import ADMINS, HIDDEN, WORDS, Office, company
from tests.support.canary import traces
from tests.world import directory, group, user

ASK = "!glass quartz fraud is suspected"
EVERYWHERE = ("!group list", "!group show quartz", "!plan quartz", "!audit quartz", "!why @claire:corp.example quartz")


@pytest.fixture
async def office() -> Office:
    return await Office.of(company())


async def test_with_a_second_administrators_word_the_group_is_seen_everywhere_for_an_hour(office: Office) -> None:
    for line in EVERYWHERE:
        assert not traces(await office.tell("ines", line), WORDS[1:]), line
    await office.granted()
    office.house.source.directory = directory(HIDDEN.members("claire", "dora", "luc"), people=("ines", "omar", "ann"))
    for line in EVERYWHERE:
        assert traces(await office.tell("ines", line), ("basalte",)), line
    assert "claire" in await office.tell("ines", "!group show quartz")
    await office.later(minutes=59)
    assert "Basalte" in await office.tell("ines", "!group list")
    await office.later(minutes=1)
    for line in EVERYWHERE:
        assert not traces(await office.tell("ines", line), WORDS[1:]), line


async def test_it_is_seen_alone_with_the_bot_and_by_the_asker_alone(office: Office) -> None:
    await office.granted()
    for who, room in (("ines", ADMINS), ("omar", ""), ("max", "")):
        assert not traces(await office.tell(who, "!group list", room=room), WORDS)
    glass = office.house.glass
    assert await glass.broken_by(user("ines")) == {"quartz"}
    assert await glass.broken_by(user("omar")) == set()
    shared = Viewer(asker=user("ines"), readers=frozenset(map(user, ("ines", "max"))))
    assert shared.through(frozenset({"quartz"})) == shared
    assert alone(user("ines")).through(frozenset({"quartz"})).glass == {"quartz"}


async def test_whoever_sees_it_decides_nothing_about_it(office: Office) -> None:
    await office.granted()
    for line in ("rename quartz Other", "visibility quartz public --yes", "add quartz @ines:corp.example",
                 "retire quartz --yes"):  # fmt: skip
        assert "decides nothing" in await office.tell("ines", f"!group {line}"), line
    office.house.source.directory = directory(HIDDEN.members("claire", "dora", "luc"), people=("ines", "omar", "ann"))
    assert "cannot apply" in await office.tell("ines", "!plan quartz")
    assert not traces(await office.tell("ines", "!apply"), WORDS)


async def test_those_inside_are_told_of_every_step_in_their_room_alone(office: Office) -> None:
    await office.tell("ines", ASK)
    await office.go()
    [asked] = office.inside
    assert "@ines:corp.example" in asked
    assert "fraud is suspected" in asked
    await office.hear(office.answer("omar"))
    await office.go()
    await office.later(hours=1)
    _, granted, ended = office.inside
    assert "@omar:corp.example" in granted
    assert "1 hour" in granted
    assert "not see this group any more" in ended
    assert not {user("claire"), user("dora")} & office.messenger.direct.keys()


async def test_it_stands_in_the_groups_own_audit_chain_and_as_typed_in_the_open_one(office: Office) -> None:
    await office.granted("Opération Basalte")
    await office.later(hours=1)
    own, everybodys = await office.log("quartz"), await office.log(OPEN)
    kinds = ["glass-asked", "glass-granted", "glass-ended"]
    assert [one.kind for one in own] == [one.kind for one in everybodys] == kinds
    assert [one.actor for one in everybodys] == [user("ines"), user("omar"), ""]
    assert own[0].detail == {**everybodys[0].detail, "group": "quartz"}
    assert everybodys[0].detail == {
        "user": user("ines"), "typed": "Opération Basalte", "reason": "fraud is suspected",
    }  # fmt: skip
    assert "fraud is suspected" in await office.tell("max", "!audit @ines:corp.example")


async def test_nothing_tells_a_request_that_names_a_group_from_one_that_names_nothing() -> None:
    """Neither to whoever asks, until they see it or not, nor to the administrators, in no step."""
    heard = []
    for hidden in (True, False):
        office = await Office.of(company(hidden=hidden))
        begun = office.house.clock.now()
        store, messenger = office.house.store, office.messenger
        work = []
        for typed, answer in (("quartz", "✅"), ("basalte", "❌"), ("Opération Basalte", "")):
            before = office.house.fuse.steps, len(messenger.calls)
            await office.tell("ines", f'!glass "{typed}" why not')
            work.append((office.house.fuse.steps - before[0], len(messenger.calls) - before[1]))
            await office.go()
            if answer:
                before = office.house.fuse.steps, len(messenger.calls)
                await office.hear(office.answer("max", answer))
                work.append((office.house.fuse.steps - before[0], len(messenger.calls) - before[1]))
            await office.later(hours=5)
        secret = {one.room_id for one in store.data.bindings.values() if one.ref.id == "quartz"}
        told = [(room, content["body"]) for room, content in messenger.sent if room not in secret]
        kinds = [(one.kind, one.actor, one.at - begun, one.detail.get("typed")) for one in await office.log(OPEN)]
        heard.append((told, [emoji for _, emoji in messenger.reactions], work, kinds))
        assert (len(messenger.sent) > len(told)) is hidden
    assert heard[0] == heard[1]


async def test_the_asker_cannot_agree_nor_anybody_who_is_no_administrator_any_more(office: Office) -> None:
    await office.tell("ines", ASK)
    await office.go()
    assert await office.hear(office.answer("ines")) == {}
    source = office.house.source.directory
    people = {**source.people, "omar": replace(source.people["omar"], active=False)}
    office.house.source.directory = replace(source, people=people)
    office.house.world = await office.house.reconciler.look(keep=True)
    assert await office.hear(office.answer("omar")) == {}
    office.messenger.room(ADMINS, *map(user, ("ann", "ines", "max", "omar")))
    assert await office.hear(office.answer("ann")) == {}
    await office.go()
    assert not traces(await office.tell("ines", "!group list"), WORDS)
    assert await office.hear(office.answer("max"))
    await office.go()
    assert traces(await office.tell("ines", "!group list"), WORDS)


async def test_whoever_is_no_administrator_any_more_sees_nothing_more(office: Office) -> None:
    await office.granted()
    office.house.admins = frozenset({user("omar"), user("max")})
    await office.start()
    assert not traces(await office.tell("ines", "!group list"), WORDS)


async def test_silence_ends_a_request(office: Office) -> None:
    await office.tell("ines", ASK)
    await office.go()
    await office.later(hours=4)
    assert "answered in time" in office.said_in("!ines")[-1]
    assert "Nobody agreed in time" in office.inside[-1]
    assert await office.hear(office.answer("omar")) == {}
    assert [one.kind for one in await office.log("quartz")] == ["glass-asked", "glass-lapsed"]


async def test_an_answer_that_comes_too_late_shows_nothing(office: Office) -> None:
    await office.tell("ines", ASK)
    await office.go()
    await office.house.clock.advance(4 * 3600)
    assert "is over" in str((await office.hear(office.answer("omar")))["body"])
    await office.go()
    assert not traces(await office.tell("ines", "!group list"), WORDS)
    assert [one.kind for one in await office.log(OPEN)] == ["glass-asked", "glass-lapsed"]


async def test_one_administrator_may_ask_so_often_and_another_one_still_may(office: Office) -> None:
    first = await office.tell("ines", ASK)
    for typed in ("nothing", "quartz"):
        assert await office.tell("ines", f"!glass {typed} again") == first
    refused = await office.tell("ines", "!glass quartz again")
    assert refused == await office.tell("ines", "!glass nothing again") != first
    assert await office.tell("max", ASK) == first
    assert len(await office.log(OPEN)) == 4
    await office.later(hours=24)
    assert await office.tell("ines", ASK) == first


async def test_without_another_administrator_or_where_it_is_forbidden_nothing_is_recorded() -> None:
    office = await Office.of(company(), limits=GlassLimits(requests=0))
    assert "0 times" in await office.tell("ines", ASK)
    office.house.admins = frozenset({user("ines")})
    await office.start()
    assert "no other administrator" in await office.tell("ines", ASK)
    await office.go()
    assert (office.inside, await office.log(OPEN)) == ([], [])


async def test_the_asker_may_end_it_before_its_time(office: Office) -> None:
    await office.granted()
    await office.tell("ines", ASK)
    ended = await office.tell("ines", "!glass end")
    assert not traces(await office.tell("ines", "!group list"), WORDS)
    await office.go()
    assert "not see this group any more" in office.inside[-1]
    kinds = [one.kind for one in await office.log(OPEN)]
    assert kinds == ["glass-asked", "glass-granted", "glass-asked", "glass-withdrawn", "glass-ended"]
    assert "Ended" in ended
    assert "nothing to end" in await office.tell("max", "!glass end")


async def test_all_hidden_groups_that_are_called_so_are_shown_and_no_other() -> None:
    source = directory(
        group("quartz").hidden().called("Bid").owners("claire"),
        group("amber").hidden().called("Bid").owners("dora"),
        group("opal").hidden().called("Other").owners("dora"),
        group("bid").public().owners("luc"),
        people=("ines", "omar", "max", "ann"),
    )
    office = await Office.of(source)
    await office.granted("bid")
    shown = await office.tell("ines", "!group list")
    assert shown.count("Bid") == 3
    assert "Other" not in shown
    assert len(await office.log("amber")) == len(await office.log("quartz")) == 2


async def test_it_is_the_same_after_a_restart(office: Office) -> None:
    await office.granted()
    await office.start()
    assert "Basalte" in await office.tell("ines", "!group list")
    await office.later(hours=1)
    await office.start()
    assert "Basalte" not in await office.tell("ines", "!group list")


@pytest.mark.slow
async def test_a_kill_between_any_two_steps_loses_and_repeats_nothing() -> None:
    lived = await lives(0)
    assert lived.house.fuse.steps > 40
    for at in range(1, lived.house.fuse.steps + 1):
        died = await lives(at)
        assert died.messenger.sent == lived.messenger.sent, at
        for compartment in (OPEN, "quartz"):
            found, meant = await died.log(compartment), await lived.log(compartment)
            assert [(one.kind, one.actor, one.detail) for one in found] == [
                (one.kind, one.actor, one.detail) for one in meant
            ], at


async def lives(at: int) -> Office:
    """A request, its answer, a look and the end, killed at step ``at`` (0: never)."""
    office = await Office.of(company())
    office.house.fuse.steps, office.house.fuse.at = 0, at
    asked, looked = office.line("ines", ASK), office.line("ines", "!group show quartz")

    async def round_() -> None:
        await office.go()

    async def tell() -> None:
        await office.hear(asked)

    async def answer() -> None:
        await office.hear(tapped)

    async def look() -> None:
        await office.hear(looked)

    await office.once(tell)
    await office.once(round_)
    tapped = office.answer("omar")
    for deed in (answer, round_, look):
        await office.once(deed)
    await office.house.clock.advance(3600)
    await office.once(round_)
    return office
