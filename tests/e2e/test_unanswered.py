"""A partner's person who answers no invitation: withdrawn in time, from the group and from the partner's space, over
federation; and asked again when somebody asks for them again.
"""

from typing import Final

import pytest

from deploy.demo.bot import Conversation
from tests.e2e.journeys import accepted, at_work, seen
from tests.localnet.talk import eventually
from tests.support.company import ACME
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
groups:
  - {id: deal, name: Deal, owners: ["1"], membership: owners, partners: [acme]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], sponsor: "1"}
"""


async def test_nobody_holds_an_invitation_for_ever_and_who_is_asked_again_is_invited_again(park: Park) -> None:
    company = park.company(DIRECTORY, directory={"every": "1s"}, lifecycle={"withdraw_invitations": "6s"})
    await company.hire("claire")
    [bob] = await company.hire("bob", server=ACME)
    async with at_work(company, "claire", "bob"):
        claire = company.people["claire"]
        talk = await Conversation.open(claire, company.bot)
        asks = f"!group add deal {bob.user_id} --yes"
        await eventually(lambda: talk.ask(asks), lambda answer: answer.status == "ok", 60)
        await seen(bob, "both invitations", lambda: {"Deal", "Acme SA"} <= {*bob.invited.values()}, 60)
        rooms = [bob.invitation("Deal"), bob.invitation("Acme SA")]
        await seen(bob, "that both are withdrawn", lambda: not bob.invited, 60)
        shown = await talk.ask("!group show deal")
        assert "did not answer the invitation in time" in shown.text
        assert (await talk.ask(asks)).status == "ok"
        for room in rooms:
            assert room is not None
            await accepted(bob, room)
