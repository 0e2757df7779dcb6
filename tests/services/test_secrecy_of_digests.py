"""A hidden group changes no byte of the digests of anybody else, nor of what its members get where others may read."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.digest.mailed import letter_of
from bots.digest.words import document_of
from bots.kit.rendering import Renderer
from bridge.domain.directory import Directory
from bridge.domain.messages import LANGUAGES
from tests.services.household import household
from tests.services.shown import plainly
from tests.services.talking import CATALOGUES
from tests.services.weeks import Weeks
from tests.support.proving import examples
from tests.world import directory, group, partner

SECRET = "quartz"
PEOPLE = ("ann", "luc", "eve", "mia")
BOB = "bob:acme.example"
EVERYBODY = (*PEOPLE, "ines", BOB)
INSIDE = frozenset({"ann", "luc"})
RENDERER = Renderer(CATALOGUES)
LINK = "https://parvis.corp.example/mail/unsubscribe/key"
A_WEEK = 7 * 24
WORDS = ("The price of the shares", "Who comes to Lyon?", "A longer message about what we do on Thursday. " * 3)


class Step(NamedTuple):
    """Somebody does something in a group: writes, answers, asks, marks."""

    who: str
    where: str
    what: int
    hours: int


steps = st.lists(
    st.builds(
        Step,
        who=st.sampled_from((*PEOPLE, BOB)),
        where=st.sampled_from(("sales", "deal", SECRET, SECRET)),
        what=st.integers(0, 4),
        hours=st.integers(1, 12),
    ),
    max_size=12,
)


def company(*, secret: bool, later: bool = False) -> Directory:
    """``later``: somebody more is in every group, the hidden one included."""
    more = ("zoe",) if later else ()
    groups = [
        group("sales").public().members(*PEOPLE, *more).owners("luc"),
        group("deal").members("ann", "luc", BOB, *more).owners("luc").admits("acme"),
    ]
    if secret:
        groups.append(group(SECRET).hidden().called("Opération Basalte").members("ann", "luc", *more).owners("luc"))
    return directory(*groups, partners=(partner("acme", sponsor="luc"),), people=("ines", "zoe", *PEOPLE))


async def played(happens: list[Step], *, secret: bool) -> Weeks:
    weeks = Weeks(household(company(secret=secret)))
    await weeks.settle()
    said: dict[str, str] = {}
    hours = A_WEEK
    for step in happens:
        await weeks.until(hours := hours + step.hours)
        members = INSIDE if step.where == SECRET else {*PEOPLE} if step.where == "sales" else {"ann", "luc", BOB}
        if step.who not in members or (step.where == SECRET and not secret):
            continue
        last = said.get(step.where, "")
        if step.what == 3 and last:
            await weeks.say(step.who, step.where, WORDS[0], under=last, after=0)
        elif step.what == 4 and last:
            if (step.who, last) not in said.items():
                await weeks.react(step.who, step.where, last, "📰")
                said[step.where] = ""
        else:
            said[step.where] = await weeks.say(step.who, step.where, WORDS[step.what % 3], after=0)
    await weeks.until(hours := hours + 1)
    weeks.house.source.directory = company(secret=secret, later=True)
    await weeks.settle()
    await weeks.until(2 * A_WEEK)
    return weeks


async def told(weeks: Weeks, who: str, *, secrets: bool = True) -> str:
    digest = await weeks.digest(who, secrets=secrets)
    if digest is None:
        return ""
    said = [
        (RENDERER.pages(document_of(digest), language), letter_of(digest, language, RENDERER, unsubscribe=LINK))
        for language in LANGUAGES
    ]
    return plainly(weeks.house, [str(digest), str(said)])


@pytest.mark.slow
@given(steps)
@settings(max_examples=examples(40))
async def test_nobody_else_reads_another_byte(happens: list[Step]) -> None:
    with_it, without = [await played(happens, secret=secret) for secret in (True, False)]
    for who in (*EVERYBODY, "zoe"):
        inside = who in INSIDE or who == "zoe"
        assert await told(with_it, who, secrets=not inside) == await told(without, who), who
    rooms = [plainly(one.house, str(await one.house.digests.of_room("sales", one.week))) for one in (with_it, without)]
    assert rooms[0] == rooms[1]


async def test_its_members_do_read_of_it() -> None:
    """The control: the same week says something to those inside."""
    happens = [Step("luc", SECRET, 0, 1), Step("ann", SECRET, 3, 1), Step("luc", SECRET, 3, 1)]
    weeks = await played(happens, secret=True)
    assert "The price of the shares" in await told(weeks, "ann")
    assert "Basalte" in await told(weeks, "ann")
    assert await weeks.digest("zoe") is None, "who came later"
    assert "Basalte" not in await told(weeks, "ann", secrets=False)
