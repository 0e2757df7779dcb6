"""On a real homeserver: a member posts the link of a hidden room in an open one, and hears of it alone; where that is
asked for, the message goes."""

from typing import Any, Final
from urllib.parse import quote

import pytest

from deploy.demo.people import Person
from tests.e2e.journeys import accepted, at_work, seen, told
from tests.localnet.talk import eventually
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


async def moved_in(company: Company) -> tuple[str, str]:
    """Both are where they belong; the rooms of the open and of the hidden group."""
    claire, luc = company.people["claire"], company.people["luc"]
    await seen(luc, "both invitations", lambda: len(luc.invited) >= 3)
    rooms = await company.rooms()
    for person in (claire, luc):
        for room in (rooms["deal"], rooms["space/company"]):
            await accepted(person, room)
    comex = await hidden_room(company)
    await accepted(luc, comex)
    return rooms["deal"], comex


async def event_at(person: Person, room: str, event_id: str) -> Any:
    """The event as somebody's client reads it."""
    path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/event/{quote(event_id, safe='')}"
    return (await person.ask("GET", path)).ok("reading an event")


async def test_whoever_posts_the_link_of_a_hidden_room_is_told_alone(park: Park) -> None:
    company = park.company(DIRECTORY)
    await company.hire("claire", "luc")
    async with at_work(company, "claire", "luc"):
        claire, luc = company.people["claire"], company.people["luc"]
        deal, comex = await moved_in(company)
        for person in (claire, luc):
            await person.say(deal, f"https://matrix.to/#/{comex}?via=corp.test")
        invited = await seen(luc, "the bot", lambda: luc.invitation_of(company.bot))
        await accepted(luc, invited)
        await told(luc, invited, "Vous avez publié le lien d’un salon caché")
        assert claire.invitation_of(company.bot) is None
        assert not any("lien" in text for text in claire.joined[deal].texts())


async def test_asked_to_the_bot_takes_the_message_away_and_tells_its_author_alone_why(park: Park) -> None:
    company = park.company(DIRECTORY, hidden={"redact_links": True})
    await company.hire("claire", "luc")
    async with at_work(company, "claire", "luc"):
        claire, luc = company.people["claire"], company.people["luc"]
        deal, comex = await moved_in(company)
        theirs = await claire.say(deal, f"what is {comex}?")
        posted = await luc.say(deal, f"come to https://matrix.to/#/{comex}?via=corp.test")
        gone = await eventually(lambda: event_at(claire, deal, posted), lambda one: not one["content"])
        redaction = gone["unsigned"]["redacted_because"]
        assert redaction["sender"] == company.bot
        assert "reason" not in redaction["content"]
        assert comex not in str(redaction)
        invited = await seen(luc, "the bot", lambda: luc.invitation_of(company.bot))
        await accepted(luc, invited)
        await told(luc, invited, "J’ai retiré un de vos messages")
        assert (await event_at(luc, deal, theirs))["content"]["body"].endswith("?")
        assert claire.invitation_of(company.bot) is None
