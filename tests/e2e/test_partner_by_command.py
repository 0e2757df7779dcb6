"""A partner that no file names: proposed by an employee, agreed to, granted a group, and its person comes in.

On real federating homeservers, with clients on both sides.
"""

from typing import Final

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import at_work, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME, Company, members
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
groups:
  - {id: deal, name: Deal, owners: ["3"], members: ["1", "3"]}
"""


async def present(company: Company, room_id: str) -> set[str]:
    return members(await company.state(room_id), "join")


async def test_a_partner_is_proposed_agreed_to_granted_and_its_person_comes_in_and_goes(park: Park) -> None:
    company = park.company(DIRECTORY, directory={"every": "1s"})
    await company.hire("claire", "ines", "luc")
    await company.hire("bob", server=ACME)
    async with at_work(company, "claire", "ines", "luc", "bob"):
        luc, ines, bob = (company.people[name] for name in ("luc", "ines", "bob"))
        at_luc, at_ines = [await Conversation.open(one, company.bot) for one in (luc, ines)]

        asked = await at_luc.ask(f"!partner add Acme SA --servers acme.test --users {bob.user_id}")
        assert (asked.status, "once an administrator agrees" in asked.text) == ("ok", True), asked.text
        assert (await at_luc.ask("!partner grant acme-sa deal")).status in ("error", "usage")
        assert (await at_ines.ask("!partner set acme-sa state active")).status == "confirm"
        assert (await at_ines.ask("!partner set acme-sa state active --yes")).status == "ok"

        # A decision counts for the next command once the world was looked at again, which takes a moment.
        shown = await eventually(
            lambda: at_luc.ask("!partner grant acme-sa deal"), lambda answer: answer.status == "confirm", 30
        )
        assert "can take part" in shown.text
        assert (await at_luc.ask("!partner grant acme-sa deal --yes")).status == "ok"
        line = f"!invite {bob.user_id} deal --yes"
        await eventually(lambda: at_luc.ask(line), lambda answer: answer.status == "ok", 90)

        rooms = await eventually(company.rooms, lambda found: "deal" in found, seconds=90)
        deal = rooms["deal"]
        await seen(bob, "the invitation over federation", lambda: deal in bob.invited)
        await bob.accept(deal)
        at_bob = await Conversation.open(bob, company.bot)
        listed = await at_bob.ask("!partner show acme-sa")
        assert (listed.status, "Deal" in listed.text, "acme.test" in listed.text) == ("ok", True, False), listed.text
        assert await allowed(company, deal) == ["acme.test", "corp.test"]

        assert (await at_luc.ask("!partner revoke acme-sa deal --yes")).status == "ok"
        await eventually(lambda: present(company, deal), lambda found: bob.user_id not in found, 90)
        await eventually(lambda: allowed(company, deal), lambda found: found == ["corp.test"], 90)
        # Until their homeserver has heard that he is out, it believes that he is in, and says so.
        await eventually(lambda: bob.join(deal), lambda reply: reply.status != 200, 90)


async def allowed(company: Company, room_id: str) -> list[str]:
    """The servers that the room's ACL lets in."""
    return list((await company.state(room_id))["m.room.server_acl", ""]["allow"])
