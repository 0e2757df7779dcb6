"""A plan is confirmed and the bridge killed before it began: started again it does it, once, and says so, once."""

import pytest

from deploy.demo.bot import REPLY, Conversation
from deploy.demo.people import following
from deploy.localnet.processes import GuardedProcess
from tests.e2e.journeys import at_work, seen, staffed
from tests.e2e.test_confirming import office, replies, staff, tap
from tests.localnet.talk import eventually
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIES_AT = "before run #1"
"""Leases are held and there is no run yet: nobody else may begin one while the dead process seems to be at work."""


async def test_what_was_confirmed_before_a_kill_is_done_once_and_told_of_once(park: Park) -> None:
    company = await staffed(park, service=True, safety={"max_removals": 0})
    staff(company, with_luc=True)
    ines, luc = company.people["ines"], company.people["luc"]
    async with at_work(company, "ines", "ann", "luc"):
        await seen(luc, "the deal", lambda: luc.room("deal"))
        room_id = await office(company)
        talk = Conversation(ines, room_id)
        await eventually(lambda: talk.ask("!plan"), lambda reply: reply.status == "ok", 60)
    staff(company, with_luc=False)
    async with following(ines, luc):
        bridge = company.launch(dies_at=DIES_AT)
        try:
            await eventually(company.ready, bool, 60)
            planned = await talk.ask("!plan")
            assert planned.status == "held", planned
            asked = replies(ines, room_id, "plan")[-1]
            await tap(ines, room_id, asked["event_id"], "✅")
            await eventually(lambda: _running(bridge), lambda running: not running, 90)
        finally:
            bridge.kill()
        assert replies(ines, room_id, "apply") == []
        async with company.running():
            [done] = await seen(ines, "that it is applied", lambda: replies(ines, room_id, "apply"), 60)
            assert done["content"][REPLY]["status"] == "ok", done["content"]["body"]
            await seen(luc, "that the deal is gone", lambda: not luc.room("deal"))
            assert (await talk.ask("!plan")).status == "ok"
            assert len(replies(ines, room_id, "apply")) == 1


async def _running(bridge: GuardedProcess) -> bool:
    return bridge.running
