"""What people are told about plans: only what they can do, and nothing of the directory's own text in chat."""

from dataclasses import replace

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.planning.plan import Brake
from bridge.services.plans import Shown
from bridge.services.remarks import UNREADABLE, for_chat
from bridge.services.showing import change, plan_document
from bridge.services.sources_read import SourceRead, begin, end
from bridge.services.status import StatusReport
from bridge.services.watch import LastLook
from bridge.services.world import World
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

ADMIN = user("omar")


GROUPS = (group("sales").public().members("eve"), group("deal").members("omar"))


def house() -> Household:
    return household(directory(*GROUPS, people=["omar", "eve"]), admins=frozenset({ADMIN}))


def text(shown: Shown) -> str:
    whole = None if shown.whole else "!plan"
    return str(plan_document(shown.plan, shown.world.facts, findings=shown.findings, apply="!apply", whole=whole))


async def test_only_a_whole_plan_says_how_to_apply_it() -> None:
    plans = house().plans
    everything, part = await plans.show(alone(ADMIN)), await plans.show(alone(ADMIN), group="sales")
    assert everything is not None
    assert part is not None
    assert everything.whole
    assert f"!apply {everything.plan.fingerprint}" in text(everything)
    assert not part.whole
    assert "!apply" not in text(part)
    assert part.plan.fingerprint not in text(part)
    assert "'!plan'" in text(part)


def test_chat_is_told_that_the_directory_is_broken_but_not_what_stands_in_it() -> None:
    broken = Finding("directory-unreadable", "directory", say("groups[7] is called {name}", name="secret"))
    warning = Finding("directory-warning", "directory.yaml:7", say("This group has no owner."))
    other = Finding("drift", "room", say("Somebody was there."), group="sales")
    assert for_chat((broken, warning, other)) == (replace(broken, text=UNREADABLE), other)


async def test_status_says_that_the_directory_is_broken_but_not_what_stands_in_it() -> None:
    here = house()
    here.world = await here.reconciler.look(keep=True)
    broken = Finding("directory-unreadable", "directory", say("groups[7] is called {name}", name="secret"))
    last = LastLook(at=here.clock.now(), world=here.world, findings=(broken,))
    report = StatusReport(homeserver=here.homeserver, store=here.store, society=here.society, last=lambda: last)
    assert [one.text for one in (await report.standing(alone(ADMIN))).findings] == [UNREADABLE]


async def test_status_and_plan_tell_of_the_same_world_also_when_the_file_has_changed_and_then_broken() -> None:
    here = house()
    here.world = before = await here.reconciler.look(keep=True)
    last = LastLook(at=here.clock.now(), world=before)
    report = StatusReport(
        homeserver=here.homeserver, store=here.store, society=here.society, last=lambda: last, look=here.reconciler.look
    )
    groups = (await report.standing(alone(ADMIN))).groups
    here.source.directory = directory(*GROUPS, group("tea").public().members("eve"), people=["omar", "eve"])
    standing, plan = await report.standing(alone(ADMIN)), await here.plans.show(alone(ADMIN))
    assert plan is not None
    assert (standing.groups, standing.fresh) == (groups + 1, True)
    assert "tea" in plan.world.facts.directory.groups
    here.source.error = ParvisError(say("Line 3 is none."), kind=ErrorKind.USAGE)
    standing, broken = await report.standing(alone(ADMIN)), await here.plans.show(alone(ADMIN))
    assert broken is not None
    assert (standing.groups, standing.fresh, standing.findings) == (groups + 1, False, broken.findings)
    assert broken.plan.fingerprint == plan.plan.fingerprint
    assert [one.text for one in broken.findings] == [UNREADABLE]


async def test_status_says_that_a_plan_is_held_to_whoever_may_see_it_and_for_hidden_groups_to_their_members() -> None:
    crew = [f"p{number:02d}" for number in range(6)]
    board = group("board").hidden().owners("omar").members("omar", "p01", "p02")
    people = ["ines", *crew]
    first = directory(group("crew").members(*crew), board, people=people)
    admins = frozenset({user("ines"), ADMIN})
    here = household(first, joins_directly=True, brake=Brake(max_removals=1), admins=admins)
    for _ in range(2):
        await here.settle()
    for name in ("omar", "p01", "p02"):
        here.homeserver.synapse.rooms[here.room("board")].join(user(name))
    await here.reconciler.look(verify=True)
    last = LastLook(at=here.clock.now(), world=here.world)
    report = StatusReport(
        homeserver=here.homeserver, store=here.store, society=here.society, last=lambda: last, look=here.reconciler.look
    )
    ines = user("ines")
    assert (await report.standing(alone(ines))).held is None
    here.source.directory = directory(group("crew"), board, people=people)
    for _ in range(4):
        await here.clock.advance(600)
        await here.settle()
    assert str((await report.standing(alone(ines))).held) == "1 room would lose all its members."
    partners_too = Viewer(asker=ines, readers=frozenset({ines, "@bob:acme.example"}))
    assert (await report.standing(partners_too)).held is None
    fewer = group("board").hidden().owners("omar").members("omar")
    here.source.directory = directory(group("crew").members(*crew), fewer, people=people)
    for _ in range(4):
        await here.clock.advance(600)
        await here.settle()
    assert (await report.standing(alone(ines))).held is None
    assert str((await report.standing(alone(ADMIN))).held) == "2 removals that nobody asked for: more than 1."


async def test_while_the_directory_is_being_read_status_says_so_at_once_and_waits_for_nothing() -> None:
    here = house()
    here.world = await here.reconciler.look(keep=True)
    good = here.clock.now()
    last = LastLook(at=good, world=here.world)
    looks: list[str] = []

    async def look() -> World:
        looks.append("looked")
        return await here.reconciler.look()

    report = StatusReport(
        homeserver=here.homeserver, store=here.store, society=here.society, last=lambda: last, look=look,
        sources=("",), clock=here.clock,
    )  # fmt: skip
    await here.clock.advance(60)
    await begin(here.store, "", here.clock.now())
    standing = await report.standing(alone(ADMIN))
    assert (standing.fresh, standing.sources, looks) == (False, (SourceRead("", here.clock.now(), good),), [])
    partners_too = Viewer(asker=ADMIN, readers=frozenset({ADMIN, "@bob:acme.example"}))
    assert (await report.standing(partners_too)).sources == ()
    await end(here.store, "", here.clock.now(), good=True)
    standing = await report.standing(alone(ADMIN))
    assert (standing.fresh, standing.sources, looks) == (True, (), ["looked"])


async def test_a_plan_says_who_may_come_in_from_then_on_and_which_servers() -> None:
    acme = partner("acme")
    before = household(directory(group("sales").public().members("eve"), partners=[acme], people=["omar"]))
    for _ in range(2):
        await before.settle()
    before.source.directory = directory(
        group("sales").public().members("eve").admits("acme"), partners=[acme], people=["omar"]
    )
    await before.reconciler.look(keep=True)
    shown = await before.plans.show(COMMAND_LINE)
    assert shown is not None
    told = [str(change(one, shown.world.facts)) for one in shown.plan.actions]
    assert "set who may join: every employee, and people of Acme" in told
    assert "set the servers admitted: acme.example, corp.example" in told
