"""On a real homeserver: whoever administers it, or holds the bot's token, lets somebody into a hidden room, opens it,
publishes it. All is undone, and told to its members in their room, once; to nobody else.
"""

from typing import Any, Final
from urllib.parse import quote

import pytest

from deploy.demo.people import Person
from tests.e2e.journeys import accepted, administration, at_work, let_in, seen, told
from tests.localnet.talk import eventually
from tests.support.company import Company, members
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

CLIENT: Final = "/_matrix/client/v3"
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Ines, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
groups:
  - {id: news, name: News, owners: ["2"], members: ["3"]}
  - {id: comex, name: Fusion, visibility: hidden, owners: ["1"], encrypted: false}
"""
NAME: Final = "This room belongs to “Fusion”."
SAID: Final = "Before he came"


def hidden_room(person: Person) -> str | None:
    """The room with a cover name that they are asked into."""
    return next((room_id for room_id, name in person.invited.items() if name.startswith("Private")), None)


async def listed(company: Company, room_id: str, visibility: str = "") -> str:
    """Whether the room directory has the room, after whoever holds the bot's token has put it there."""
    path = f"{CLIENT}/directory/list/room/{quote(room_id, safe='')}"
    if visibility:
        await company.as_bot("PUT", path, {"visibility": visibility})
    return str((await company.as_bot("GET", path))["visibility"])


async def kept(person: Person, room_id: str) -> list[str]:
    """What somebody who was in a room for a moment can still read of it."""
    page: Any = (await person.ask("GET", f"{CLIENT}/rooms/{quote(room_id, safe='')}/messages?dir=b&limit=100")).content
    return [str(event["content"].get("body")) for event in page["chunk"] if event["type"] == "m.room.message"]


def by_hand(person: Person, room_id: str) -> list[str]:
    return [text for text in person.joined[room_id].texts() if "token of the application service" in text]


async def test_what_is_done_to_a_hidden_room_by_hand_is_undone_and_told_inside_once(park: Park) -> None:
    company = park.company(DIRECTORY)
    claire, ines, luc = await company.hire("claire", "ines", "luc")
    await company.hire_service()
    async with at_work(company, "claire", "ines", "luc"):
        comex = await seen(claire, "the hidden room", lambda: hidden_room(claire))
        await accepted(claire, comex)
        await administration(ines)
        await claire.say(comex, SAID)

        await let_in(company, comex, luc)
        await eventually(
            lambda: company.state(comex), lambda state: luc.user_id not in members(state, "join", "invite"), 60
        )
        await told(claire, comex, "Luc was in this room without belonging to its group")
        assert NAME in await kept(luc, comex), "the name is there for whoever comes later, be it for a second"
        assert SAID not in await kept(luc, comex)
        assert not any("without belonging" in text for text in await kept(luc, comex))

        opened = {"history_visibility": "world_readable"}
        await company.set_state(comex, "m.room.history_visibility", opened)
        await told(claire, comex, "Somebody in my name opened what is said in this room to others")

        assert len(by_hand(claire, comex)) == 2
        assert await listed(company, comex, "public") == "public"
        people = [text for room in (*luc.joined.values(), *ines.joined.values()) for text in room.texts()]
        assert not any("token of the application service" in text for text in people)
        assert "Fusion" not in str(people)
    async with at_work(company, "claire"):  # all rooms are looked at anew
        await told(claire, comex, "This room stood in the room directory")
        assert await listed(company, comex) == "private"
        assert len(by_hand(claire, comex)) == 3


async def test_who_accepts_an_invitation_of_ours_while_the_bridge_is_down_is_put_out_and_accused_of_nothing(
    park: Park,
) -> None:
    company = park.company(DIRECTORY.replace('owners: ["1"], encrypted', 'owners: ["1"], members: ["3"], encrypted'))
    claire, luc = await company.hire("claire", "luc")
    await company.hire("ines")
    async with at_work(company, "claire", "luc"):
        comex = await seen(claire, "the hidden room", lambda: hidden_room(claire))
        await accepted(claire, comex)
        await seen(luc, "an invitation", lambda: comex in luc.invited)
    company.write(DIRECTORY)
    (await luc.join(comex)).ok("the join that the bridge's own invitation allows")
    async with at_work(company, "claire"):
        await eventually(
            lambda: company.state(comex), lambda state: luc.user_id not in members(state, "join", "invite"), 60
        )
        await company.set_state(comex, "m.room.history_visibility", {"history_visibility": "world_readable"})
        await told(claire, comex, "Somebody in my name opened what is said in this room to others")
        assert len(by_hand(claire, comex)) == 1, "of what was done by hand, and not of him"
