"""Terms before the first room: shown alone with the bot, accepted or not, asked again when they change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bridge.domain.directory import Directory
from bridge.domain.messages import Text
from bridge.domain.partners import Farewell, Guest, Standing
from bridge.domain.policy import FilePolicy, Terms
from bridge.domain.rooms import Membership
from bridge.ports.policies import PolicyReading
from bridge.services.looking import Here
from bridge.services.rounds import Rounds
from bridge.services.ruling import PolicyKeeper
from tests.bots.admin.asking import Asking, body, status
from tests.bots.kit.conversation import happened
from tests.services.talking import bot_api
from tests.world import directory, group, partner, user

BOB, ZOE = user("bob:acme.example"), user("zoe:acme.example")
FIRST = Terms(version="1", text=Text(en="Keep it to yourself.", fr="Gardez cela pour vous."))


@dataclass
class Rules:
    """The policy file, as the test writes it."""

    terms: Terms = FIRST

    async def read(self) -> PolicyReading:
        return PolicyReading(policy=FilePolicy(terms={"network": self.terms}), stamp=self.terms.version)


@dataclass
class Scene:
    """The bot, and the policy file."""

    asking: Asking
    rules: Rules

    async def go(self, *, twice: bool = True) -> None:
        """Look, follow, tell."""
        for _ in range(1 + twice):
            self.asking.house.world = await self.asking.house.settle()
            await self.asking.house.rounds.go()

    async def guest(self, who: str = BOB) -> Guest | None:
        async with self.asking.house.store.view() as view:
            return await view.partners.guest(who)

    def shown(self, who: str = BOB) -> list[str]:
        """What the bot said in their conversation."""
        messenger = self.asking.messenger
        return [content["body"] for room, content in messenger.sent if room == messenger.direct.get(who)]

    def warned(self) -> list[str]:
        """The partners of which administrators read that their people are asked."""
        world = self.asking.house.world
        assert world
        return [one.subject for one in world.findings if one.kind == "terms-asked"]

    def invite_to_talk(self, who: str = BOB, *, state: str = "invite") -> str:
        """Their conversation, to which they are merely invited yet, or which they left."""
        room, invited = f"!talk{who}", (who,) if state == "invite" else ()
        self.asking.messenger.direct[who] = room
        return self.asking.messenger.room(room, *((who,) if state == "join" else ()), invited=invited)

    async def ask(self, line: str, who: str = "bob:acme.example") -> Mapping[str, Any]:
        return await self.asking.ask(line, by=who)

    def is_invited(self, who: str = BOB) -> bool:
        return self.asking.house.members("deal").get(who) is Membership.INVITE


def ruled(asking: Asking, rules: Rules) -> None:
    """A new process of the bot, over services that read this policy file."""
    house = asking.house
    here = house.reconciler.looker
    assert isinstance(here, Here)
    keeper = PolicyKeeper(source=rules, store=house.store, clock=house.clock)
    house.reconciler = replace(house.reconciler, looker=replace(here, policies=keeper))
    house.policies = replace(house.policies, reconciler=house.reconciler, rules=keeper)
    house.rounds = Rounds(clock=house.clock, errands=[house.tidying.go])
    asking.bot = AdminBot(bot_api(house, asking.messenger), {})


def bound() -> Directory:
    """Acme's people accept terms; Ann owns the groups that admit it, and Zoe stands in the second by its file."""
    return directory(
        group("deal").called("Project Zephyr").owners("ann").members("ann").admits("acme"),
        group("lab").owners("ann").members("ann", "zoe:acme.example").admits("acme"),
        partners=[replace(partner("acme", sponsor="sam"), terms="network")],
        people=("ines",),
    )


@pytest.fixture
async def scene() -> Scene:
    asking, rules = await Asking.of(bound()), Rules()
    ruled(asking, rules)
    scene = Scene(asking, rules)
    for who in (BOB, ZOE):
        scene.invite_to_talk(who)
    await scene.go()
    return scene


async def invited(scene: Scene) -> None:
    assert status(await scene.ask("!invite @bob:acme.example deal --yes", "sam")) == "ok"
    await scene.go()


async def test_they_are_shown_once_somebody_has_come_in_and_rooms_follow_the_acceptance(scene: Scene) -> None:
    await invited(scene)
    assert not scene.shown()
    assert not scene.is_invited()
    scene.invite_to_talk(state="join")
    await scene.go()
    [text] = scene.shown()
    for words in ("for people of Acme", "version 1", "Keep it to yourself.", "écrivez !langue fr"):
        assert words in text
    assert status(await scene.ask("j'accepte")) == "ok"
    await scene.go()
    assert scene.is_invited()
    guest = await scene.guest()
    assert guest
    assert guest.accepted
    assert (guest.accepted.version, guest.accepted.room) == ("1", "!bob")
    assert guest.accepted.event.startswith("$asked")
    assert len(scene.shown()) == 1, "nobody is asked twice"


async def test_a_tap_accepts_as_well(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    assert "Thank you" in body(await scene.asking.tap("✅", by="bob:acme.example", room=f"!talk{BOB}"))
    await scene.go()
    assert scene.is_invited()


async def test_who_comes_in_is_shown_them_at_once(scene: Scene) -> None:
    came = happened("m.room.member", {"membership": "join"}, sender=BOB, key=BOB)
    assert scene.asking.bot.wants(came)
    await scene.asking.bot.handle(came)


async def test_the_other_language_is_a_line_away(scene: Scene) -> None:
    await invited(scene)
    said = await scene.asking.ask("!conditions", by="bob:acme.example", language="fr")
    assert "Gardez cela pour vous." in body(said)
    assert "In English: write" in body(said)


async def test_other_words_are_told_that_the_terms_wait(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    told = body(await scene.asking.ask("d'accord", by="bob:acme.example", language="fr"))
    assert "attendent votre réponse" in told
    assert "j’accepte" in told
    assert "wait for your answer" not in body(await scene.ask("!nonsuch"))


async def test_whoever_refuses_is_not_invited_and_the_inviter_is_told(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    assert "not invited any more" in body(await scene.ask("non"))
    await scene.go()
    guest = await scene.guest()
    assert guest
    assert (guest.standing, guest.farewell) == (Standing.OUT, Farewell.DECLINED)
    assert not scene.is_invited()
    assert [text for text in scene.shown(user("sam")) if "did not accept the terms" in text]
    assert "no terms for you" in body(await scene.ask("accept"))


async def test_who_declines_the_conversation_declines(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="left")
    await scene.go()
    guest = await scene.guest()
    assert guest
    assert guest.standing is Standing.OUT
    scene.invite_to_talk()
    await invited(scene)
    guest = await scene.guest()
    assert guest
    assert guest.standing is Standing.INVITED, "who is invited anew is asked anew"


async def test_nobody_accepts_what_they_were_not_shown(scene: Scene) -> None:
    await invited(scene)
    assert "Keep it to yourself." in body(await scene.ask("accept"))
    assert "Thank you" in body(await scene.ask("accept"))


async def test_people_whom_a_file_names_accept_them_too(scene: Scene) -> None:
    assert ZOE not in scene.asking.house.members("lab")
    scene.invite_to_talk(ZOE, state="join")
    await scene.go()
    assert status(await scene.ask("oui", "zoe:acme.example")) == "ok"
    await scene.go()
    assert scene.asking.house.members("lab")[ZOE] is Membership.INVITE


async def test_a_new_version_is_asked_for_until_its_day(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    await scene.ask("accept")
    await scene.go()
    by = (scene.asking.house.clock.now() + timedelta(days=5)).date()
    scene.rules.terms = Terms(version="2", text=Text.same("Tell nobody."), by=by)
    await scene.go()
    assert scene.is_invited()
    assert "Tell nobody." in scene.shown()[-1]
    await scene.asking.house.clock.advance(timedelta(days=6).total_seconds())
    await scene.go()
    assert not scene.is_invited()
    await scene.ask("accept")
    await scene.go()
    assert scene.is_invited()


async def test_who_is_in_when_terms_are_asked_first_stays_until_a_day_and_the_sponsor_hears() -> None:
    asking, rules = await Asking.of(bound()), Rules()
    free = replace(bound(), partners={"acme": replace(bound().partners["acme"], terms="")})
    asking.house.source.directory = free
    ruled(asking, rules)
    scene = Scene(asking, rules)
    scene.invite_to_talk(ZOE, state="join")
    await scene.go()
    assert scene.asking.house.members("lab")[ZOE] is Membership.INVITE
    asking.house.source.directory = bound()
    await scene.go()
    assert scene.asking.house.members("lab")[ZOE] is Membership.INVITE
    assert scene.warned() == ["acme"]
    assert "are asked to accept these terms" in scene.shown(ZOE)[-1]
    assert [text for text in scene.shown(user("sam")) if "who are in already" in text] == [scene.shown(user("sam"))[-1]]
    assert "You stay in the rooms until" in body(await scene.ask("non", "zoe:acme.example"))
    await invited(scene)
    assert not scene.is_invited(), "who comes later accepts first"
    await asking.house.clock.advance(timedelta(days=15).total_seconds())
    await scene.go()
    assert ZOE not in scene.asking.house.members("lab")
    assert not scene.warned()
    assert status(await scene.ask("oui", "zoe:acme.example")) == "ok"
    await scene.go()
    assert scene.asking.house.members("lab")[ZOE] is Membership.INVITE


async def test_an_edition_without_a_day_gives_a_fortnight(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    await scene.ask("accept")
    await scene.go()
    scene.rules.terms = Terms(version="2", text=Text.same("Tell nobody."))
    await scene.go()
    assert scene.is_invited()
    await scene.asking.house.clock.advance(timedelta(days=15).total_seconds())
    await scene.go()
    assert not scene.is_invited()


async def test_silence_is_reminded_of_and_ends_the_invitation(scene: Scene) -> None:
    await invited(scene)
    scene.invite_to_talk(state="join")
    await scene.go()
    await scene.asking.house.clock.advance(timedelta(days=8).total_seconds())
    await scene.go()
    assert [text for text in scene.shown() if "still wait for your answer" in text] == [scene.shown()[-1]]
    await scene.asking.house.clock.advance(timedelta(days=40).total_seconds())
    await scene.go()
    guest = await scene.guest()
    assert guest
    assert guest.standing is Standing.OUT
    assert [text for text in scene.shown(user("sam")) if "has not answered in time" in text]


async def test_others_have_nothing_to_accept(scene: Scene) -> None:
    assert status(await scene.ask("!accept", "ann")) == "usage"
    assert status(await scene.ask("!accept", "eve:stranger.example")) == "usage"


async def test_help_tells_of_them_whom_they_concern_and_only_in_private(scene: Scene) -> None:
    def told(text: str) -> list[bool]:
        return [f"{word} – " in text for word in ("terms", "accept", "refuse")]

    await invited(scene)
    assert all(told(body(await scene.ask("help"))))
    scene.asking.messenger.room("!shared", BOB, user("sam"))
    assert not any(told(body(await scene.asking.ask("!help", by="bob:acme.example", room="!shared"))))
    await scene.ask("terms")
    await scene.ask("accept")
    await scene.go()
    assert not any(told(body(await scene.ask("help"))))
    assert "no terms for you" in body(await scene.ask("!terms"))
