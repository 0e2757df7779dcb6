"""Inside rooms that a partner is in: who reads along stands there, and whoever does not belong there is out at once.

On three federating homeservers: the company's, the partner's, and one that is nobody's.
"""

from typing import Any, Final
from urllib.parse import quote

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import FORBIDDEN, Person
from deploy.localnet.requests import Reply
from tests.e2e.journeys import accepted, at_work, made_powerful, seen, told
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company, members
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

CLIENT: Final = "/_matrix/client/v3"
PINNED: Final = "m.room.pinned_events"
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
groups:
  - {id: sales, name: Sales, visibility: public, owners: ["1"], members: ["1", "3"]}
  - {id: deal, name: Deal, owners: ["1"], members: ["1", "3"PARTNER], partners: [acme]}
  - {id: merger, name: Fusion, visibility: hidden, owners: ["1"], members: ["1", "3"PARTNER], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "1"}
"""
WITH_BOB: Final = DIRECTORY.replace("PARTNER", ', "@bob~:acme.test"')
WITHOUT: Final = DIRECTORY.replace("PARTNER", "")


async def hired(park: Park) -> Company:
    company = park.company(WITH_BOB, directory={"every": "1s"})
    await company.hire("claire", "ines", "luc")
    await company.hire("bob", "bea", server=ACME)
    await company.hire("mallory", server=STRANGER)
    await company.hire_service()
    return company


async def invite(person: Person, room_id: str, user: str) -> Reply:
    """What a client does."""
    path = f"{CLIENT}/rooms/{quote(room_id)}/invite"
    return await person.ask("POST", path, body={"user_id": user})


async def invite_by_drift(company: Company, person: Person, room_id: str, user: str) -> None:
    """With a power that the bridge did not give; again when it takes that back before it is used."""

    async def asked() -> Reply:
        await made_powerful(company, room_id, person)
        return await invite(person, room_id, user)

    (await eventually(asked, lambda reply: reply.status != FORBIDDEN, 30)).ok("inviting")


async def present(company: Company, room_id: str) -> set[str]:
    return members(await company.state(room_id), "invite", "join", "knock")


async def plate(reader: Person, room_id: str) -> str:
    """What the last pinned message says to this reader, as a client shows it: edits count."""
    answer = await reader.ask("GET", f"{CLIENT}/rooms/{quote(room_id)}/state/{PINNED}/")
    if answer.status != 200 or not answer.content["pinned"]:
        return ""
    event_id = quote(answer.content["pinned"][-1])
    event = await reader.ask("GET", f"{CLIENT}/rooms/{quote(room_id)}/event/{event_id}")
    if event.status != 200:
        return ""
    edit: Any = event.content["unsigned"].get("m.relations", {}).get("m.replace", {})
    return str(edit.get("content", {}).get("m.new_content", event.content["content"])["body"])


async def test_who_is_in_here_stands_in_the_room_as_long_as_it_is_so(park: Park) -> None:
    company = await hired(park)
    claire, luc, bob = (company.people[name] for name in ("claire", "luc", "bob"))
    async with at_work(company, "claire", "luc", "bob"):
        rooms = await eventually(company.rooms, lambda found: len(found) >= 6, seconds=90)
        deal = rooms["deal"]
        [merger] = [
            room_id for marker, room_id in rooms.items() if "/" not in marker and marker not in ("sales", "deal")
        ]
        for person in (claire, bob):
            await accepted(person, merger)
        await accepted(bob, deal)
        await told(claire, deal, "Somebody of Acme SA is in here")
        shown = await eventually(lambda: plate(claire, deal), lambda text: "Acme" in text, 90)
        assert "corp.test" in shown

        # From the partner's side, and in the hidden room for whoever comes after it was told.
        assert await eventually(lambda: plate(bob, deal), lambda text: text == shown, 90)
        (await luc.join(merger)).ok("joining")
        assert await eventually(lambda: plate(luc, merger), lambda text: "Acme SA" in text, 90)
        assert (await company.state(rooms["sales"])).get((PINNED, "")) is None

        company.write(WITHOUT)
        await eventually(lambda: present(company, deal), lambda found: bob.user_id not in found, 90)
        await eventually(lambda: plate(claire, deal), lambda text: text == "", 90)
        assert (await company.state(deal))[PINNED, ""] == {"pinned": []}
        assert (await company.parvis("plan")).code == 0


async def test_whoever_has_no_place_is_out_within_seconds_and_the_inviter_hears_why(park: Park) -> None:
    company = await hired(park)
    claire, luc, bea, mallory = (company.people[name] for name in ("claire", "luc", "bea", "mallory"))
    async with at_work(company, "claire", "luc", "bea", "mallory"):
        rooms = await eventually(company.rooms, lambda found: len(found) >= 6, seconds=90)
        sales, deal = rooms["sales"], rooms["deal"]
        await seen(claire, "her group", lambda: claire.room("sales"))
        talk, luc_talk = [await Conversation.open(one, company.bot) for one in (claire, luc)]

        (await invite(claire, sales, mallory.user_id)).ok("inviting")
        await told(claire, talk.room_id, f"Your invitation of {mallory.user_id} to Sales does not count")
        await eventually(lambda: present(company, sales), lambda found: mallory.user_id not in found)
        # Her homeserver goes on showing the invitation, for it believes the inviter alone (Synapse); it opens nothing.
        assert (await mallory.join(sales, via="corp.test")).status == 403

        # Let in by drift: the homeserver's administrator opens the room's doors, and a stranger is quick.
        await seen(luc, "the deal", lambda: luc.room("deal"))
        await company.set_state(deal, "m.room.server_acl", {"allow": ["*"], "deny": [], "allow_ip_literals": False})
        for person in (mallory, bea):
            await invite_by_drift(company, luc, deal, person.user_id)
        await told(luc, luc_talk.room_id, "to Deal does not count")
        for person in (mallory, bea):
            await person.join(deal)
            await eventually(
                lambda person=person: present(company, deal),  # type: ignore[misc]
                lambda found, person=person: person.user_id not in found,  # type: ignore[misc]
            )
        acl = (await company.state(deal))["m.room.server_acl", ""]
        assert acl["allow"] == ["acme.test", "corp.test"]
        # Until her homeserver has heard that she is out, it believes that she is in, and says so (200) without asking
        # ours; when it hears is between homeservers, and under load it may be minutes.
        assert (await mallory.join(deal, via="corp.test")).status in (200, 403)
        assert mallory.user_id not in await present(company, deal)
        assert (await company.parvis("plan")).code == 0
