"""Breaking the glass on real homeservers: asked, agreed to, seen, announced inside, over."""

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import SECRET_WORDS, administration, at_work, seen, told
from tests.e2e.test_confirming import tap
from tests.localnet.talk import eventually
from tests.support.canary import traces
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: fr}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
  - {id: "4", user: "@ann~:corp.test", name: Ann, language: en}
groups:
  - {id: sales, name: Sales, visibility: public, owners: ["3"]}
  - {id: comex, name: Comité de fusion, purpose: The merger, visibility: hidden, owners: ["1"], members: ["4"]}
"""
LASTS = "40s"


async def staffed(park: Park) -> Company:
    """Inès and Luc administer the company; Claire and Ann are in the hidden group."""
    company = park.company(DIRECTORY, directory={"every": "1s"}, language="en", safety={"glass": {"lasts": LASTS}})
    await company.hire("claire", "ines", "luc", "ann")
    await company.hire_service()
    company.house.configure({"admins": [company.user("ines"), company.user("luc")]})
    return company


async def hidden_room(person: Person) -> str:
    """The room of the hidden group, which they are invited to and enter. Elsewhere, somebody joins them."""

    def invited() -> str | None:
        return next((room_id for room_id, name in person.invited.items() if name.startswith("Private group")), None)

    room_id = await seen(person, "the invitation", invited)
    (await person.join(room_id)).ok("joining")
    await seen(person, "the hidden room", lambda: room_id in person.joined)
    return room_id


async def test_an_administrator_sees_a_hidden_group_for_a_while_with_a_second_ones_word(park: Park) -> None:
    company = await staffed(park)
    claire, ines, luc = (company.people[name] for name in ("claire", "ines", "luc"))
    async with at_work(company, "claire", "ines", "luc"):
        inside = await hidden_room(claire)
        admins = await administration(luc)
        await administration(ines)
        of_ines, of_luc = Conversation(ines, await ines.open_conversation(company.bot)), Conversation(luc, admins)

        asked = await of_ines.ask("!glass comex fraud is suspected")
        of_nothing = await of_ines.ask("!glass nothing fraud is suspected")
        assert asked.status == "ok"
        assert asked.own_words == of_nothing.own_words
        await told(claire, inside, "fraud is suspected")
        for typed in ("nothing", "comex"):
            card = await told(luc, admins, f"typed: {typed}")
            await tap(ines, admins, card["event_id"], "✅")
            await tap(luc, admins, card["event_id"], "✅")
            await told(
                ines, of_ines.room_id, f"agreed. For 1 minute from now on I show you here what is called “{typed}”"
            )

        assert "Comité de fusion" in (await of_ines.ask("!group show comex")).text
        assert "Comité de fusion" in (await of_ines.ask("!group list")).text
        why = await company.parvis("why", claire.user_id, "comex", "--as", ines.user_id)
        assert "Comité de fusion" in why.out
        assert (await company.parvis("why", claire.user_id, "comex", "--as", luc.user_id)).code == 2
        for talk in (of_luc, Conversation(ines, admins)):
            assert not traces((await talk.ask("!group list")).text.casefold(), SECRET_WORDS)
        await told(claire, inside, f"Luc ({luc.user_id}) agreed")

        async def shown() -> str:
            return (await of_ines.ask("!group list")).text

        await eventually(shown, lambda text: "Comité de fusion" not in text, seconds=90)
        await told(claire, inside, "not see this group any more")
        await told(ines, of_ines.room_id, "The time is over: “comex”")
        cards = [one["content"] for one in luc.joined[admins].messages if one["sender"] == company.bot]
        assert not traces(str(cards), ("comité de fusion", "the merger"))
        assert (await company.parvis("audit", "verify")).code == 0
        log = (await company.parvis("audit", "search", "--group", "comex")).out
        assert log.count("glass: ") == 3
