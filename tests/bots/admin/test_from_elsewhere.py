"""Whom somebody invites from another server in a client is out again; the inviter hears why, and how it is done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.admin.door_words import from_elsewhere
from bots.kit.rendering import Renderer
from bridge.domain.messages import Text
from bridge.domain.partners import Guest, PartnerState, Standing
from bridge.domain.policy import Terms
from bridge.domain.rooms import Membership
from bridge.rules.access import Access
from bridge.rules.facts import gather
from bridge.services.doorstep import News, Notice
from tests.bots.admin.test_joining import CLAIRE, Chat, chatting
from tests.bots.kit.conversation import CATALOGUES
from tests.fakes.clock import START
from tests.fakes.synapse_rooms import FakeRoom
from tests.world import SERVER, TODAY, directory, group, partner, user

MALLORY, BOB = "@mallory:stranger.example", "@bob:acme.example"
LUC, EVE = user("luc"), user("eve")


async def inhabited(state: PartnerState = PartnerState.ACTIVE) -> Chat:
    """Claire's groups: one that admits nobody, one that admits Acme, and a hidden one."""
    acme = replace(partner("acme", sponsor="eve"), state=state)
    source = directory(
        group("deal").owners("claire").called("Big deal"),
        group("corner").owners("claire").called("Corner").admits("acme"),
        group("comex").hidden().owners("claire").called("Fusion"),
        partners=[acme],
        people=["luc", "eve", "ines"],
    )
    chat = await chatting(source)
    for group_id in ("deal", "corner", "comex"):
        if chat.house.members(group_id).get(CLAIRE) is Membership.INVITE:
            room(chat, group_id).join(CLAIRE)
    await chat.house.hear()
    return chat


def room(chat: Chat, group_id: str) -> FakeRoom:
    return chat.house.homeserver.synapse.rooms[chat.house.room(group_id)]


async def invited(chat: Chat, group_id: str, *who: str, by: str = CLAIRE) -> None:
    """As by somebody to whom the homeserver's administrator gave power, in whatever room."""
    for one in who:
        room(chat, group_id).append(by, "m.room.member", {"membership": "invite"}, one)
    await chat.house.hear()
    assert chat.house.changes
    await chat.house.settle()
    await chat.house.rounds.go()


def told(chat: Chat, who: str = CLAIRE) -> list[str]:
    return [str(content["body"]) for room_id, content in chat.messenger.sent if room_id == f"!{who}"]


async def test_a_stranger_is_out_at_once_and_the_inviter_hears_why() -> None:
    chat = await inhabited()
    await invited(chat, "deal", MALLORY)
    assert chat.house.members("deal") == {CLAIRE: Membership.JOIN}
    [words] = told(chat)
    assert "Your invitation of @mallory:stranger.example to Big deal does not count" in words
    assert "stranger.example belongs to no partner" in words


async def test_each_inviter_hears_it_once_a_day_and_group() -> None:
    chat = await inhabited()
    await invited(chat, "deal", MALLORY, "@eve:stranger.example")
    await invited(chat, "deal", MALLORY)
    await invited(chat, "corner", MALLORY)
    assert len(told(chat)) == 2
    await chat.house.clock.advance(timedelta(days=1).total_seconds())
    await invited(chat, "deal", MALLORY)
    assert len(told(chat)) == 3


async def test_where_a_partner_is_not_admitted_its_owners_are_named_who_can_decide_it() -> None:
    chat = await inhabited()
    await invited(chat, "deal", BOB)
    assert BOB not in chat.house.members("deal")
    assert "Big deal does not admit Acme" in told(chat)[0]


async def test_where_a_partner_is_admitted_the_owner_hears_what_to_write() -> None:
    chat = await inhabited()
    await invited(chat, "corner", BOB)
    assert BOB not in chat.house.members("corner")
    assert "!invite @bob:acme.example corner" in told(chat)[0]


async def test_who_may_not_invite_hears_whom_to_ask() -> None:
    chat = await inhabited()
    await invited(chat, "corner", BOB, by=LUC)
    assert "!invite" not in told(chat, LUC)[0]
    assert user("claire") in told(chat, LUC)[0]


async def test_who_is_suspended_is_out_and_the_inviter_hears_that() -> None:
    chat = await inhabited(state=PartnerState.SUSPENDED)
    await invited(chat, "corner", BOB)
    assert BOB not in chat.house.members("corner")
    assert "Acme is suspended" in told(chat)[0]


@pytest.mark.parametrize(("invited", "words"), [(True, "has not accepted the terms of Acme"), (False, "!inviter @bob")])
def test_who_has_terms_to_accept_is_let_in_as_soon_as_they_do(invited: bool, words: str) -> None:
    guest = Guest(user=BOB, partner="acme", standing=Standing.INVITED, invited_by=EVE, since=START, at=START)
    corner = group("corner").owners("claire").admits("acme")
    source = directory(corner, partners=[replace(partner("acme", sponsor="eve"), terms="network")])
    source = replace(source, guests={BOB: guest} if invited else {})
    source = replace(source, terms={"network": Terms(version="1", text=Text.same("Be kind."))})
    access = Access(gather(source, today=TODAY, server_name=SERVER))
    notice = Notice(key="", to=CLAIRE, news=News.FROM_ELSEWHERE, group="corner", about=BOB)
    told = from_elsewhere(notice, corner.value, access, today=TODAY, language="fr")
    assert words in Renderer(CATALOGUES).pages(told, "en")[0].body


async def test_in_a_hidden_group_the_inviter_alone_hears_it_and_others_nothing() -> None:
    chat = await inhabited()
    await invited(chat, "comex", MALLORY)
    assert chat.house.members("comex") == {CLAIRE: Membership.JOIN}
    assert "to Fusion does not count" in told(chat)[0]
    await invited(chat, "comex", "@eve:stranger.example", by=LUC)
    assert told(chat, LUC) == []


@pytest.mark.parametrize("who", ["@mallory:stranger.example", "@sam:corp.example"])
async def test_who_is_nobody_of_ours_is_told_nothing(who: str) -> None:
    chat = await inhabited()
    await invited(chat, "deal", MALLORY, by=who)
    assert chat.house.members("deal") == {CLAIRE: Membership.JOIN}
    assert chat.messenger.sent == []
