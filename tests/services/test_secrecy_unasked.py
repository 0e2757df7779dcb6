"""What people are told unasked about partners, in a company with a hidden group and in the same one without it.

An agreement that runs out over forty days: questions, reminders of invitations, the end, and who takes over.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory
from bridge.domain.partners import Guest
from bridge.domain.rooms import group_room
from tests.fakes.clock import START
from tests.fakes.messenger import FakeMessenger
from tests.services.household import household
from tests.services.talking import bot_api
from tests.support.canary import traces
from tests.world import BOT, AGroup, directory, group, partner, user

BOB, BEA, ZOE = (user(f"{one}:acme.example") for one in ("bob", "bea", "zoe"))
HIDDEN: Final = (
    group("quartz").hidden().called("Opération Basalte").owners("claire")
    .members("claire", "bob:acme.example", "bea:acme.example").admits("acme")
)  # fmt: skip
WORDS: Final = ("quartz", "basalte")
STAFF: Final = ("luc", "omar", "ann", "claire")
ACCEPTED: Final = (("deal", BOB), ("acme", BOB), ("quartz", BEA))


def company(*more: AGroup) -> Directory:
    """Luc answers for Acme and Claire beside him; she owns what is hidden. Of three people of Acme nobody answers some
    invitation."""
    acme = partner("acme", named=["bob:acme.example", "bea:acme.example", "zoe:acme.example"], sponsor="luc")
    until = (START + timedelta(days=35)).date()
    return directory(
        group("deal").called("Project Zephyr").owners("ann")
        .members("ann", "bob:acme.example", "zoe:acme.example").admits("acme"),
        *more,
        partners=[replace(acme, deputy="claire", until=until)],
        people=STAFF,
    )  # fmt: skip


async def told(source: Directory) -> Mapping[str, list[str]]:
    """What is told in forty days, in order: to everybody alone, by user id, and in rooms, by what they are of."""
    house, messenger = household(source, admins=frozenset({user("omar")})), FakeMessenger(BOT)
    people = (*map(user, STAFF), BOB, BEA, ZOE)
    for who in people:
        messenger.direct[who] = messenger.room(f"!{who}", who)
        await house.society.choose_language(who, "en")
    async with house.store.work() as work:
        own = (START + timedelta(days=20)).date()
        guest = Guest(user=BOB, partner="acme", until=own, invited_by=user("luc"), since=START, at=START)
        await work.partners.put_guest(guest)
    bot = AdminBot(bot_api(house, messenger), {})
    assert bot.commands
    for day in range(0, 41, 2):
        house.clock.set(START + timedelta(days=day))
        for _ in range(2):
            house.world = await house.settle()
        if day == 2:
            bound = {one.ref.id for one in house.store.data.bindings.values()}
            for place, who in (one for one in ACCEPTED if one[0] in bound):
                house.homeserver.people.join(who, house.room(place))
        await house.hear()
        assert await house.rounds.go()
    places = {room: who for who, room in messenger.direct.items()}
    places |= {one.room_id or "": str(one.ref) for one in house.store.data.bindings.values()}
    heard: dict[str, list[str]] = {place: [] for place in places.values()}
    for room, content in messenger.sent:
        heard[places[room]].append(str(content["body"]))
    return heard


async def test_no_question_reminder_or_end_tells_others_of_a_hidden_group_by_a_byte() -> None:
    bare, full = await told(company()), await told(company(HIDDEN))
    members = {user("claire"), BEA, str(group_room("quartz"))}
    assert {who: (bare[who], full[who]) for who in bare if bare[who] != full[who] and who not in members} == {}
    assert {who: found for who in full.keys() - members if (found := traces(" ".join(full[who]), WORDS))} == {}
    sponsor = " ".join(full[user("luc")])
    for words in ("The agreement with Acme ends", "have not answered", "Project Zephyr", "is over"):
        assert words in sponsor, words


async def test_who_answers_for_the_partner_and_is_a_member_is_shown_it() -> None:
    """The positive control."""
    assert traces(" ".join((await told(company(HIDDEN)))[user("claire")]), WORDS)
