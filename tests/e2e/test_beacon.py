"""What Synapse left behind after a recovery is brought all the same: nobody waits in vain for an answer."""

import sqlite3
from typing import Any

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import Person, following
from deploy.localnet.ports import ReservedPort
from tests.e2e.journeys import seen
from tests.support.company import Company
from tests.support.park import Park
from tests.support.proxy import FaultyProxy, Trouble

pytestmark = pytest.mark.homeserver

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire Martin}
groups: []
"""


async def test_a_command_that_synapse_left_behind_is_answered_after_the_next_start(park: Park) -> None:
    company, port = park.company(DIRECTORY), ReservedPort()
    company.house.configure({"appservice": {"listen": f"127.0.0.1:{port.number}"}})
    await company.hire("claire")
    claire = company.people["claire"]
    async with FaultyProxy(f"http://127.0.0.1:{port.number}", port=company.house.port) as proxy, following(claire):
        async with company.running():
            chat = await Conversation.open(claire, f"@parvis{company.suffix}:corp.test")
            await chat.ask("!ping")
            proxy.cause(Trouble.SWALLOW, method="PUT", contains="/transactions/", times=1000)
        asked = await claire.say(chat.room_id, "!help")
        await seen(claire, "the push that is lost", lambda: asked.encode() in proxy.swallowed or None)
        proxy.relent()
        _leave_behind(company, asked)
        async with company.running():
            await seen(claire, "an answer", lambda: "!help" in str(_last(claire, chat.room_id)) or None)
    port.release()


def _leave_behind(company: Company, event_id: str) -> None:
    """As Synapse itself does now and then: a transaction is kept, and nobody is about to bring it."""
    with sqlite3.connect(company.corp.folder / "homeserver.db", timeout=30) as database:
        database.execute(
            "INSERT INTO application_services_txns (as_id, txn_id, event_ids) VALUES (?, 0, ?)",
            (f"parvis{company.suffix}", f'["{event_id}"]'),
        )
    database.close()


def _last(person: Person, room_id: str) -> Any:
    messages = [one for one in person.joined[room_id].messages if one["sender"] != person.user_id]
    return messages[-1]["content"] if messages else None
