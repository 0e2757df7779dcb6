"""A partner that the directory suspends is out like by command, with a receipt; what is taken back before is told."""

from dataclasses import replace

from bridge.domain.partners import Partner, PartnerState
from bridge.domain.viewers import COMMAND_LINE
from bridge.services.containing import CONTAINMENT
from bridge.services.declared_out import DeclaredOut
from bridge.services.receipts import RECEIPT
from tests.services.household import Household
from tests.services.test_containing import BEA, BOB, company, contained, decided, parting, theirs


async def found(house: Household, state: PartnerState | None = None) -> Household:
    """The directory says, or no longer says, that Acme is so; it is looked at, and rooms do not follow yet."""
    source = house.source.directory
    acme: Partner = replace(source.partners["acme"], state=state or PartnerState.ACTIVE)
    acme = replace(acme, declared=frozenset({"state"} if state else ()))
    house.source.directory = replace(source, partners={**source.partners, "acme": acme})
    house.world = await house.reconciler.look(keep=True)
    await DeclaredOut(containing=house.containing, society=house.society).go()
    await house.containing.stop()
    return house


def asked(house: Household, kind: str = CONTAINMENT) -> list[str]:
    """What is to be done, or told: on whose behalf."""
    return [one.asker for one in house.store.data.pending.values() if one.kind == kind]


async def test_it_leaves_a_receipt_that_says_who_asked() -> None:
    house = await found(await company(), PartnerState.SUSPENDED)
    await contained(house)
    assert theirs(house) == set()
    told = await parting(house).receipt(COMMAND_LINE, "acme")
    assert told is not None
    assert told.receipt is not None
    assert told.receipt.complete
    assert told.receipt.by == ""
    assert told.receipt.people == {BOB, BEA}
    assert "" in asked(house, RECEIPT)


async def test_it_is_begun_once_and_again_only_after_it_was_over() -> None:
    house = await found(await company(), PartnerState.SUSPENDED)
    await found(house, PartnerState.SUSPENDED)
    assert len(asked(house)) == 1
    await contained(house)
    await found(house, PartnerState.SUSPENDED)
    await found(house)
    for _ in range(2):
        await house.settle()
    await found(house, PartnerState.SUSPENDED)
    assert len(asked(house)) == 2


async def test_what_rooms_did_by_themselves_meanwhile_is_on_the_receipt_too() -> None:
    house = await company()
    source = house.source.directory
    acme = replace(source.partners["acme"], state=PartnerState.SUSPENDED, declared=frozenset({"state"}))
    house.source.directory = replace(source, partners={**source.partners, "acme": acme})
    world = await house.settle()
    house.world = world
    await DeclaredOut(containing=house.containing, society=house.society).go()
    await house.containing.over()
    told = await parting(house).receipt(COMMAND_LINE, "acme")
    assert told is not None
    assert told.receipt is not None
    assert told.receipt.people == {BOB, BEA}


async def test_where_nobody_is_to_go_there_is_no_receipt() -> None:
    house = await company()
    for name, who in (("deal", BOB), ("acme", BOB), ("corner", BOB), ("comex", BEA), ("acme", BEA)):
        house.homeserver.people.leave(who, house.room(name))
    await found(house, PartnerState.SUSPENDED)
    await contained(house)
    for _ in range(2):
        await house.settle()
    house.store.data.pending = {key: one for key, one in house.store.data.pending.items() if one.kind == "once"}
    await found(house, PartnerState.SUSPENDED)
    assert asked(house) == []


async def test_who_suspended_is_told_that_it_was_taken_back_before_it_was_finished() -> None:
    house = await company()
    await decided(house)
    proposal = await parting(house).propose(COMMAND_LINE, "acme", PartnerState.ACTIVE)
    assert proposal is not None
    await parting(house).take(proposal, actor="@ines:corp.example", origin="$back")
    await contained(house)
    [item] = [one for one in house.store.data.pending.values() if one.kind == RECEIPT]
    assert (item.asker, item.document["entry"], item.room_id) == ("@luc:corp.example", "", "!luc")
    await contained(house)
    assert len(asked(house, RECEIPT)) == 1
