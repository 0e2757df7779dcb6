"""The alarm about a device that somebody had as a bot: to administrators, and into encrypted rooms, nowhere else."""

from dataclasses import replace

from bots.admin.warden import Warden
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bridge.domain.rooms import ADMIN_ROOM
from bridge.services.adminroom import AdminRoom
from bridge.services.keyless import Keyless
from tests.bots.admin.heralding import Telling, telling
from tests.fakes.devices import FakeDevices
from tests.services.talking import CATALOGUES
from tests.world import BOT, directory, group


async def scene() -> Telling:
    return await telling(
        directory(group("news").members("ines", "omar"), group("comex").hidden().members("ann", "bob"))
    )


def warden(told: Telling) -> Warden:
    house, herald = told.house, told.herald
    speaker = Speaker(
        messenger=herald.speaker.messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock
    )
    return Warden(
        speaker=speaker,
        society=house.society,
        admin_room=AdminRoom(store=house.store),
        fit=herald.insiders_alone,
    )


async def intrude(told: Telling) -> None:
    house, devices = told.house, FakeDevices()
    devices.there = {BOT: {"PHONE"}}
    bots = frozenset({BOT})
    await Keyless(devices=devices, store=house.store, clock=house.clock, chance=house.chance, bots=bots).go()


def alarms(told: Telling) -> dict[str, list[str]]:
    """What is told of devices, by room."""
    house = told.house
    admins = house.store.data.bindings[ADMIN_ROOM].room_id or ""
    named = {"admins": admins, "news": house.room("news"), "comex": house.room("comex")}
    bodies = {
        name: [
            str(event["content"]["body"])
            for event in house.homeserver.synapse.rooms[room_id].timeline
            if event["type"] == "m.room.message"
        ]
        for name, room_id in named.items()
    }
    return {name: [body for body in said if "logged in as" in body] for name, said in bodies.items()}


async def test_administrators_and_those_in_encrypted_rooms_are_told_once_and_nobody_else() -> None:
    told = await scene()
    before = set(told.house.homeserver.synapse.rooms)
    await intrude(told)
    for _ in range(2):
        await warden(told).tell()  # a new process
    found = alarms(told)
    [alarm], [inside] = found["admins"], found["comex"]
    assert found["news"] == []
    assert "PHONE" in alarm
    assert "comex" not in alarm.lower()
    assert "may have become readable" in inside
    assert set(told.house.homeserver.synapse.rooms) == before, "no conversation was begun"


async def test_where_others_read_along_administrators_are_told_later_and_those_inside_at_once() -> None:
    told = await scene()
    await intrude(told)

    async def unfit(_: str) -> bool:
        return False

    await replace(warden(told), fit=unfit).tell()
    assert {name: len(said) for name, said in alarms(told).items()} == {"admins": 0, "news": 0, "comex": 1}
    await warden(told).tell()
    assert {name: len(said) for name, said in alarms(told).items()} == {"admins": 1, "news": 0, "comex": 1}
