"""Reminds of invitations that nobody answers: who invited, and whoever is invited and talks with the bot already; those
inside, where the group is hidden.

Called by the rounds. Everything may be repeated after a crash: messages are claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bots.admin.reminder_words import for_who_invited, for_who_is_invited
from bots.kit.cards import Cards
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.pending import Pending
from bridge.services.reminding import Reminding, Unanswered, people_in

TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompter:
    """One bot as the voice."""

    cards: Cards
    reminding: Reminding

    async def go(self) -> None:
        """Keep what is due, and tell it. Raises the ``HomeserverError`` of what has to wait, at the end."""
        await self.reminding.gather()
        waiting: HomeserverError | None = None
        for item in await self.reminding.open():
            try:
                outcome = TOLD if await self._tell(item) else UNTOLD
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY and self.cards.speaker.clock.now() < item.expires_at:
                    waiting = error
                    continue
                log.info("a reminder is refused", errcode=error.errcode)
                outcome = UNTOLD
            await self.reminding.settle(item, outcome)
        if waiting is not None:
            raise waiting

    async def _tell(self, item: Pending) -> bool:
        """Whether there was anything to tell. Nobody is invited into a conversation to be reminded of an invitation."""
        people, reader = people_in(item), item.asker
        if item.room_id:
            return await self._tell_inside(item, people)
        if people[0].user != reader:
            await self.cards.say(reader, for_who_invited(people), notice=item.key)
            return True
        if await self.cards.speaker.messenger.conversation_with(reader) is None:
            return False
        await self.cards.say(reader, for_who_is_invited(people[0]), notice=item.key)
        return True

    async def _tell_inside(self, item: Pending, people: Sequence[Unanswered]) -> bool:
        """In the room of a hidden group, while it is one of ours."""
        society = self.reminding.inviting.policies.society
        world = society.world()
        ref = world.refs.get(item.room_id) if world else None
        group = world.facts.directory.groups.get(ref.id) if world and ref else None
        if group is None:
            return False
        language = group.language or society.default_language
        await self.cards.say_in(item.room_id, for_who_invited(people), language, notice=item.key)
        return True
