"""On a real homeserver: a member posts the link of a hidden room in an open one, and hears of it alone."""

from typing import Final

import pytest

from tests.e2e.journeys import accepted, at_work, seen, told
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@luc~:corp.test", name: Luc, language: fr}
groups:
  - {id: deal, name: Deal, owners: ["1"], members: ["1", "2"]}
  - {id: comex, name: Comex, visibility: hidden, owners: ["2"]}
"""


async def hidden_room(company: Company) -> str:
    rooms = await company.rooms()
    [hidden] = rooms.keys() - {"deal", "space/company", "room/admins"}
    return rooms[hidden]


async def test_whoever_posts_the_link_of_a_hidden_room_is_told_alone(park: Park) -> None:
    company = park.company(DIRECTORY)
    await company.hire("claire", "luc")
    async with at_work(company, "claire", "luc"):
        claire, luc = company.people["claire"], company.people["luc"]
        await seen(luc, "both invitations", lambda: len(luc.invited) >= 3)
        rooms = await company.rooms()
        deal = rooms["deal"]
        for person in (claire, luc):
            for room in (deal, rooms["space/company"]):
                await accepted(person, room)
        comex = await hidden_room(company)
        await accepted(luc, comex)
        for person in (claire, luc):
            await person.say(deal, f"https://matrix.to/#/{comex}?via=corp.test")
        invited = await seen(luc, "the bot", lambda: luc.invitation_of(company.bot))
        await accepted(luc, invited)
        await told(luc, invited, "Vous avez publié le lien d’un salon caché")
        assert claire.invitation_of(company.bot) is None
        assert not any("lien" in text for text in claire.joined[deal].texts())
