"""Policies of a room on a real homeserver: decided in chat, read back by the bot, put back when undone."""

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import at_work, seen, staffed
from tests.support.company import State
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

DAY = 24 * 60 * 60 * 1000


def told(person: Person, room_id: str, words: str) -> bool | None:
    """Whether the bot says so in an answer that it completed."""
    events = person.joined[room_id].messages
    said = [event["content"].get("m.new_content", {}).get("body", "") for event in events]
    return any(words in one for one in said) or None


@pytest.mark.parametrize("version", ["11", "12"])
async def test_who_may_invite_and_how_long_is_kept_what_was_said(park: Park, version: str) -> None:
    company = await staffed(park, room_version=version, service=True)
    async with at_work(company, "claire"):
        claire = company.people["claire"]
        at_claire = await Conversation.open(claire, company.bot)
        room_id = (await seen(claire, "the room", lambda: claire.room("sales"))).room_id

        async def state() -> State:
            return await company.state(room_id)

        async def decide(line: str, words: str) -> None:
            assert (await at_claire.ask(line)).status == "ok"
            await seen(claire, words, lambda: told(claire, at_claire.room_id, words))

        await decide(
            "!group set sales inviting moderators", "qui peut inviter\N{NO-BREAK SPACE}: propriétaires et modérateurs"
        )
        assert (await state())["m.room.power_levels", ""]["invite"] == 50
        await decide("!groupe régler sales conservation 90 jours --oui", "conservé\N{NO-BREAK SPACE}: 90 jours")
        assert (await state())["m.room.retention", ""] == {"max_lifetime": 90 * DAY}
        await decide("!groupe oublier sales conservation", "aussi longtemps que le serveur le garde")
        assert (await state())["m.room.retention", ""] == {}
        await decide("!group set sales inviting nobody", "qui peut inviter\N{NO-BREAK SPACE}: personne")
