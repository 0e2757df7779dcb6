"""When the running bridge checks secrecy, and what it remembers of it."""

from datetime import timedelta

from bridge.adapters.schedule import CronSchedule
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.viewers import Viewer, alone
from bridge.ports.probes import OpenRoom, Traces
from bridge.services.probing.running import Probing
from bridge.services.probing.watching import BY_SCHEDULE, SecrecyWatch
from tests.fakes.probes import FakeProbes
from tests.services.household import Household, Killed, Source
from tests.world import BOT, SERVER, directory, group, user

SUNDAYS = "0 3 * * SUN"


async def company() -> Household:
    home = Household(Source(directory(group("news").members("ann"))))
    await home.settle()
    return home


def watch(home: Household, probes: FakeProbes | None = None, when: str = "") -> SecrecyWatch:
    probing = Probing(policies=home.policies, probes=probes or FakeProbes(), bot=BOT, server=SERVER, aliases="grp_")
    return SecrecyWatch(probing=probing, schedule=CronSchedule(), when=when)


async def test_nothing_is_checked_unless_somebody_asks_for_it() -> None:
    home = await company()
    secrecy = watch(home)
    await secrecy.go()
    assert await secrecy.last() is None
    await secrecy.ask(user("ines"))
    assert await secrecy.waiting()
    await secrecy.go()
    report = await secrecy.last()
    assert report is not None
    assert report.by == user("ines")
    assert not await secrecy.waiting()
    await secrecy.go()
    assert await secrecy.last() == report


async def test_by_schedule_it_is_checked_once_each_time_and_not_because_of_a_start() -> None:
    home, found = await company(), []
    secrecy = watch(home, when=SUNDAYS)
    for _ in range(15):
        await secrecy.go()
        if (report := await secrecy.last()) is not None and report not in found:
            found.append(report)
        await home.clock.advance(timedelta(days=1).total_seconds())
    assert [report.by for report in found] == [BY_SCHEDULE, BY_SCHEDULE]
    assert found[1].at.date() - found[0].at.date() == timedelta(days=7)


async def test_a_check_that_fell_into_a_pause_of_the_bridge_is_made_after_it() -> None:
    home = await company()
    secrecy = watch(home, when=SUNDAYS)
    await secrecy.ask(user("ines"))
    await secrecy.go()
    await home.clock.advance(timedelta(days=7).total_seconds())
    after = watch(home, when=SUNDAYS)
    await after.go()
    report = await after.last()
    assert report is not None
    assert report.by == BY_SCHEDULE


async def test_what_was_asked_for_before_a_crash_is_checked_after_it() -> None:
    home = await company()
    await watch(home).ask(user("ines"))
    home.start()
    await home.settle()
    secrecy = watch(home)
    await secrecy.go()
    assert await secrecy.last() is not None


async def test_a_check_that_died_is_cleared_up_without_anybody_asking() -> None:
    home, probes = await company(), FakeProbes()
    secrecy = watch(home, probes)
    await secrecy.ask(user("ines"))
    home.fuse.at = home.fuse.steps + 12
    try:
        await secrecy.go()
    except Killed:
        home.start()
        await home.settle()
    assert probes.made
    secrecy = watch(home, probes)
    await secrecy.go()
    assert probes.made  # it may be under way in another process
    await home.clock.advance(700)
    await secrecy.go()
    assert not probes.made
    assert not await secrecy.waiting()


async def test_why_a_check_could_not_be_made_is_said_and_it_is_not_tried_for_ever() -> None:
    class Refusing(FakeProbes):
        async def open_room(self, traces: Traces, name: str) -> OpenRoom:
            raise HomeserverError(say("The homeserver refused."), kind=ErrorKind.REFUSED)

    home = await company()
    secrecy = watch(home, Refusing())
    await secrecy.ask(user("ines"))
    await secrecy.go()
    assert secrecy.failed == (say("The homeserver refused."),)
    assert not await secrecy.waiting()
    at = home.clock.now()
    assert await watch(home).failed_at() == secrecy.standing.failed == at  # a new process knows it, too
    secrecy = watch(home)
    await secrecy.ask(user("ines"))
    await secrecy.go()
    assert await secrecy.failed_at() is None
    assert secrecy.standing.report == await secrecy.last() is not None
    assert secrecy.standing.failed is None


async def test_results_are_shown_where_insiders_alone_read_along() -> None:
    home = await company()
    secrecy = watch(home)
    assert secrecy.may_see(alone(user("ann")))
    assert not secrecy.may_see(alone(user("stranger")))
    both = Viewer(asker=user("ann"), readers=frozenset({user("ann"), "@bob:acme.example"}))
    assert not secrecy.may_see(both)
