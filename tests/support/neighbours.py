"""A company with one partner, or with two who must never learn of each other; as the first and its server see it.

``Stage`` as in the with/without harness: its canaries are the second partner, and a group, open to all employees, that
admits this partner alone; ``hidden`` are that partner's space and the group's room.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from deploy.demo.bot import Conversation
from deploy.demo.people import Person, following
from tests.e2e.journeys import accepted, seen
from tests.localnet.talk import eventually
from tests.support.canary import Canary
from tests.support.company import ACME, Company
from tests.support.observing import Observed, converse, heard
from tests.support.outputs import LINES, OUTPUTS, Line, Place
from tests.support.probes import found_by_name
from tests.support.stage import Stage

APEX: Final = "apex.test"
DIRECTORY: Final = """
people:
  - {{id: "1", user: "@claire~:corp.test", name: Claire, language: en}}
  - {{id: "2", user: "@hugo~:corp.test", name: Hugo, language: en}}
  - {{id: "3", user: "@luc~:corp.test", name: Luc}}
  - {{id: "4", user: "@dora~:corp.test", name: Dora}}
groups:
  - {{id: sales, name: Sales, visibility: public, owners: ["3"], members: ["1"]}}
  - {{id: news, name: Company news, visibility: public, listed: true, owners: ["3"], members: ["1"]}}
  - {{id: deal, name: Project Zephyr, owners: ["1"], members: ["1", "@bob~:acme.test"], partners: [acme]}}
  - {{id: corner, name: Partner corner, visibility: public, owners: ["1"], members: ["1"], partners: [acme]}}
{groups}
partners:
  - {{id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test", "@bea~:acme.test"], sponsor: "1"}}
{partners}
"""
GROUP: Final = """\
  - {{id: {two.id}, name: {two.name}, purpose: {two.purpose}, visibility: public, owners: ["1", "2"],
     members: ["1", "2", "@kim~:apex.test"], partners: [{one.id}]}}
"""
PARTNER: Final = """\
  - {{id: {one.id}, name: {one.name}, note: {one.purpose}, servers: [apex.test], users: ["@kim~:apex.test"],
     sponsor: "1"}}
"""
KNOWN: Final = ("sales", "news", "deal", "corner", "space/company", "space/partner/acme", "room/admins")
EMPLOYEES: Final = ("claire", "hugo", "luc", "dora")

READERS: Final = (Place("bob"), Place("claire", "deal"))
"""A partner's own person, and an employee where that person reads along."""
CONTROL: Final = Place("hugo")
"""An owner of the second partner's group, and an administrator: they are shown both."""
ASKED: Final = tuple(output for output in OUTPUTS if "bob" in output.people)
"""What the harness asks on behalf of a partner's person, or of its homeserver."""
TYPED: Final = tuple(
    line for line in LINES if ("{" in line.text or "list" in line.text) and line.command != "partner set"
)
"""Lines that name something, or list; not what repeats what it is to keep."""


def directory_text(canaries: Sequence[Canary]) -> str:
    """With the second partner, or without."""
    if not canaries:
        return DIRECTORY.format(groups="", partners="")
    one, two = canaries
    return DIRECTORY.format(groups=GROUP.format(one=one, two=two), partners=PARTNER.format(one=one))


@asynccontextmanager
async def neighbours(company: Company, canaries: Sequence[Canary], *, present: bool) -> AsyncIterator[Stage]:
    """The company at work, settled, with its people at their clients."""
    stage = Stage(company=company, canaries=canaries, present=present)
    company.house.configure({"admins": [company.user("hugo")]})
    company.write(directory_text(canaries if present else ()))
    await company.hire(*EMPLOYEES)
    await company.hire("bob", "bea", server=ACME)
    if present:
        await company.hire("kim", server=APEX)
    await company.hire_service()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(company.running())
        await stack.enter_async_context(following(*company.people.values()))
        await _settle(stage)
        yield stage


async def _settle(stage: Stage) -> None:
    people, company = stage.people, stage.company
    of_second = (f"space/partner/{stage.canaries[0].id}", stage.canaries[1].id)
    wanted = {*KNOWN, *(of_second if stage.present else ())}
    rooms = await eventually(company.rooms, lambda found: wanted <= found.keys(), seconds=90)
    stage.rooms = {marker: rooms[marker] for marker in KNOWN}
    stage.hidden = [rooms.get(marker, "!" + secrets.token_urlsafe(32)) for marker in of_second]
    for marker in ("deal", "space/partner/acme"):
        # Claire first, in both worlds: a homeserver counts and shows those otherwise who came in after its own person.
        await seen(people["claire"], marker, partial(people["claire"].joined.get, stage.rooms[marker]))
        await accepted(people["bob"], stage.rooms[marker])
    if stage.present:
        for room_id in stage.hidden:
            await accepted(people["kim"], room_id)
    talkers = ("claire", "hugo", "bob")
    talks = await asyncio.gather(*(Conversation.open(people[name], company.bot) for name in talkers))
    stage.alone = dict(zip(talkers, talks, strict=True))
    await company.undisturbed()
    # Theirs fills its directory of people some time after the fact.
    await eventually(lambda: found_by_name(stage, "bob", company.user("claire")), lambda found: bool(found["results"]))
    await seen(people["bob"], "who is here", lambda: "Who is in here" in str(_messages(people["bob"], stage)))


def _messages(person: Person, stage: Stage) -> list[str]:
    return [str(one["content"].get("body")) for one in person.joined[stage.rooms["deal"]].messages]


async def looked_at(stage: Stage) -> Observed:
    """What the first partner's person and homeserver are shown, and what who may see both is."""
    observed = Observed()
    await asyncio.gather(*(converse(stage, place, TYPED, observed.shown) for place in READERS))
    if stage.present:
        by_group = replace(stage, canaries=stage.canaries[::-1])
        await converse(by_group, CONTROL, [line for line in TYPED if has_control(line)], observed.controls)
    said = await stage.people["claire"].say(stage.rooms["deal"], "That is all")
    await heard(stage.people["bob"], stage.rooms["deal"], said)
    for output in ASKED:
        observed.shown[output.name] = {"bob": await output.probe(stage, "bob")}
    return observed


def has_control(line: Line) -> bool:
    """Whether the line, typed by who may see it, shows the second partner's group; nothing waits to be applied."""
    return line.found_by is not None and line.command != "apply"
