"""Tells people what services keep for them as notices: cards for owners, outcomes for who asked. Called by the rounds.

Everything goes through the gate once more: what somebody may no longer know they are not told.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from bots.admin.approval_porter import ApprovalPorter
from bots.admin.cards import card_of, closed_card, word_of
from bots.admin.door_words import from_elsewhere
from bots.admin.guest_porter import KINDS, UNASKED, GuestPorter
from bots.admin.partner_porter import KINDS as OF_PARTNERS
from bots.admin.partner_porter import PartnerPorter
from bots.kit.cards import Cards
from bridge.domain.directory import Group
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Language
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden
from bridge.services.approvals import APPROVAL
from bridge.services.doorstep import NOTICE, News, Notice, notice_in
from bridge.services.requests import Requests

TOLD: Final = "told"
UNTOLD: Final = "untold"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Porter:
    """One bot as the messenger of the doors. Telling may be repeated after a crash: messages are claimed."""

    cards: Cards
    requests: Requests
    approvals: ApprovalPorter
    guests: GuestPorter
    partners: PartnerPorter

    async def deliver(self) -> None:
        """Tell everything that is still to be told. Raises the ``HomeserverError`` of what has to wait, at the end."""
        speaker = self.cards.speaker
        if self.requests.society.world() is None:
            return
        async with speaker.store.view() as view:
            items = await view.pending.open(NOTICE)
        waiting: HomeserverError | None = None
        for item in items:
            try:
                outcome = TOLD if await self._tell(notice_in(item)) else UNTOLD
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("a notice is refused", errcode=error.errcode)
                outcome = UNTOLD
            async with speaker.store.work() as work:
                await work.pending.settle(item.key, outcome, speaker.clock.now())
        if waiting is not None:
            raise waiting

    async def _tell(self, notice: Notice) -> bool:
        """Whether there was anything to tell."""
        async with self.cards.speaker.store.view() as view:
            request = await view.pending.get(notice.request)
        if request is not None and request.kind == APPROVAL:
            return await self.approvals.tell(notice, request)
        if request is not None and request.kind in OF_PARTNERS:
            return await self.partners.tell(notice, request)
        if request.kind in KINDS if request else notice.news in UNASKED:
            return await self.guests.tell(notice, request)
        if notice.news in (News.CARD, News.CLOSED):
            return request is not None and await self._card(notice, request)
        group, access = self._group(notice.to, notice.group), self.requests.society.access()
        if group is None or access is None:
            return False
        language = await self.cards.people.language_of(notice.to)
        await self.cards.say(notice.to, self._words(notice, group, access, language), notice=notice.key)
        return True

    def _words(self, notice: Notice, group: Group, access: Access, language: Language) -> Document:
        if notice.news is News.FROM_ELSEWHERE:
            today = self.cards.speaker.clock.now().date()
            return from_elsewhere(notice, group, access, today=today, language=language)
        return word_of(notice, group, access.facts, self.requests.whom(group.id), language)

    async def _card(self, notice: Notice, request: Pending) -> bool:
        world = self.requests.society.world()
        group = world.facts.directory.groups.get(notice.group) if world else None
        if world is None or group is None or is_hidden(group):
            return False
        if notice.news is News.CLOSED:
            await self.cards.close(closed_card(request, group, world.facts), pending=request.key)
            return True
        if request.settled or not await self.requests.may_answer(request, notice.to):
            return False
        language = await self.cards.people.language_of(notice.to)
        await self.cards.send_card(notice.to, card_of(request, group, world.facts, language), pending=request.key)
        return True

    def _group(self, user: str, group_id: str) -> Group | None:
        access, world = self.requests.society.access(), self.requests.society.world()
        if access is None or world is None or not access.may_know(alone(user), group_id):
            return None
        return world.facts.directory.groups[group_id]
