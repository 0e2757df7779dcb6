"""Asking to be let in, as it reads in chat: the card for the owner, the answer, what the asker is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.admin.approval_porter import ApprovalPorter
from bots.admin.commands.joining import join_commands, join_question
from bots.admin.guest_porter import GuestPorter
from bots.admin.office import Office
from bots.admin.partner_porter import PartnerPorter
from bots.admin.porter import Porter
from bots.kit.cards import Cards
from bots.kit.people import People
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.table import CommandTable
from bots.kit.talk import Talk
from bridge.domain.directory import Directory, JoinRequests, MembershipMode
from bridge.domain.document import document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import say
from bridge.domain.rooms import Membership
from bridge.services.adminroom import AdminRoom
from bridge.services.approvals import Approvals
from bridge.services.ending import Endings
from bridge.services.inviting import Inviting
from bridge.services.parting import Parting
from bridge.services.receipts import Receipts
from bridge.services.requests import LASTS
from bridge.services.vouching import Vouching
from tests.bots.kit.conversation import CATALOGUES, said, tap
from tests.fakes.messenger import FakeMessenger
from tests.services.household import Household, household
from tests.services.talking import refusals
from tests.world import BOT, AGroup, directory, group, user

CLAIRE, INES, LUC, EVE = user("claire"), user("ines"), user("luc"), user("eve")
INVITE = Membership.INVITE


class Chat:
    """A company whose people talk with the bot, each in a conversation of their own."""

    def __init__(self, house: Household) -> None:
        self.house, self.messenger = house, FakeMessenger(BOT)
        for who in (CLAIRE, INES, LUC, EVE):
            self.messenger.direct[who] = self.messenger.room(f"!{who}", who)
        society = house.society
        people = People(
            viewer_of=society.viewer_of,
            roles_of=society.roles_of,
            language_of=society.language_of,
            admits=society.admits,
            is_own=society.is_own,
        )
        speaker = Speaker(messenger=self.messenger, renderer=Renderer(CATALOGUES), store=house.store, clock=house.clock)
        cards = Cards(speaker, people)
        office = Office(cards=cards, admin_room=AdminRoom(store=house.store), society=society)
        parting = Parting(partnerships=house.partnerships, receipts=Receipts(store=house.store))
        endings = Endings(parting=parting, policies=house.policies)
        self.porter = Porter(
            cards=cards,
            requests=house.requests,
            approvals=ApprovalPorter(cards=cards, approvals=Approvals(policies=house.policies), office=office),
            partners=PartnerPorter(cards=cards, endings=endings, office=office),
            guests=GuestPorter(
                cards=cards,
                vouching=Vouching(inviting=Inviting(policies=house.policies, homeserver=house.homeserver)),
            ),
        )
        house.rounds.add(self.porter.deliver)
        self.talk = Talk(
            name="admin",
            messenger=self.messenger,
            store=house.store,
            table=CommandTable(join_commands(house.requests)),
            people=people,
            translator=CATALOGUES,
            clock=house.clock,
            hello=document(paragraph(say("Hello."))),
            refuse=refusals(house, self.messenger).note,
            questions=[join_question(house.requests)],
        )

    async def says(self, who: str, line: str, event_id: str) -> str:
        """What the bot replies."""
        event = said(line, room=f"!{who}", sender=who, event_id=event_id)
        await self.talk.handle(replace(event, sent_at=self.house.clock.now()))
        return str(self.messenger.events[self.messenger.claims[f"reply:{BOT}:{event_id}:1"]]["body"])

    async def taps(self, who: str, emoji: str, event_id: str) -> None:
        """A reaction on the last card in their conversation."""
        room_id = f"!{who}"
        card = self.messenger.reactions[-1][0]
        event = tap(emoji, card, room=room_id, sender=who, event_id=event_id)
        await self.talk.handle(replace(event, sent_at=self.house.clock.now()))

    def read(self, who: str) -> str:
        """The last thing that stands in somebody's conversation."""
        return str(next(content["body"] for room_id, content in reversed(self.messenger.sent) if room_id == f"!{who}"))

    def handle(self) -> str:
        """What the card says to type."""
        return self.read(CLAIRE).partition("!join accept ")[2].split()[0].strip("`")


def company(mode: MembershipMode = MembershipMode.BOTH, requests: JoinRequests = JoinRequests.BOT) -> Directory:
    deal = group("deal").owners("claire").called("Big deal")
    made = AGroup(replace(deal.value, membership=mode, requests=requests))
    hidden = group("comex").hidden().owners("claire")
    return directory(made, hidden, people=["luc", "eve", "ines"])


async def chatting(source: Directory | None = None) -> Chat:
    house = household(source or company())
    await house.settle()
    await house.settle()  # the rooms are there by now
    return Chat(house)


@pytest.fixture
async def chat() -> Chat:
    return await chatting()


async def test_the_owner_gets_a_card_and_lets_them_in_by_one_tap(chat: Chat) -> None:
    assert "I have asked those who decide" in await chat.says(LUC, "join big deal I sell there", "$ask")
    await chat.house.rounds.go()
    card = chat.read(CLAIRE)
    assert "@luc:corp.example asks to be let into Big deal." in card
    assert "reason: I sell there" in card
    await chat.taps(CLAIRE, "✅", "$tap")
    await chat.house.rounds.go()
    assert "You have been let into Big deal" in chat.read(LUC)
    assert "accepted" in chat.read(CLAIRE)
    await chat.house.settle()
    assert chat.house.members("deal")[LUC] is INVITE


async def test_the_owner_refuses_by_command_and_the_asker_reads_the_reason(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    await chat.house.rounds.go()
    refused = await chat.says(CLAIRE, f"join refuse {chat.handle()} We are full", "$no")
    assert "is told that their request was not accepted" in refused
    await chat.house.rounds.go()
    assert "The reason: We are full" in chat.read(LUC)
    assert LUC not in chat.house.members("deal")


async def test_the_first_answer_counts_and_the_card_says_so(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    await chat.house.rounds.go()
    handle = chat.handle()
    await chat.taps(CLAIRE, "❌", "$tap")
    assert "answered this request before" in await chat.says(INES, f"join accept {handle}", "$late")
    await chat.house.rounds.go()
    assert "refused" in chat.read(CLAIRE)
    await chat.house.settle()
    assert LUC not in chat.house.members("deal")


async def test_nobody_else_answers_and_a_wrong_handle_reads_the_same(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    await chat.house.rounds.go()
    handle = chat.handle()
    owns_nothing = await chat.says(EVE, f"join accept {handle}", "$eve")
    assert owns_nothing == await chat.says(EVE, "join accept abcdefghij", "$eve2")
    assert chat.house.store.data.policies == {}


async def test_when_the_time_is_over_everybody_is_told_and_an_answer_comes_too_late(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    await chat.house.rounds.go()
    handle = chat.handle()
    await chat.house.clock.advance((LASTS + timedelta(seconds=1)).total_seconds())
    assert "The time to answer this is over" in await chat.says(CLAIRE, f"join accept {handle}", "$yes")
    await chat.house.rounds.go()
    assert "not answered in time" in chat.read(CLAIRE)
    assert "Nobody has answered your request" in chat.read(LUC)
    assert LUC not in chat.house.members("deal")


async def test_where_the_directory_decides_who_asks_is_told_whom_to_turn_to() -> None:
    chat = await chatting(company(MembershipMode.DIRECTORY))
    answer = await chat.says(LUC, "join deal", "$ask")
    assert "The directory alone says who belongs to Big deal" in answer
    assert "You can ask: @claire:corp.example." in answer


async def test_a_hidden_group_is_unknown_to_who_asks(chat: Chat) -> None:
    assert await chat.says(LUC, "join comex", "$ask") == await chat.says(LUC, "join nothing", "$ask2")


async def test_an_owner_who_invited_in_vain_is_told_why() -> None:
    chat = await chatting(company(MembershipMode.DIRECTORY))
    house = chat.house
    room = house.homeserver.synapse.rooms[house.room("deal")]
    room.join(CLAIRE)
    room.invite(CLAIRE, LUC, None)
    await house.hear()
    await house.rounds.go()
    assert "Your invitation of @luc:corp.example to Big deal was withdrawn" in chat.read(CLAIRE)


async def test_people_are_told_once_whatever_is_repeated_and_later_when_the_homeserver_is_down(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    chat.messenger.faults.append(HomeserverError(say("Down."), kind=ErrorKind.TEMPORARY))
    assert not await chat.house.rounds.go()
    assert await chat.house.rounds.go()
    written = len(chat.messenger.sent)
    assert await chat.house.rounds.go()
    assert len(chat.messenger.sent) == written


async def test_who_may_no_longer_know_the_group_is_not_told_of_it(chat: Chat) -> None:
    await chat.says(LUC, "join deal", "$ask")
    hidden = AGroup(group("deal").hidden().owners("claire").called("Big deal").value)
    chat.house.source.directory = directory(hidden, people=["luc", "eve", "ines"])
    chat.house.world = await chat.house.reconciler.look()
    before = len(chat.messenger.sent)
    await chat.house.clock.advance((LASTS + timedelta(seconds=1)).total_seconds())
    await chat.house.rounds.go()
    await chat.house.rounds.go()
    assert not [room_id for room_id, _ in chat.messenger.sent[before:] if room_id != f"!{CLAIRE}"]
