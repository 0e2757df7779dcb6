"""Brings decisions that wait for somebody else's word to those who may give it, and the outcome to who asked.

In the administrators' room where all who read there may know of it; else to each of them alone. Called by ``porter``.
"""

from dataclasses import dataclass

from bots.admin.approval_cards import card_of, closed_card, word_of
from bots.admin.office import ALL, Office
from bots.kit.cards import Cards
from bridge.domain.document import Document
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.services.approvals import Approvals
from bridge.services.doorstep import News, Notice
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPorter:
    """One bot as the messenger; telling may be repeated after a crash."""

    cards: Cards
    approvals: Approvals
    office: Office

    async def tell(self, notice: Notice, item: Pending) -> bool:
        """Whether there was anything to tell. Raises ``HomeserverError``."""
        society = self.approvals.policies.society
        world, access = society.world(), society.access()
        if world is None or access is None:
            return False
        if notice.news is News.CARD:
            return not item.settled and await self._ask(item, world)
        if notice.news is News.CLOSED:
            await self.cards.close(closed_card(item, world.facts), pending=item.key)
            return True
        group = world.facts.directory.groups.get(notice.group)
        if group is not None and not access.may_know(alone(notice.to), group.id):
            return False
        await self.cards.say(notice.to, word_of(item, notice, group), notice=notice.key)
        return True

    async def _ask(self, item: Pending, world: World) -> bool:
        admins = self.approvals.policies.society.admins
        asked = self.approvals.answerers(item)
        room_id = None if item.document["secret"] else await self.office.room(item.asker)
        if room_id is not None:
            await self.cards.show_card(room_id, ALL, await self._card(item, world, ALL), pending=item.key)
        for user in asked:
            # Delegates find it by command: there may be many of them, above many groups.
            if room_id is None or (user in self._owners(item, world) and user not in admins):
                await self.cards.send_card(user, await self._card(item, world, user), pending=item.key)
        return bool(asked)

    async def _card(self, item: Pending, world: World, reader: str) -> Document:
        return card_of(item, world.facts, await self.cards.people.language_of(reader))

    @staticmethod
    def _owners(item: Pending, world: World) -> frozenset[str]:
        return world.facts.owners.get(item.document["group"], frozenset())
