"""Who of a partner had access from when to when: written down once per event, and told to whom it concerns."""

import json
from dataclasses import replace

import pytest

from bridge.domain.viewers import COMMAND_LINE
from bridge.services.decided import NotAllowed
from bridge.services.evidence import Evidence, Evidences, evidence_csv, evidence_json
from tests.services.household import Household, event_of
from tests.services.test_containing import ANN, BEA, BOB, LUC, company, contained, decided


async def heard() -> Household:
    """Everything that happened in the rooms was told."""
    house = await company()
    await house.hear()
    return house


async def evidence(house: Household, viewer: object = COMMAND_LINE) -> Evidence:
    found = await Evidences(society=house.society).of(viewer, "acme")  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_it_tells_who_is_in_which_room_and_when_they_went() -> None:
    house = await heard()
    assert {(stay.user, stay.room.id) for stay in (await evidence(house)).stays if stay.until is None} == {
        (BOB, "deal"), (BOB, "acme"), (BOB, "corner"), (BEA, "comex"), (BEA, "acme")
    }  # fmt: skip
    await house.clock.advance(60)
    await decided(house)
    await contained(house)
    await house.hear()

    stays = (await evidence(house)).stays
    assert len(stays) == 5
    assert all(stay.until is not None and stay.since < stay.until for stay in stays)


async def test_a_repeated_event_and_another_display_name_add_nothing() -> None:
    house = await heard()
    room_id = house.room("deal")
    timeline = house.homeserver.synapse.rooms[room_id].timeline
    joined = next(raw for raw in timeline if raw.get("state_key") == BOB and raw["content"]["membership"] == "join")
    await house.observer.handle(event_of(room_id, joined))
    renamed = replace(event_of(room_id, joined), id="$renamed", unsigned={"prev_content": joined["content"]})
    await house.observer.handle(renamed)

    assert len((await evidence(house)).stays) == 5
    async with house.store.view() as view:
        page = await view.audit.search(compartments=None, limit=500)
    assert [one.kind for one in page.entries].count("partner-joined") == 6  # with another partner's


async def test_hidden_groups_show_to_those_who_know_them() -> None:
    house = await heard()
    assert "comex" not in evidence_csv(await evidence(house, LUC))
    assert "comex" in json.dumps(evidence_json(await evidence(house)))
    with pytest.raises(NotAllowed):
        await evidence(house, ANN)
