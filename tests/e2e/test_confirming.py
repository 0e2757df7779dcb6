"""A held plan is confirmed by one tap of who asked for it; everybody else's taps do nothing."""

import itertools
from urllib.parse import quote

import pytest

from deploy.demo.bot import REPLY, Conversation
from deploy.demo.people import Person
from deploy.demo.rooms import Event
from tests.e2e.journeys import at_work, seen, staffed
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

CLIENT = "/_matrix/client"
transactions = itertools.count()


def replies(person: Person, room_id: str, command: str) -> list[Event]:
    """The bot's replies to this command, as the person's client shows them."""
    messages = person.joined[room_id].messages
    return [event for event in messages if event["content"].get(REPLY, {}).get("command") == command]


async def tap(person: Person, room_id: str, event_id: str, emoji: str) -> None:
    """React, as a client does."""
    path = f"{CLIENT}/v3/rooms/{quote(room_id, safe='')}/send/m.reaction/tap{next(transactions)}"
    relation = {"rel_type": "m.annotation", "event_id": event_id, "key": emoji}
    (await person.ask("PUT", path, body={"m.relates_to": relation})).ok("reacting")


async def reactions(person: Person, room_id: str, event_id: str) -> list[tuple[str, str]]:
    """Who put which emoji on the event."""
    path = f"{CLIENT}/v1/rooms/{quote(room_id, safe='')}/relations/{quote(event_id, safe='')}/m.annotation"
    found = (await person.ask("GET", path)).ok("reading reactions")["chunk"]
    return [(event["sender"], event["content"]["m.relates_to"]["key"]) for event in found]


def staff(company: Company, *, with_luc: bool) -> None:
    """Luc works on the deal, or not."""
    present, wanted = ('["1", "@bob', '["1", "3", "@bob') if with_luc else ('["1", "3", "@bob', '["1", "@bob')
    text = company.directory.read_text(encoding="utf-8")
    company.directory.write_text(text.replace(present, wanted), encoding="utf-8")


async def office(company: Company) -> str:
    """A room that holds the bot, Inès, who administers, and Ann, who does not."""
    ines, ann = company.people["ines"], company.people["ann"]
    room_id = await ines.open_conversation(company.bot)
    invite = f"{CLIENT}/v3/rooms/{quote(room_id, safe='')}/invite"
    (await ines.ask("POST", invite, body={"user_id": ann.user_id})).ok("inviting")
    (await ann.join(room_id)).ok("joining")
    await seen(ann, "the office", lambda: room_id in ann.joined)
    return room_id


async def test_a_held_plan_is_applied_by_one_tap_of_who_asked(park: Park) -> None:
    company = await staffed(park, service=True, safety={"max_removals": 0})
    staff(company, with_luc=True)
    ines, ann, luc = (company.people[name] for name in ("ines", "ann", "luc"))
    async with at_work(company, "ines", "ann", "luc"):
        await seen(luc, "the deal", lambda: luc.room("deal"))
        room_id = await office(company)
        at_ines, at_ann = Conversation(ines, room_id), Conversation(ann, room_id)
        staff(company, with_luc=False)
        planned = await at_ines.ask("!plan")
        assert planned.status == "held"
        [asked] = replies(ines, room_id, "plan")
        held = asked["event_id"]

        await tap(ann, room_id, held, "✅")
        assert (await at_ann.ask("!group list")).status == "ok"  # handled in order: what Ann tapped has been, too
        assert replies(ann, room_id, "apply") == []
        assert luc.room("deal")

        await tap(ines, room_id, held, "👍🏽")
        [done] = await seen(ines, "that it is applied", lambda: replies(ines, room_id, "apply"))
        assert done["content"][REPLY]["status"] == "ok"
        assert done["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == held
        await seen(luc, "that the deal is gone", lambda: not luc.room("deal"))

        await tap(ines, room_id, held, "✅")
        assert (await at_ines.ask("!plan")).status == "ok"
        assert len(replies(ines, room_id, "apply")) == 1
        assert (company.bot, "✅") in await reactions(ines, room_id, held)
