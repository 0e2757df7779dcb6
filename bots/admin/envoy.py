"""Tells people of a partner, where they talk with the bot already, that it was suspended, has ended, or runs again.

Called by the rounds. Everything may be repeated after a crash: messages are claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bots.kit.cards import Cards
from bridge.domain.document import Document, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, say
from bridge.domain.partners import Partner
from bridge.ports.pending import Pending
from bridge.rules.facts import Facts
from bridge.services.farewells import Farewells, Turn, people_of

TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envoy:
    """One bot as the voice."""

    cards: Cards
    farewells: Farewells

    async def go(self) -> None:
        """Keep what is due, and tell it. Raises the ``HomeserverError`` of what has to wait, at the end."""
        await self.farewells.gather()
        waiting: HomeserverError | None = None
        for item in await self.farewells.open():
            delayed = await self._tell(item)
            if delayed is not None and self.cards.speaker.clock.now() < item.expires_at:
                waiting = delayed
                continue
            await self.farewells.settle(item, UNTOLD if delayed else TOLD)
        if waiting is not None:
            raise waiting

    async def _tell(self, item: Pending) -> HomeserverError | None:
        """Everybody of it; gives why somebody has to wait. Whose server is down holds up nobody else."""
        world, waiting = self.farewells.society.world(), None
        partner = world.facts.directory.partners.get(item.document["partner"]) if world else None
        if world is None or partner is None:
            return None
        words = word_of(Turn(item.document["turn"]), partner, world.facts)
        for user in people_of(world, partner):
            try:
                if await self.cards.speaker.messenger.conversation_with(user) is not None:
                    await self.cards.say(user, words, notice=f"{item.key}:{user}")
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("somebody of a partner cannot be told", errcode=error.errcode)
        return waiting


def word_of(turn: Turn, partner: Partner, facts: Facts) -> Document:
    """What became of the agreement, and who of the company can say more."""
    said: Mapping[Turn, Message] = {
        Turn.SUSPENDED: say("The agreement with {partner} is suspended: until it is resumed, nobody of it is in any"
                            " room here, and invitations are taken back.", partner=partner.name),
        Turn.ENDED: say("The agreement with {partner} has ended: nobody of it is in any room here any more.",
                        partner=partner.name),
        Turn.AGAIN: say("The agreement with {partner} runs again: the invitations into your rooms wait in your client.",
                        partner=partner.name),
    }  # fmt: skip
    names = tuple(facts.accounts[user].name or user for user in facts.answerable(partner))
    ask = say("You can ask {names}.", names=names) if names else say("Whoever invited you can say more.")
    return document(paragraph(said[turn]), paragraph(ask))
