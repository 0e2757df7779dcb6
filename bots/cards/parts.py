"""Everything by which a bot talks about cards: commands, questions, dialogues. Put together by each bot that does."""

from dataclasses import dataclass

from bots.cards.commands import card_commands
from bots.cards.consent import consent_question, with_consent
from bots.cards.guide import Guide
from bots.cards.news import HistoryNews
from bots.cards.pictures import Pictures, nothing_under_way
from bots.cards.rights import erase_question, rights_commands
from bots.kit.cards import Cards
from bots.kit.commands import Command
from bots.kit.dialogue import Dialogue
from bots.kit.people import People
from bots.kit.questions import Question
from bots.kit.speaking import Speaker
from bridge.services.botapi import BotApi


@dataclass(frozen=True, slots=True)
class CardParts:
    """``dialogues`` take pictures, and nothing else."""

    commands: tuple[Command, ...]
    questions: tuple[Question, ...]
    dialogues: tuple[Dialogue, ...]

    @classmethod
    def of(cls, api: BotApi, people: People, speaker: Speaker, guide: Guide | None = None) -> "CardParts":
        """The parts of one bot; ``guide`` is given by the one that goes through cards with people. The bot that answers
        for all tells, in its rounds, what the other side of a history did."""
        office, plain = api.card_office, card_commands(api.cards, guide, wake=api.card_office.wake)
        if api.leads:
            api.rounds.add(HistoryNews(cards=Cards(speaker, people), desk=api.cards).tell)
        go_on = guide.pictured if guide else nothing_under_way
        pictures = Pictures(office=office, people=people, speaker=speaker, go_on=go_on)
        return cls(
            commands=(*with_consent(plain, office, fills=guide is not None), *rights_commands(office)),
            questions=(consent_question(office, plain, pictures.take, api.translator), erase_question(office)),
            dialogues=(pictures,),
        )
