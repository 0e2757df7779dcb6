"""What people consent to, with the words that they had before them: given once, withdrawn any time. Used by bots."""

from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.cards import Card, Consent, Purpose
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store, UnitOfWork
from bridge.services.cards.noting import CONSENTED, note


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
