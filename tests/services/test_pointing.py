"""The link of a hidden group's room, posted where others read along: its member is told so, alone."""

from dataclasses import dataclass, field
from typing import Final

from bridge.domain.events import Event
from bridge.domain.rooms import Membership
from bridge.services.doorstep import NOTICE, News, notice_in
from bridge.services.pointing import Pointing
from tests.fakes.clock import START
from tests.fakes.synapse_rooms import FakeRoom
from tests.services.household import Household, household
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

    async def says(self, who: str, where: str, text: str, number: int = 1) -> bool:
        """Whether the handler wanted to see it."""
        event = Event(
            id=f"${who}{where}{number}",
            room_id=self.house.room(where),
            sender=who,
            type="m.room.message",
            content={"msgtype": "m.text", "body": text},
            sent_at=START,
        )
        if wanted := self.pointing.wants(event):
            await self.pointing.handle(event)
        return wanted

    async def told(self) -> list[tuple[str, News]]:
        async with self.house.store.view() as view:
            items = await view.pending.open(NOTICE)
        return [(notice_in(one).to, notice_in(one).news) for one in items]


async def scene() -> Scene:
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
    pointing = Pointing(house.store, ours=frozenset({BOT}), clock=house.clock, news=lambda: news.append("news"))
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
