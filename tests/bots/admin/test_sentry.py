"""The alarm in the administrators' room about what a secrecy check found, and the command that shows the last one."""

from dataclasses import replace

from structlog.testing import capture_logs

from bots.admin.sentry import Sentry
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.domain.rooms import ADMIN_ROOM
from bridge.domain.secrecy import Asker, Outcome, Probed, SecrecyReport, Verdict
from bridge.services.adminroom import AdminRoom
from bridge.services.probing.kept import keep_report, keep_state, state_of
from tests.bots.admin.heralding import Telling, telling
from tests.fakes.clock import START
from tests.services.talking import CATALOGUES, secrecy
from tests.world import directory, group, user

HELD = Probed(channel="alias", asker=Asker.ANYBODY, outcome=Outcome.NOTHING, verdict=Verdict.HELD, seen="404")
LEAK = Probed(channel="summary", asker=Asker.PARTNER, outcome=Outcome.NAMED, verdict=Verdict.LEAKS, seen="200")
"""A partner's person reads the summary of a hidden room."""


async def scene() -> Telling:
    return await telling(directory(group("news").members("ines", "omar")))


def sentry(told: Telling) -> Sentry:
    house, herald = told.house, told.herald
    speaker = Speaker(
        messenger=herald.speaker.messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock
    )
    return Sentry(
        speaker=speaker,
        admin_room=AdminRoom(store=house.store),
        language="en",
        secrecy=secrecy(house),
        fit=herald.insiders_alone,
    )


def said(told: Telling) -> list[str]:
    bindings = told.house.store.data.bindings
    room = told.house.homeserver.synapse.rooms[bindings[ADMIN_ROOM].room_id or ""]
    return [str(event["content"]["body"]) for event in room.timeline if event["type"] == "m.room.message"]


async def test_what_shows_is_an_alarm_that_is_raised_once_and_names_channel_and_asker() -> None:
    told = await scene()
    report = SecrecyReport(at=START, by=user("ines"), rows=(HELD, LEAK))
    await keep_report(told.house.store, report)
    before = len(said(told))
    await sentry(told).tell()
    await sentry(told).tell()  # a new process
    [alarm] = said(told)[before:]
    assert "summary of a room" in alarm
    assert "somebody of a partner" in alarm
    assert "address of a room" not in alarm
    later = replace(report, at=START.replace(day=30))
    await keep_report(told.house.store, later)
    await sentry(told).tell()
    assert len(said(told)) == before + 2


async def test_a_check_that_found_nothing_is_no_news() -> None:
    told = await scene()
    before = said(told)
    await sentry(told).tell()
    await keep_report(told.house.store, SecrecyReport(at=START, by="schedule", rows=(HELD,)))
    await sentry(told).tell()
    assert said(told) == before


async def test_nothing_is_told_in_a_room_that_others_read_along_in() -> None:
    told = await scene()
    await keep_report(told.house.store, SecrecyReport(at=START, by="schedule", rows=(LEAK,)))
    room_id = told.house.store.data.bindings[ADMIN_ROOM].room_id or ""
    before = said(told)
    one = sentry(told)

    async def unfit(room: str) -> bool:
        return room != room_id

    one.fit = unfit
    await one.tell()
    assert said(told) == before
    await sentry(told).tell()
    assert len(said(told)) == len(before) + 1


async def test_that_a_check_could_not_be_made_is_an_alarm_that_is_raised_once() -> None:
    told = await scene()
    before, house = len(said(told)), told.house
    kept = await state_of(house.store, house.chance)
    await keep_state(house.store, replace(kept, failed=START), at=START)
    await sentry(told).tell()
    await sentry(told).tell()  # a new process
    [alarm] = said(told)[before:]
    assert "could not check" in alarm
    assert "!audit secrecy" in alarm


async def test_an_alarm_names_commands_as_they_are_called_in_the_language_of_the_room() -> None:
    told = await scene()
    await keep_report(told.house.store, SecrecyReport(at=START, by="schedule", rows=(LEAK,)))
    before, one = len(said(told)), sentry(told)
    one.language = "fr"
    await one.tell()
    [alarm] = said(told)[before:]
    assert alarm.rstrip("`").endswith("!journal secret")


async def test_an_alarm_without_a_room_for_it_is_logged_once_and_measured_until_there_is_one() -> None:
    told = await scene()
    await keep_report(told.house.store, SecrecyReport(at=START, by="schedule", rows=(LEAK,)))
    one, fit = sentry(told), True

    async def fits(_: str) -> bool:
        return fit

    one.fit, fit = fits, False
    with capture_logs() as logged:
        await one.tell()
        await one.tell()
    assert len(logged) == 1
    assert "parvis audit secrecy" in logged[0]["event"]
    assert one.secrecy.standing.unheard
    fit = True
    await one.tell()
    assert not one.secrecy.standing.unheard
