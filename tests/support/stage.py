"""The company of the with/without harness on real homeservers: once with two hidden groups, once without them.

Canary 1 is two executives'. Canary 2 admits a partner of whom one is a member and another not. Both are tangled up with
what everybody sees: a visible group nests one, a visible group is one's parent, and one is a visible group's parent.
Two more come and go meanwhile (``hidden_life``).
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple
from urllib.parse import quote

from deploy.demo.bot import Conversation
from deploy.demo.people import Person, following
from tests.e2e.journeys import accepted, seen
from tests.localnet.talk import eventually
from tests.support.canary import Canary
from tests.support.company import ACME, CORP, Company, members

DIRECTORY: Final = """
people:
  - {{id: "1", user: "@claire~:corp.test", name: Claire, language: en}}
  - {{id: "2", user: "@hugo~:corp.test", name: Hugo}}
  - {{id: "3", user: "@dora~:corp.test", name: Dora}}
  - {{id: "4", user: "@ines~:corp.test", name: Inès}}
  - {{id: "5", user: "@luc~:corp.test", name: Luc, language: fr}}
  - {{id: "6", user: "@ann~:corp.test", name: Ann}}
  - {{id: "7", user: "@emil~:corp.test", name: Emil}}
groups:
  - {{id: sales, name: {{fr: Ventes, en: Sales}}, visibility: public, owners: ["5"], members: ["1", "2", "5"]}}
  - {{id: news, name: Company news, visibility: public, listed: true, owners: ["4"], members: ["6"]}}
  - {{id: deal, name: Project Zephyr, owners: ["5"], members: [{late_deal}"1", "@bob~:acme.test"], partners: [acme]}}
  - {{id: corner, name: Partner corner, visibility: public, owners: ["5"], members: ["5"], partners: [acme]{above}}}
  - {{id: staff, name: Staff, owners: ["4"], members: ["6"{nested}]}}
{hidden}
partners:
  - {{id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test", "@bea~:acme.test"], sponsor: "5",
     note: Met at the fair}}
"""
HIDDEN: Final = """\
  - {{id: {one.id}, name: {one.name}, purpose: {one.purpose}, visibility: hidden, owners: ["1"],
     members: [{late}"1", "2"], parent: sales}}
  - {{id: {two.id}, name: {two.name}, purpose: {two.purpose}, visibility: hidden, owners: ["2"],
     members: ["2", "@bea~:acme.test"], partners: [acme]}}
"""
MORTAL: Final = """\
  - {{id: {mortal.id}, name: {called.name}, purpose: {called.purpose}, visibility: hidden, owners: ["1"],
     members: ["1", "2", "3"{more}]}}
  - {{id: {asleep.id}, name: {asleep.name}, purpose: {asleep.purpose}, visibility: hidden, owners: ["1"],
     members: ["1", "2"]}}
"""
VISIBLE: Final = ("sales", "news", "deal", "corner", "staff", "space/company", "space/partner/acme",
                  "room/admins")  # fmt: skip
EMPLOYEES: Final = ("claire", "hugo", "dora", "ines", "luc", "ann", "emil")
PARTNERS: Final = ("bob", "bea", "mallory")
"""Mallory is of the partner's server and not one of its people: a stranger."""
IN_CONVERSATION: Final = ("claire", "hugo", "ines", "luc", "ann", "bob")


class Mortals(NamedTuple):
    """A hidden group, what it is called and is for later on, and one that is put to sleep."""

    mortal: Canary
    called: Canary
    asleep: Canary


class Age(IntEnum):
    """How far the directory has come with them."""

    UNBORN = 0
    BORN = 1
    GROWN = 2
    """With somebody more."""
    RENAMED = 3
    SHRUNK = 4
    """Without them again."""


def mortal_lines(mortals: Mortals, age: Age) -> str:
    """What the directory says of them at this age."""
    if age is Age.UNBORN:
        return ""
    called = mortals.called if age >= Age.RENAMED else mortals.mortal
    more = ', "7"' if age in {Age.GROWN, Age.RENAMED} else ""
    return MORTAL.format(mortal=mortals.mortal, called=called, asleep=mortals.asleep, more=more)


def directory_text(canaries: Sequence[Canary] = (), *, late: bool = False, further: str = "") -> str:
    """The directory, with these two hidden groups or none. ``late`` puts a person more into a visible group and into a
    hidden one: what then waits to be applied. ``further`` are lines of further hidden groups."""
    three, six = ('"3", ', '"6", ') if late else ("", "")
    if not canaries:
        return DIRECTORY.format(late_deal=six, above="", nested="", hidden="")
    one, two = canaries
    return DIRECTORY.format(
        late_deal=six, above=f", parent: {two.id}", nested=f', "group:{one.id}"',
        hidden=HIDDEN.format(one=one, two=two, late=three) + further,
    )  # fmt: skip


BOTS: Final = [
    {"module": "bots.admin.bot.AdminBot"},
    {"module": "bots.digest.bot.DigestBot", "config": {"when": "0 3 29 2 *"}},
]
"""Digests are shown on the command line; none is due while a test runs."""


@dataclass(kw_only=True)
class Stage:
    """One of the two companies at work. ``hidden`` are the rooms of the canaries, or ids that no room has; ``rooms``
    are the visible ones by marker. ``mortals`` come to be and go while it is at work, up to ``age``."""

    company: Company
    canaries: Sequence[Canary]
    present: bool
    mortals: Mortals | None = None
    age: Age = Age.UNBORN
    rooms: dict[str, str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    alone: dict[str, Conversation] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Person]:
        return self.company.people

    @property
    def words(self) -> list[str]:
        """What betrays a canary in plain values."""
        return [word for canary in self.secrets for word in canary.words] + ["<hidden"]

    @property
    def secrets(self) -> Sequence[Canary]:
        """All that must leave no trace."""
        return (*self.canaries, *(self.mortals or ()))

    def names(self) -> dict[str, str]:
        """What the ids of known rooms stand for."""
        named = {room_id: f"<{marker}>" for marker, room_id in self.rooms.items()}
        named |= {room_id: f"<hidden {number}>" for number, room_id in enumerate(self.hidden, start=1)}
        return named | {talk.room_id: f"<{name} and the bot>" for name, talk in self.alone.items()}

    def write(self, *, late: bool = False) -> None:
        further = mortal_lines(self.mortals, self.age) if self.mortals else ""
        self.company.write(directory_text(self.canaries if self.present else (), late=late, further=further))


@asynccontextmanager
async def staged(company: Company, secret: Sequence[Canary], *, present: bool) -> AsyncIterator[Stage]:
    """The company at work, settled, with its people at their clients."""
    stage = Stage(company=company, canaries=secret[:2], present=present, mortals=Mortals(*secret[2:]))
    company.house.configure({"admins": [company.user("ines"), company.user("hugo")], "bots": BOTS})
    stage.write()
    await company.hire(*EMPLOYEES)
    await company.hire(*PARTNERS, server=ACME)
    await company.hire_service()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(company.running())
        await stack.enter_async_context(following(*company.people.values()))
        await _settle(stage)
        yield stage


async def _settle(stage: Stage) -> None:
    """Rooms are made, those invited have come, everybody who talks to the bot has begun."""
    people, company = stage.people, stage.company
    expected = len(VISIBLE) + (len(stage.canaries) if stage.present else 0)
    rooms = await eventually(company.rooms, lambda found: len(found) == expected, seconds=90)
    stage.rooms = {marker: rooms[marker] for marker in VISIBLE}
    stage.hidden = await _hidden_rooms(stage, rooms) if stage.present else [no_room() for _ in stage.canaries]
    for name in EMPLOYEES:
        await _inside(people[name], stage.rooms["space/company"])
    accepting = [("bob", "deal"), ("bob", "space/partner/acme"), ("bea", "space/partner/acme")]
    for name, marker in accepting:
        await accepted(people[name], stage.rooms[marker])
    if stage.present:
        first, second = stage.hidden
        for name, room_id in (("claire", first), ("hugo", first), ("hugo", second), ("bea", second)):
            await accepted(people[name], room_id)
        await _lived_in(stage, first, second)
    talks = await asyncio.gather(*(Conversation.open(people[name], company.bot) for name in IN_CONVERSATION))
    stage.alone = dict(zip(IN_CONVERSATION, talks, strict=True))
    await company.undisturbed()


async def _lived_in(stage: Stage, first: str, second: str) -> None:
    """What goes on in hidden rooms: words, a reaction, a picture, and somebody of the partner who leaves."""
    claire, hugo, bea = (stage.people[name] for name in ("claire", "hugo", "bea"))
    word = stage.canaries[0].words[1]
    said = await claire.say(first, f"Welcome to {stage.canaries[0].name}")
    relation = {"rel_type": "m.annotation", "event_id": said, "key": "👍"}
    picture = {"msgtype": "m.image", "body": f"{word}.png", "url": f"mxc://{CORP}/{word}"}
    await _put(hugo, first, "m.reaction", {"m.relates_to": relation})
    await _put(claire, first, "m.room.message", picture)
    path = f"/_matrix/client/v3/rooms/{quote(second, safe='')}/leave"
    (await bea.ask("POST", path, body={})).ok("leaving")


async def _put(person: Person, room_id: str, kind: str, content: object) -> None:
    path = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/send/{kind}/{secrets.token_hex(8)}"
    (await person.ask("PUT", path, body=content)).ok("sending")


async def _inside(person: Person, room_id: str) -> None:
    await seen(person, "the room", lambda: room_id in person.joined)


async def _hidden_rooms(stage: Stage, rooms: dict[str, str]) -> list[str]:
    """The rooms of the first and of the second canary: only the second knows the partner."""
    bea = stage.company.user("bea", ACME)

    async def both() -> dict[bool, str]:
        others = [rooms[marker] for marker in rooms.keys() - set(VISIBLE)]
        return {bea in members(await stage.company.state(room_id), "invite", "join"): room_id for room_id in others}

    found = await eventually(both, lambda given: len(given) == len(stage.canaries))
    return [found[False], found[True]]


def no_room() -> str:
    """An id as room version 12 makes them, of no room."""
    return "!" + secrets.token_urlsafe(32)
