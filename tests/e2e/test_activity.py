"""What people say in rooms of groups is recorded, each message once, while the bridge is killed again and again."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.time import SystemClock
from bridge.domain.activity import Happening
from bridge.ports.activity import Backfill
from bridge.services.activity.past import BEGINNING
from deploy.demo.people import Person
from deploy.localnet.waiting import until
from tests.e2e.journeys import staffed
from tests.localnet.talk import eventually
from tests.support.company import Company
from tests.support.park import Park
from tests.support.peeking import is_idle

pytestmark = pytest.mark.homeserver

CLIENT: Final = "/_matrix/client/v3"
KILLS: Final = 4
MESSAGES: Final = 15
"""Between two kills, in each room."""
transactions = itertools.count()


async def send(person: Person, room: str, content: Mapping[str, Any], kind: str = "m.room.message") -> str:
    path = f"{CLIENT}/rooms/{quote(room, safe='')}/send/{kind}/activity{next(transactions)}"
    return str((await person.ask("PUT", path, body=content)).ok("sending")["event_id"])


async def say(person: Person, room: str, words: str, **relation: Any) -> str:
    related = {"m.relates_to": relation} if relation else {}
    return await send(person, room, {"msgtype": "m.text", "body": words, **related})


async def take_back(person: Person, room: str, event: str) -> None:
    path = f"{CLIENT}/rooms/{quote(room, safe='')}/redact/{quote(event, safe='')}/activity{next(transactions)}"
    (await person.ask("PUT", path, body={})).ok("taking back")


async def chatter(person: Person, room: str, gone: set[str], said: set[str]) -> None:
    """Some of it is edited, and some taken back."""
    for number in range(MESSAGES):
        event = await say(person, room, f"message {number}")
        said.add(event)
        if number % 5 == 1:
            new = {"msgtype": "m.text", "body": "is it?"}
            relation = {"rel_type": "m.replace", "event_id": event}
            await send(person, room, {**new, "m.new_content": new, "m.relates_to": relation})
        if number % 5 == 2:
            await take_back(person, room, event)
            gone.add(event)


async def more_than(number: int, said: set[str]) -> None:
    await until(lambda: len(said) > number, seconds=60)


async def invitations(person: Person) -> list[str]:
    """To hidden groups alone: others are joined at once."""
    reply = await person.ask("GET", f"{CLIENT}/sync", query={"timeout": "0"})
    return list(reply.ok("looking")["rooms"]["invite"])


@asynccontextmanager
async def opened(company: Company) -> AsyncIterator[SqlStore]:
    """The bridge's store, beside it."""
    key = key_from_text((company.folder / "keys" / "data.key").read_text())
    store: SqlStore = await open_store(f"sqlite:///{company.database}", DataKeySealer(key))
    try:
        yield store
    finally:
        await store.close()


async def record(company: Company) -> tuple[list[Happening], list[str]]:
    """All of it, and the keys of reactions; read past the bridge."""
    end = SystemClock().now() + timedelta(days=1)
    async with opened(company) as store, store.view() as view:
        happenings = await view.activity.between(end - timedelta(days=2), end)
        reactions = await view.activity.reactions(end - timedelta(days=2), end)
    return list(happenings), [one.key for one in reactions]


async def first_page(person: Person, room: str) -> Backfill:
    """What a bridge leaves that was killed when it had read one page of a room's past."""
    path = f"{CLIENT}/rooms/{quote(room, safe='')}/messages"
    page = (await person.ask("GET", path, query={"dir": "b", "limit": "10"})).ok("reading")
    return Backfill(room=room, group="sales", begun=SystemClock().now(), token=page["end"], count=1)


async def leave(company: Company, past: Backfill) -> None:
    async with opened(company) as store, store.work() as work:
        await work.activity.put_backfill(past)


async def read_past(company: Company) -> Sequence[Backfill]:
    async with opened(company) as store, store.view() as view:
        return await view.activity.backfills()


async def test_every_message_is_recorded_once_across_kills_and_what_it_answers_with_it(park: Park) -> None:
    company = await staffed(park, service=True)
    assert (await company.parvis("apply")).code == 0
    claire, luc = company.people["claire"], company.people["luc"]
    sales, [secret] = (await company.rooms())["sales"], await invitations(claire)
    (await claire.ask("POST", f"{CLIENT}/join/{quote(secret, safe='')}", body={})).ok("joining")
    gone: set[str] = set()
    said: set[str] = set()
    for life in range(KILLS):
        bridge = company.launch()
        await eventually(company.ready, bool, 60)
        talking = asyncio.gather(*(chatter(who, room, gone, said)
                                   for who, room in ((claire, sales), (luc, sales), (claire, secret))))  # fmt: skip
        await more_than(len(said) + 5 * life, said)
        bridge.kill()
        await talking

    question = await say(claire, sales, "Who knows https://wiki.example/page?")
    answer = await say(luc, sales, "I do", **{"m.in_reply_to": {"event_id": question}})
    inside = await say(luc, sales, "and more", rel_type="m.thread", event_id=question, is_falling_back=True,
                       **{"m.in_reply_to": {"event_id": answer}})  # fmt: skip
    relation = {"rel_type": "m.annotation", "event_id": question, "key": "👍"}
    await send(luc, sales, {"m.relates_to": relation}, "m.reaction")
    said |= {question, answer, inside}
    await leave(company, await first_page(claire, sales))

    async with company.running():
        await eventually(lambda: asyncio.to_thread(is_idle, company.database), bool)
        known = await eventually(lambda: record(company), lambda found: found[1] == ["👍"], 90)
        [past] = await eventually(lambda: read_past(company), lambda found: bool(found[0].over), 90)
    assert past.over == BEGINNING
    assert past.count > MESSAGES, "what is read again is known already"
    happenings = {one.event: one for one in known[0]}
    assert len(happenings) == len(known[0])
    assert set(happenings) == said - gone
    assert {one.group for one in happenings.values() if one.room == secret} == {"comex"}
    assert sum(one.edited for one in happenings.values()) == KILLS * MESSAGES // 5 * 3
    first = happenings[question]
    assert (first.thread, first.form.question, first.form.link) == (question, True, True)
    assert (happenings[answer].thread, happenings[answer].answered) == (question, claire.user_id)
    assert (happenings[inside].thread, happenings[inside].reply_to) == (question, "")
