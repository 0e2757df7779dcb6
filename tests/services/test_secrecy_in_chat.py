"""Every command of the bot, typed by everybody, in a company with a hidden group and in the same one without it."""

import pytest
from structlog.testing import capture_logs

from bridge.domain.directory import Directory
from tests.services.household import Household, household
from tests.services.talking import Talks, lines
from tests.support.canary import traces
from tests.support.outputs import LINES
from tests.world import AGroup, directory, group, partner, user

HIDDEN = (
    group("quartz")
    .hidden()
    .called("Opération Basalte", "About granite")
    .owners("claire")
    .members("claire", "ines", "bea:acme.example")
    .admits("acme")
)
WORDS = ("quartz", "basalte", "granite")
ROOMS = {
    "!luc": ("luc",),
    "!omar": ("omar",),
    "!bob": ("bob:acme.example",),
    "!eve": ("eve:evil.example",),
    "!open": ("claire", "ines", "luc"),
    "!abroad": ("claire", "bob:acme.example"),
    "!later": ("claire", "ines"),
}
"""Where no member is alone with the bot; into the last one others may come later and read back."""
ALONE = {"!claire": ("claire",), "!ines": ("ines",)}
SAYS_BACK = frozenset({"group create", "glass", "partner add"})
"""Commands that repeat the name that was typed, and make it one that others may be told: compared, and not searched."""
NAMES = ("quartz", "Opération Basalte", "quart", "operation basalt", "nothing")


def company(*more: AGroup, nested: str = "") -> Directory:
    inside = (f"group:{nested}",) if nested else ()
    return directory(
        group("sales").public().owners("luc").members("claire", "luc"),
        group("staff").owners("omar").members("luc", *inside),
        group("deal").owners("luc").members("claire", "bob:acme.example").admits("acme"),
        *more,
        partners=[partner("acme", named=["bob:acme.example", "bea:acme.example"], servers=["acme.example"])],
        people=("ann", "claire", "ines", "luc", "omar"),
    )


async def two_worlds(*, settled: bool) -> tuple[Household, Household]:
    """The company without and with the hidden group, before its rooms are made or after."""
    houses = [
        household(source, admins=frozenset({user("omar"), user("ines")}))
        for source in (company(), company(HIDDEN, nested="quartz"))
    ]
    for house in houses:
        house.world = await house.reconciler.look(keep=True)
        if settled:
            await house.settle()
            await house.settle()
    return houses[0], houses[1]


async def heard(house: Household, *, saying_back: bool = False) -> dict[tuple[str, str, str], str]:
    """What everybody is told about everything that can be typed; commands that say it back go by themselves."""
    talks, answers = Talks(house, ROOMS), {}
    for room_id, people in ROOMS.items():
        for who in people:
            for command in (one for one in talks.commands if (one.name in SAYS_BACK) is saying_back):
                for line in dict.fromkeys(line for name in NAMES for line in lines(command, name)):
                    answers[room_id, who, line] = await talks.told(room_id, who, line)
    return answers


@pytest.mark.slow
async def test_no_command_tells_others_of_a_hidden_group_by_a_byte() -> None:
    for settled in (False, True):
        without, with_it = await two_worlds(settled=settled)
        bare, full = await heard(without), await heard(with_it)
        assert {asked: (bare[asked], full[asked]) for asked in bare if bare[asked] != full[asked]} == {}
        assert {asked: found for asked, told in full.items() if (found := traces(told, WORDS))} == {}
        assert await heard(without, saying_back=True) == await heard(with_it, saying_back=True)


async def test_a_group_that_names_a_hidden_one_among_its_members_does_not_tell_who_governs_it() -> None:
    without, with_it = await two_worlds(settled=True)
    told: list[dict[str, str]] = [{}, {}]
    for house, heard_of in zip((without, with_it), told, strict=True):
        talks = Talks(house, {"!omar": ("omar",)})
        for command in (one for one in talks.commands if one.name.startswith(("group", "plan", "why"))):
            for line in lines(command, "staff"):
                heard_of[line] = await talks.told("!omar", "omar", line)
    assert told[0] == told[1]
    assert "members: [luc]" in told[1]["!group export staff"]


async def test_the_same_commands_tell_its_members() -> None:
    _, house = await two_worlds(settled=False)
    talks = Talks(house, ALONE)
    for who, line in (("claire", "!group list"), ("claire", "!group show quartz"), ("ines", "!plan quartz")):
        assert traces(await talks.told(f"!{who}", who, line), WORDS), line
    assert not traces(await talks.told("!claire", "claire", "!group show nothing"), WORDS)


async def test_every_command_has_a_row_in_the_harness_on_real_homeservers() -> None:
    """A new command gets a ``Line`` in ``tests/support/outputs.py``, with its positive control."""
    talks = Talks((await two_worlds(settled=False))[0], {})
    assert {command.name for command in talks.commands} - {line.command for line in LINES} == set()


async def test_logs_do_not_count_what_is_hidden() -> None:
    logs = []
    for source in (company(), company(HIDDEN, nested="quartz")):
        with capture_logs() as lines_of_log:
            house = household(source)
            await house.settle()
            await house.settle()
        logs.append([{key: value for key, value in line.items() if key != "run"} for line in lines_of_log])
    assert logs[0] == logs[1]
    assert "applied" in str(logs)
