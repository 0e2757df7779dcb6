"""The company of the first journey: its directory, its people at their clients, and waiting for them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeVar
from urllib.parse import quote

from bridge.domain.messages import Text
from deploy.demo.people import FORBIDDEN, Person, following
from deploy.demo.rooms import Event
from deploy.localnet.requests import Reply
from tests.localnet.talk import eventually
from tests.support.company import ACME, STRANGER, Company
from tests.support.park import Park

T = TypeVar("T")

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: fr}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc}
  - {id: "4", user: "@ann~:corp.test", name: Ann, language: en}
groups:
  - {id: sales, name: {fr: Ventes, en: Sales}, purpose: To sell, visibility: public, owners: ["1"], members: ["1", "3"]}
  - {id: news, name: Company news, visibility: public, listed: true, owners: ["2"], members: ["4"]}
  - {id: deal, name: Project Zephyr, visibility: invite-only, owners: ["1"], members: ["1", "@bob~:acme.test"],
     partners: [acme]}
  - {id: corner, name: Partner corner, visibility: public, owners: ["1"], members: ["1"], partners: [acme]}
  - {id: comex, name: Comité de fusion, purpose: The merger, visibility: hidden, owners: ["1"], members: ["1", "2"]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "1"}
"""
SECRET_WORDS: Final = ("comité de fusion", "comex", "the merger")
"""What would betray the hidden group."""


async def staffed(park: Park, *, room_version: str = "12", service: bool = False, **config: Any) -> Company:
    """A company with the directory above and an account for everybody in it, and one for a stranger."""
    company = park.company(DIRECTORY, homeserver={"room_version": room_version}, **config)
    await company.hire("claire", "ines", "luc", "ann")
    await company.hire("bob", server=ACME)
    await company.hire("mallory", server=STRANGER)
    if service:
        await company.hire_service()
    return company


@asynccontextmanager
async def at_work(company: Company, *names: str) -> AsyncIterator[None]:
    """The bridge runs, and these people follow at their clients."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(company.running())
        await stack.enter_async_context(following(*(company.people[name] for name in names)))
        yield


async def seen(person: Person, what: str, found: Callable[[], T | None], seconds: float = 90) -> T:
    """Wait until the person's client shows it; ``what`` names it in the failure."""
    return await person.until(found, Text.same(f"{person.name} does not see: {what}"), seconds)


async def told(person: Person, room_id: str, words: str) -> Event:
    """The last message there that holds these words, when it comes."""

    def found() -> Event | None:
        messages = person.joined[room_id].messages
        return next((one for one in reversed(messages) if words in str(one["content"].get("body", ""))), None)

    return await seen(person, words, found)


async def accepted(person: Person, room_id: str) -> None:
    """The person is invited, and comes in."""
    await seen(person, "an invitation", lambda: room_id in person.invited)
    await person.accept(room_id)
    await seen(person, "the room", lambda: room_id in person.joined)


async def administration(person: Person) -> str:
    """The administrators' room, once the person is in it: its id."""
    return (await seen(person, "the administrators' room", lambda: person.room("room/admins"))).room_id


async def room_summary(person: Person, room_id: str, via: str = "corp.test") -> int:
    """The status of asking what a room is."""
    path = f"/_matrix/client/v1/room_summary/{quote(room_id, safe='')}"
    return (await person.ask("GET", path, query={"via": via})).status


async def made_powerful(company: Company, room_id: str, person: Person) -> None:
    """What an administrator of the homeserver can do; whoever is not in the room is invited by it."""
    admin = await company.corp.admin()
    path = f"/_synapse/admin/v1/rooms/{quote(room_id, safe='')}/make_room_admin"
    reply = await company.corp.request("POST", path, token=admin.access_token, body={"user_id": person.user_id})
    reply.ok(f"making {person.name} powerful")


async def let_in(company: Company, room_id: str, person: Person) -> None:
    """By an administrator of the homeserver; again when the bridge takes the invitation back before it is used."""

    async def come_in() -> Reply:
        await made_powerful(company, room_id, person)
        return await person.join(room_id)

    (await eventually(come_in, lambda reply: reply.status != FORBIDDEN, 30)).ok("the join that an invitation allows")
