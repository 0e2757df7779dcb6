"""The directory becomes rooms, and the sales director finds hers."""

import asyncio
import time
from urllib.parse import quote

from bridge.domain.messages import Text
from bridge.domain.rooms import COMPANY as COMPANY_SPACE
from bridge.rules.naming import COVER, plain_marker
from deploy.demo.errors import Unmet, expect
from deploy.demo.people import Person
from deploy.demo.rooms import SeenRoom
from deploy.demo.scene import Scene, betrayed

PATIENCE = 90
"""Seconds for all rooms and memberships, on a slow machine too."""

HERS = 3


async def directory_becomes_rooms(scene: Scene) -> Text:
    began = time.monotonic()
    late = Text(en="the rooms are not there", fr="les salons ne sont pas là")
    await scene.claire.until(lambda: scene.claire.room("sales"), late, PATIENCE)
    scene.awaits = Text(en="`parvis plan` is looking at every room", fr="`parvis plan` regarde chaque salon")
    while actions := (await scene.house.plan())["actions"]:
        if time.monotonic() - began > PATIENCE:
            kinds = ", ".join(sorted({action["kind"] for action in actions}))
            raise Unmet(Text(en=f"the plan does not end: {kinds}", fr=f"le plan ne finit pas : {kinds}"))
        left = len(actions)
        scene.awaits = Text(en=f"{left} changes of the plan are left", fr=f"il reste {left} changements à faire")
        await asyncio.sleep(0.2)
    scene.awaits = None
    people = sum(person.active for person in scene.directory.people.values())
    groups, spent = len(scene.directory.groups), time.monotonic() - began
    return Text(
        en=f"{people} people and {groups} groups: every room is there after {spent:.0f} s, and `parvis plan` "
        "has nothing left to do.",
        fr=f"{people} personnes et {groups} groupes : tous les salons sont là au bout de {spent:.0f} s, et "
        "`parvis plan` n'a plus rien à faire.",
    )


async def claire_finds_her_groups(scene: Scene) -> Text:
    claire, cover = scene.claire, COVER[scene.language]
    for group in ("sales", "zephyr"):
        await member_of(claire, group, scene.name(group))
    secret = await claire.until(
        lambda: next((room_id for room_id, name in claire.invited.items() if name.startswith(cover)), None),
        Text(en="Claire is not invited to the hidden group", fr="Claire n'est pas invitée dans le groupe caché"),
    )
    shown = claire.invited[secret]
    expect(
        not betrayed(scene.hidden(), shown),
        f"the invitation betrays the group: {shown}",
        f"l'invitation trahit le groupe : {shown}",
    )
    await claire.accept(secret)
    committee = await claire.until(lambda: claire.joined.get(secret), _not_in(claire, shown))
    told = await pinned(claire, committee)
    name = scene.name("comex")
    expect(name in told, f"what is pinned inside is: {told}", f"le message épinglé dit : {told}")
    rooms = [room for room in claire.joined.values() if not room.is_space]
    expect(len(rooms) == HERS, f"Claire is in {len(rooms)} rooms", f"Claire est dans {len(rooms)} salons")
    return Text(
        en=f"She is in “{scene.name('sales')}” and “{scene.name('zephyr')}”, and invited to “{shown}”: only "
        f"inside does a pinned message say “{name}”.",
        fr=f"Elle est dans « {scene.name('sales')} » et « {scene.name('zephyr')} », et invitée dans « {shown} » : "
        f"ce n'est qu'à l'intérieur qu'un message épinglé dit « {name} ».",
    )


async def pinned(person: Person, room: SeenRoom) -> str:
    """The first pinned message of a room, fetched as clients do."""
    pins = await person.until(
        lambda: room.state.get(("m.room.pinned_events", ""), {}).get("pinned"),
        Text(en="nothing is pinned in the hidden room", fr="rien n'est épinglé dans le salon caché"),
    )
    path = f"/_matrix/client/v3/rooms/{quote(room.room_id, safe='')}/event/{quote(pins[0], safe='')}"
    event = (await person.ask("GET", path)).ok("reading the pinned message")
    return str(event["content"].get("body", ""))


async def member_of(person: Person, group: str, name: str) -> SeenRoom:
    """The group's room, as soon as the person is in it."""
    return await person.until(lambda: person.room(group), _not_in(person, name))


async def company_space(person: Person) -> SeenRoom:
    """The company space, as a member has it."""
    return await person.until(lambda: person.room(plain_marker(COMPANY_SPACE)), _not_in(person, "the company space"))


def _not_in(person: Person, room: str) -> Text:
    return Text(en=f"{person.name} is not in “{room}”", fr=f"{person.name} n'est pas dans « {room} »")
