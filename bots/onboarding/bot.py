"""The bot that welcomes people: it opens a conversation with each of them and leads them along their path.

It speaks in conversations of two and nowhere else; in rooms, the bot that leads answers for it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from bots.cards.guide import Guide as CardGuide
from bots.cards.parts import CardParts
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.language import language_command
from bots.kit.rendering import Renderer
from bots.kit.speaking import Speaker
from bots.kit.table import CommandTable
from bots.kit.talk import MEMBER, Talk
from bots.knowing import people_of
from bots.onboarding.arriving import Arriving
from bots.onboarding.carding import FILL, Carding
from bots.onboarding.commands import Asking, onboarding_commands
from bots.onboarding.crowd import Crowd
from bots.onboarding.following import Follower
from bots.onboarding.guide import Guide
from bots.onboarding.hearing import Hearing
from bots.onboarding.hints import Hints
from bots.onboarding.knowing import Knowing
from bots.onboarding.retelling import Retelling
from bots.onboarding.settings import Settings, settings_of
from bots.onboarding.telling import Teller
from bots.onboarding.tongues import Tongues
from bridge.domain.document import document, paragraph
from bridge.domain.events import Event
from bridge.domain.ids import server_of
from bridge.domain.messages import Text, say
from bridge.services.botapi import BotApi, Judging
from bridge.services.suggesting import Suggesting

HELLO = document(
    paragraph(say("Hello! I welcome people here and show them around. Say “hello” to me, and we begin.")),
)


class OnboardingBot:
    """``config``: ``paths``, a folder of the organisation's own paths; ``welcome``: everyone, or newcomers alone;
    ``hours`` in which people are reminded."""

    localpart: ClassVar[str] = "welcome"
    title: ClassVar[Text] = Text(en="Welcome", fr="Accueil")
    """What it is called in people's clients."""
    purpose: ClassVar[Text] = Text(
        en="I welcome people here and show them around: three minutes, one message at a time.",
        fr="J’accueille les arrivants et leur fais visiter le réseau : trois minutes, un message à la fois.",
    )
    """Why it invites somebody to a conversation."""
    name = "onboarding"

    def __init__(self, api: BotApi, config: Mapping[str, Any]) -> None:
        settings, people = settings_of(config, api.folder), people_of(api)
        speaker = Speaker(
            messenger=api.messenger, renderer=Renderer(api.translator), store=api.society.store, clock=api.clock
        )
        card_guide = CardGuide(desk=api.cards)
        cards = CardParts.of(api, people, speaker, card_guide)
        fill = next(command for command in cards.commands if command.name == FILL)
        carding = Carding(guide=card_guide, fill=fill, people=people, speaker=speaker, ended=self._ask_again)
        guide = self._guide = guide_of(api, settings, speaker, carding)
        self._retelling = Retelling(guide=guide)
        choose = language_command(api.society.choose_language)
        tongues = Tongues(cards=card_guide, choose=choose, people=people, speaker=speaker)
        self._server_name = api.society.server_name
        arriving = Arriving(
            society=api.society,
            library=settings.library,
            clock=api.clock,
            bot=api.messenger.user_id,
            everyone=settings.everyone,
        )
        self._follow_up(api, settings, guide, arriving, Cards(speaker, people))
        asking = Asking(
            society=api.society,
            paths=settings.library.paths,
            clock=api.clock,
            known=guide.teller.knowing.facts_of,
            names=api.cards.views.names,
            wake=api.slow_rounds.wake,
        )
        api.welcoming.standings = asking.standings
        self._talk = Talk(
            name=self.name,
            messenger=api.messenger,
            store=api.society.store,
            table=CommandTable(
                [
                    *onboarding_commands(asking),
                    *cards.commands,
                    self._retelling.noting(choose),
                ]
            ),
            people=people,
            translator=api.translator,
            clock=api.clock,
            hello=HELLO,
            refuse=api.refusals.note,
            questions=cards.questions,
            dialogues=(*cards.dialogues, tongues, carding, Hearing(guide=guide, arriving=arriving)),
            leads=api.leads,
            private=True,
        )

    def _ask_again(self, event: str) -> None:
        self._retelling.note(event)

    def _follow_up(self, api: BotApi, settings: Settings, guide: Guide, arriving: Arriving, cards: Cards) -> None:
        """What comes by itself. In the slow rounds: hundreds who arrive at once keep nobody else waiting."""
        paths = settings.library.paths
        follower = Follower(
            society=api.society, paths=paths, clock=api.clock, hours=settings.hours, house=api.cards.zone
        )
        hints = Hints(cards=cards, society=api.society, paths=paths)
        crowd = Crowd(guide=guide, wake=api.slow_rounds.wake)
        for errand in (arriving.go, follower.go, crowd.go, hints.tell):
            api.slow_rounds.add(errand)

    @classmethod
    def check(cls, config: Mapping[str, Any], judging: Judging) -> None:
        """Raises ``WrongSettings`` with everything that is wrong with this bot's part of the configuration."""
        settings_of(config, judging.folder)

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command that it understands."""
        return self._talk.commands

    def wants(self, event: Event) -> bool:
        return self._talk.wants(event) or self._is_arrival(event)

    def expect(self, event: Event) -> bool:
        return self._talk.expect(event)

    async def handle(self, event: Event) -> None:
        if self._is_arrival(event):
            await self._guide.came_in(event.sender, event.room_id)
        if self._talk.wants(event):
            await self._talk.handle(event)
            await self._retelling.tell(event)

    def _is_arrival(self, event: Event) -> bool:
        """Whether somebody of another homeserver comes into a room."""
        joins = event.type == MEMBER and event.state_key == event.sender
        return joins and event.content.get("membership") == "join" and server_of(event.sender) != self._server_name


def guide_of(api: BotApi, settings: Settings, speaker: Speaker, carding: Carding) -> Guide:
    """Who leads people along their paths."""
    knowing = Knowing(
        society=api.society,
        groups=api.groups,
        suggesting=Suggesting(api.society, api.groups),
        cards=api.cards.views,
        company=api.company,
        leader=api.leader,
    )
    return Guide(
        society=api.society,
        library=settings.library,
        speaker=speaker,
        teller=Teller(knowing=knowing, desk=api.cards, clock=api.clock),
        begin_card=carding.begin,
    )
