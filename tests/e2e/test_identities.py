"""Whose account is whose on a real homeserver: three ways to find it, a first login, new names, and a new person."""

from typing import Any, Final
from urllib.parse import quote

import pytest

from deploy.demo.bot import Conversation
from deploy.localnet.requests import call
from tests.e2e.journeys import at_work
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company, members
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

LONG: Final = 60.0
PROVIDER: Final = "oidc-corp"
PEOPLE: Final = """\
id,username,name,email
u-ann,ann~,Ann Martin,ann~@corp.test
u-bob,bob~,Bob Durand,bob~@corp.test
u-ines,ines~,Inès,
u-cleo,cleo~,Cleo Blanc,cleo~@corp.test
"""
RENAMED: Final = PEOPLE.replace("ann~,Ann Martin,ann~@", "weber~,Ann Weber,weber~@")
AGAIN: Final = RENAMED.replace("u-cleo", "u-cleo2")
MEMBERSHIPS: Final = """\
group,group name,visibility,member
sales,Sales,invite-only,u-ann
sales,,,u-bob
sales,,,u-cleo
"""


def tables(company: Company, people: str, memberships: str = MEMBERSHIPS) -> None:
    for name, text in (("people.csv", people), ("memberships.csv", memberships)):
        (company.folder / name).write_text(text.replace("~", company.suffix), encoding="utf-8")


async def told_by_administrators(company: Company, user: str, **known: Any) -> None:
    """What a sign-in service, or a verified address, makes the homeserver know of an account."""
    admin = await company.corp.admin()
    path = f"{company.corp.client_url}/_synapse/admin/v2/users/{quote(user, safe='')}"
    (await call("PUT", path, token=admin.access_token, body=known)).ok("an account")


async def seated(company: Company) -> set[str]:
    """Who of the people is in the room of sales, or asked into it."""
    room_id = (await company.rooms()).get("sales")
    if room_id is None:
        return set()
    state = await company.state(room_id)
    others = {company.bot, f"@svc{company.suffix}:{CORP}"}
    return members(state, "join", "invite") - others


async def joined_at(company: Company) -> dict[str, str]:
    """The events by which people are in the room of sales, or asked into it."""
    path = f"/_matrix/client/v3/rooms/{quote((await company.rooms())['sales'], safe='')}/members"
    chunk = (await company.as_bot("GET", path))["chunk"]
    return {str(one["state_key"]): str(one["event_id"]) for one in chunk}


async def staffed(park: Park) -> Company:
    """Ann signs in by the company's service, Bob's address is verified, Inès is called as she signs in; Cleo never
    came."""
    company = park.company(
        directory={"type": "csv", "path": "people.csv", "memberships": "memberships.csv", "every": "1s"},
        identities={"strategies": ["external", "email", "template"], "provider": PROVIDER},
        safety={"max_removal_share": 1.0},
    )
    tables(company, PEOPLE)
    await company.hire("a.martin", "durand", "ines")
    await company.hire_service()
    external = [{"auth_provider": PROVIDER, "external_id": "u-ann"}]
    await told_by_administrators(company, company.user("a.martin"), external_ids=external)
    address = {"medium": "email", "address": f"bob{company.suffix}@corp.test"}
    await told_by_administrators(company, company.user("durand"), threepids=[address])
    return company


async def test_an_account_is_found_once_and_stays_whatever_becomes_of_the_login(park: Park) -> None:
    company = await staffed(park)
    ann, bob, cleo = (company.user(name) for name in ("a.martin", "durand", "cleo"))
    applied = await company.parvis("apply")
    assert (applied.code, await seated(company)) == (0, {ann, bob}), applied
    async with at_work(company, "ines"):
        await company.hire("cleo")  # her first login
        await eventually(lambda: seated(company), {ann, bob, cleo}.__eq__, LONG)
        talk = Conversation(company.people["ines"], await company.people["ines"].open_conversation(company.bot))
        assert "4 accounts are stored." in (await talk.ask("!identity")).text

        tables(company, RENAMED)
        renamed = f"weber{company.suffix}"

        async def shown() -> str:
            return (await talk.ask(f"!identity show {renamed}")).text

        text = await eventually(shown, lambda words: ann in words, LONG)
        assert "found by what the sign-in service calls them" in text
        assert await seated(company) == {ann, bob, cleo}

        tables(company, AGAIN, MEMBERSHIPS.replace("u-cleo", "u-cleo2"))
        await eventually(lambda: seated(company), {ann, bob}.__eq__, LONG)

        async def asked() -> str:
            return (await talk.ask("!status")).text

        question = await eventually(asked, lambda words: "would be the account of Cleo Blanc" in words, LONG)
        assert f"!identity link u-cleo2 {cleo}" in question
        nobody = await talk.ask(f"!identity link u-cleo2 @nobody{company.suffix}:{CORP}")
        assert (nobody.status, "no account" in nobody.text) == ("usage", True)
        linked = await talk.ask(f"!identity link u-cleo2 {cleo}")
        assert linked.status == "ok", linked.text
        await eventually(lambda: seated(company), {ann, bob, cleo}.__eq__, LONG)

        before, rooms = await joined_at(company), await company.rooms()
        other = AGAIN.replace("u-", "n-").replace("weber~,Ann", "a.martin~,Ann")
        other = other.replace("bob~,Bob", "durand~,Bob")
        tables(company, other, MEMBERSHIPS.replace("u-cleo", "u-cleo2").replace("u-", "n-").replace("sales,", "vente,"))

        async def listed() -> str:
            return (await company.parvis("identity", "same")).said

        ids = ("n-ann", "n-bob", "n-ines", "n-cleo2")
        found = await eventually(listed, lambda words: all(one in words for one in ids), LONG)
        assert "parvis identity same --yes" in found
        status = await eventually(asked, lambda words: "parvis group same" in words, LONG)
        assert "1 group is called like one that has vanished" in status
        same = await company.parvis("group", "same")
        assert (same.code, "parvis group same --yes" in same.said, "vente" in same.said) == (3, True, True), same
        assert (await company.parvis("identity", "same", "--yes")).code == 0
        await eventually(listed, lambda words: "Nobody is there under another id" in words, LONG)
        assert await joined_at(company) == before, "nobody left"
        assert await company.rooms() == rooms, "nothing was doubled"
        said = await company.parvis("group", "same", "--yes")
        assert (said.code, "1 group is the one of before" in said.said) == (0, True), said

        async def settled() -> bool:
            plan = await company.parvis("plan")
            return plan.code == 0 and "parvis group same" not in (await talk.ask("!status")).text

        await eventually(settled, bool, LONG)
        assert await joined_at(company) == before, "nobody left, nobody came"
        assert await company.rooms() == rooms
        assert "Sales" in (await talk.ask("!group list")).text
