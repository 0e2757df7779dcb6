"""No bot of ours keeps a device: one that appears is noted, removed and told of, whatever dies in between."""

import pytest

from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.services.keyless import Keyless, strangers
from tests.fakes.devices import FakeDevices
from tests.services.household import GUIDE, Household, Killed, household
from tests.world import BOT, directory, group

BOTS = frozenset({BOT, GUIDE})
REFUSED = HomeserverError(say("no"), kind=ErrorKind.REFUSED, status=403, errcode="M_FORBIDDEN")


def company() -> Household:
    return household(directory(group("comex").hidden().members("ann", "bob")))


def keyless(house: Household, devices: FakeDevices) -> Keyless:
    return Keyless(devices=devices, store=house.store, clock=house.clock, chance=house.chance, bots=BOTS)


async def noted(house: Household) -> list[tuple[str, str]]:
    """Bot and device of every record of the audit log about one."""
    async with house.store.view() as view:
        found = await view.audit.recent(compartments=frozenset({OPEN}), limit=100)
    return [(one.detail["user"], one.detail["device"]) for one in found if one.kind == "bot-device"]


async def test_without_devices_nothing_is_kept() -> None:
    house, devices = company(), FakeDevices()
    await keyless(house, devices).go()
    assert not house.store.data.pending
    assert await noted(house) == []


async def test_a_device_is_removed_noted_and_told_of_once() -> None:
    house, devices = company(), FakeDevices()
    devices.there = {BOT: {"PHONE"}, GUIDE: {"LAPTOP"}}
    for _ in range(2):
        await keyless(house, devices).go()
    assert not any(devices.there.values())
    assert sorted(await noted(house)) == [(BOT, "PHONE"), (GUIDE, "LAPTOP")]
    assert [(one.bot, one.device, one.gone) for one in await strangers(house.store)] == [
        (BOT, "PHONE", True),
        (GUIDE, "LAPTOP", True),
    ]


async def test_a_device_that_comes_again_is_told_of_again() -> None:
    house, devices = company(), FakeDevices()
    for _ in range(2):
        devices.there = {BOT: {"PHONE"}}
        await keyless(house, devices).go()
    assert [one.device for one in await strangers(house.store)] == ["PHONE", "PHONE"]


async def test_a_device_that_stays_is_told_of_and_no_room_becomes_encrypted_meanwhile() -> None:
    house, devices = company(), FakeDevices()
    devices.there, devices.stays = {BOT: {"PHONE"}}, REFUSED
    one = keyless(house, devices)
    for _ in range(2):
        with pytest.raises(HomeserverError, match="does not let me remove"):
            await one.go()
    assert [found.gone for found in await strangers(house.store)] == [False]
    executor = house.reconciler.executor
    object.__setattr__(executor, "sealed", one.go)
    await house.settle()
    assert [binding.room_id for binding in house.store.data.bindings.values() if binding.ref.id == "comex"] == [None]
    devices.stays = None
    await house.settle()
    assert house.members("comex")
    assert [found.gone for found in await strangers(house.store)] == [False, True]
    assert len(await noted(house)) == 1


@pytest.mark.parametrize("at", range(1, 12))
async def test_whatever_dies_a_device_is_removed_noted_and_told_of_once(at: int) -> None:
    house = company()
    devices = FakeDevices(before=house.fuse.step)
    devices.there = {BOT: {"PHONE"}}
    house.fuse.at = at
    try:
        await keyless(house, devices).go()
    except Killed:
        house.start()
        await keyless(house, devices).go()
    house.fuse.at = 0
    assert not any(devices.there.values())
    assert await noted(house) == [(BOT, "PHONE")]
    assert [one.device for one in await strangers(house.store)] == ["PHONE"]
