"""``!onboarding``: each sees their own people, nobody hears of anything hidden, and one decides for oneself alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bots.kit.commands import Call, Reply
from bots.kit.rendering import Renderer
from bots.onboarding.commands import Asking, onboarding_commands
from bots.onboarding.standing import Standing
from bots.onboarding.standing import Walker as Walking
from bots.onboarding.status_words import status_document
from bridge.domain.messages import Text
from bridge.domain.onboarding import Progress, Stage, Word, arrived
from bridge.domain.viewers import Viewer, alone
from tests.bots.onboarding.test_following import company
from tests.bots.onboarding.walks import SMALL
from tests.services.household import Household, household
from tests.services.talking import CATALOGUES
from tests.world import user

BOB = user("bob:acme.example")


@dataclass
class Desk:
    """The commands over a household, with people on their way."""

    house: Household
    woken: list[bool] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        asking = Asking(
            society=self.house.society,
            paths={SMALL.id: SMALL},
            clock=self.house.clock,
            known=self._known,
            names=self._names,
            wake=lambda: self.woken.append(True),
        )
        self.commands = {one.path[-1]: one for one in onboarding_commands(asking)}

    async def _known(self, _: Progress) -> frozenset[str]:
        return frozenset()

    async def _names(self, _: Viewer) -> Mapping[str, str]:
        return self.names

    async def arrives(
        self, who: str, *, subject: str = "", stage: Stage = Stage.UNDER_WAY, buddy: str = ""
    ) -> Progress:
        begun = arrived(who, SMALL.id, self.house.clock.now(), subject=subject, buddy=buddy)
        progress = replace(begun, step="groups", turn=2, stage=stage, trail=("hello",))
        async with self.house.store.work() as work:
            await work.onboarding.put(progress)
        return progress

    async def of(self, progress: Progress) -> Progress:
        async with self.house.store.view() as view:
            found = await view.onboarding.get(progress.key)
        assert found is not None
        return found

    async def run(self, word: str, who: str, viewer: Viewer | None = None, *, event: str = "") -> Reply:
        self.asked += 1
        seen = viewer or alone(user(who))
        call = Call(viewer=seen, sender=user(who), room_id="!room", event_id=event or f"$e{self.asked}", language="en")
        return await self.commands[word].run(call)

    async def says(self, word: str, who: str, viewer: Viewer | None = None) -> str:
        reply = await self.run(word, who, viewer)
        return "\n".join(page.body for page in Renderer(CATALOGUES).pages(reply.document, "en"))


@pytest.fixture
async def desk() -> Desk:
    house = household(company())
    await house.settle()
    return Desk(house)


async def test_each_sees_their_own_people_and_how_far_they_are(desk: Desk) -> None:
    await desk.arrives(user("ann"), buddy=user("max"))
    await desk.arrives(BOB, stage=Stage.LATER)
    told = {who: await desk.says("status", who) for who in ("boss", "claire", "olga", "max", "ines")}
    assert "Ann Martin – steps done: 1 of 1, under way, last heard of on" in told["boss"]
    assert "path “Small”" in told["boss"]
    assert "(@max:corp.example accompanies them)" in told["boss"]
    assert "bob" not in told["boss"]
    assert "Ann" not in told["claire"]
    assert "paused" in told["claire"]
    assert all(name in told["olga"] and name in told["ines"] for name in ("Ann Martin", "bob"))
    assert told["max"] == "Nobody whom you look after is being welcomed."


async def test_where_others_read_along_it_tells_nothing(desk: Desk) -> None:
    await desk.arrives(user("ann"))
    both = Viewer(asker=user("boss"), readers=frozenset({user("boss"), user("ann")}))
    assert (
        await desk.says("status", "boss", both)
        == "Others read along here. Ask me that in a conversation with me alone."
    )


async def test_a_path_about_a_hidden_group_is_told_to_nobody_else_and_changes_no_byte(desk: Desk) -> None:
    await desk.arrives(user("ann"))
    before = {who: await desk.says("status", who) for who in ("boss", "olga", "max", "ines", "claire")}
    await desk.arrives(user("ann"), subject="board")
    assert {who: await desk.says("status", who) for who in before} == before


async def test_who_is_through_is_named_without_their_steps(desk: Desk) -> None:
    await desk.arrives(user("ann"), stage=Stage.DONE)
    assert await desk.says("status", "boss") == (
        "You look after 1 person who is or was being welcomed.\n\n1 person is through: Ann Martin."
    )


async def test_people_stand_under_the_reason_why_the_asker_is_told_of_them(desk: Desk) -> None:
    await desk.arrives(user("ann"))
    await desk.arrives(BOB)
    told = {who: await desk.says("status", who) for who in ("boss", "claire", "ines")}
    assert "Your team" in told["boss"]
    assert "People of partners for whom you answer" in told["claire"]
    assert "administrator" not in told["boss"] + told["claire"]
    assert "All others, whom you see as an administrator" in told["ines"]


async def test_whom_the_directory_does_not_know_is_called_as_their_card_says(desk: Desk) -> None:
    await desk.arrives(BOB)
    assert f"bob ({BOB}) – " in await desk.says("status", "claire")
    desk.names |= {BOB: "Bob Lœb"}
    assert "Bob Lœb – " in await desk.says("status", "claire")


async def test_later_and_stop_are_said_once_by_the_reply_itself(desk: Desk) -> None:
    progress = await desk.arrives(user("ann"))
    await desk.run("later", "ann")
    assert (await desk.of(progress)).stage is Stage.LATER
    await desk.run("stop", "ann")
    now = await desk.of(progress)
    assert (now.stage, now.owed) == (Stage.STOPPED, ())
    assert "nothing of this under way" in await desk.says("later", "ann")


async def test_again_begins_anew_and_a_repeated_event_does_so_once(desk: Desk) -> None:
    progress = await desk.arrives(user("ann"), stage=Stage.DONE)
    desk.house.clock.set(desk.house.clock.now() + timedelta(days=1))
    for _ in range(2):
        assert (await desk.run("again", "ann", event="$again")).reference is None
    now = await desk.of(progress)
    assert (now.stage, now.step, now.trail) == (Stage.UNDER_WAY, "hello", ())
    assert [one.word for one in now.owed] == [Word.STEP]
    assert desk.woken


async def test_who_is_on_no_path_is_told_so(desk: Desk) -> None:
    assert await desk.says("again", "max") == "There is nothing of this under way with you."


async def test_who_never_answered_the_invitation_is_said_to_be_invited_and_not_to_be_under_way(desk: Desk) -> None:
    begun = arrived(user("ann"), SMALL.id, desk.house.clock.now())
    async with desk.house.store.work() as work:
        await work.onboarding.put(replace(begun, step="hello", turn=1))
    told = await desk.says("status", "boss")
    assert "no answer yet" in told
    assert "under way" not in told


async def test_beyond_thirty_people_there_is_another_page(desk: Desk) -> None:
    now = desk.house.clock.now()
    people = [
        Walking(f"@p{n}:x", f"Person {n:02}", Text.same("Small"), Stage.UNDER_WAY, 1, 2, now) for n in range(1, 33)
    ]
    through = [replace(one, name=f"Done {one.name}", stage=Stage.DONE) for one in people]
    standing = Standing([*people, *through], len(through))

    def said(page: int, language: str = "en") -> str:
        return "\n".join(
            one.body for one in Renderer(CATALOGUES).pages(status_document(standing, page, language), language)
        )

    assert "Person 30" in said(1)
    assert "Person 31" not in said(1)
    assert "2 people more are not through yet." in said(1)
    assert "!onboarding status --page 2" in said(1)
    assert "!accueil état --page 2" in said(1, "fr")
    assert "Person 31" in said(2)
    assert "Done Person 32" in said(2)
    assert "--page" not in said(2)
    assert said(99) == said(2)
    assert said(-1) == said(1)
