"""Rights on real homeservers: a delegate below and beside, a second person, somebody who may not and asks."""

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import administration, at_work, told
from tests.e2e.test_confirming import tap
from tests.localnet.talk import eventually
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
  - {id: "4", user: "@ann~:corp.test", name: Ann, language: en}
groups:
  - {id: trade, name: Trade, visibility: public}
  - {id: sales, name: Sales, visibility: public, owners: ["4"], parent: trade}
  - {id: legal, name: Legal, visibility: public, owners: ["4"]}
  - {id: comex, name: Comité de fusion, visibility: hidden, owners: ["4"], members: ["4"], parent: trade}
"""


async def staffed(park: Park) -> Company:
    """Inès and Luc administer the company."""
    company = park.company(DIRECTORY, directory={"every": "1s"}, language="en")
    await company.hire("claire", "ines", "luc", "ann")
    await company.hire_service()
    admins = [company.user("ines"), company.user("luc")]
    company.house.configure({"admins": admins, "critical": ["retire"], "creating": {"public": "admins"}})
    return company


async def test_rights_are_given_below_a_group_and_what_is_critical_takes_two(park: Park) -> None:
    company = await staffed(park)
    claire, ines, luc = (company.people[name] for name in ("claire", "ines", "luc"))
    async with at_work(company, "claire", "ines", "luc"):
        admins = await administration(luc)
        await administration(ines)
        of_ines = Conversation(ines, await ines.open_conversation(company.bot))
        of_claire = Conversation(claire, await claire.open_conversation(company.bot))

        assert (await of_claire.ask("!group set sales posting owners")).status == "error"
        asked = await of_ines.ask(f"!group delegate trade {claire.user_id}")
        assert asked.status == "confirm"
        shown = await told(ines, of_ines.room_id, "answer this message with ✅")
        await tap(ines, of_ines.room_id, shown["event_id"], "✅")

        async def governs() -> str:
            return (await of_claire.ask("!group set sales posting owners")).status

        await eventually(governs, "ok".__eq__)
        assert (await of_claire.ask("!group set legal posting owners")).status == "error"
        hidden, unknown = [await of_claire.ask(f"!group set {name} posting owners") for name in ("comex", "nothing")]
        assert (hidden.status, hidden.own_words) == ("denied", unknown.own_words)
        why = (await of_claire.ask("!why sales")).text
        assert "delegate for Trade, which is above it" in why

        waiting = await of_claire.ask('!group retire sales --yes --reason "we moved on"')
        assert waiting.status == "held"
        card = await told(luc, admins, "Claire wants this for Sales: The group is retired.")
        assert "we moved on" in card["content"]["body"]
        await tap(luc, admins, card["event_id"], "✅")
        await told(claire, of_claire.room_id, "about Sales is agreed to and done")
        audit = (await of_ines.ask("!audit sales")).text
        assert "with the word of Luc" in audit
        assert "by Claire" in audit

        wish = await of_claire.ask('!group create Chess --visibility public --reason "we play"')
        assert wish.status == "held"
        card = await told(ines, admins, "Claire asks to make the group Chess.")
        await tap(ines, admins, card["event_id"], "❌")
        await told(claire, of_claire.room_id, "about Chess was not agreed to")
        assert (await of_claire.ask("!group show chess")).status == "denied"
        below = await of_claire.ask("!group create Fair --visibility public --parent trade")
        assert below.status == "ok"
