"""Changing cards: each change once per event, and noted in the audit log without what it says. Used by ``desk``."""

from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.cards import Card, Change, Circle, Field
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.messages import say
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import UnitOfWork
from bridge.rules.access import Access
from bridge.rules.cards import pins
from bridge.rules.partners import partner_of
from bridge.services.cards.noting import CHANGED, CIRCLE, LEAVE, note
from bridge.services.cards.reading import Reader
from bridge.services.doorstep import for_the_first_time
from bridge.services.society import Society


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKeeper:
    """Stands on ``society`` and its store."""

    society: Society
    reader: Reader
    clock: Clock
    chance: Chance

    async def put(self, user: str, name: Field, text: str, *, origin: str) -> tuple[str, ...]:
        """Set a field of somebody's own card: the values as they are kept. Raises ``InputError``."""
        card = await self.card(user)
        values = self.read(card, name, text)
        await self._change(Change(user=user, field=name, values=values), origin=origin)
        return values

    async def clear(self, user: str, name: Field, *, origin: str) -> bool:
        """Take a field out of somebody's own card: whether it held anything. Raises ``InputError`` where it is
        pinned."""
        self._refuse_pinned(user, name)
        card = await self.card(user)
        await self._change(Change(user=user, field=name, values=()), origin=origin)
        return name in card.values

    async def encircle(self, user: str, name: Field, circle: Circle, *, origin: str) -> None:
        """Choose who sees a field. Raises ``InputError`` for the photo, which cannot be fenced."""
        if name is Field.PHOTO and circle is not Circle.NETWORK:
            raise InputError(say("Nobody who has the address of a picture can be kept from it on Matrix, so a photo is "
                                 "for everyone in your network, or absent."))  # fmt: skip
        if name is Field.HISTORY and not self.is_partner(user):
            raise InputError(say("There is a history only with people of partners."))
        await self._change(Change(user=user, field=name, circle=circle), origin=origin)

    async def allow(self, user: str, circle: Circle, *, by: str, origin: str) -> None:
        """An administrator says how widely the history with somebody of a partner may be shown. Raises
        ``InputError``."""
        access = self.access()
        if not self.is_partner(user):
            raise InputError(say("There is a history only with people of partners."))
        if not access.is_admin(by):
            raise ParvisError(say("Only administrators decide this."), kind=ErrorKind.REFUSED)
        now = self.clock.now()
        async with self.society.store.work() as work:
            if await for_the_first_time(work, f"{LEAVE}:{origin}", now):
                card = await work.cards.card(user) or Card(user=user, at=now)
                await work.cards.put(replace(card, history_leave=circle, at=now))
                more = {"origin": origin, "circle": circle.value}
                await note(work, LEAVE, user, actor=by, chance=self.chance, now=now, more=more)

    async def _change(self, change: Change, *, origin: str) -> None:
        async with self.society.store.work() as work:
            await self.apply(work, change, origin=origin, now=self.clock.now())

    async def apply(self, work: UnitOfWork, change: Change, *, origin: str, now: datetime) -> None:
        """Make a change by the person themselves, in this unit of work, once per event ``origin``."""
        if not await for_the_first_time(work, f"card:{origin}", now):
            return
        card = await work.cards.card(change.user) or Card(user=change.user, at=now)
        await work.cards.put(change.made_in(card, now))
        kind = CHANGED if change.values is not None else CIRCLE
        more = {"origin": origin, "part": change.field.value}
        more |= {"circle": change.circle.value} if change.circle else {}
        await note(work, kind, change.user, actor=change.user, chance=self.chance, now=now, more=more)

    def read(self, card: Card, name: Field, text: str) -> tuple[str, ...]:
        """The values of what the person of this card typed. Raises ``InputError``, also where the field is pinned."""
        self._refuse_pinned(card.user, name)
        return self.reader.read(name, text, near=self.zone_of(card))

    def zone_of(self, card: Card) -> str:
        """The time zone of somebody: theirs, what the directory says, and for employees the company's."""
        access = self.access()
        person = access.facts.accounts.get(card.user)
        declared = person.timezone if person else ""
        own = next(iter(card.values.get(Field.TIMEZONE, ())), "")
        return declared or own or (self.reader.timezone if person else "")

    def _refuse_pinned(self, user: str, name: Field) -> None:
        pin = pins(self.access().facts, user).get(name)
        if pin is not None:
            raise InputError(say("This comes from {source} and is changed there: {value}.", source=pin.source,
                                 value=pin.value))  # fmt: skip

    async def card(self, user: str) -> Card:
        """Somebody's card, an empty one where there is none."""
        async with self.society.store.view() as view:
            return await view.cards.card(user) or Card(user=user, at=self.clock.now())

    def is_partner(self, user: str) -> bool:
        """Whether they are of a partner whose agreement runs."""
        access = self.access()
        return user not in access.insiders and partner_of(user, access.facts.belongs) is not None

    def access(self) -> Access:
        """The gate. Raises ``ParvisError`` before there was a look."""
        access = self.society.access()
        if access is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return access
