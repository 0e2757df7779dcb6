"""What people consent to, with the words that they had before them: given once, withdrawn any time. Used by bots."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bridge.domain.cards import Card, Consent, Purpose
from bridge.ports.clock import Chance, Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store, UnitOfWork
from bridge.services.cards.noting import CONSENTED, note

CONSENT: Final = "card-consent"
"""The kind of question: whether somebody agrees to what becomes of their card."""
TYPED: Final = frozenset({"command", "arguments", "picture"})
"""What such a question keeps of what is done after a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """The proof stands on the card, and that there was one in the audit log."""

    store: Store
    clock: Clock
    chance: Chance

    async def of(self, user: str, purpose: Purpose) -> Consent | None:
        """The consent that counts now."""
        async with self.store.view() as view:
            card = await view.cards.card(user)
        return card.consent(purpose) if card else None

    async def give(self, user: str, purpose: Purpose, text: str, *, event: str, room: str) -> None:
        """From now on it counts; ``text`` is what they read, ``event`` their yes. Given before, it stays as it was."""
        now = self.clock.now()
        async with self.store.work() as work:
            card = await work.cards.card(user) or Card(user=user, at=now)
            if card.consent(purpose):
                return
            consent = Consent(purpose=purpose, text=text, at=now, event=event, room=room)
            await work.cards.put(replace(card, consents=(*card.consents, consent), at=now))
            await self._note(work, user, purpose, given=True, origin=event, now=now)

    async def refuse(self, item: Pending) -> None:
        """They said no to the question ``item``: what they had typed is forgotten, and the question knows its answer.
        Done again, the same."""
        async with self.store.work() as work:
            known, shown = await work.pending.get(item.key), await work.pending.shown(item.key)
            if known is None or known.settled_at is None:
                return
            await work.pending.remove([item.key])
            kept = {name: one for name, one in known.document.items() if name not in TYPED}
            await work.pending.put(replace(known, document=kept, settled_at=None, outcome=""))
            for event, room in shown.items():
                await work.pending.attach(item.key, event, room_id=room)
            await work.pending.settle(item.key, known.outcome, known.settled_at)

    async def withdraw(self, user: str, purpose: Purpose, *, origin: str) -> bool:
        """From now on it does not count; whether it did. That it did once stays on the card."""
        now = self.clock.now()
        async with self.store.work() as work:
            card = await work.cards.card(user)
            if card is None or card.consent(purpose) is None:
                return False
            consents = tuple(_withdrawn(one, now) if one.purpose is purpose else one for one in card.consents)
            await work.cards.put(replace(card, consents=consents, at=now))
            await self._note(work, user, purpose, given=False, origin=origin, now=now)
        return True

    async def _note(
        self, work: UnitOfWork, user: str, purpose: Purpose, *, given: bool, origin: str, now: datetime
    ) -> None:
        more = {"purpose": purpose.value, "given": given, "origin": origin}
        await note(work, CONSENTED, user, actor=user, chance=self.chance, now=now, more=more)


def _withdrawn(consent: Consent, now: datetime) -> Consent:
    return consent if consent.withdrawn else replace(consent, withdrawn=now)
