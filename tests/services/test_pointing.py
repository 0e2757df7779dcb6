"""The link of a hidden group's room, posted where others read along: its member is told so, alone, and the message goes
where that is asked for."""

from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.rooms import Membership
from bridge.ports.messenger import Messenger
from bridge.services.doorstep import NOTICE, News, notice_in
from bridge.services.pointing import Pointing
from tests.fakes.clock import START
from tests.fakes.messenger import FakeMessenger
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, Killed, household
from tests.world import directory, group, user

CLAIRE, LUC, EVE = user("claire"), user("luc"), user("eve")
BOT: Final = user("parvis")


@dataclass
class Scene:
    """A group of everybody's, a hidden one of Claire's and Luc's, and one of these two alone."""

    house: Household
    pointing: Pointing
    news: list[str] = field(default_factory=list)

    def room(self, group_id: str) -> FakeRoom:
        return self.house.homeserver.synapse.rooms[self.house.room(group_id)]

    def event(self, who: str, where: str, text: str, event_id: str) -> Event:
        return Event(
            id=event_id,
            room_id=self.house.room(where),
            sender=who,
            type="m.room.message",
            content={"msgtype": "m.text", "body": text},
            sent_at=START,
        )

    def posted(self, who: str, where: str, text: str) -> Event:
        """The event of a message that stands in the room."""
        id_ = self.room(where).say(who, "m.room.message", {"msgtype": "m.text", "body": text})
        return self.event(who, where, text, id_)

    def redactions(self, where: str) -> list[dict[str, Any]]:
        return [one for one in self.room(where).timeline if one["type"] == "m.room.redaction"]

    async def says(self, who: str, where: str, text: str, number: int = 1) -> bool:
        """Whether the handler wanted to see it."""
        event = self.event(who, where, text, f"${who}{where}{number}")
        if wanted := self.pointing.wants(event):
            await self.pointing.handle(event)
        return wanted

    async def told(self) -> list[tuple[str, News]]:
        async with self.house.store.view() as view:
            items = await view.pending.open(NOTICE)
        return [(notice_in(one).to, notice_in(one).news) for one in items]


async def scene(redactor: Messenger | None = None, *, redacts: bool = False) -> Scene:
    """``redacts`` as the configuration says, with the bot's own messenger; or with a given one."""
    source = directory(
        group("deal").owners("claire").members("luc", "eve"),
        group("pair").owners("claire").members("luc"),
        group("comex").hidden().owners("claire").members("luc"),
    )
    house = household(source)
    await house.settle()
    for group_id, people in (("deal", (CLAIRE, LUC, EVE)), ("pair", (CLAIRE, LUC)), ("comex", (CLAIRE, LUC))):
        for one in people:
            room = house.homeserver.synapse.rooms[house.room(group_id)]
            if house.members(group_id).get(one) is Membership.INVITE:
                room.join(one)
    await house.hear()
    world = await house.settle()
    news: list[str] = []
    if redacts:
        redactor = MatrixMessenger(house.homeserver.calls, house.store, BOT)
    pointing = Pointing(
        house.store, ours=frozenset({BOT}), clock=house.clock, news=lambda: news.append("news"), redactor=redactor
    )
    pointing.knows(world)
    return Scene(house, pointing, news)


async def test_a_member_who_posts_the_link_where_others_read_is_told_once_a_day() -> None:
    stage = await scene()
    link = f"https://matrix.to/#/{stage.house.room('comex')}"
    assert await stage.says(CLAIRE, "deal", f"come to {link}")
    assert await stage.says(CLAIRE, "deal", link, 2)
    assert await stage.told() == [(CLAIRE, News.LINKED)]
    assert stage.news


async def test_whoever_is_no_member_hears_nothing() -> None:
    stage = await scene()
    await stage.says(EVE, "deal", stage.house.room("comex"))
    assert await stage.told() == []


async def test_among_members_alone_and_in_the_room_itself_it_may_be_said() -> None:
    stage = await scene()
    await stage.says(CLAIRE, "pair", stage.house.room("comex"))
    assert not await stage.says(CLAIRE, "comex", stage.house.room("comex"))
    assert await stage.told() == []


async def test_links_of_other_rooms_and_the_bots_own_words_are_passed_over() -> None:
    stage = await scene()
    assert not await stage.says(CLAIRE, "deal", stage.house.room("pair"))
    assert not await stage.says(BOT, "deal", stage.house.room("comex"))
    assert not await stage.says(CLAIRE, "deal", "!group list")


async def test_asked_to_the_bot_takes_the_message_away_and_tells_its_author_alone_why() -> None:
    stage = await scene(redacts=True)
    link = stage.house.room("comex")
    first, second = (stage.posted(CLAIRE, "deal", f"{word} {link}") for word in ("see", "look"))
    for event in (first, second):
        await stage.pointing.handle(event)
    gone = stage.redactions("deal")
    assert [one["content"]["redacts"] for one in gone] == [first.id, second.id]
    assert {key for one in gone for key in one["content"]} == {"redacts", "io.parvis.claim"}
    assert not any(word in str(one["content"]) for one in gone for word in ("comex", link, "link", "hidden"))
    assert await stage.told() == [(CLAIRE, News.LINK_REDACTED)] * 2


async def test_a_message_of_somebody_else_or_among_members_is_never_taken_away() -> None:
    stage = await scene(redacts=True)
    for who, where in ((EVE, "deal"), (CLAIRE, "pair"), (CLAIRE, "comex")):
        event = stage.posted(who, where, stage.house.room("comex"))
        if stage.pointing.wants(event):
            await stage.pointing.handle(event)
        assert stage.redactions(where) == []
    assert await stage.told() == []


async def test_where_the_bot_may_not_redact_the_author_is_told_as_without() -> None:
    messenger = FakeMessenger(BOT)
    messenger.refused = True
    stage = await scene(messenger)
    await stage.says(CLAIRE, "deal", stage.house.room("comex"))
    assert await stage.told() == [(CLAIRE, News.LINKED)]


async def test_a_homeserver_that_does_not_answer_is_asked_again_and_nothing_is_said_before() -> None:
    messenger = FakeMessenger(BOT)
    messenger.faults = [HomeserverError(say("Not now."), kind=ErrorKind.TEMPORARY)]
    stage = await scene(messenger)
    with pytest.raises(HomeserverError):
        await stage.says(CLAIRE, "deal", stage.house.room("comex"))
    assert await stage.told() == []
    await stage.says(CLAIRE, "deal", stage.house.room("comex"))
    assert await stage.told() == [(CLAIRE, News.LINK_REDACTED)]


async def test_killed_at_any_step_it_is_taken_away_once_and_told_once() -> None:
    step, alive = 0, False
    while not alive:
        step += 1
        stage = await scene(redacts=True)
        event = stage.posted(CLAIRE, "deal", stage.house.room("comex"))
        fuse = stage.house.fuse
        fuse.steps, fuse.at = 0, step
        try:
            await stage.pointing.handle(event)
        except Killed:
            alive = False
        else:
            alive = True
        stage.house.start()
        await stage.pointing.handle(event)
        assert len(stage.redactions("deal")) == 1, step
        assert await stage.told() == [(CLAIRE, News.LINK_REDACTED)], step
    assert step > 4
