"""Who belongs to a group, as people at their clients decide it: inviting, leaving, blocking, asking, knocking."""

import itertools
from typing import Final
from urllib.parse import quote

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from deploy.localnet.requests import Reply
from tests.e2e.journeys import at_work, seen, told
from tests.support.company import ACME, Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

CLIENT: Final = "/_matrix/client/v3"
DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
  - {id: "4", user: "@ann~:corp.test", name: Ann, language: en, department: Quality}
groups:
  - {id: team, name: Team, visibility: invite-only, membership: owners, owners: ["1"], members: ["4"]}
  - {id: crew, name: Crew, visibility: invite-only, membership: both, requests: knock, owners: ["1"], members: ["3"]}
  - {id: desk, name: Desk, visibility: invite-only, owners: ["1"]}
  - {id: duty, name: Duty, visibility: invite-only, mandatory: true, owners: ["1"], members: ["3"]}
  - {id: deal, name: Deal, visibility: invite-only, owners: ["1"], members: ["@bob~:acme.test"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "1"}
"""
transactions = itertools.count()


async def hired(park: Park) -> Company:
    """The company above, and a partner member who lets nobody invite them."""
    company = park.company(DIRECTORY)
    await company.hire("claire", "ines", "luc", "ann")
    [bob] = await company.hire("bob", server=ACME)
    path = f"{CLIENT}/user/{quote(bob.user_id)}/account_data/m.invite_permission_config"
    (await bob.ask("PUT", path, body={"default_action": "block"})).ok("blocking invitations")
    await company.hire_service()
    return company


async def act(person: Person, verb: str, room_id: str, **body: str) -> Reply:
    """What a client does with a room: invite, leave, knock."""
    path = f"{CLIENT}/knock/{quote(room_id)}" if verb == "knock" else f"{CLIENT}/rooms/{quote(room_id)}/{verb}"
    return await person.ask("POST", path, body=body)


async def tap(person: Person, room_id: str, event_id: str, emoji: str) -> None:
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.reaction/member{next(transactions)}"
    relation = {"rel_type": "m.annotation", "event_id": event_id, "key": emoji}
    (await person.ask("PUT", path, body={"m.relates_to": relation})).ok("reacting")


def id_of(person: Person, group: str) -> str:
    room = person.room(group)
    assert room
    return room.room_id


async def test_what_owners_do_in_their_clients_counts_and_who_leaves_or_blocks_is_left_in_peace(park: Park) -> None:
    company = await hired(park)
    claire, luc, ann = (company.people[name] for name in ("claire", "luc", "ann"))
    async with at_work(company, "claire", "luc", "ann"):
        for group in ("team", "crew", "desk", "duty", "deal"):
            await seen(claire, group, lambda group=group: claire.room(group))  # type: ignore[misc]
        await seen(luc, "his groups", lambda: luc.room("crew") and luc.room("duty"))
        talk = await Conversation.open(claire, company.bot)
        assert "cannot be invited" in (await talk.ask("!group show deal")).text

        for group in ("team", "desk"):
            (await act(claire, "invite", id_of(claire, group), user_id=ann.user_id)).ok("inviting")
        await told(talk.person, talk.room_id, "Your invitation of Ann to Desk was withdrawn")
        await seen(ann, "that Desk is gone", lambda: not ann.invitation("Desk"))
        team = await seen(ann, "an invitation", lambda: ann.invitation("Team"))
        (await ann.join(team)).ok("joining")

        luc_talk = await Conversation.open(luc, company.bot)
        for group in ("crew", "duty"):
            room_id = id_of(luc, group)
            (await act(luc, "leave", room_id)).ok("leaving")
            await seen(luc, "that it is left", lambda room_id=room_id: room_id not in luc.joined)  # type: ignore[misc]
        await seen(luc, "that duty calls", lambda: luc.room("duty"))
        shown = (await talk.ask("!group show crew")).text
        assert "left or declined (1): Luc" in shown
        assert "your place" in (await luc_talk.ask("!group show crew")).text
        assert luc.room("crew") is None
        assert (await company.parvis("plan")).code == 0

        (await act(claire, "kick", id_of(claire, "team"), user_id=ann.user_id)).ok("removing")
        await seen(ann, "that she is out", lambda: team not in ann.joined)
        assert "on its way" in (await luc_talk.ask("!join crew")).text
        await seen(luc, "the crew again", lambda: luc.room("crew"))
        assert (await company.parvis("plan")).code == 0
        assert ann.room("team") is None


async def test_who_asks_or_knocks_is_let_in_or_refused_by_an_owner(park: Park) -> None:
    company = await hired(park)
    claire, ann, luc = (company.people[name] for name in ("claire", "ann", "luc"))
    async with at_work(company, "claire", "ann", "luc"):
        await seen(claire, "her groups", lambda: claire.room("team") and claire.room("crew"))
        talk, ann_talk, luc_talk = [await Conversation.open(one, company.bot) for one in (claire, ann, luc)]

        assert "directory alone" in (await ann_talk.ask("!join desk")).text
        assert "I have asked" in (await ann_talk.ask("!join team I know a lot")).text
        assert "waits for an answer" in (await ann_talk.ask("!join team")).text
        card = await told(talk.person, talk.room_id, "Ann asks to be let into Team.")
        assert "department: Quality" in card["content"]["body"]
        assert "reason: I know a lot" in card["content"]["body"]
        await tap(claire, talk.room_id, card["event_id"], "✅")
        await told(ann_talk.person, ann_talk.room_id, "You have been let into Team")
        await seen(ann, "the team", lambda: ann.room("team"))

        crew = id_of(claire, "crew")
        (await act(ann, "knock", crew, reason="Hello?")).ok("knocking")
        card = await told(talk.person, talk.room_id, "Ann asks to be let into Crew.")
        handle = str(card["content"]["body"]).partition("!join accept ")[2].split()[0].strip("`")
        assert "is let in" in (await talk.ask(f"!join accept {handle}")).text
        await seen(ann, "the crew", lambda: ann.room("crew"))
        assert "before" in (await talk.ask(f"!join refuse {handle}")).text

        assert "I have asked" in (await luc_talk.ask("!join team")).text
        card = await told(talk.person, talk.room_id, "Luc asks to be let into Team.")
        await tap(claire, talk.room_id, card["event_id"], "❌")
        await told(luc_talk.person, luc_talk.room_id, "Your request was not accepted this time")
        assert luc.room("team") is None
        assert (await luc_talk.ask("!join accept abcdefghij")).text
        assert (await company.parvis("plan")).code == 0
